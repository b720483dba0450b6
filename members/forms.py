"""Forms of the members' register: the list's filters, and one membership."""

from datetime import date
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.db.models.functions import Length
from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cooperatives.asof import View
from cooperatives.models import Cooperative, Gender
from kkmp.edited import EditedForm
from kkmp.fields import DayField
from kkmp.listing import ListForm
from members.columns import MEMBER_COLUMNS
from members.models import EndReason, Member

UNKNOWN_GENDER = "unknown"
_AREA = ("cooperative__kelurahan__kecamatan__name", "cooperative__kelurahan__name")


class MemberListForm(ListForm):
    """Filters of the register. Without a choice of state: who is a member on the day of the view."""

    columns = MEMBER_COLUMNS
    # Shorter numbers first, so that 9 comes before 10.
    sorts = {
        "number": (_("Koperasi, nomor"), (*_AREA, Length("number"), "number", "pk")),
        "name": (_("Nama"), ("full_name", "pk")),
        "joined": (_("Terbaru masuk"), ("-joined_on", "pk")),
    }

    cooperative = forms.ModelChoiceField(
        Cooperative.objects.none(),
        label=_("Koperasi"),
        required=False,
        to_field_name="kelurahan",
        empty_label=_("Semua koperasi"),
        error_messages={
            "invalid_choice": _("Koperasi itu tidak ada di wilayah yang dipilih; semua ditampilkan.")
        },
    )
    gender = forms.ChoiceField(
        label=_("Jenis kelamin"),
        required=False,
        choices=[("", _("Semua")), *Gender.choices, (UNKNOWN_GENDER, _("Belum diisi"))],
    )
    state = forms.ChoiceField(label=_("Keanggotaan"), required=False)

    def __init__(self, data: QueryDict, *, view: View) -> None:
        super().__init__(data)
        self.view = view
        since = {"day": date_format(view.since, "d/m/Y")}
        self.fields["cooperative"].queryset = view.cooperatives.select_related("kelurahan")  # type: ignore[attr-defined]
        self.fields["state"].choices = [  # type: ignore[attr-defined]
            ("", _("Aktif")),
            ("joined", _("Masuk sesudah %(day)s") % since),
            ("ended", _("Keluar sesudah %(day)s") % since),
            ("left", _("Semua yang sudah keluar")),
            ("all", _("Semua, termasuk yang keluar")),
        ]
        self.order_fields(["q", "cooperative", "state", "gender", "sort"])

    @property
    def cooperative_chosen(self) -> Cooperative | None:
        chosen: Cooperative | None = self.cleaned_data.get("cooperative")
        return chosen

    @property
    def default_columns(self) -> list[str]:
        """The day somebody left, where those who left are asked for."""
        shows_who_left = self.cleaned_data.get("state") in {"ended", "left", "all"}
        return [*super().default_columns, *(["ended_on"] if shows_who_left else [])]

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        rows = self._in_state(rows)
        if cooperative := self.cooperative_chosen:
            rows = rows.filter(cooperative=cooperative)
        if gender := self.cleaned_data.get("gender"):
            rows = rows.filter(gender="" if gender == UNKNOWN_GENDER else gender)
        return rows

    def _in_state(self, rows: Any) -> Any:
        since, on = self.view.since, self.view.on
        match self.cleaned_data.get("state"):
            case "joined":
                return rows.joined_between(since, on)
            case "ended":
                return rows.left_between(since, on)
            case "left":
                return rows.left_by(on)
            case "all":
                return rows.ever_by(on)
        return rows.as_of(on)


class MemberForm(EditedForm):
    """One membership; its cooperative never changes."""

    ktp_seen_on = DayField(label=_("KTP dilihat tanggal"), required=False, is_past=True)
    joined_on = DayField(label=_("Tanggal masuk"), is_past=True)
    ended_on = DayField(
        label=_("Tanggal keluar"),
        required=False,
        is_past=True,
        help_text=_("Isi bila keanggotaan berakhir; sejak hari itu tidak dihitung sebagai anggota."),
    )

    class Meta:
        model = Member
        fields: ClassVar[list[str]] = [
            *("number", "full_name", "gender", "kind", "domicile", "ktp_seen_on"),
            *("joined_on", "ended_on", "end_reason"),
        ]
        help_texts: ClassVar[dict[str, Any]] = {
            "number": _("Sekali saja di koperasi ini. Sudah diusulkan; ubah bila buku anggota menulis lain."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["end_reason"].choices = [("", _("Belum keluar")), *EndReason.choices]  # type: ignore[attr-defined]
        self.fields["gender"].choices = [("", _("Belum diketahui")), *Gender.choices]  # type: ignore[attr-defined]
        if self.instance.pk:
            self.fields["number"].help_text = _("Sekali saja di koperasi ini.")

    def clean_number(self) -> str:
        number: str = self.cleaned_data["number"]
        others = Member.objects.filter(cooperative=self.instance.cooperative)
        holder = others.filter(number=number).exclude(pk=self.instance.pk).first()
        if holder:
            raise forms.ValidationError(
                _("Nomor %(number)s sudah dipakai %(name)s. Nomor berikutnya yang bebas: %(free)s."),
                params={"number": number, "name": holder.full_name, "free": others.next_number()},
            )
        return number

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        joined_on: date | None = cleaned.get("joined_on")
        ended_on: date | None = cleaned.get("ended_on")
        if joined_on and ended_on and ended_on < joined_on:
            self.add_error(
                "ended_on",
                forms.ValidationError(
                    _("Tanggal keluar tidak boleh sebelum tanggal masuk (%(day)s)."),
                    params={"day": date_format(joined_on)},
                ),
            )
        return cleaned

    @property
    def warnings(self) -> list[str]:
        """Said after saving, never refused: two people may bear one name, and one person may be written twice."""
        member: Member = self.instance
        same_name = Member.objects.filter(cooperative=member.cooperative, full_name__iexact=member.full_name)
        numbers = [other.number for other in same_name.exclude(pk=member.pk).order_by("number", "pk")[:3]]
        if not numbers:
            return []
        return [
            gettext("Nama ini juga tercatat dengan nomor %(numbers)s. Periksa apakah orangnya sama.")
            % {"numbers": ", ".join(numbers)}
        ]

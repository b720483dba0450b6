"""What the register is asked: the filters of its list, and a whole identity number."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.db.models.functions import Length
from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from cooperatives.asof import View
from cooperatives.models import Cooperative, Gender
from kkmp.fields import DayField, NationalIdField
from kkmp.listing import ListForm
from members.columns import MEMBER_COLUMNS
from members.models import MemberKind

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
    state = forms.ChoiceField(label=_("Keanggotaan"), required=False)
    kind = forms.ChoiceField(
        label=_("Jenis keanggotaan"), required=False, choices=[("", _("Semua")), *MemberKind.choices]
    )
    paying = forms.ChoiceField(
        label=_("Simpanan"),
        required=False,
        choices=[
            ("", _("Semua")),
            ("principal", _("Pokok lunas")),
            ("no_principal", _("Pokok belum lunas")),
            ("current", _("Wajib lancar")),
            ("behind", _("Wajib menunggak")),
        ],
    )
    gender = forms.ChoiceField(
        label=_("Jenis kelamin"),
        required=False,
        choices=[("", _("Semua")), *Gender.choices, (UNKNOWN_GENDER, _("Belum diisi"))],
    )
    joined_from = DayField(label=_("Masuk sejak"), required=False)
    joined_until = DayField(label=_("Masuk sampai"), required=False)
    left_from = DayField(label=_("Keluar sejak"), required=False)
    left_until = DayField(label=_("Keluar sampai"), required=False)

    def __init__(self, data: QueryDict, *, view: View) -> None:
        super().__init__(data)
        self.view = view
        since = {"day": date_format(view.since, "d/m/Y")}
        self.fields["cooperative"].queryset = view.cooperatives.select_related("kelurahan")  # type: ignore[attr-defined]
        self.fields["state"].choices = [  # type: ignore[attr-defined]
            ("", _("Aktif")),
            ("applicants", _("Calon anggota")),
            ("no_national_id", _("NIK menyusul")),
            ("joined", _("Masuk sesudah %(day)s") % since),
            ("ended", _("Keluar sesudah %(day)s") % since),
            ("left", _("Semua yang sudah keluar")),
            ("voided", _("Nomor yang dibatalkan")),
            ("all", _("Semua, termasuk yang keluar")),
        ]

    @property
    def cooperative_chosen(self) -> Cooperative | None:
        chosen: Cooperative | None = self.cleaned_data.get("cooperative")
        return chosen

    @property
    def default_columns(self) -> list[str]:
        """Also the state where rows of several are asked for, and the day somebody left where those who left are."""
        wanted = self.cleaned_data
        more = ["state"] if wanted.get("state") in {"all", "voided"} else []
        shows_who_left = wanted.get("state") in {"ended", "left", "all"} or wanted.get("left_from")
        return [*super().default_columns, *more, *(["ended_on"] if shows_who_left else [])]

    def narrow(self, rows: Any) -> QuerySet[Any]:
        wanted, on = self.cleaned_data, self.view.on
        rows = self._paying(self._in_state(rows), on)
        exact = {name: wanted[name] for name in ("cooperative", "kind") if wanted.get(name)}
        if gender := wanted.get("gender"):
            exact["gender"] = "" if gender == UNKNOWN_GENDER else gender
        between = {
            lookup: wanted[name]
            for name, lookup in (
                ("joined_from", "joined_on__gte"),
                ("joined_until", "joined_on__lte"),
                ("left_from", "ended_on__gte"),
                ("left_until", "ended_on__lte"),
            )
            if wanted.get(name)
        }
        narrowed: QuerySet[Any] = rows.filter(**exact, **between).with_state_on(on)
        return narrowed

    def _in_state(self, rows: Any) -> Any:
        since, on = self.view.since, self.view.on
        narrowed: dict[str, Callable[[], Any]] = {
            "applicants": lambda: rows.applicants_on(on),
            "no_national_id": lambda: rows.without_national_id(on),
            "joined": lambda: rows.joined_between(since, on),
            "ended": lambda: rows.left_between(since, on),
            "left": lambda: rows.left_by(on),
            "voided": rows.voided,
            "all": lambda: rows.ever_by(on),
        }
        if state := self.cleaned_data.get("state"):
            return narrowed[state]()
        # Who asks for those who left in a time asks for no members of the day.
        asks_who_left = self.cleaned_data.get("left_from") or self.cleaned_data.get("left_until")
        return rows.left_by(on) if asks_who_left else rows.as_of(on)

    def _paying(self, rows: Any, on: date) -> Any:
        match self.cleaned_data.get("paying"):
            case "principal":
                return rows.principal_paid_on(on)
            case "no_principal":
                return rows.principal_unpaid_on(on)
            case "current":
                return rows.paying_on(on)
            case "behind":
                return rows.behind_on(on)
        return rows


class UnechoedInput(forms.TextInput):
    """What was typed never comes back into a page."""

    def format_value(self, value: Any) -> str | None:
        return None


class FindForm(forms.Form):
    """A whole identity number to look for. It is sent in the body, and what was typed is never shown again."""

    national_id = NationalIdField(
        label=_("NIK lengkap"),
        required=True,
        widget=UnechoedInput,
        help_text=_("16 angka. Tidak tersimpan di alamat, riwayat, atau catatan."),
    )

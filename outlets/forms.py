"""Forms of outlets: filters of the register, what officers keep, and what Sudin decides about status."""

from datetime import date
from typing import Any, ClassVar, Self

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import F, QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cooperatives.asof import View
from cooperatives.models import Cooperative
from kkmp.edited import EditedForm
from kkmp.fields import DayField
from kkmp.listing import ListForm
from outlets.capital import without_open_need
from outlets.columns import OUTLET_COLUMNS
from outlets.models import Outlet, OutletKind, Reason, Status, StatusChange
from outlets.outlet_class import OutletClass

AREA_ORDER = ("cooperative__kelurahan__kecamatan__name", "cooperative__kelurahan__name")
OUTLET_STATUSES = [(status.value, status.label) for status in Status if status != Status.NONE]
NOTE_LENGTH = 500


class AreaListForm(ListForm):
    """A list whose links may ask for one cooperative; that filter has no field to see, so its fault is told by the page."""

    cooperative = forms.ModelChoiceField(
        Cooperative.objects.none(),
        required=False,
        to_field_name="kelurahan",
        widget=forms.HiddenInput,
        error_messages={
            "invalid_choice": _("Koperasi itu tidak ada di wilayah yang dipilih; semua ditampilkan.")
        },
    )

    def __init__(self, data: QueryDict, *, view: View) -> None:
        super().__init__(data)
        self.view = view
        self.fields["cooperative"].queryset = view.cooperatives.select_related("kelurahan")  # type: ignore[attr-defined]

    @classmethod
    def read(cls, data: QueryDict, **kwargs: Any) -> Self:
        form = super().read(data, **kwargs)
        form.view.problems.extend(str(message) for message in form.errors.get("cooperative", []))
        return form


class OutletListForm(AreaListForm):
    """Filters of the register; the rows are annotated by `with_status` and `with_outlet_needs`."""

    columns = OUTLET_COLUMNS
    sorts = {
        "area": (_("Kecamatan, kelurahan"), (*AREA_ORDER, "name", "pk")),
        "name": (_("Nama gerai"), ("name", "pk")),
        "since": (_("Status paling lama"), (F("status_since").asc(nulls_last=True), "name", "pk")),
        "newest": (_("Status paling baru"), (F("status_since").desc(nulls_last=True), "name", "pk")),
    }

    status = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[
            ("", _("Semua status")),
            *OUTLET_STATUSES,
            (OutletClass.UNRECORDED.value, OutletClass.UNRECORDED.label),
        ],
    )
    reason = forms.ChoiceField(
        label=_("Sebab"), required=False, choices=[("", _("Semua sebab")), *Reason.choices]
    )
    kind = forms.ChoiceField(
        label=_("Jenis"), required=False, choices=[("", _("Semua jenis")), *OutletKind.choices]
    )
    need = forms.ChoiceField(
        label=_("Kebutuhan modal"),
        required=False,
        choices=[("", _("Dengan atau tanpa")), ("missing", _("Tanpa kebutuhan terbuka"))],
    )
    field_order = ["q", "status", "reason", "kind", "need", "sort"]

    def narrow(self, rows: Any) -> QuerySet[Any]:
        wanted = self.cleaned_data
        if wanted.get("cooperative"):
            rows = rows.filter(cooperative=wanted["cooperative"])
        if wanted.get("status"):
            is_unrecorded = wanted["status"] == OutletClass.UNRECORDED
            rows = rows.filter(status=None) if is_unrecorded else rows.filter(status=wanted["status"])
        if wanted.get("reason"):
            rows = rows.filter(status_reason=wanted["reason"])
        if wanted.get("kind"):
            rows = rows.filter(kind=wanted["kind"])
        if wanted.get("need"):
            rows = without_open_need(rows, on=self.view.on)
        found: QuerySet[Any] = rows
        return found


class CoordinateField(forms.DecimalField):
    """Degrees with a point or, as people here write it, a comma."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def __init__(self, *, most: int, **kwargs: Any) -> None:
        super().__init__(
            min_value=-most, max_value=most, max_digits=9, decimal_places=6, required=False, **kwargs
        )

    def to_python(self, value: Any) -> Any:
        text = str(value or "").strip()
        return super().to_python(text.replace(",", ".") if text.count(",") == 1 else text)


KNOWN_OR_NOT = [("", _("Belum diketahui")), ("true", _("Ada")), ("false", _("Tidak ada"))]


def _known_or_not(label: Any) -> forms.NullBooleanField:
    return forms.NullBooleanField(label=label, required=False, widget=forms.Select(choices=KNOWN_OR_NOT))


class OutletForm(EditedForm):
    """What officers keep about an outlet. Its status is not among it: that is decided, and dated."""

    area_m2 = forms.IntegerField(
        label=_("Luas (m²)"),
        required=False,
        min_value=1,
        max_value=1_000_000,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=_("Angka bulat, misalnya 24."),
    )
    electricity = _known_or_not(_("Listrik"))
    internet = _known_or_not(_("Internet"))
    water = _known_or_not(_("Air"))
    lat = CoordinateField(label=_("Lintang"), most=90, help_text=_("Misalnya -6,244600. Isi bersama bujur."))
    lon = CoordinateField(label=_("Bujur"), most=180, help_text=_("Misalnya 106,800500."))

    class Meta:
        model = Outlet
        fields: ClassVar[list[str]] = [
            "name",
            "kind",
            "address",
            "premises",
            "tenure",
            "area_m2",
            "lat",
            "lon",
            "electricity",
            "internet",
            "water",
        ]

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        # Two outlets of one name in one cooperative are nearly always one outlet saved twice.
        others = Outlet.objects.filter(cooperative=self.instance.cooperative_id, name__iexact=name)
        if others.exclude(pk=self.instance.pk).exists():
            raise ValidationError(
                _(
                    "Koperasi ini sudah punya gerai bernama “%(name)s”. Beri nama yang membedakan, atau ubah gerai itu."
                ),
                params={"name": name},
            )
        return name


class NoneForm(forms.Form):
    """The cooperative's own statement: checked on that day, there is no outlet."""

    # Names what stands on the chosen day already; the links lead on from there.
    subject: ClassVar[Any] = _("“Belum ada gerai” sudah dicatat untuk tanggal itu.")

    effective_on = DayField(label=_("Berlaku sejak"), is_past=True)
    note = forms.CharField(
        label=_("Alasan keputusan"),
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Dari mana diketahui, misalnya hasil kunjungan atau surat. Tersimpan bersama nama Anda."),
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        cooperative: Cooperative,
        outlet: Outlet | None = None,
        replaces: StatusChange | None = None,
    ) -> None:
        self.cooperative, self.outlet, self.replaces = cooperative, outlet, replaces
        initial: dict[str, Any] = {"effective_on": timezone.localdate()}
        if replaces is not None:
            initial = {name: getattr(replaces, name) for name in ("effective_on", "status", "reason")}
        super().__init__(data, initial=initial)
        if replaces is not None:
            self.fields["note"].label = _("Alasan koreksi")
            self.fields["note"].help_text = _(
                "Apa yang keliru dan dari mana diketahui. Tersimpan bersama nama Anda."
            )

    @property
    def live(self) -> QuerySet[StatusChange]:
        """What counts for the same outlet, or for the cooperative itself, beside the change to be corrected."""
        changes = StatusChange.objects.live().filter(cooperative=self.cooperative, outlet=self.outlet)
        return changes.exclude(pk=self.replaces.pk) if self.replaces else changes

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        day = cleaned.get("effective_on")
        if day:
            self._refuse_a_second_change(day)
        if self.replaces and not {"status", "reason", "effective_on"} & set(self.changed_data):
            self.add_error(None, _("Isian ini sama dengan catatan yang berlaku; tidak ada yang dikoreksi."))
        return cleaned

    def _refuse_a_second_change(self, day: date) -> None:
        standing = self.live.filter(effective_on=day).first()
        if standing is not None:
            link = format_html(
                '<a href="{}">{}</a>',
                reverse("outlets:correct", args=[standing.pk]),
                _("Koreksi catatan itu"),
            )
            self.add_error("effective_on", format_html("{} {}", self.subject, link))


class DecisionForm(NoneForm):
    """The status of one outlet from a day on."""

    subject = _("Gerai ini sudah punya perubahan status pada tanggal itu.")

    status = forms.ChoiceField(label=_("Status"), choices=[("", _("Pilih status")), *OUTLET_STATUSES])
    reason = forms.ChoiceField(
        label=_("Sebab belum berjalan"),
        required=False,
        choices=[("", pgettext_lazy("reason", "Tidak ada")), *Reason.choices],
        help_text=_("Wajib bila “Ada, belum berjalan”; kosongkan untuk status lain."),
    )
    field_order = ["status", "reason", "effective_on", "note"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        status, reason = cleaned.get("status"), cleaned.get("reason")
        if status == Status.IDLE and not reason and "reason" not in self.errors:
            self.add_error("reason", _("Pilih sebabnya: gerai yang belum berjalan selalu punya sebab."))
        elif status and status != Status.IDLE and reason:
            self.add_error("reason", _("Kosongkan sebab: hanya untuk gerai yang belum berjalan."))
        elif status and cleaned.get("effective_on"):
            self._refuse_what_already_holds(status, reason or "", cleaned["effective_on"])
        return cleaned

    def _refuse_what_already_holds(self, status: str, reason: str, day: date) -> None:
        before = self.live.filter(effective_on__lt=day).order_by("-effective_on", "-pk").first()
        if before and (before.status, before.reason) == (status, reason):
            self.add_error(
                "status",
                _("Status ini sudah berlaku sejak %(day)s; tidak ada perubahan yang perlu dicatat.")
                % {"day": date_format(before.effective_on, "j F Y")},
            )


class RetractForm(forms.Form):
    note = forms.CharField(
        label=_("Alasan pencabutan"),
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Apa yang keliru. Catatan yang dicabut tetap terbaca, bersama nama Anda dan alasan ini."),
    )

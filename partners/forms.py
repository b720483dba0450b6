"""Forms of partners, supports and events: filters of their lists, and what is written about one."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import F, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cooperatives.asof import View
from cooperatives.models import Cooperative
from kkmp.accounts.models import User
from kkmp.edited import EditedForm
from kkmp.fields import DayField
from kkmp.listing import ListForm
from partners.columns import AGREED_CHOICE, EVENT_COLUMNS, PARTNER_COLUMNS
from partners.flags import FlagKey, flagged, wanting_attention
from partners.models import Event, Partner, PartnerCategory, Stage, Support, SupportKind
from partners.support_columns import SUPPORT_COLUMNS

# A choice of the filter by flag beside the flags themselves: any that is not mild.
ATTENTION = "attention"


class PartnerListForm(ListForm):
    columns = PARTNER_COLUMNS
    sorts = {
        "name": (_("Nama"), ("name", "pk")),
        "sum": (_("Nilai komitmen terbesar"), ("-agreed_idr", "name", "pk")),
        "count": (_("Bantuan terbanyak"), ("-support_count", "name", "pk")),
    }

    category = forms.ChoiceField(
        label=_("Kategori"), required=False, choices=[("", _("Semua kategori")), *PartnerCategory.choices]
    )
    field_order = ["q", "category", "sort"]

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        category = self.cleaned_data.get("category")
        return rows.filter(category=category) if category else rows


class SupportListForm(ListForm):
    """Filters of the list; the rows are annotated by `with_flags`."""

    columns = SUPPORT_COLUMNS
    sorts = {
        "newest": (_("Tahap terbaru"), ("-stage_since", "-pk")),
        "partner": (_("Mitra"), ("partner__name", "-stage_since", "-pk")),
        "cooperative": (
            _("Koperasi"),
            (
                "cooperative__kelurahan__kecamatan__name",
                "cooperative__kelurahan__name",
                "-stage_since",
                "-pk",
            ),
        ),
        "sum": (_("Nilai terbesar"), (F("committed_idr").desc(nulls_last=True), "-stage_since", "-pk")),
    }

    stage = forms.ChoiceField(
        label=_("Tahap"),
        required=False,
        choices=[("", _("Semua tahap")), (AGREED_CHOICE, _("Komitmen dan sesudahnya")), *Stage.choices],
    )
    kind = forms.ChoiceField(
        label=_("Bentuk"), required=False, choices=[("", _("Semua bentuk")), *SupportKind.choices]
    )
    partner = forms.ModelChoiceField(
        Partner.objects.none(), label=_("Mitra"), required=False, empty_label=_("Semua mitra")
    )
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
    flag = forms.ChoiceField(
        label=_("Tanda"),
        required=False,
        choices=[
            ("", _("Dengan atau tanpa tanda")),
            (ATTENTION, _("Hanya yang perlu perhatian")),
            *FlagKey.choices,
        ],
    )
    field_order = ["q", "stage", "kind", "flag", "partner", "cooperative", "sort"]

    def __init__(self, data: QueryDict, *, view: View) -> None:
        super().__init__(data)
        self.fields["partner"].queryset = Partner.objects.visible_to(view.user)  # type: ignore[attr-defined]
        self.fields["cooperative"].queryset = view.cooperatives.select_related("kelurahan")  # type: ignore[attr-defined]

    def narrow(self, rows: Any) -> QuerySet[Any]:
        stage = self.cleaned_data.get("stage")
        if stage == AGREED_CHOICE:
            rows = rows.agreed()
        elif stage:
            rows = rows.filter(stage=stage)
        flag = self.cleaned_data.get("flag")
        if flag:
            rows = wanting_attention(rows) if flag == ATTENTION else flagged(rows, FlagKey(flag))
        same = {name: self.cleaned_data.get(name) for name in ("kind", "partner", "cooperative")}
        found: QuerySet[Any] = rows.filter(**{name: value for name, value in same.items() if value})
        return found


class EventListForm(ListForm):
    columns = EVENT_COLUMNS
    sorts = {"newest": (_("Terbaru"), ("-held_on", "pk")), "oldest": (_("Terlama"), ("held_on", "pk"))}


class PartnerForm(EditedForm):
    class Meta:
        model = Partner
        fields: ClassVar[list[str]] = ["name", "category", "focus", "contact"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = [("", _("Pilih kategori")), *PartnerCategory.choices]  # type: ignore[attr-defined]

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        # The database refuses the same spelling; people also mean the same partner in other letters.
        other = Partner.objects.filter(name__iexact=name).exclude(pk=self.instance.pk).first()
        if other:
            raise ValidationError(
                _("Mitra ini sudah tercatat sebagai “%(name)s”."), params={"name": other.name}
            )
        return name


class StageForm(forms.Form):
    """The next stage of a support. `last_seen` is the newest stage this page showed."""

    last_seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    stage = forms.ChoiceField(label=_("Tahap"), choices=[("", _("Pilih tahap")), *Stage.choices])
    effective_on = DayField(label=_("Berlaku sejak"), is_past=True, initial=timezone.localdate)
    reason = forms.CharField(
        label=_("Keterangan"),
        required=False,
        max_length=300,
        help_text=_("Misalnya nomor berita acara. Wajib bila tahapnya mundur atau Batal."),
    )
    step_back = forms.BooleanField(label=_("Ya, tahapnya memang mundur"), required=False)

    def __init__(self, data: QueryDict | None, *, support: Support) -> None:
        self.support = support
        super().__init__(data, initial={"last_seen": self._newest()})

    def _newest(self) -> int | None:
        return self.support.stage_changes.order_by("-pk").values_list("pk", flat=True).first()

    @property
    def asks_step_back(self) -> bool:
        """The box is shown once it is needed."""
        return self.is_bound and ("step_back" in self.errors or bool(self.cleaned_data.get("step_back")))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        ask_why_cancelled(self)
        return cleaned

    def show_newest(self) -> None:
        """After somebody else's stage was told, the next submit of this page knows of it."""
        if self.has_error(NON_FIELD_ERRORS, "newer"):
            bound: Any = self.data
            typed = bound.copy()
            typed["last_seen"] = str(self._newest())
            self.data = typed


def ask_why_cancelled(form: forms.BaseForm) -> None:
    if form.cleaned_data.get("stage") == Stage.CANCELLED and not form.cleaned_data.get("reason"):
        form.add_error("reason", _("Tulis alasan pembatalan."))


class EventForm(EditedForm):
    held_on = DayField(label=_("Tanggal"), is_past=True, help_text=_("Dicatat setelah acaranya berlangsung."))

    class Meta:
        model = Event
        fields: ClassVar[list[str]] = ["title", "held_on", "place"]


class AttendanceForm(forms.Form):
    """Who was there and is not recorded yet; several at once."""

    partners = forms.MultipleChoiceField(
        label=pgettext_lazy("plural", "Mitra"), required=False, widget=forms.CheckboxSelectMultiple
    )
    cooperatives = forms.MultipleChoiceField(
        label=pgettext_lazy("plural", "Koperasi"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: QueryDict | None, *, event: Event, user: User) -> None:
        super().__init__(data)
        rows: dict[str, QuerySet[Any]] = {
            "partners": Partner.objects.visible_to(user),
            "cooperatives": Cooperative.objects.visible_to(user).select_related("kelurahan"),
        }
        # Keys as text, not a model field: that one asks SQLite for numbers it cannot hold.
        self.offered: dict[str, dict[str, Any]] = {}
        for name, everybody in rows.items():
            # A submit may name somebody whom another person recorded meanwhile: that is no mistake.
            offered = everybody if data else everybody.exclude(attendances__event=event)
            self.offered[name] = {str(row.pk): row for row in offered}
            if self.offered[name]:
                self.fields[name].choices = [(key, str(row)) for key, row in self.offered[name].items()]  # type: ignore[attr-defined]
            else:
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not any(cleaned.values()):
            raise ValidationError(_("Pilih sedikitnya satu mitra atau koperasi."))
        return {name: [self.offered[name][key] for key in keys] for name, keys in cleaned.items()}

"""Forms of offers: the filter of their list, and what is written about one."""

from typing import Any, ClassVar

from django import forms
from django.db.models import F, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from cooperatives.asof import View
from cooperatives.models import NEEDED, Kecamatan
from kkmp.accounts.models import User
from kkmp.edited import EditedForm
from kkmp.fields import DayField, RupiahField
from kkmp.listing import ListForm
from outlets.models import OutletKind
from partners.models import Event, Offer, OfferState, Partner, SupportKind
from partners.offer_columns import OFFER_COLUMNS


class OfferListForm(ListForm):
    columns = OFFER_COLUMNS
    sorts = {
        "newest": (_("Terbaru"), ("-open_from", "-pk")),
        "partner": (_("Mitra"), ("partner__name", "-open_from", "-pk")),
        "ends": (_("Paling dulu berakhir"), (F("open_until").asc(nulls_last=True), "-pk")),
    }

    state = forms.ChoiceField(
        label=_("Masa"), required=False, choices=[("", _("Semua masa")), *OfferState.choices]
    )
    kind = forms.ChoiceField(
        label=_("Bentuk"), required=False, choices=[("", _("Semua bentuk")), *SupportKind.choices]
    )
    partner = forms.ModelChoiceField(
        Partner.objects.none(), label=_("Mitra"), required=False, empty_label=_("Semua mitra")
    )
    field_order = ["q", "state", "kind", "partner", "sort"]

    def __init__(self, data: QueryDict, *, view: View) -> None:
        super().__init__(data)
        self.fields["partner"].queryset = Partner.objects.visible_to(view.user)  # type: ignore[attr-defined]

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        same = {name: self.cleaned_data.get(name) for name in ("state", "kind", "partner")}
        return rows.filter(**{name: value for name, value in same.items() if value})


class CodesField(forms.MultipleChoiceField):
    """Boxes to tick, kept as a list of codes in the order of the choices; none ticked asks for nothing."""

    widget = forms.CheckboxSelectMultiple

    def clean(self, value: Any) -> list[str]:
        ticked = super().clean(value)
        return [code for code, _word in self.choices if code in ticked]  # type: ignore[union-attr,misc]  # pairs


class OfferForm(EditedForm):
    """An offer; whose it is stays once it is recorded."""

    ceiling_idr = RupiahField(
        label=_("Plafon seluruhnya"),
        required=False,
        min_value=1,
        help_text=_("Kosongkan bila tidak dibatasi atau bukan uang."),
        error_messages={"min_value": _("Nilai lebih dari Rp 0, atau kosongkan.")},
    )
    per_outlet_idr = RupiahField(
        label=_("Paling banyak per gerai"),
        required=False,
        min_value=1,
        help_text=_("Kosongkan bila tidak dibatasi."),
        error_messages={"min_value": _("Nilai lebih dari Rp 0, atau kosongkan.")},
    )
    open_from = DayField(label=_("Berlaku mulai"))
    open_until = DayField(
        label=_("Berlaku sampai"), required=False, help_text=_("Kosongkan bila belum ditentukan.")
    )
    kecamatan = CodesField(
        label=_("Hanya kecamatan"), required=False, help_text=_("Tanpa centang: semua kecamatan.")
    )
    outlet_kinds = CodesField(
        label=_("Hanya jenis gerai"),
        required=False,
        choices=OutletKind.choices,
        help_text=_("Tanpa centang: semua jenis."),
    )
    needed_papers = CodesField(
        label=_("Surat yang harus ada"),
        required=False,
        choices=[(kind.value, kind.label) for kind in NEEDED],
        help_text=_("Tanpa centang: tidak diminta surat apa pun."),
    )

    class Meta:
        model = Offer
        fields: ClassVar[list[str]] = [
            "partner",
            "title",
            "kind",
            "event",
            "ceiling_idr",
            "per_outlet_idr",
            "open_from",
            "open_until",
            "kecamatan",
            "outlet_kinds",
            "needed_papers",
            "min_paying_members",
            "conditions",
        ]

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["partner"]
        else:
            self.fields["partner"] = forms.ModelChoiceField(
                Partner.objects.visible_to(user), label=_("Mitra"), empty_label=_("Pilih mitra")
            )
        self.fields["kind"].choices = [("", _("Pilih bentuk")), *SupportKind.choices]  # type: ignore[attr-defined]
        self.fields["event"].queryset = Event.objects.visible_to(user)  # type: ignore[attr-defined]
        self.fields["event"].empty_label = _("Tidak dari acara")  # type: ignore[attr-defined]
        areas = Kecamatan.objects.visible_to(user)
        self.fields["kecamatan"].choices = [(area.pk, area.name) for area in areas]  # type: ignore[attr-defined]
        self.order_fields(self._meta.fields)

"""Forms of savings: filters of the lists, and what is written into the ledger."""

from collections.abc import Iterable
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.db.models.functions import Length
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cooperatives.asof import View
from cooperatives.forms import RowOfCooperativeForm
from cooperatives.models import Cooperative
from kkmp.fields import DayField, RupiahField, no_national_id
from kkmp.listing import ListForm
from kkmp.templatetags.ui import bulan, rupiah
from members.models import RECEIPT_LENGTH, Movement, SavingsKind, SavingsRate
from members.savings.columns import BALANCE_COLUMNS, ENTRY_COLUMNS
from members.savings.rules import first_of_month

_AREA = ("cooperative__kelurahan__kecamatan__name", "cooperative__kelurahan__name")
_BY_NUMBER = (*_AREA, Length("number"), "number", "pk")


class CooperativeField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic at type-check time only
    """One of the cooperatives in view."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            Cooperative.objects.none(),
            label=_("Koperasi"),
            required=False,
            to_field_name="kelurahan",
            error_messages={
                "invalid_choice": _("Koperasi itu tidak ada di wilayah yang dipilih; semua ditampilkan.")
            },
            **kwargs,
        )


class _SavingsListForm(ListForm):
    """What both lists ask: the cooperative."""

    cooperative = CooperativeField(empty_label=_("Semua koperasi"))

    def __init__(self, data: QueryDict, *, view: View) -> None:
        super().__init__(data)
        self.view = view
        self.fields["cooperative"].queryset = view.cooperatives.select_related("kelurahan")  # type: ignore[attr-defined]

    @property
    def cooperative_chosen(self) -> Cooperative | None:
        chosen: Cooperative | None = self.cleaned_data.get("cooperative")
        return chosen


class EntryListForm(_SavingsListForm):
    """Filters of the ledger."""

    columns = ENTRY_COLUMNS
    sorts = {
        "newest": (_("Terbaru"), ("-value_on", "-pk")),
        "area": (_("Kecamatan, kelurahan"), (*_AREA, "-value_on", "-pk")),
    }

    kind = forms.ChoiceField(
        label=_("Jenis simpanan"), required=False, choices=[("", _("Semua")), *SavingsKind.choices]
    )
    movement = forms.ChoiceField(
        label=_("Mutasi"), required=False, choices=[("", _("Semua")), *Movement.choices]
    )
    since_on = DayField(label=pgettext_lazy("period", "Sejak"), required=False)
    until_on = DayField(label=pgettext_lazy("period", "Sampai"), required=False)
    field_order = ["q", "cooperative", "kind", "movement", "since_on", "until_on", "sort"]

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        wanted = self.cleaned_data
        exact = {
            "cooperative": wanted.get("cooperative"),
            "kind": wanted.get("kind"),
            "movement": wanted.get("movement"),
            "value_on__gte": wanted.get("since_on"),
            "value_on__lte": wanted.get("until_on"),
        }
        return rows.filter(**{name: value for name, value in exact.items() if value})


class BalanceListForm(_SavingsListForm):
    """Filters of members with their balances; without a choice those who are behind. Rows come from `with_savings`."""

    columns = BALANCE_COLUMNS
    sorts = {
        # First: to sort the whole city by arrears, all of them have to be computed once more.
        "number": (_("Koperasi, nomor"), _BY_NUMBER),
        "behind": (_("Paling lama menunggak"), ("-months_behind", *_BY_NUMBER)),
    }

    state = forms.ChoiceField(
        label=_("Tampilkan"),
        required=False,
        choices=[
            ("", _("Yang menunggak")),
            ("paid", _("Tanpa tunggakan")),
            ("all", _("Semua anggota")),
            ("applicants", _("Calon anggota")),
            ("left", _("Yang sudah keluar")),
        ],
    )
    field_order = ["q", "cooperative", "state", "sort"]

    def narrow(self, rows: Any) -> QuerySet[Any]:
        on = self.view.on
        match self.cleaned_data.get("state"):
            case "paid":
                rows = rows.as_of(on).filter(months_behind=0)
            case "all":
                rows = rows.as_of(on)
            case "applicants":
                rows = rows.applicants_on(on)
            case "left":
                rows = rows.left_by(on)
            case _:
                rows = rows.as_of(on).filter(months_behind__gt=0)
        if cooperative := self.cooperative_chosen:
            rows = rows.filter(cooperative=cooperative)
        found: QuerySet[Any] = rows
        return found


class ReceiptForm(forms.Form):
    """What every movement has: its day, a number of one's own, a note."""

    value_on = DayField(label=_("Tanggal"), is_past=True)
    receipt_no = forms.CharField(
        label=_("Nomor bukti"),
        required=False,
        max_length=RECEIPT_LENGTH,
        help_text=_("Kosongkan untuk nomor otomatis."),
    )
    note = forms.CharField(label=_("Catatan"), required=False, max_length=200, validators=[no_national_id])
    field_order = ["value_on"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["value_on"].initial = timezone.localdate()


class DepositForm(ReceiptForm):
    """What one member pays at once; `payable` are (month, amount) still unpaid."""

    principal_idr = RupiahField(label=_("Simpanan pokok"), required=False, min_value=1)
    months = forms.TypedMultipleChoiceField(
        label=_("Simpanan wajib untuk bulan"),
        required=False,
        coerce=date.fromisoformat,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "invalid_choice": _("Bulan itu sudah dibayar atau tidak dapat dibayar. Muat ulang halaman.")
        },
    )
    voluntary_idr = RupiahField(label=_("Simpanan sukarela"), required=False, min_value=1)
    field_order = ["value_on", "principal_idr", "months", "voluntary_idr", "receipt_no", "note"]

    def __init__(
        self, *args: Any, payable: Iterable[tuple[date, int]], is_member: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choices = [(month.isoformat(), f"{bulan(month)} · {rupiah(amount)}") for month, amount in payable]
        self.fields["months"].choices = choices  # type: ignore[attr-defined]
        if not choices:
            del self.fields["months"]
        if not is_member:
            # An applicant pays the principal, nothing else.
            del self.fields["voluntary_idr"]


class WithdrawalForm(ReceiptForm):
    amount_idr = RupiahField(label=_("Jumlah penarikan"), min_value=1)
    field_order = ["value_on", "amount_idr", "receipt_no", "note"]


class OpeningForm(forms.Form):
    """Balances of an older book."""

    value_on = DayField(
        label=_("Tanggal saldo"), is_past=True, help_text=_("Hari saldo di buku lama dihitung.")
    )
    principal_idr = RupiahField(label=_("Simpanan pokok"), required=False)
    mandatory_idr = RupiahField(label=_("Simpanan wajib"), required=False)
    paid_until = DayField(
        label=_("Simpanan wajib lunas sampai"),
        required=False,
        help_text=_("Tanggal mana pun di bulan terakhir yang sudah dibayar."),
    )
    voluntary_idr = RupiahField(label=_("Simpanan sukarela"), required=False)
    note = forms.CharField(label=_("Catatan"), required=False, max_length=200, validators=[no_national_id])

    def clean_paid_until(self) -> date | None:
        day: date | None = self.cleaned_data["paid_until"]
        return first_of_month(day) if day else None


class ReasonForm(forms.Form):
    """Why something is taken back."""

    reason = forms.CharField(label=_("Sebab"), max_length=200, validators=[no_national_id])


class CloseForm(forms.Form):
    """The last month that is closed."""

    month = forms.TypedChoiceField(label=_("Tutup sampai dengan bulan"), coerce=date.fromisoformat)

    def __init__(self, *args: Any, months: Iterable[date], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["month"].choices = [(month.isoformat(), bulan(month)) for month in months]  # type: ignore[attr-defined]


class RateForm(RowOfCooperativeForm):
    """What a cooperative asks for; a new amount is a new row with its own first day."""

    described = frozenset({"cooperative"})
    starts_on = DayField(label=_("Berlaku sejak"), help_text=_("Simpanan wajib berubah mulai tanggal 1."))

    class Meta:
        model = SavingsRate
        fields: ClassVar[list[str]] = ["kind", "amount_idr", "starts_on", "basis"]
        field_classes: ClassVar[dict[str, Any]] = {"amount_idr": RupiahField}
        help_texts: ClassVar[dict[str, Any]] = {
            "basis": _("Misalnya keputusan rapat anggota, dengan tanggalnya."),
        }


class CollectForm(forms.Form):
    """The question of the collection grid: which cooperative, which year; and for a submit, the day."""

    q = forms.CharField(label=_("Cari"), required=False, max_length=100, widget=forms.SearchInput)
    cooperative = CooperativeField(empty_label=_("Pilih koperasi"))
    year = forms.TypedChoiceField(label=_("Tahun"), required=False, coerce=int)

    def __init__(self, data: QueryDict, *, view: View, years: Iterable[int]) -> None:
        super().__init__(data)
        self.fields["cooperative"].queryset = view.cooperatives.select_related("kelurahan")  # type: ignore[attr-defined]
        self.fields["year"].choices = [(str(year), str(year)) for year in years]  # type: ignore[attr-defined]

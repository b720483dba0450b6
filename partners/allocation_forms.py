"""Forms of an allocation: the question about a sum, the rows as a person changes them, and the last word before it is proposed."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Self

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.forms import BoundField
from django.http import QueryDict
from django.utils.formats import number_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cooperatives.asof import View
from kkmp.accounts.models import User
from kkmp.fields import RupiahField, no_national_id
from kkmp.parsing import parse_rupiah
from outlets.models import OutletKind, Reason
from partners.allocation import Order, Row
from partners.models import Offer, Partner, Support, SupportKind

# A change by hand in the address: the outlet's key, then rupiah; below 1 the outlet is out, and the amount is kept.
_CHANGE = re.compile(r"(\d{1,18})_(-?\d{1,15})")
_KEY = re.compile(r"[0-9]{1,18}")
# More would not fit into an address.
MOST_CHANGES = 100
ORDER_WORDS = {
    Order.SMALLEST.value: _("Kekurangan terkecil dahulu"),
    Order.LONGEST.value: _("Paling lama belum berjalan dahulu"),
}


def read_changes(text: str) -> dict[int, int]:
    """What is no change is left out: an address may be cut or typed."""
    found = [_CHANGE.fullmatch(part) for part in text.split(".")[:MOST_CHANGES]]
    return {int(one[1]): int(one[2]) for one in found if one}


def write_changes(changes: Mapping[int, int]) -> str:
    return ".".join(f"{key}_{amount}" for key, amount in sorted(changes.items()))


class AllocationForm(forms.Form):
    """How much, for whom, in which order. What an offer says fills what is left empty."""

    budget = RupiahField(
        label=_("Dana"),
        required=False,
        min_value=1,
        help_text=_("Kosongkan untuk memakai sisa penawaran yang dipilih."),
        error_messages={"min_value": _("Dana lebih dari Rp 0.")},
    )
    offer = forms.ChoiceField(label=_("Dari penawaran"), required=False)
    limit = RupiahField(
        label=_("Paling banyak per gerai"),
        required=False,
        min_value=1,
        help_text=_("Kosongkan bila tidak dibatasi."),
        error_messages={"min_value": _("Batas lebih dari Rp 0, atau kosongkan.")},
    )
    sort = forms.ChoiceField(label=_("Urutan"), choices=list(ORDER_WORDS.items()))
    reason = forms.ChoiceField(
        label=_("Sebab belum berjalan"), required=False, choices=[("", _("Semua sebab")), *Reason.choices]
    )
    kind = forms.MultipleChoiceField(
        label=_("Jenis gerai"),
        required=False,
        choices=OutletKind.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    kecamatan = forms.MultipleChoiceField(
        label=_("Kecamatan"), required=False, widget=forms.CheckboxSelectMultiple
    )
    unpromised = forms.BooleanField(label=_("Hitung hanya yang belum dijanjikan"), required=False)

    def __init__(self, data: QueryDict, *, view: View, offers: Mapping[str, Offer]) -> None:
        super().__init__(data)
        self.offers = offers
        named = [(key, f"{offer.title} · {offer.partner}") for key, offer in offers.items()]
        self.fields["offer"].choices = [("", _("Tanpa penawaran")), *named]  # type: ignore[attr-defined]
        self.fields["kecamatan"].choices = [(one.pk, one.name) for one in view.kecamatan_list]  # type: ignore[attr-defined]

    @classmethod
    def read(cls, asked: QueryDict, *, view: View) -> Self:
        data = asked.copy()
        offers = _offers(asked.get("offer", ""), view)
        for name in ("kind", "kecamatan"):
            data.setlist(name, [value for value in asked.getlist(name) if value])
        for name, usual in (("sort", Order.SMALLEST), ("reason", Reason.CAPITAL), ("unpromised", "true")):
            data.setdefault(name, str(usual))
        if offer := offers.get(data.get("offer", "")):
            _fill(data, offer, view)
        for name in ("budget", "limit"):
            data[name] = _with_separators(data.get(name, ""))
        form = cls(data, view=view, offers=offers)
        form.is_valid()
        return form

    @property
    def chosen_offer(self) -> Offer | None:
        return self.offers.get(self.cleaned_data.get("offer", ""))

    @property
    def order(self) -> Order:
        return Order(self.cleaned_data.get("sort") or Order.SMALLEST)

    @property
    def is_narrowed(self) -> bool:
        """Whether anything beside sum, offer and order differs from what is usual."""
        cleaned = self.cleaned_data
        return bool(
            self.errors or cleaned.get("limit") or cleaned.get("kind") or cleaned.get("kecamatan")
        ) or (cleaned.get("reason") != Reason.CAPITAL)

    def in_words(self) -> list[tuple[Any, str]]:
        """What was asked, label and answer, as a print says it."""
        cleaned, fields = self.cleaned_data, self.fields
        said: list[tuple[Any, str]] = []
        for name in ("offer", "reason", "kind", "kecamatan", "sort"):
            words = dict(fields[name].choices)  # type: ignore[attr-defined]
            value = cleaned.get(name, "")
            chosen = value if isinstance(value, list) else [value]
            if text := ", ".join(
                str(words[one]) for one in chosen if one in words and (one or name == "reason")
            ):
                said.append((fields[name].label, text))
        counted = _("yang belum dijanjikan") if cleaned.get("unpromised") else _("seluruh kekurangan")
        return [*said, (_("Yang harus tertutup"), str(counted))]


def _with_separators(typed: str) -> str:
    """An address has plain digits; what is no sum comes back as typed."""
    try:
        amount = parse_rupiah(typed)
    except ValueError:
        return typed
    return "" if amount is None else number_format(amount, use_l10n=True, force_grouping=True)


def _offers(asked: str, view: View) -> dict[str, Offer]:
    """Offers open on the day and the one that the address names, each with what is promised of it."""
    named = Q(pk=asked) if _KEY.fullmatch(asked) else Q()
    mine = Offer.objects.visible_to(view.user).made_by(view.on)
    open_now = Offer.objects.open_on(view.on).order_by().values("pk")
    rows = mine.filter(Q(pk__in=open_now) | named) if named else mine.filter(pk__in=open_now)
    # As far as the viewer sees: what is left must not tell what other areas were promised.
    agreed = Support.objects.visible_to(view.user).as_of(view.on)
    rows = rows.with_agreed(agreed).select_related("partner").order_by("partner__name", "title", "pk")
    return {str(offer.pk): offer for offer in rows}


def _fill(data: QueryDict, offer: Offer, view: View) -> None:
    for name, amount in (("budget", offer.left_idr), ("limit", offer.per_outlet_idr)):
        if amount and not data.get(name, "").strip():
            data[name] = str(amount)
    seen = {one.pk for one in view.kecamatan_list}
    if not data.getlist("kecamatan"):
        data.setlist("kecamatan", [code for code in offer.kecamatan if code in seen])
    if not data.getlist("kind"):
        data.setlist("kind", [kind for kind in offer.outlet_kinds if kind in OutletKind.values])


class RowsForm(forms.Form):
    """Rows of an allocation as they stand or as a person typed them: in or out, and how much.

    Bound, it asks only about the rows that were on the page.
    """

    def __init__(self, data: QueryDict | None, *, rows: Sequence[Row], changes: Mapping[int, int]) -> None:
        self.rows = [row for row in rows if data is None or f"amount-{row.candidate.key}" in data]
        self.changes = dict(changes)
        super().__init__(data)
        for row in self.rows:
            key = row.candidate.key
            amount = abs(self.changes.get(key, 0)) or row.candidate.needs_idr
            self.fields[f"in-{key}"] = forms.BooleanField(required=False, initial=bool(row.gets_idr))
            self.fields[f"amount-{key}"] = RupiahField(
                required=False,
                min_value=1,
                initial=amount,
                error_messages={
                    "min_value": _("Lebih dari Rp 0; hapus centangnya untuk mengeluarkan gerai ini.")
                },
            )

    def boxes(self, key: int) -> tuple[BoundField, BoundField]:
        return self[f"in-{key}"], self[f"amount-{key}"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for row in self.rows:
            name = f"amount-{row.candidate.key}"
            if cleaned.get(f"in-{row.candidate.key}") and name in cleaned and cleaned[name] is None:
                self.add_error(name, _("Isi jumlahnya, atau hapus centangnya."))
        if not self.errors and len(self.changed_by_hand) > MOST_CHANGES:
            raise ValidationError(
                _("Paling banyak %(most)d gerai dapat diubah dengan tangan. Persempit pilihannya."),
                params={"most": MOST_CHANGES},
            )
        return cleaned

    @property
    def changed_by_hand(self) -> dict[int, int]:
        """Earlier changes and those of this page, without what the order gives anyway."""
        changes = dict(self.changes)
        for row in self.rows:
            key, needs = row.candidate.key, row.candidate.needs_idr
            amount = self.cleaned_data.get(f"amount-{key}") or needs
            is_in = self.cleaned_data.get(f"in-{key}")
            changes.pop(key, None)
            if is_in and amount != row.planned_idr:
                changes[key] = amount
            elif not is_in and amount != needs:
                changes[key] = -amount
            elif not is_in and row.planned_idr:
                changes[key] = 0
        return changes

    def told(self) -> Iterator[tuple[int, str]]:
        """Each error beside the key of its row."""
        for name, errors in self.errors.items():
            if name.startswith("amount-"):
                for error in errors:
                    yield int(name.removeprefix("amount-")), str(error)


_MONEY_KINDS = [
    SupportKind.CASH_GRANT,
    SupportKind.GOODS_GRANT,
    SupportKind.LOAN,
    SupportKind.CONSIGNMENT,
    SupportKind.LEND_USE,
]


class ProposeForm(forms.Form):
    """Whose help it is and of which kind, unless an offer says so. `seen` is the mark of the rows on the page."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    partner = forms.ModelChoiceField(Partner.objects.none(), label=_("Mitra"), empty_label=_("Pilih mitra"))
    kind = forms.ChoiceField(
        label=_("Bentuk bantuan"),
        choices=[("", _("Pilih bentuk")), *((kind.value, kind.label) for kind in _MONEY_KINDS)],
        help_text=_("Hanya hibah yang mengurangi kekurangan; pinjaman dan barang titipan tidak."),
    )
    note = forms.CharField(label=_("Keterangan"), required=False, max_length=300, validators=[no_national_id])
    again = forms.BooleanField(label=_("Ya, usulkan sekali lagi"), required=False)

    def __init__(self, data: QueryDict | None, *, user: User, offer: Offer | None, seen: str) -> None:
        super().__init__(data, initial={"seen": seen})
        self.offer = offer
        if offer:
            del self.fields["partner"], self.fields["kind"]
        else:
            self.fields["partner"].queryset = Partner.objects.visible_to(user)  # type: ignore[attr-defined]
        self.mark = seen

    @property
    def whose(self) -> Partner:
        chosen: Partner = self.offer.partner if self.offer else self.cleaned_data["partner"]
        return chosen

    @property
    def support_kind(self) -> str:
        return self.offer.kind if self.offer else str(self.cleaned_data["kind"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("seen") != self.mark:
            raise ValidationError(
                gettext(
                    "Angkanya berubah sejak halaman ini dibuka. Periksa daftarnya, lalu usulkan sekali lagi."
                ),
                code="newer",
            )
        return cleaned

    def show_newest(self) -> None:
        """Once told, the next submit knows of the rows as they are; the box to repeat is shown once it is needed."""
        bound: Any = self.data
        typed = bound.copy()
        typed["seen"] = self.mark
        self.data = typed

    @property
    def asked(self) -> list[BoundField]:
        asks_again = self.is_bound and ("again" in self.errors or bool(self.cleaned_data.get("again")))
        return [field for field in self.visible_fields() if field.name != "again" or asks_again]

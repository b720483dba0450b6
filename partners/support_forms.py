"""One support: what is proposed or promised, where it goes, and what was agreed."""

from typing import Any, ClassVar

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cooperatives.models import Cooperative
from kkmp.accounts.models import User
from kkmp.edited import EditedForm
from kkmp.fields import DayField, RupiahField
from kkmp.templatetags.ui import rupiah
from outlets.models import CapitalNeed, Outlet
from partners.forms import ask_why_cancelled
from partners.models import (
    GRANTS,
    LOANS,
    TO_GIVE_BACK,
    Disbursement,
    Event,
    Offer,
    Partner,
    Stage,
    Support,
    SupportKind,
)

LONGEST_KEY = 19


class _OutletField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic at type-check time only in django-stubs
    def label_from_instance(self, outlet: Any) -> str:
        return f"{outlet.cooperative}: {outlet.name}"


class _NeedField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic at type-check time only in django-stubs
    def label_from_instance(self, need: Any) -> str:
        words = f"{need.outlet.cooperative}, {need.outlet.name}: {need.get_purpose_display()}"
        return f"{words} {rupiah(need.amount_idr)}"


class _OfferField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic at type-check time only in django-stubs
    def label_from_instance(self, offer: Any) -> str:
        return f"{offer.partner}: {offer.title}"


class SupportForm(EditedForm):
    """An existing support; partner and cooperative stay what they were agreed to be."""

    committed_idr = RupiahField(
        label=_("Nilai komitmen"),
        required=False,
        min_value=1,
        help_text=_("Kosongkan bila belum diketahui atau bukan uang."),
        error_messages={"min_value": _("Nilai lebih dari Rp 0, atau kosongkan.")},
    )
    agreement_until = DayField(label=_("Perjanjian sampai"), required=False)
    accepted_on = DayField(
        label=_("Disetujui rapat anggota (RALB) pada"),
        required=False,
        is_past=True,
        help_text=_("Hanya untuk hibah; nomor berita acaranya di keterangan."),
    )
    return_due_on = DayField(
        label=_("Dikembalikan paling lambat"),
        required=False,
        help_text=_("Hanya untuk titip jual dan pinjam pakai."),
    )
    returned_on = DayField(label=_("Dikembalikan pada"), required=False, is_past=True)

    class Meta:
        model = Support
        fields: ClassVar[list[str]] = [
            *("kind", "committed_idr", "outlet", "need", "offer", "event", "payer"),
            *("agreement_no", "agreement_until", "accepted_on", "loan_months"),
            *("return_due_on", "returned_on", "note"),
        ]

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        outlets = Outlet.objects.visible_to(user).select_related("cooperative__kelurahan")
        needs = CapitalNeed.objects.visible_to(user).select_related("outlet__cooperative__kelurahan")
        offers = Offer.objects.visible_to(user).select_related("partner")
        # What is met needs no help any more; what a support named before stays on offer.
        still_open = Q(pk__in=CapitalNeed.objects.open_on(timezone.localdate()).values("pk"))
        needs = needs.filter(still_open | Q(pk=self.instance.need_id))
        if self.instance.pk:
            outlets = outlets.filter(cooperative=self.instance.cooperative_id)
            needs = needs.filter(outlet__cooperative=self.instance.cooperative_id)
            offers = offers.filter(partner=self.instance.partner_id)
        elif cooperative := self.initial.get("cooperative"):
            # Chosen on the way here: the lists are as short as they can be.
            outlets = outlets.filter(cooperative__kelurahan=cooperative) if not self.is_bound else outlets
            needs = needs.filter(outlet__cooperative__kelurahan=cooperative) if not self.is_bound else needs
        self._choose("outlet", _OutletField(outlets.order_by("cooperative__kelurahan__name", "name", "pk")))
        self._choose(
            "need", _NeedField(needs.order_by("outlet__cooperative__kelurahan__name", "since_on", "pk"))
        )
        self._choose("offer", _OfferField(offers.order_by("partner__name", "-open_from", "pk")))
        self._choose("event", forms.ModelChoiceField(Event.objects.visible_to(user)))
        self._choose("payer", forms.ModelChoiceField(Partner.objects.visible_to(user)))
        self.fields["kind"].choices = [("", _("Pilih bentuk")), *SupportKind.choices]  # type: ignore[attr-defined]

    def _choose(self, name: str, field: "forms.ModelChoiceField[Any]") -> None:
        """The model's field with choices of our own; empty is allowed where the model allows it."""
        model_field: Any = Support._meta.get_field(name)
        field.label, field.help_text = model_field.verbose_name.capitalize(), model_field.help_text
        field.required, field.empty_label = False, "–"
        self.fields[name] = field

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self._fit_place(cleaned)
        partner = cleaned.get("partner") or (self.instance.partner if self.instance.partner_id else None)
        if cleaned.get("offer") and partner and cleaned["offer"].partner != partner:
            self.add_error("offer", _("Penawaran ini dari mitra lain."))
        if cleaned.get("payer") and cleaned["payer"] == partner:
            self.add_error("payer", _("Kosongkan bila mitra itu sendiri yang membayar."))
        kind = cleaned.get("kind")
        if kind and kind not in LOANS and cleaned.get("loan_months"):
            self.add_error("loan_months", _("Jangka waktu hanya untuk pinjaman."))
        if kind and kind not in GRANTS and cleaned.get("accepted_on"):
            self.add_error("accepted_on", _("Rapat anggota hanya menyetujui hibah."))
        for name in ("return_due_on", "returned_on"):
            if kind and kind not in TO_GIVE_BACK and cleaned.get(name):
                self.add_error(name, _("Tanggal kembali hanya untuk titip jual dan pinjam pakai."))
        self._keep_kind_of_paid(cleaned)
        return cleaned

    def _fit_place(self, cleaned: dict[str, Any]) -> None:
        """A need says its outlet, an outlet its cooperative; what is said besides must agree."""
        need, outlet = cleaned.get("need"), cleaned.get("outlet")
        if need and outlet is None:
            outlet = cleaned["outlet"] = need.outlet
        if need and outlet and need.outlet_id != outlet.pk:
            self.add_error("need", _("Kebutuhan ini milik gerai lain."))
        cooperative = cleaned.get("cooperative") or (
            self.instance.cooperative if self.instance.cooperative_id else None
        )
        if outlet and cooperative and outlet.cooperative_id != cooperative.pk:
            self.add_error("outlet", _("Gerai ini milik koperasi lain."))

    def _keep_kind_of_paid(self, cleaned: dict[str, Any]) -> None:
        kind = cleaned.get("kind")
        if not self.instance.pk or not kind or kind == self.initial["kind"]:
            return
        if Disbursement.objects.standing().filter(support=self.instance.pk).exists():
            self.add_error(
                "kind",
                _(
                    "Sudah ada penyaluran, jadi bentuknya tetap. Batalkan penyalurannya dulu bila bentuknya keliru."
                ),
            )


class NewSupportForm(SupportForm):
    """A support and the stage with which it begins; who only proposes begins at the first one."""

    stage = forms.ChoiceField(label=_("Tahap sekarang"), choices=Stage.choices, initial=Stage.PROSPECT)
    effective_on = DayField(label=_("Tahap ini berlaku sejak"), is_past=True)
    reason = forms.CharField(
        label=_("Keterangan tahap"), required=False, max_length=300, help_text=_("Wajib bila tahapnya Batal.")
    )

    class Meta(SupportForm.Meta):
        fields: ClassVar[list[str]] = ["partner", "cooperative", *SupportForm.Meta.fields]

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        self.fields["partner"] = forms.ModelChoiceField(
            Partner.objects.visible_to(user), label=_("Mitra"), empty_label=_("Pilih mitra")
        )
        mine = Cooperative.objects.visible_to(user).select_related("kelurahan")
        self.fields["cooperative"] = forms.ModelChoiceField(
            mine, label=_("Koperasi"), to_field_name="kelurahan", empty_label=_("Pilih koperasi")
        )
        self.fields["effective_on"].initial = timezone.localdate
        for name in ("returned_on", "accepted_on"):
            del self.fields[name]
        self.order_fields(
            [
                *("partner", "cooperative", "outlet", "need", "kind", "committed_idr", "note"),
                *("offer", "event", "payer", "agreement_no", "agreement_until", "loan_months"),
                *("return_due_on", "stage", "effective_on", "reason"),
            ]
        )
        if not user.has_perm("partners.add_stagechange"):
            for name in ("stage", "effective_on", "reason", "event", "payer", "agreement_no"):
                del self.fields[name]
            del self.fields["agreement_until"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        ask_why_cancelled(self)
        return cleaned


def asked_of(query: Any, user: User) -> dict[str, Any]:
    """What a new form begins with, from the address: a need says its outlet, an outlet its cooperative, an offer its partner."""
    asked = {
        name: query[name] for name in ("partner", "cooperative", "outlet", "need", "offer") if name in query
    }
    # 0 is no key; a longer number is none either, and the database could not even hold it.
    keys = {
        name: int(value) if value.isascii() and value.isdigit() and len(value) < LONGEST_KEY else 0
        for name, value in asked.items()
    }
    if need := CapitalNeed.objects.visible_to(user).filter(pk=keys.get("need", 0)).first():
        asked["outlet"] = keys["outlet"] = need.outlet_id
    mine = Outlet.objects.visible_to(user).select_related("cooperative")
    if outlet := mine.filter(pk=keys.get("outlet", 0)).first():
        asked["cooperative"] = outlet.cooperative.kelurahan_id
    if offer := Offer.objects.visible_to(user).filter(pk=keys.get("offer", 0)).first():
        asked |= {"partner": offer.partner_id, "kind": offer.kind, "event": offer.event_id}
    return asked

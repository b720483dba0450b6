"""Forms of disbursements: what arrived with its evidence, why a record is withdrawn, and the filters of their list."""

from typing import Any

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from cooperatives.asof import View
from kkmp.fields import DayField, RupiahField
from kkmp.files import Upload, in_megabytes, look_at
from kkmp.listing import ListForm
from partners.disbursement_columns import DISBURSEMENT_COLUMNS, STATES, State
from partners.models import Partner, SupportKind


class DisbursementForm(forms.Form):
    """What arrived on a day; the evidence is looked at, what it is called counts for nothing."""

    amount_idr = RupiahField(
        label=pgettext_lazy("money", "Jumlah"),
        min_value=1,
        help_text=_("Barang: nilai wajarnya menurut berita acara."),
        error_messages={"min_value": _("Jumlah lebih dari Rp 0.")},
    )
    paid_on = DayField(label=_("Diterima pada"), is_past=True, initial=timezone.localdate)
    upload = forms.FileField(
        label=_("Bukti"),
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png,.webp"}),
        error_messages={
            "empty": _("Berkas ini kosong."),
            "required": _("Unggah buktinya: kuitansi, berita acara, atau foto barang."),
        },
    )
    note = forms.CharField(label=_("Keterangan"), required=False, max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["upload"].help_text = _(
            "PDF, JPEG, PNG, atau WebP, paling besar %(most)s. Jangan unggah KTP, KK, atau foto orang."
        ) % {"most": in_megabytes(settings.PAPER_MAX_BYTES)}

    def clean_upload(self) -> Upload:
        return look_at(self.cleaned_data["upload"], most_bytes=settings.PAPER_MAX_BYTES)

    def ask_for_the_file_again(self) -> None:
        """A browser keeps what was typed and forgets the chosen file."""
        if self.files and not self.has_error("upload"):
            self.add_error("upload", gettext("Pilih berkasnya sekali lagi; peramban tidak mengingat berkas."))


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label=_("Alasan"), max_length=300, help_text=_("Misalnya salah jumlah, atau tercatat dua kali.")
    )


class DisbursementListForm(ListForm):
    columns = DISBURSEMENT_COLUMNS
    sorts = {
        "newest": (_("Terbaru"), ("-paid_on", "-pk")),
        "oldest": (_("Terlama"), ("paid_on", "pk")),
        "largest": (_("Jumlah terbesar"), ("-amount_idr", "-paid_on", "-pk")),
    }

    state = forms.ChoiceField(label=_("Keadaan"), required=False, choices=[("", _("Semua")), *STATES])
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

    def narrow(self, rows: Any) -> QuerySet[Any]:
        wanted = self.cleaned_data
        if wanted.get("state") == State.WAITING:
            rows = rows.awaiting()
        elif wanted.get("state") == State.VERIFIED:
            rows = rows.standing().verified()
        elif wanted.get("state") == State.WITHDRAWN:
            rows = rows.filter(withdrawn_at__isnull=False)
        if wanted.get("kind"):
            rows = rows.filter(support__kind=wanted["kind"])
        if wanted.get("partner"):
            rows = rows.filter(support__partner=wanted["partner"])
        found: QuerySet[Any] = rows
        return found

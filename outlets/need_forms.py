"""Forms of capital needs: filters of their list, and one need from its beginning until it is met."""

from typing import Any, ClassVar

from django import forms
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kkmp.edited import EditedForm
from kkmp.fields import DayField, RupiahField
from outlets.columns import NEED_COLUMNS
from outlets.forms import AreaListForm
from outlets.models import CapitalNeed, NeedPurpose

STATES = [("open", _("Masih terbuka")), ("closed", _("Sudah terpenuhi")), ("all", _("Semua"))]


class NeedListForm(AreaListForm):
    """Filters of the list; without a state it shows what is open on the day."""

    columns = NEED_COLUMNS
    sorts = {
        "amount": (_("Jumlah terbesar"), ("-amount_idr", "pk")),
        "oldest": (_("Paling lama"), ("since_on", "-amount_idr", "pk")),
        "newest": (_("Paling baru"), ("-since_on", "-amount_idr", "pk")),
        "area": (
            _("Kecamatan, kelurahan"),
            (
                "outlet__cooperative__kelurahan__kecamatan__name",
                "outlet__cooperative__kelurahan__name",
                F("closed_on").asc(nulls_first=True),
                "-amount_idr",
                "pk",
            ),
        ),
    }

    state = forms.ChoiceField(label=_("Keadaan"), required=False, choices=STATES)
    purpose = forms.ChoiceField(
        label=_("Untuk"), required=False, choices=[("", _("Semua keperluan")), *NeedPurpose.choices]
    )
    field_order = ["q", "state", "purpose", "sort"]

    @property
    def state_shown(self) -> str:
        return self.cleaned_data.get("state") or "open"

    def is_narrowing(self, name: str, value: Any) -> bool:
        return (name, value) != ("state", "open") and super().is_narrowing(name, value)

    def narrow(self, rows: Any) -> QuerySet[Any]:
        state, purpose = self.state_shown, self.cleaned_data.get("purpose")
        if state == "open":
            rows = rows.open_on(self.view.on)
        else:
            rows = rows.known_on(self.view.on) if state == "all" else rows.closed_by(self.view.on)
        if self.cleaned_data.get("cooperative"):
            rows = rows.filter(outlet__cooperative=self.cleaned_data["cooperative"])
        found: QuerySet[Any] = rows.filter(purpose=purpose) if purpose else rows
        return found


class NeedForm(EditedForm):
    """What an outlet lacks. A need that is met gets its day; it is never deleted."""

    amount_idr = RupiahField(
        label=_("Jumlah"), min_value=1, error_messages={"min_value": _("Jumlah lebih dari Rp 0.")}
    )
    since_on = DayField(label=_("Dibutuhkan sejak"), is_past=True)
    closed_on = DayField(
        label=_("Terpenuhi pada"),
        required=False,
        is_past=True,
        help_text=_(
            "Kosongkan selama masih dibutuhkan. Pada hari ini kebutuhan itu tidak lagi dihitung terbuka."
        ),
    )

    class Meta:
        model = CapitalNeed
        fields: ClassVar[list[str]] = ["purpose", "amount_idr", "text", "since_on", "closed_on"]

    def __init__(self, *args: Any, is_closing: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            del self.fields["closed_on"]
            self.fields["since_on"].initial = timezone.localdate
        elif is_closing and self.instance.closed_on is None:
            self.initial["closed_on"] = timezone.localdate()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        since, closed = cleaned.get("since_on"), cleaned.get("closed_on")
        if since and closed and closed < since:
            self.add_error("closed_on", _("Tanggal terpenuhi tidak boleh sebelum tanggal mulai dibutuhkan."))
        if "closed_on" in self.changed_data:
            # From now on somebody answers for the day by hand; no report takes it back.
            self.instance.closed_by_change = None
            self.instance.is_met_by_money = False
        return cleaned

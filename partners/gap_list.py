"""Filters of the list of needs with what each still lacks."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from outlets.forms import AreaListForm
from outlets.models import NeedPurpose, Reason
from partners.gap_columns import GAP_COLUMNS
from partners.gap_groups import NOT_IDLE


class GapListForm(AreaListForm):
    """Rows come from `needs_with_gap` and `with_idle_reason`; without a state the list shows what is open."""

    columns = GAP_COLUMNS
    sorts = {
        "largest": (_("Kekurangan terbesar"), ("-gap_idr", "-amount_idr", "pk")),
        "smallest": (_("Kekurangan terkecil"), ("gap_idr", "amount_idr", "pk")),
        "oldest": (_("Paling lama"), ("since_on", "-gap_idr", "pk")),
        "area": (
            _("Kecamatan, kelurahan"),
            (
                "outlet__cooperative__kelurahan__kecamatan__name",
                "outlet__cooperative__kelurahan__name",
                "-gap_idr",
                "pk",
            ),
        ),
    }

    state = forms.ChoiceField(
        label=_("Keadaan"),
        required=False,
        choices=[
            ("", _("Semua yang terbuka")),
            ("lacking", _("Masih kurang")),
            ("unpromised", _("Masih ada yang belum dijanjikan")),
            ("covered", _("Sudah tertutup")),
        ],
    )
    reason = forms.ChoiceField(
        label=_("Sebab"),
        required=False,
        choices=[("", _("Semua sebab")), *Reason.choices, (NOT_IDLE, _("Gerai yang tidak menganggur"))],
    )
    purpose = forms.ChoiceField(
        label=_("Untuk"), required=False, choices=[("", _("Semua keperluan")), *NeedPurpose.choices]
    )
    field_order = ["q", "state", "reason", "purpose", "sort"]

    @property
    def filters(self) -> dict[str, str]:
        """What was asked beside day and area, as an address says it."""
        return {
            name: self.data.get(name, "")
            for name, value in self.cleaned_data.items()
            if self.is_narrowing(name, value)
        }

    def narrow(self, rows: Any) -> QuerySet[Any]:
        wanted = self.cleaned_data
        match wanted.get("state"):
            case "lacking":
                rows = rows.filter(gap_idr__gt=0)
            case "unpromised":
                rows = rows.filter(unpromised_idr__gt=0)
            case "covered":
                rows = rows.filter(gap_idr=0)
        if reason := wanted.get("reason"):
            rows = rows.filter(idle_reason="" if reason == NOT_IDLE else reason)
        if wanted.get("purpose"):
            rows = rows.filter(purpose=wanted["purpose"])
        if wanted.get("cooperative"):
            rows = rows.filter(outlet__cooperative=wanted["cooperative"])
        found: QuerySet[Any] = rows
        return found

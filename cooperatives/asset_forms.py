"""One statement of what a cooperative owned on a day."""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from cooperatives.forms import RowOfCooperativeForm
from cooperatives.models import AssetStatement
from kkmp.fields import DayField, RupiahField


class AssetStatementForm(RowOfCooperativeForm):
    on = DayField(label=_("Per tanggal"), is_past=True)
    amount_idr = RupiahField(
        label=_("Jumlah aset"),
        min_value=0,
        help_text=_("Jumlah aktiva di neraca; 0 bila memang tidak ada."),
        error_messages={"min_value": _("Jumlah aset tidak kurang dari Rp 0.")},
    )

    class Meta:
        model = AssetStatement
        fields: ClassVar[list[str]] = ["on", "amount_idr", "source"]

    described = frozenset({"cooperative"})

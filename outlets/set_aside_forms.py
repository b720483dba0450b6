"""Forms of a cooperative's own money: set aside for a need, released with a reason."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kkmp.fields import DayField, RupiahField


class SetAsideForm(forms.Form):
    amount_idr = RupiahField(
        label=_("Jumlah yang disisihkan"),
        min_value=1,
        error_messages={"min_value": _("Jumlah lebih dari Rp 0.")},
    )
    set_on = DayField(
        label=_("Disisihkan pada"),
        is_past=True,
        help_text=_("Sejak hari itu kekurangan gerai berkurang sebesar jumlah ini."),
    )

    def __init__(self, data: QueryDict | None, *, room_idr: int) -> None:
        super().__init__(data, initial={"set_on": timezone.localdate(), "amount_idr": room_idr or None})


class ReleaseForm(forms.Form):
    released_on = DayField(
        label=_("Dilepas pada"),
        is_past=True,
        help_text=_("Sejak hari itu dana ini tidak lagi mengurangi kekurangan gerai."),
    )
    reason = forms.CharField(label=_("Alasan dilepas"), max_length=300)

    def __init__(self, data: QueryDict | None) -> None:
        super().__init__(data, initial={"released_on": timezone.localdate()})

    def clean_reason(self) -> Any:
        return self.cleaned_data["reason"].strip()

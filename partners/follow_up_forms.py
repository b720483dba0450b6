"""The form with which somebody answers whether an outlet still runs."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kkmp.fields import DayField
from partners.follow_ups import Milestone, unanswered
from partners.models import Answer


class FollowUpForm(forms.Form):
    """Milestones on offer are those reached and not answered; a page that was open longer is told what happened since."""

    days = forms.TypedChoiceField(label=_("Sesudah penyaluran terakhir"), coerce=int)
    answer = forms.ChoiceField(
        label=_("Apakah gerainya masih berjalan?"), choices=Answer.choices, widget=forms.RadioSelect
    )
    checked_on = DayField(label=_("Diperiksa pada"), is_past=True, initial=timezone.localdate)
    note = forms.CharField(
        label=_("Keterangan"),
        required=False,
        max_length=300,
        help_text=_("Wajib bila tidak berjalan: apa sebabnya."),
    )

    def __init__(self, data: QueryDict | None, *, found: list[Milestone]) -> None:
        super().__init__(data)
        asked = list(unanswered(found))
        # What was answered meanwhile is refused by whoever writes, with a word about who it was.
        offered = found if data else asked
        self.fields["days"].choices = [  # type: ignore[attr-defined]
            (one.days, _("Hari ke-%(days)s") % {"days": one.days}) for one in offered
        ]
        self.fields["days"].initial = asked[0].days if asked else None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("answer") not in (None, Answer.RUNS) and not cleaned.get("note", "").strip():
            self.add_error("note", _("Tulis mengapa tidak berjalan."))
        return cleaned

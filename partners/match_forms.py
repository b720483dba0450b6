"""The rows of a ranking as a person ticks them: to whom an offer is proposed, and how much."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from kkmp.fields import RupiahField, no_national_id
from partners.matching import Match

_PICK = re.compile(r"pick-([0-9]{1,18})")


class MatchForm(forms.Form):
    """Bound, it asks only about the rows that were on the page, and tells which of them do not fit any more."""

    note = forms.CharField(label=_("Keterangan"), required=False, max_length=300, validators=[no_national_id])
    again = forms.BooleanField(label=_("Ya, usulkan sekali lagi"), required=False)

    def __init__(self, data: QueryDict | None, *, matches: Sequence[Match]) -> None:
        self.matches = [one for one in matches if data is None or f"amount-{one.candidate.key}" in data]
        super().__init__(data)
        for one in self.matches:
            key, name = one.candidate.key, one.candidate.outlet.name
            self.fields[f"pick-{key}"] = forms.BooleanField(label=name, required=False)
            self.fields[f"amount-{key}"] = RupiahField(
                label=name,
                required=False,
                min_value=1,
                initial=one.suggested_idr,
                error_messages={"min_value": _("Lebih dari Rp 0, atau hapus centangnya.")},
            )

    @property
    def rows(self) -> list[tuple[Match, BoundField, BoundField]]:
        """Each match with its tick and its amount."""
        return [
            (one, self[f"pick-{one.candidate.key}"], self[f"amount-{one.candidate.key}"])
            for one in self.matches
        ]

    @property
    def asks_again(self) -> bool:
        """The box is shown once it is needed."""
        return self.is_bound and ("again" in self.errors or bool(self.cleaned_data.get("again")))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        asked = {int(found[1]) for name in self.data if (found := _PICK.fullmatch(name))}
        if asked - {one.candidate.key for one in self.matches}:
            raise ValidationError(
                _(
                    "Ada gerai yang dicentang dan tidak lagi memenuhi syarat. Periksa daftarnya, lalu usulkan lagi."
                ),
                code="newer",
            )
        if not asked:
            raise ValidationError(_("Pilih sedikitnya satu gerai."))
        return cleaned

    @property
    def chosen(self) -> list[tuple[Match, int | None]]:
        return [
            (one, self.cleaned_data[f"amount-{one.candidate.key}"])
            for one in self.matches
            if self.cleaned_data[f"pick-{one.candidate.key}"]
        ]

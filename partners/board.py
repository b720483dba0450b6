"""What the stage board shows: of each stage how many supports and what sum, and the newest of them as cards."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.db.models import Count, F, Q, Sum, Window
from django.db.models.functions import RowNumber
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cooperatives.asof import View
from kkmp.accounts.models import User
from partners.flags import Flag, flags_of
from partners.models import Partner, Stage, Support, SupportKind, SupportQuerySet

# Cards of a column; the others are a click away in the list.
MOST_CARDS = 10


@dataclass(frozen=True)
class Card:
    """A support as it stood on the day; `days` since its stage began."""

    support: Support
    days: int
    flags: list[Flag]


@dataclass(frozen=True)
class StageColumn:
    """All supports of one stage in numbers, and the newest as cards; `unknown_count` have no sum."""

    stage: Stage
    count: int
    idr: int
    unknown_count: int
    cards: list[Card]
    href: str

    @property
    def known_idr(self) -> int | None:
        """None where there are supports and none has a sum."""
        return None if self.count and self.unknown_count == self.count else self.idr

    @property
    def hidden_count(self) -> int:
        return self.count - len(self.cards)


class BoardForm(forms.Form):
    """Filters of the board; what is not on offer filters nothing."""

    partner = forms.ModelChoiceField(
        Partner.objects.none(), label=_("Mitra"), required=False, empty_label=_("Semua mitra")
    )
    kind = forms.ChoiceField(
        label=_("Bentuk"), required=False, choices=[("", _("Semua bentuk")), *SupportKind.choices]
    )

    def __init__(self, data: QueryDict, *, user: User) -> None:
        super().__init__(data)
        self.fields["partner"].queryset = Partner.objects.visible_to(user)  # type: ignore[attr-defined]
        self.is_valid()

    def narrow(self, supports: SupportQuerySet) -> SupportQuerySet:
        chosen = {name: value for name, value in self.cleaned_data.items() if value}
        return supports.filter(**chosen)

    @property
    def is_filtered(self) -> bool:
        return any(self.cleaned_data.values())

    def list_link(self, view: View) -> Callable[[Stage], str]:
        """The address of the list with the same question, for a stage."""
        partner = self.cleaned_data.get("partner")
        asked = {"partner": partner.pk if partner else "", "kind": self.cleaned_data.get("kind", "")}
        return lambda stage: view.link(reverse("partners:supports"), stage=stage.value, **asked)


def columns_of(supports: SupportQuerySet, *, on: date, link: Callable[[Stage], str]) -> list[StageColumn]:
    """A column for each stage, of supports that have theirs on the day; four queries, for any number of them."""
    sums = {row["stage"]: row for row in _sums(supports)}
    newest = list(_newest(supports))
    flags = flags_of(newest, on)
    columns = []
    for stage in Stage:
        found = sums.get(stage, {"count": 0, "idr": 0, "unknown_count": 0})
        cards = [
            Card(support, (on - support.stage_since).days, flags.get(support.pk, []))
            for support in newest
            if support.stage == stage and support.stage_since
        ]
        columns.append(
            StageColumn(stage, found["count"], int(found["idr"]), found["unknown_count"], cards, link(stage))
        )
    return columns


def _sums(supports: Any) -> Any:
    return (
        supports.order_by()
        .values("stage")
        .annotate(
            count=Count("pk"),
            idr=Sum("committed_idr", default=0),
            unknown_count=Count("pk", filter=Q(committed_idr=None)),
        )
    )


def _newest(supports: SupportQuerySet) -> SupportQuerySet:
    """The newest of each stage, one query for all of them."""
    order = [F("stage_since").desc(), F("pk").desc()]
    place = Window(RowNumber(), partition_by=[F("stage")], order_by=order)
    return (
        supports.annotate(place=place)
        .filter(place__lte=MOST_CARDS)
        .select_related("partner", "cooperative__kelurahan__kecamatan", "outlet")
        .newest_stage_first()
    )

"""What became of an event: which partners that came made offers and promises, and what arrived 30, 60 and 90 days later.

Counted are offers that name the event, and supports that name it or whose offer does. A promise counts at a day where it
stands on it; money where it arrived by then and was checked. Kinds of capital are never added up.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cooperatives.models import Cooperative
from kkmp.accounts.models import User
from kkmp.charts import Part
from kkmp.templatetags.ui import rupiah
from partners.models import Capital, Disbursement, Event, Offer, Partner, Support, capital_of

AFTER_DAYS = (30, 60, 90)


@dataclass(frozen=True)
class Milestone:
    """A day so long after the event; nothing is said of it until it has come."""

    days: int
    on: date
    is_reached: bool


def _nothing() -> dict[Capital, int]:
    return dict.fromkeys(Capital, 0)


@dataclass
class Outcome:
    """Of one partner or of all, by one milestone. Sums are rupiah; `unknown_count` are promises without a sum."""

    offer_count: int = 0
    committed_count: int = 0
    unknown_count: int = 0
    committed_idr: dict[Capital, int] = field(default_factory=_nothing)
    arrived_idr: dict[Capital, int] = field(default_factory=_nothing)

    def add(self, other: "Outcome") -> None:
        self.offer_count += other.offer_count
        self.committed_count += other.committed_count
        self.unknown_count += other.unknown_count
        for capital in Capital:
            self.committed_idr[capital] += other.committed_idr[capital]
            self.arrived_idr[capital] += other.arrived_idr[capital]

    @property
    def has_arrived(self) -> bool:
        return any(self.arrived_idr.values())

    @property
    def lines(self) -> list[str]:
        """In words, one fact a line; empty where nothing came of it."""
        said = []
        if self.offer_count:
            said.append(
                ngettext("%(count)d penawaran", "%(count)d penawaran", self.offer_count)
                % {"count": self.offer_count}
            )
        if self.committed_count:
            said.append(self._promises_in_words())
        return said + [
            _("%(capital)s: dijanjikan %(promised)s, diterima %(arrived)s")
            % {
                "capital": capital.label,
                "promised": rupiah(self.committed_idr[capital]),
                "arrived": rupiah(self.arrived_idr[capital]),
            }
            for capital in Capital
            if self.committed_idr[capital] or self.arrived_idr[capital]
        ]

    def _promises_in_words(self) -> str:
        words = ngettext("%(count)d komitmen", "%(count)d komitmen", self.committed_count)
        said = words % {"count": self.committed_count}
        if not self.unknown_count:
            return said
        unknown = ngettext("%(count)d tanpa nilai", "%(count)d tanpa nilai", self.unknown_count)
        return f"{said} ({unknown % {'count': self.unknown_count}})"


@dataclass(frozen=True)
class PartnerOutcome:
    """A partner and what became of its coming, by milestone; None for one that has not come."""

    partner: Partner
    came: bool
    after: list[Outcome | None]


@dataclass(frozen=True)
class EventOutcome:
    milestones: list[Milestone]
    rows: list[PartnerOutcome]

    @property
    def table(self) -> list[tuple[PartnerOutcome, list[tuple[Milestone, Outcome | None]]]]:
        return [(row, list(zip(self.milestones, row.after, strict=True))) for row in self.rows]

    @property
    def totals(self) -> list[tuple[Milestone, Outcome | None]]:
        """The sums of the rows."""
        return [
            (milestone, _sum([row.after[place] for row in self.rows]) if milestone.is_reached else None)
            for place, milestone in enumerate(self.milestones)
        ]

    @property
    def bars(self) -> list[tuple[Milestone, list[Part]]]:
        """By milestone that has come: how far the partners that came have got, each counted once."""
        came = [row for row in self.rows if row.came]
        return [
            (milestone, _steps([row.after[place] for row in came]))
            for place, milestone in enumerate(self.milestones)
            if milestone.is_reached and came
        ]

    @property
    def came_count(self) -> int:
        return sum(row.came for row in self.rows)


def event_outcome(
    event: Event, came: Iterable[Partner], *, cooperatives: QuerySet[Cooperative], on: date, user: User
) -> EventOutcome:
    """Of the partners that came, and of others whose offers or supports name the event; of supports only these cooperatives'.

    As many queries for any number of rows: offers once, promises and money once a milestone that has come.
    """
    milestones = [
        Milestone(days, day, is_reached=day <= on)
        for days in AFTER_DAYS
        for day in [event.held_on + timedelta(days=days)]
    ]
    supports = Support.objects.visible_to(user).filter(
        Q(event=event) | Q(offer__event=event), cooperative__in=cooperatives.order_by().values("pk")
    )
    begun = list(
        Offer.objects.visible_to(user)
        .filter(event=event, open_from__lte=on)
        .values_list("partner", "open_from")
    )
    found = [
        _by_partner(supports, begun, milestone.on) if milestone.is_reached else None
        for milestone in milestones
    ]
    partners = {partner.pk: partner for partner in came}
    named = {key for one in found if one for key in one}
    others = (
        Partner.objects.visible_to(user).filter(pk__in=named - partners.keys())
        if named - partners.keys()
        else ()
    )
    rows = [
        PartnerOutcome(
            partner,
            partner.pk in partners,
            [None if one is None else one.get(partner.pk, Outcome()) for one in found],
        )
        for partner in (*partners.values(), *others)
    ]
    return EventOutcome(milestones, rows)


def _by_partner(supports: Any, begun: Sequence[tuple[int, date]], day: date) -> dict[int, Outcome]:
    found: dict[int, Outcome] = defaultdict(Outcome)
    for partner, open_from in begun:
        if open_from <= day:
            found[partner].offer_count += 1
    promises = supports.as_of(day).agreed().order_by().values_list("partner", "kind")
    for partner, kind, count, total, unknown in promises.annotate(
        count=Count("pk"),
        total=Sum("committed_idr", default=0),
        unknown=Count("pk", filter=Q(committed_idr=None)),
    ):
        found[partner].committed_count += count
        found[partner].unknown_count += unknown
        found[partner].committed_idr[capital_of(kind)] += int(total)
    paid = Disbursement.objects.counted(day).filter(support__in=supports.order_by().values("pk")).order_by()
    for partner, kind, total in paid.values_list("support__partner", "support__kind").annotate(
        total=Sum("amount_idr")
    ):
        found[partner].arrived_idr[capital_of(kind)] += int(total)
    return found


def _sum(outcomes: Iterable[Outcome | None]) -> Outcome:
    total = Outcome()
    for one in outcomes:
        if one is not None:
            total.add(one)
    return total


def _steps(outcomes: Iterable[Outcome | None]) -> list[Part]:
    counts = dict.fromkeys(("paid", "promised", "offered", "nothing"), 0)
    for one in outcomes:
        counts[_furthest(one or Outcome())] += 1
    return [
        Part(_("uang atau barang sudah diterima"), counts["paid"], "running"),
        Part(_("baru komitmen"), counts["promised"], "idle"),
        Part(_("baru penawaran"), counts["offered"], "none"),
        Part(_("belum ada"), counts["nothing"], "unrecorded"),
    ]


def _furthest(outcome: Outcome) -> str:
    if outcome.has_arrived:
        return "paid"
    if outcome.committed_count:
        return "promised"
    return "offered" if outcome.offer_count else "nothing"

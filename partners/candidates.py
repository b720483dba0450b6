"""Outlets that a partner could help, with every fact that matching asks about, in as many queries for one as for thousands."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, NamedTuple

from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone

from cooperatives.models import Cooperative, Paper
from members.models import principal_paid_by_cooperative
from outlets.models import CapitalNeed, MonthlyReport, OutletQuerySet, ReportState, Status
from outlets.outlet_class import OutletClass, with_outlet_class, with_status
from partners.gap import GapTotal, gap_by
from partners.models import AGREED, Stage, Support

# Could be helped to open: built and not running, being prepared, or nobody has said what it does.
MAY_OPEN = (Status.IDLE, Status.PREPARING, None)
# What told something: drafts and returned reports are still being written.
TOLD = (ReportState.SUBMITTED, ReportState.VERIFIED)


class Proposed(NamedTuple):
    """A support of an outlet out of an offer, not cancelled: its key and its stage on the day."""

    offer: int
    support: int
    stage: Stage

    @property
    def is_agreed(self) -> bool:
        return self.stage in AGREED


class Neighbours(NamedTuple):
    """Cooperatives of the same kecamatan, itself among them, as far as whoever asks sees them."""

    running: int
    total: int


NOBODY_NEAR = Neighbours(0, 0)


@dataclass(frozen=True)
class Candidate:
    """An outlet on a day. `outlet` has its status and the names of its place; `gap` is None where no need is open."""

    on: date
    outlet: Any
    gap: GapTotal | None = None
    # Kinds in force on the day.
    papers: frozenset[str] = frozenset()
    paying_members: int = 0
    last_report_on: date | None = None
    neighbours: Neighbours = NOBODY_NEAR
    supports: tuple[Proposed, ...] = ()

    @property
    def key(self) -> int:
        key: int = self.outlet.pk
        return key

    @property
    def gap_idr(self) -> int:
        return self.gap.gap_idr if self.gap else 0

    @property
    def kecamatan(self) -> Any:
        return self.outlet.cooperative.kelurahan.kecamatan

    @property
    def idle_since(self) -> date | None:
        since: date | None = self.outlet.status_since
        return since if self.outlet.status == Status.IDLE else None

    @property
    def days_idle(self) -> int | None:
        """None where it does not stand idle."""
        return (self.on - self.idle_since).days if self.idle_since else None

    def supports_of(self, offer: int) -> list[Proposed]:
        return [one for one in self.supports if one.offer == offer]


def read_candidates(
    outlets: OutletQuerySet,
    *,
    neighbours: QuerySet[Cooperative],
    on: date,
    statuses: Collection[Status | None] = tuple(Status),
) -> list[Candidate]:
    """Of these outlets those with one of the statuses on the day; the caller has scoped outlets and neighbours."""
    known = [status for status in statuses if status]
    wanted = Q(status__in=known) | (Q(status=None) if None in statuses else Q(pk__in=()))
    rows = with_status(outlets, on=on).filter(wanted).select_related("cooperative__kelurahan__kecamatan")
    found = list(rows)
    cooperatives = Cooperative.objects.filter(pk__in=outlets.order_by().values("cooperative"))
    gaps = gap_by(CapitalNeed.objects.filter(outlet__in=outlets.order_by().values("pk")), "outlet", on=on)
    papers = _papers(cooperatives, on)
    paying = principal_paid_by_cooperative(cooperatives, on=on)
    reports = _last_reports(cooperatives, on)
    around = _neighbours(neighbours, outlets, on)
    supports = _supports(outlets, on)
    return [
        Candidate(
            on,
            outlet,
            gaps.get(outlet.pk),
            frozenset(papers[outlet.cooperative_id]),
            paying.get(outlet.cooperative_id, 0),
            reports.get(outlet.cooperative_id),
            around.get(outlet.cooperative.kelurahan.kecamatan_id, NOBODY_NEAR),
            tuple(supports[outlet.pk]),
        )
        for outlet in found
    ]


def largest_gaps(outlets: OutletQuerySet, *, on: date, most: int) -> list[tuple[Any, GapTotal]]:
    """Of these outlets the idle ones that lack the most, with their gap; two queries."""
    gaps = gap_by(CapitalNeed.objects.filter(outlet__in=outlets.order_by().values("pk")), "outlet", on=on)
    idle = with_status(outlets, on=on).filter(status=Status.IDLE)
    rows = idle.select_related("cooperative__kelurahan__kecamatan").order_by("status_since", "pk")
    lacking = [(outlet, gaps[outlet.pk]) for outlet in rows if outlet.pk in gaps and gaps[outlet.pk].gap_idr]
    return sorted(lacking, key=lambda pair: -pair[1].gap_idr)[:most]


def _papers(cooperatives: QuerySet[Cooperative], on: date) -> dict[int, set[str]]:
    held: Any = Paper.objects.kept().as_of(on).filter(cooperative__in=cooperatives.values("pk"))
    held = held.filter(is_over=False)
    return _grouped(held.order_by().values_list("cooperative", "kind").distinct())


def _grouped(pairs: Iterable[tuple[int, str]]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    for key, value in pairs:
        found[key].add(value)
    return found


def _last_reports(cooperatives: QuerySet[Cooperative], on: date) -> dict[int, date]:
    """The day on which each cooperative last sent a report that was not returned."""
    until = timezone.make_aware(datetime.combine(on, time.max))
    told = MonthlyReport.objects.filter(
        cooperative__in=cooperatives.values("pk"), state__in=TOLD, submitted_at__lte=until
    )
    rows = told.order_by().values("cooperative").annotate(last=Max("submitted_at"))
    return {key: timezone.localdate(at) for key, at in rows.values_list("cooperative", "last")}


def _neighbours(
    cooperatives: QuerySet[Cooperative], outlets: OutletQuerySet, on: date
) -> dict[str, Neighbours]:
    """By kecamatan of these outlets."""
    here = outlets.order_by().values("cooperative__kelurahan__kecamatan")
    rows = (
        with_outlet_class(cooperatives.filter(kelurahan__kecamatan__in=here).order_by(), on=on)
        .values("kelurahan__kecamatan", "outlet_class")
        .annotate(count=Count("pk"))
    )
    found: dict[str, Neighbours] = {}
    for row in rows:
        running, total = found.get(row["kelurahan__kecamatan"], NOBODY_NEAR)
        is_running = row["outlet_class"] == OutletClass.RUNNING
        found[row["kelurahan__kecamatan"]] = Neighbours(
            running + is_running * row["count"], total + row["count"]
        )
    return found


def _supports(outlets: OutletQuerySet, on: date) -> dict[int, list[Proposed]]:
    """By outlet, what was made of offers by the day and is not cancelled."""
    made = Support.objects.filter(outlet__in=outlets.order_by().values("pk"), offer__isnull=False)
    rows: Any = made.as_of(on)
    rows = rows.exclude(stage=Stage.CANCELLED).order_by("pk")
    found: dict[int, list[Proposed]] = defaultdict(list)
    for outlet, offer, support, stage in rows.values_list("outlet", "offer", "pk", "stage"):
        found[outlet].append(Proposed(offer, support, Stage(stage)))
    return found

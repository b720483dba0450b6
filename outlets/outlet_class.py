"""The class of a cooperative on a day: does an outlet run, stand idle, is there none, or do we not know?"""

from collections.abc import Iterable
from datetime import date, datetime
from functools import reduce

from django.db import models
from django.db.models import (
    Case,
    CharField,
    Count,
    DateField,
    Exists,
    IntegerField,
    Min,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.utils.translation import gettext_lazy as _

from cooperatives.models import Cooperative
from outlets.models import Outlet, OutletQuerySet, Reason, Status, StatusChange


class OutletClass(models.TextChoices):
    RUNNING = "running", _("Sudah berjalan")
    IDLE = "idle", _("Ada, belum berjalan")
    NONE = "none", _("Belum ada gerai")
    UNRECORDED = "unrecorded", _("Belum dicatat")


# A running outlet outweighs an idle one, an idle one outweighs the rest.
_RANK = {Status.RUNNING: 0, Status.IDLE: 1}
_CLASS_OF_RANK = {0: OutletClass.RUNNING, 1: OutletClass.IDLE}


def with_status(outlets: OutletQuerySet, *, on: date, known_at: datetime | None = None) -> OutletQuerySet:
    """Annotate `status`, `status_reason` and `status_since` of each outlet on a day; null before its first change."""
    latest = StatusChange.objects.live(known_at).filter(outlet=OuterRef("pk")).by(on)
    return outlets.annotate(
        status=Subquery(latest.values("status")[:1], output_field=CharField()),
        status_reason=Subquery(latest.values("reason")[:1], output_field=CharField()),
        status_since=Subquery(latest.values("effective_on")[:1], output_field=DateField()),
    )


def with_outlet_class(
    cooperatives: QuerySet[Cooperative], *, on: date, known_at: datetime | None = None, name: str = "outlet_class"
) -> QuerySet[Cooperative]:
    """Annotate each cooperative's class on a day (domain: Outlet status and class).

    `known_at` answers from the records as they stood at that moment. `name` lets two days stand on one queryset.
    """
    changes = StatusChange.objects.live(known_at)
    status_now = changes.filter(outlet=OuterRef("pk")).by(on).values("status")[:1]
    # Subqueries, not windows: a GROUP BY over a window function gives wrong figures without an error.
    best = (
        Outlet.objects.filter(cooperative=OuterRef("pk"))
        .order_by()
        .annotate(status_now=Subquery(status_now))
        .annotate(rank=Case(*(When(status_now=status, then=Value(rank)) for status, rank in _RANK.items())))
        .values("cooperative")
        .annotate(best=Min("rank"))
        .values("best")
    )
    recorded = changes.filter(cooperative=OuterRef("pk"), effective_on__lte=on)
    rank = f"{name}_rank"
    return cooperatives.alias(**{rank: Subquery(best, output_field=IntegerField())}).annotate(
        **{
            name: Case(
                *(When(**{rank: number}, then=Value(found.value)) for number, found in _CLASS_OF_RANK.items()),
                When(Exists(recorded), then=Value(OutletClass.NONE.value)),
                default=Value(OutletClass.UNRECORDED.value),
                output_field=CharField(),
            )
        }
    )


def with_idle_reason(
    cooperatives: QuerySet[Cooperative], *, on: date, known_at: datetime | None = None
) -> QuerySet[Cooperative]:
    """Annotate `idle_reason` and `idle_since`: of the outlet that has stood idle the longest on that day."""
    idle = (
        with_status(Outlet.objects.filter(cooperative=OuterRef("pk")), on=on, known_at=known_at)
        .filter(status=Status.IDLE)
        .order_by("status_since", "pk")
    )
    return cooperatives.annotate(
        idle_reason=Subquery(idle.values("status_reason")[:1], output_field=CharField()),
        idle_since=Subquery(idle.values("status_since")[:1], output_field=DateField()),
    )


def idle_because_of(
    cooperatives: QuerySet[Cooperative], reason: Reason, *, on: date, known_at: datetime | None = None
) -> QuerySet[Cooperative]:
    """Cooperatives of class IDLE with an outlet that stands idle for this reason."""
    outlets = with_status(Outlet.objects.filter(cooperative=OuterRef("pk")), on=on, known_at=known_at)
    return with_outlet_class(cooperatives, on=on, known_at=known_at, name="class_for_reason").filter(
        Exists(outlets.filter(status=Status.IDLE, status_reason=reason)), class_for_reason=OutletClass.IDLE
    )


def class_counts(
    cooperatives: QuerySet[Cooperative], days: Iterable[date], *, known_at: datetime | None = None
) -> dict[date, dict[str, int]]:
    """Cooperatives by class on each of several days, in one query."""
    days = sorted(set(days))
    counts = {day: dict.fromkeys(OutletClass.values, 0) for day in days}
    if not days:
        return counts
    by_day = [
        with_outlet_class(cooperatives.order_by(), on=day, known_at=known_at, name="counted_class")
        .annotate(counted_on=Value(day.isoformat(), output_field=CharField()))
        .values("counted_on", "counted_class")
        .annotate(count=Count("pk"))
        .values_list("counted_on", "counted_class", "count")
        for day in days
    ]
    rows = reduce(lambda all_days, one_day: all_days.union(one_day, all=True), by_day)
    for day, outlet_class, count in rows:
        counts[date.fromisoformat(day)][outlet_class] = count
    return counts

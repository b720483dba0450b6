"""The class of a cooperative on a day: whether an outlet runs, stands idle, there is none, or we do not know."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

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
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from cooperatives.models import Cooperative
from outlets.models import Outlet, Reason, Status, StatusChange


class OutletClass(models.TextChoices):
    RUNNING = "running", _("Sudah berjalan")
    IDLE = "idle", _("Ada, belum berjalan")
    NONE = "none", _("Belum ada gerai")
    UNRECORDED = "unrecorded", _("Belum dicatat")


# Rows that carry more than their model's fields; the type checker knows only those.
AnnotatedRows = QuerySet[Any]

# A running outlet outweighs an idle one, an idle one outweighs the rest.
_RANK = {Status.RUNNING: 0, Status.IDLE: 1}
_CLASS_OF_RANK = {0: OutletClass.RUNNING, 1: OutletClass.IDLE}


def class_from(statuses: Iterable[str], *, is_recorded: bool) -> OutletClass:
    """The same rule as `with_outlet_class`, for statuses already in hand: one of each outlet, on one day."""
    ranks = [_RANK[Status(status)] for status in statuses if status in _RANK]
    if ranks:
        return _CLASS_OF_RANK[min(ranks)]
    return OutletClass.NONE if is_recorded else OutletClass.UNRECORDED


def with_status(outlets: QuerySet[Outlet], *, on: date, known_at: datetime | None = None) -> AnnotatedRows:
    """Annotate `status`, `status_reason` and `status_since` of each outlet on a day; null before its first change.

    `status_since` is the first day of the unbroken run: an outlet idle since May whose reason changed in July is
    idle since May.
    """
    changes = StatusChange.objects.live(known_at).filter(effective_on__lte=on)
    latest = changes.filter(outlet=OuterRef("pk")).by(on)
    another_status_later = changes.filter(
        ~Q(status=OuterRef("status")), outlet=OuterRef("outlet"), effective_on__gt=OuterRef("effective_on")
    )
    run = changes.filter(~Exists(another_status_later), outlet=OuterRef("pk")).order_by("effective_on")
    return outlets.annotate(
        status=Subquery(latest.values("status")[:1], output_field=CharField()),
        status_reason=Subquery(latest.values("reason")[:1], output_field=CharField()),
        status_since=Subquery(run.values("effective_on")[:1], output_field=DateField()),
    )


def with_outlet_class(
    cooperatives: QuerySet[Cooperative],
    *,
    on: date,
    known_at: datetime | None = None,
    name: str = "outlet_class",
) -> AnnotatedRows:
    """Annotate each cooperative's class on a day (domain: Outlet status and class).

    `known_at` answers from the records as they stood at that moment. `name` lets two days stand on one queryset.
    """
    changes = StatusChange.objects.live(known_at)
    ranked = Case(*(When(status=status, then=Value(rank)) for status, rank in _RANK.items()))
    rank_now = changes.filter(outlet=OuterRef("pk")).by(on).annotate(rank=ranked).values("rank")[:1]
    # Named inside the subquery, since Django writes a subquery out at each place that names it.
    found = Case(*(When(best=rank, then=Value(named.value)) for rank, named in _CLASS_OF_RANK.items()))
    # Subqueries, not windows: a GROUP BY over a window function gives wrong figures without an error.
    standing = (
        Outlet.objects.filter(cooperative=OuterRef("pk"))
        .order_by()
        .annotate(rank=Subquery(rank_now, output_field=IntegerField()))
        .values("cooperative")
        .annotate(best=Min("rank"))
        .annotate(found=found)
        .values("found")
    )
    recorded = changes.filter(cooperative=OuterRef("pk"), effective_on__lte=on)
    otherwise = Case(
        When(Exists(recorded), then=Value(OutletClass.NONE.value)),
        default=Value(OutletClass.UNRECORDED.value),
    )
    return cooperatives.annotate(
        **{name: Coalesce(Subquery(standing, output_field=CharField()), otherwise, output_field=CharField())}
    )


def with_idle_reason(
    cooperatives: QuerySet[Cooperative], *, on: date, known_at: datetime | None = None
) -> AnnotatedRows:
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
) -> AnnotatedRows:
    """Cooperatives of class IDLE with an outlet that stands idle for this reason."""
    outlets = with_status(Outlet.objects.filter(cooperative=OuterRef("pk")), on=on, known_at=known_at)
    return with_outlet_class(cooperatives, on=on, known_at=known_at, name="class_for_reason").filter(
        Exists(outlets.filter(status=Status.IDLE, status_reason=reason)), class_for_reason=OutletClass.IDLE
    )


def flow(
    cooperatives: QuerySet[Cooperative], *, since: date, on: date, known_at: datetime | None = None
) -> AnnotatedRows:
    """Annotate `class_before` (on the day `since`) and `class_after` (on the day `on`)."""
    before = with_outlet_class(cooperatives, on=since, known_at=known_at, name="class_before")
    return with_outlet_class(before, on=on, known_at=known_at, name="class_after")


def flow_counts(
    cooperatives: QuerySet[Cooperative], *, since: date, on: date, known_at: datetime | None = None
) -> dict[tuple[str, str], int]:
    """Cooperatives by (class before, class after), in one query; pairs without a cooperative are left out."""
    rows = (
        flow(cooperatives.order_by(), since=since, on=on, known_at=known_at)
        .values("class_before", "class_after")
        .annotate(count=Count("pk"))
        .values_list("class_before", "class_after", "count")
    )
    return {(before, after): count for before, after, count in rows}

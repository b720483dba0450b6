"""How cooperatives stood on several days: their status changes read once, in one query, and followed here.

The same rules as the annotations of `outlets.outlet_class`, for pages that need many days of the same rows. A test
compares the two on any sequence of changes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import FilteredRelation, Q, QuerySet

from cooperatives.models import Cooperative
from outlets.models import Status, live_condition
from outlets.outlet_class import OutletClass, class_from


class Turn(NamedTuple):
    """From `day` on, the outlet (or, with None, the cooperative itself) had this status."""

    day: date
    pk: int
    outlet: int | None
    status: str
    reason: str


@dataclass(frozen=True)
class Standing:
    """Of one cooperative on one day; `idle_…` tell of the outlet that has stood idle the longest."""

    outlet_class: OutletClass
    idle_since: date | None
    idle_reason: str
    idle_reasons: frozenset[str]


def histories(
    cooperatives: QuerySet[Cooperative], *, until: date, known_at: datetime | None = None
) -> dict[int, list[Turn]]:
    """Each cooperative's live changes in order of the days; empty where there is none."""
    condition = live_condition(known_at, path="status_changes__") & Q(status_changes__effective_on__lte=until)
    rows = (
        cooperatives.order_by()
        .annotate(change=FilteredRelation("status_changes", condition=condition))
        .values_list(
            "pk", "change__effective_on", "change__pk", "change__outlet", "change__status", "change__reason"
        )
    )
    found: dict[int, list[Turn]] = {}
    for cooperative, *turn in rows:
        history = found.setdefault(cooperative, [])
        if turn[0] is not None:
            history.append(Turn(*turn))
    for history in found.values():
        history.sort()
    return found


def standing(history: Iterable[Turn], day: date) -> Standing:
    """After the changes with effect by that day."""
    latest: dict[int, tuple[str, str, date]] = {}
    is_recorded = False
    for turn in history:
        if turn.day > day:
            break
        is_recorded = True
        if turn.outlet is not None:
            before = latest.get(turn.outlet)
            # An unbroken run keeps its first day, whatever happens to the reason.
            since = before[2] if before and before[0] == turn.status else turn.day
            latest[turn.outlet] = turn.status, turn.reason, since
    idle = sorted(
        (since, outlet, reason) for outlet, (status, reason, since) in latest.items() if status == Status.IDLE
    )
    return Standing(
        class_from((status for status, _reason, _since in latest.values()), is_recorded=is_recorded),
        idle[0][0] if idle else None,
        idle[0][2] if idle else "",
        frozenset(reason for _since, _outlet, reason in idle),
    )


def count_classes(found: dict[int, list[Turn]], days: Iterable[date]) -> dict[date, dict[str, int]]:
    """Cooperatives by class on each of several days; one pass over each history."""
    days = sorted(set(days))
    counts = {day: dict.fromkeys(OutletClass.values, 0) for day in days}
    for history in found.values():
        statuses: dict[int, str] = {}
        met = 0
        for day in days:
            while met < len(history) and history[met].day <= day:
                turn = history[met]
                if turn.outlet is not None:
                    statuses[turn.outlet] = turn.status
                met += 1
            counts[day][class_from(statuses.values(), is_recorded=met > 0)] += 1
    return counts


def class_counts(
    cooperatives: QuerySet[Cooperative], days: Iterable[date], *, known_at: datetime | None = None
) -> dict[date, dict[str, int]]:
    """Cooperatives by class on each of several days, in one query.

    For 14 days of the 65 that takes 2 ms, a union of `with_outlet_class` on each day 60 ms and more.
    """
    days = set(days)
    if not days:
        return {}
    return count_classes(histories(cooperatives, until=max(days), known_at=known_at), days)

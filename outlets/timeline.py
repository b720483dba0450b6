"""Status from day to day: the stretches of each outlet and of the class, and whether a past day was recorded anew."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import zip_longest

from django.db.models import Max, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from cooperatives.models import Cooperative
from kkmp.charts import Lane, Segment
from outlets.models import Outlet, StatusChange, StatusChangeQuerySet
from outlets.outlet_class import OutletClass, class_from

ONE_DAY = timedelta(days=1)
# A story of one day still gets a month of room to be drawn in.
LEAST_SPAN = timedelta(days=30)


@dataclass(frozen=True)
class Timeline:
    """Lanes with the days that the drawing begins and ends with; no lanes where nothing is recorded."""

    lanes: list[Lane]
    first: date
    last: date

    @property
    def is_empty(self) -> bool:
        return not any(lane.segments for lane in self.lanes)


def timeline(
    cooperative: Cooperative,
    *,
    until: date,
    known_at: datetime | None = None,
    link: Callable[[str], str] = str,
) -> Timeline:
    """The class of a cooperative up to a day, and below it one lane for each outlet; two queries.

    `link` lets an outlet's address carry the question of the page (`View.link`).
    """
    changes = _changes(StatusChange.objects.filter(cooperative=cooperative), until, known_at)
    by_outlet: dict[int | None, list[StatusChange]] = {}
    for change in changes:
        by_outlet.setdefault(change.outlet_id, []).append(change)
    lanes = [Lane(str(_("Koperasi")), _class_segments(changes))]
    lanes += [
        Lane(
            outlet.name,
            _outlet_segments(by_outlet.get(outlet.pk, [])),
            outlet.get_kind_display(),
            link(outlet.get_absolute_url()),
        )
        for outlet in cooperative.outlets.order_by("pk")
    ]
    return _spanned(lanes, changes, until)


def outlet_timeline(outlet: Outlet, *, until: date, known_at: datetime | None = None) -> Timeline:
    """One outlet's lane up to a day; one query."""
    changes = _changes(StatusChange.objects.filter(outlet=outlet), until, known_at)
    return _spanned([Lane(outlet.name, _outlet_segments(changes))], changes, until)


def changed_since_effect(
    cooperatives: QuerySet[Cooperative], *, on: date, known_at: datetime | None = None
) -> datetime | None:
    """When the records about a day last changed after that day had ended; None when they still say what they said."""
    of_these = StatusChange.objects.filter(cooperative__in=cooperatives.order_by().values("pk"))
    return _changed_since(of_these, on, known_at)


def outlet_changed_since_effect(
    outlet: Outlet, *, on: date, known_at: datetime | None = None
) -> datetime | None:
    """The same, of one outlet."""
    return _changed_since(StatusChange.objects.filter(outlet=outlet), on, known_at)


def _changed_since(changes: StatusChangeQuerySet, on: date, known_at: datetime | None) -> datetime | None:
    end = timezone.make_aware(datetime.combine(on, time.max))
    recorded, retracted = Q(recorded_at__gt=end), Q(retracted_at__gt=end)
    if known_at is not None:
        recorded &= Q(recorded_at__lte=known_at)
        retracted &= Q(retracted_at__lte=known_at)
    found = (
        changes.filter(effective_on__lte=on)
        .order_by()
        .aggregate(
            recorded=Max("recorded_at", filter=recorded), retracted=Max("retracted_at", filter=retracted)
        )
    )
    return max((moment for moment in found.values() if moment), default=None)


def _changes(changes: StatusChangeQuerySet, until: date, known_at: datetime | None) -> list[StatusChange]:
    return list(changes.live(known_at).filter(effective_on__lte=until).order_by("effective_on", "pk"))


def _spanned(lanes: list[Lane], changes: Sequence[StatusChange], until: date) -> Timeline:
    first = min((change.effective_on for change in changes), default=until)
    return Timeline(lanes, min(first, until - LEAST_SPAN), until)


def _outlet_segments(changes: Sequence[StatusChange]) -> list[Segment]:
    """Each stretch ends the day before the next change; the last one goes on."""
    return [
        Segment(
            change.status,
            change.get_status_display(),
            change.effective_on,
            following.effective_on - ONE_DAY if following else None,
            change.get_reason_display(),
        )
        for change, following in zip_longest(changes, changes[1:])
    ]


def _class_segments(changes: Iterable[StatusChange]) -> list[Segment]:
    """Stretches of one class; neighbours of the same class are one stretch."""
    statuses: dict[int, str] = {}
    class_from_day: dict[date, OutletClass] = {}
    for change in changes:
        if change.outlet_id is not None:
            statuses[change.outlet_id] = change.status
        class_from_day[change.effective_on] = class_from(statuses.values(), is_recorded=True)
    turns: list[tuple[date, OutletClass]] = []
    for day, outlet_class in class_from_day.items():
        if not turns or turns[-1][1] != outlet_class:
            turns.append((day, outlet_class))
    return [
        Segment(
            outlet_class.value, str(outlet_class.label), day, following[0] - ONE_DAY if following else None
        )
        for (day, outlet_class), following in zip_longest(turns, turns[1:])
    ]

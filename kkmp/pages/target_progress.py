"""How the targets in view stand on a day: each with what was counted, what the path asked for, and the verdict."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse

from cooperatives.asof import View
from cooperatives.models import PublishedFigure, Target
from cooperatives.targets import Aim, Start, Verdict, judge
from outlets.outlet_class import OutletClass
from outlets.standing import Turn, count_classes

# Cooperatives by class, for a kecamatan and a day; all of them under None.
AreaCounts = Mapping[tuple[str | None, date], Mapping[str, int]]
NOTHING = dict.fromkeys(OutletClass.values, 0)


@dataclass(frozen=True)
class Line:
    """One number of a target: how many run, or how many stand idle at most."""

    outlet_class: OutletClass
    count: int
    goal: int
    expected: int | None
    verdict: Verdict
    href: str
    at_most: bool = False

    @property
    def asks_more(self) -> bool:
        """Whether the path is worth telling: before the day of a target that is not reached yet."""
        return self.expected is not None and self.verdict in {Verdict.ON_THE_WAY, Verdict.BEHIND}


@dataclass(frozen=True)
class Progress:
    """A target on the day that the page asks about; a target whose day is past is judged on its own day."""

    target: Target
    judged_on: date
    lines: list[Line]

    @property
    def running(self) -> Line:
        return self.lines[0]


def targets_in(view: View) -> list[Target]:
    """Of the chosen kecamatan; else of the whole city and of every kecamatan that the viewer sees as a whole."""
    targets = Target.objects.visible_to(view.user).select_related("kecamatan")
    return list(targets.filter(kecamatan=view.kecamatan) if view.kecamatan else targets)


def days_needed(targets: Iterable[Target], baseline: PublishedFigure | None, *, on: date) -> set[date]:
    """The days for which `progress_of` asks what was counted."""
    days = {min(on, target.on) for target in targets}
    return days | {baseline.on} if baseline and days else days


def count_areas(
    changes: Mapping[int, list[Turn]], kecamatan_of: Mapping[int, str], days: Iterable[date]
) -> AreaCounts:
    """The histories of cooperatives counted on each of these days, for each kecamatan and for all together."""
    areas: dict[str | None, dict[int, list[Turn]]] = {None: dict(changes)}
    for cooperative, kecamatan in kecamatan_of.items():
        areas.setdefault(kecamatan, {})[cooperative] = changes.get(cooperative, [])
    return {
        (area, day): counts
        for area, within in areas.items()
        for day, counts in count_classes(within, days).items()
    }


def progress_of(
    view: View, targets: Sequence[Target], counts: AreaCounts, baseline: PublishedFigure | None
) -> list[Progress]:
    """Every target, by its day; `baseline` is the first figure that was published."""
    before: dict[str | None, Target] = {}
    found = []
    for target in sorted(targets, key=lambda one: (one.on, one.pk)):
        judged_on = min(view.on, target.on)
        previous = before.get(target.kecamatan_id)
        lines = [
            _line(
                view, target, outlet_class, counts, _start(target, previous, outlet_class, counts, baseline)
            )
            for outlet_class in (OutletClass.RUNNING, OutletClass.IDLE)
            if _goal(target, outlet_class) is not None
        ]
        found.append(Progress(target, judged_on, lines))
        before[target.kecamatan_id] = target
    return found


def current(progress: Iterable[Progress], *, on: date) -> dict[str | None, Progress]:
    """What each area works for on a day: its next target, or the last one where none is ahead."""
    chosen: dict[str | None, Progress] = {}
    for one in progress:
        held = chosen.get(one.target.kecamatan_id)
        if held is None or held.target.on < on:
            chosen[one.target.kecamatan_id] = one
    return chosen


def _goal(target: Target, outlet_class: OutletClass) -> int | None:
    return target.running if outlet_class == OutletClass.RUNNING else target.idle


def _start(
    target: Target,
    previous: Target | None,
    outlet_class: OutletClass,
    counts: AreaCounts,
    baseline: PublishedFigure | None,
) -> Start | None:
    """The target before it; else what was published for the city; else what we counted of the kecamatan on that day."""
    promised = _goal(previous, outlet_class) if previous else None
    if previous and promised is not None:
        return Start(previous.on, promised)
    if baseline is None or baseline.on >= target.on:
        return None
    if target.kecamatan_id is None:
        return Start(baseline.on, getattr(baseline, outlet_class.value))
    counted = counts.get((target.kecamatan_id, baseline.on), NOTHING)
    # A start that nobody recorded would draw a path of its own making.
    return None if counted[OutletClass.UNRECORDED] else Start(baseline.on, counted[outlet_class])


def _line(
    view: View, target: Target, outlet_class: OutletClass, counts: AreaCounts, start: Start | None
) -> Line:
    goal: Any = _goal(target, outlet_class)
    day = min(view.on, target.on)
    aim = Aim(target.on, goal, start, at_most=outlet_class == OutletClass.IDLE)
    counted = counts.get((target.kecamatan_id, day), NOTHING)
    count = counted[outlet_class]
    return Line(
        outlet_class=outlet_class,
        count=count,
        goal=goal,
        expected=aim.expected(day),
        verdict=judge(aim, count=count, on=day, unrecorded=counted[OutletClass.UNRECORDED]),
        href=view.link(
            reverse("cooperatives:list"),
            **{"class": outlet_class.value, "kecamatan": target.kecamatan_id, "on": day.isoformat()},
        ),
        at_most=aim.at_most,
    )

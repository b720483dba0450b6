"""The first page: how the outlets of the viewer's area stood on a day, what moved since, and what holds them back."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import dropwhile
from typing import Any

from django.contrib.auth.context_processors import PermWrapper
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse

from cooperatives.asof import View, read_view
from cooperatives.models import Cooperative, PublishedFigure, Target
from cooperatives.targets import Verdict
from kkmp.charts import Mark, Part, Series
from kkmp.conditional import drawn_once, short_when_unchanged
from kkmp.pages.area_figures import (
    RECORDED,
    Row,
    aims_in,
    counts_by_area,
    list_href,
    longest_idle_first,
    moves_in,
    own_aim,
    rows_in,
    shown_classes,
    tile_of,
)
from kkmp.pages.beside import cooperative_beside
from kkmp.pages.target_progress import Progress, targets_in
from members.models import count_members
from members.savings.figures import count_savings
from outlets.models import CapitalNeed
from outlets.outlet_class import OutletClass
from outlets.report_cycle import last_ended_month, next_month
from outlets.report_figures import Completeness, months_of
from outlets.report_grid import month_href, month_parts
from outlets.standing import Standing, count_classes, histories
from outlets.timeline import changed_since_effect
from partners.gap import gap_of_cooperatives, gap_total
from partners.gap_groups import gap_groups, parts_of
from partners.models import support_totals

TREND_MONTHS = 13
LONGEST_SHOWN = 5


@dataclass(frozen=True)
class LongIdle:
    """A line of those that have stood idle the longest; the gap is None where no need is recorded."""

    cooperative: Cooperative
    standing: Standing
    gap_idr: int | None


@dataclass(frozen=True)
class ClassTile:
    """One class on the day: how many, how many more than on the day compared with, and the line behind it."""

    outlet_class: OutletClass
    count: int
    change: int
    values: list[int]
    href: str


@dataclass(frozen=True)
class AreaRow:
    """A kecamatan's line: its cooperatives by class, each with the list behind it."""

    name: str
    href: str
    parts: list[Part]
    aim: Progress | None = None


@dataclass(frozen=True)
class Reported:
    """How a month's reports stand, as bar and as the list behind it."""

    figures: Completeness
    parts: list[Part]
    href: str


@short_when_unchanged
def dashboard(request: HttpRequest) -> HttpResponse:
    if request.headers.get("HX-Target") == "cooperative-beside":
        view = read_view(request)
        beside = cooperative_beside(view, request.GET.get("cooperative", ""))
        return render(request, "dashboard/_beside.html", {"view": view, **beside})
    # Nine tenths of the page's cost; without the request, so that nothing of it can slip into what is kept.
    content = drawn_once(
        request, "dashboard", lambda: render_to_string("dashboard/_content.html", _context(request))
    )
    return render(request, "dashboard/dashboard.html", {"content": content})


def _context(request: HttpRequest) -> dict[str, Any]:
    view = read_view(request)
    selected = request.GET.get("cooperative", "")
    figures = list(PublishedFigure.objects.filter(on__lte=view.on))
    published = figures if view.is_whole_city else []
    targets = targets_in(view)
    # Read once and followed in Python: asking the database for every day's class takes longer to phrase than to answer.
    changes = histories(view.cooperatives, until=view.on, known_at=view.known_at)
    rows = rows_in(view, changes)
    if len(rows) == 1:
        selected = rows[0].cooperative.kelurahan_id
    shown = shown_classes(rows)
    counts = count_classes(changes, _trend_days(view, published))
    aims = aims_in(view, targets, figures, changes, rows)
    return {
        "view": view,
        "perms": PermWrapper(view.user),
        "total": len(rows),
        "tiles": _class_tiles(view, rows, shown, counts),
        "for_capital": sum(row.is_idle_for_capital for row in rows),
        "map": [tile_of(view, row, selected=selected) for row in rows],
        "map_legend": _parts(view, Counter(row.after.outlet_class for row in rows), shown),
        "areas": _area_rows(view, rows, shown, aims),
        **_aims_shown(view, aims),
        "area_whole": max(
            Counter(row.cooperative.kelurahan.kecamatan_id for row in rows).values(), default=0
        ),
        "series": _series(counts),
        "published": published,
        "published_marks": _published_marks(published),
        "target_marks": _target_marks(view, targets),
        "moves": moves_in(view, rows, changes),
        "stayed": sum(row.before.outlet_class == row.after.outlet_class for row in rows),
        "longest_idle": _longest_idle(view, rows),
        **_gap(view),
        "members": count_members(view.cooperatives, on=view.on, since=view.since),
        "savings": count_savings(view.cooperatives, on=view.on),
        "reporting": _reporting(view, rows),
        "supports": support_totals(view.cooperatives, on=view.on),
        "changed_since": changed_since_effect(view.cooperatives, on=view.on),
        **cooperative_beside(view, selected),
    }


def _gap(view: View) -> dict[str, Any]:
    needs = CapitalNeed.objects.visible_to(view.user).filter(outlet__cooperative__in=view.cooperatives)
    gap = gap_total(needs, on=view.on)
    return {"gap": gap, "gap_parts": parts_of(gap), "gap_groups": gap_groups(view, needs)}


def _longest_idle(view: View, rows: Iterable[Row]) -> list[LongIdle]:
    longest = longest_idle_first(view, rows)[:LONGEST_SHOWN]
    gaps = gap_of_cooperatives((row.cooperative.pk for row in longest), on=view.on)
    return [
        LongIdle(row.cooperative, row.after, gap.gap_idr if (gap := gaps.get(row.cooperative.pk)) else None)
        for row in longest
    ]


def _reporting(view: View, rows: Iterable[Row]) -> list[Reported]:
    """The last month that is over, and the running one."""
    month = last_ended_month(view.on)
    months = [month, next_month(month)]
    told = months_of([row.cooperative for row in rows], months=months, on=view.on)
    return [
        Reported(figures, month_parts(figures, view), month_href(view, figures.month))
        for figures in map(told.completeness, months)
    ]


def _class_tiles(
    view: View, rows: Sequence[Row], shown: Iterable[OutletClass], counts: dict[date, dict[str, int]]
) -> list[ClassTile]:
    now = Counter(row.after.outlet_class for row in rows)
    before = Counter(row.before.outlet_class for row in rows)
    return [
        ClassTile(
            outlet_class,
            now[outlet_class],
            now[outlet_class] - before[outlet_class],
            [counts[day][outlet_class] for day in sorted(counts)],
            list_href(view, **{"class": outlet_class.value}),
        )
        for outlet_class in shown
    ]


def _parts(
    view: View, counts: Mapping[OutletClass, int], shown: Iterable[OutletClass], **filters: object
) -> list[Part]:
    return [
        Part(
            str(outlet_class.label),
            counts[outlet_class],
            outlet_class.value,
            list_href(view, **{"class": outlet_class.value, **filters}),
        )
        for outlet_class in shown
    ]


def _area_rows(
    view: View, rows: Iterable[Row], shown: Sequence[OutletClass], aims: Mapping[str | None, Progress]
) -> list[AreaRow]:
    by_area = counts_by_area(rows)
    return [
        AreaRow(
            kecamatan.name,
            view.link(reverse("dashboard"), kecamatan=kecamatan.pk),
            _parts(view, by_area[kecamatan.pk], shown, kecamatan=kecamatan.pk),
            aims.get(kecamatan.pk),
        )
        for kecamatan in view.kecamatan_list
        if kecamatan.pk in by_area
    ]


def _trend_days(view: View, published: Iterable[PublishedFigure]) -> list[date]:
    """The day itself, the ends of the thirteen months before, and every day that a figure was published for."""
    days = [view.on]
    month_start = view.on.replace(day=1)
    for _month in range(TREND_MONTHS):
        days.append(month_start - timedelta(days=1))
        month_start = days[-1].replace(day=1)
    return sorted({*days, *(figure.on for figure in published)})


def _series(counts: dict[date, dict[str, int]]) -> list[Series]:
    """A line a class from the first day of any record; a later month without one is a gap, not a zero."""
    recorded = {
        day: any(by_class[outlet_class] for outlet_class in RECORDED) for day, by_class in counts.items()
    }
    # Empty months ahead of the first would squeeze the others to the edge.
    days = list(dropwhile(lambda day: not recorded[day], sorted(counts)))
    shown = [*RECORDED, *([OutletClass.UNRECORDED] if _is_partly_recorded(counts) else [])]
    return [
        Series(
            str(outlet_class.label),
            outlet_class.value,
            [(day, counts[day][outlet_class] if recorded[day] else None) for day in days],
        )
        for outlet_class in shown
    ]


def _is_partly_recorded(counts: dict[date, dict[str, int]]) -> bool:
    return any(
        by_class[OutletClass.UNRECORDED] and any(by_class[outlet_class] for outlet_class in RECORDED)
        for by_class in counts.values()
    )


def _published_marks(published: Iterable[PublishedFigure]) -> list[Mark]:
    return [
        Mark(figure.on, value, outlet_class.value)
        for figure in published
        for outlet_class, value in zip(RECORDED, (figure.running, figure.idle, figure.none), strict=True)
    ]


def _aims_shown(view: View, aims: Mapping[str | None, Progress]) -> dict[str, Any]:
    """The target of the area in view itself, and how many kecamatan within it stand how with theirs."""
    own = own_aim(view, aims)
    verdicts = Counter(aim.running.verdict for area, aim in aims.items() if area and aim is not own)
    return {
        "main_aims": [own] if own else [],
        "area_verdicts": [(one, verdicts[one]) for one in Verdict if one in verdicts],
    }


def _target_marks(view: View, targets: Iterable[Target]) -> list[Mark]:
    """Targets of the whole area in view from the day on; earlier ones are no longer aimed at."""
    return [
        Mark(target.on, value, outlet_class.value)
        for target in targets
        if target.kecamatan == view.kecamatan and target.on >= view.on
        for outlet_class, value in ((OutletClass.RUNNING, target.running), (OutletClass.IDLE, target.idle))
        if value is not None
    ]

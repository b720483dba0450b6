"""What a sheet is made of, read in a fixed number of queries by the definitions that every page shares."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from cooperatives.asof import View
from cooperatives.completeness import ended
from cooperatives.models import BoardTerm, Cooperative, Paper, PublishedFigure
from kkmp.pages.area_figures import Move, Row, aims_in, moves_in, own_aim, rows_in
from kkmp.pages.target_progress import Progress, targets_in
from outlets.contradictions import Contradiction, contradictions
from outlets.report_cycle import first_of_month, months_until
from outlets.report_figures import Completeness, Months, months_of
from outlets.standing import histories
from partners.gap import GapTotal, gap_of_cooperatives, open_gap_total
from partners.models import Stage, Support

# A promise without money for longer than this is a risk.
PROMISE_DAYS = 60
# Back from the month of the day: the last one that is due, and the one before it, are among these.
MONTHS_READ = 4


@dataclass(frozen=True)
class Ended:
    """A cooperative with a paper or a term that is over and has no successor; `on` is the earliest of those days."""

    cooperative: Cooperative
    on: date


@dataclass(frozen=True)
class AreaReports:
    """A kecamatan's reports of the last month that is due, and of the month before it."""

    name: str
    latest: Completeness
    before: Completeness


@dataclass(frozen=True)
class Facts:
    """Of the cooperatives in view on a day; `aim` is the target of the area itself, `aims` by kecamatan."""

    on: date
    since: date
    rows: Sequence[Row] = ()
    moves: Sequence[Move] = ()
    gap: GapTotal = field(default_factory=GapTotal)
    # By cooperative; those without an open need are not in it.
    gaps: Mapping[int, GapTotal] = field(default_factory=dict)
    aim: Progress | None = None
    aims: Mapping[str | None, Progress] = field(default_factory=dict)
    published: PublishedFigure | None = None
    latest: Completeness | None = None
    before: Completeness | None = None
    reports: Mapping[str, AreaReports] = field(default_factory=dict)
    contradictions: Sequence[Contradiction] = ()
    ended: Sequence[Ended] = ()
    # Annotated with `stage_since`, the earliest first.
    promises: Sequence[Any] = ()


def read_facts(view: View) -> Facts:
    changes = histories(view.cooperatives, until=view.on, known_at=view.known_at)
    rows = rows_in(view, changes)
    figures = list(PublishedFigure.objects.filter(on__lte=view.on))
    aims = aims_in(view, targets_in(view), figures, changes, rows)
    months = months_of(
        [row.cooperative for row in rows],
        months=months_until(first_of_month(view.on), MONTHS_READ),
        on=view.on,
    )
    due = [month for month in reversed(months.months) if months.completeness(month).is_due]
    return Facts(
        view.on,
        view.since,
        rows=rows,
        moves=moves_in(view, rows, changes),
        gap=open_gap_total(view.cooperatives, on=view.on),
        gaps=gap_of_cooperatives((row.cooperative.pk for row in rows), on=view.on),
        aim=own_aim(view, aims),
        aims=aims,
        published=figures[0] if figures and view.is_whole_city else None,
        latest=months.completeness(due[0]),
        before=months.completeness(due[1]),
        reports=_reports_by_area(months, due),
        contradictions=contradictions(view.cooperatives, on=view.on),
        ended=_ended(view, rows),
        promises=_promises(view),
    )


def _reports_by_area(months: Months, due: Sequence[date]) -> dict[str, AreaReports]:
    latest, before = months.by_kecamatan(due[0]), months.by_kecamatan(due[1])
    names = {row.kelurahan.kecamatan_id: row.kelurahan.kecamatan.name for row in months.cooperatives}
    return {code: AreaReports(names[code], latest[code], before[code]) for code in names}


def _ended(view: View, rows: Sequence[Row]) -> list[Ended]:
    papers: dict[int, list[Paper]] = defaultdict(list)
    terms: dict[int, list[BoardTerm]] = defaultdict(list)
    in_view = view.cooperatives.order_by().values("pk")
    for paper in Paper.objects.visible_to(view.user).kept().filter(cooperative__in=in_view):
        papers[paper.cooperative_id].append(paper)
    for term in BoardTerm.objects.visible_to(view.user).kept().filter(cooperative__in=in_view):
        terms[term.cooperative_id].append(term)
    found = []
    for row in rows:
        one = row.cooperative
        over = ended(one, papers=papers[one.pk], terms=terms[one.pk], on=view.on, user=view.user)
        if over:
            found.append(Ended(one, over[0].day))
    return sorted(found, key=lambda one: (one.on, one.cooperative.kelurahan.name, one.cooperative.pk))


def _promises(view: View) -> list[Any]:
    """Committed longer ago than `PROMISE_DAYS` and neither paid out nor called off by the day."""
    edge = view.on - timedelta(days=PROMISE_DAYS)
    mine = Support.objects.visible_to(view.user).filter(
        cooperative__in=view.cooperatives.order_by().values("pk")
    )
    staged: Any = mine.as_of(view.on)
    old = staged.filter(stage=Stage.COMMITTED, stage_since__lt=edge)
    return list(old.select_related("partner", "cooperative__kelurahan").order_by("stage_since", "pk"))

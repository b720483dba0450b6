"""The grid of reports as its page draws it: cooperatives × months, and figures by kecamatan."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cooperatives.asof import View
from cooperatives.models import Cooperative, Kecamatan
from kkmp.charts import Part
from kkmp.tabular.writing import Heading, OutCell
from outlets.report_columns import CELL_TONES, cell_href
from outlets.report_cycle import ReportCell
from outlets.report_figures import Completeness, MonthCell, Months


@dataclass(frozen=True)
class GridCell:
    cell: ReportCell
    words: str
    is_late: bool
    href: str


@dataclass(frozen=True)
class Head:
    """A column: a month with its figures and its own list."""

    figures: Completeness
    href: str
    is_asked_about: bool

    @property
    def month(self) -> date:
        return self.figures.month


@dataclass(frozen=True)
class Line:
    cooperative: Cooperative
    href: str
    cells: list[GridCell]


@dataclass(frozen=True)
class Area:
    """The lines of a kecamatan under its own figures; those count all its cooperatives, also filtered ones."""

    kecamatan: Kecamatan
    href: str
    figures: list[Completeness]
    lines: list[Line]


@dataclass(frozen=True)
class AreaFigures:
    """A kecamatan's line of the table: the month asked about, and what all months that are due add up to."""

    kecamatan: Kecamatan
    href: str
    figures: Completeness
    parts: list[Part]
    missing_href: str
    sent_href: str
    expected_so_far: int
    sent_so_far: int
    in_time_so_far: int


def month_href(view: View, month: date, **more: object) -> str:
    return view.link(reverse("reports:list"), **{"month": f"{month:%Y-%m}", **more})


def month_parts(figures: Completeness, view: View, **more: object) -> list[Part]:
    """The month as one bar; each part leads to the list of those it counts. What is nowhere is left out."""
    counts = (
        (ReportCell.VERIFIED, figures.verified - figures.zero, "verified"),
        (ReportCell.ZERO, figures.zero, "zero"),
        (ReportCell.SUBMITTED, figures.submitted, "waiting"),
        (ReportCell.RETURNED, figures.returned, "returned"),
        (ReportCell.MISSING, figures.missing, "missing"),
        (ReportCell.WAITING, figures.awaited, "awaited"),
    )
    return [
        Part(str(cell.label), count, CELL_TONES[cell], month_href(view, figures.month, which=which, **more))
        for cell, count, which in counts
        if count
    ]


def head(view: View, figures: Completeness, *, is_asked_about: bool) -> Head:
    return Head(figures, month_href(view, figures.month), is_asked_about)


def areas_of(view: View, told: Months, shown: set[int] | None) -> list[Area]:
    may_write = view.user.has_perm("outlets.change_monthlyreport")
    figures = {month: told.by_kecamatan(month) for month in told.months}
    rows = [one for one in told.cooperatives if shown is None or one.pk in shown]
    return [
        Area(
            kecamatan,
            view.link(reverse("reports:list"), kecamatan=kecamatan.pk),
            [figures[month][kecamatan.pk] for month in told.months],
            [_line(view, told, cooperative, may_write=may_write) for cooperative in group],
        )
        for kecamatan, group in groupby(rows, key=lambda row: row.kelurahan.kecamatan)
    ]


def _line(view: View, told: Months, cooperative: Cooperative, *, may_write: bool) -> Line:
    code = cooperative.kelurahan_id
    cells = []
    for month in told.months:
        one = told.cells[cooperative.pk, month]
        href = cell_href(one.cell, one.report_id, code=code, month=month, may_write=may_write)
        cells.append(GridCell(one.cell, cell_words(one), one.is_sent_late, href))
    return Line(cooperative, view.link(reverse("cooperatives:detail", args=[code])), cells)


def by_area(view: View, told: Months, month: date) -> list[AreaFigures]:
    """The worst first: by completeness, then by what came in time."""
    names = {row.kelurahan.kecamatan_id: row.kelurahan.kecamatan for row in told.cooperatives}
    due = [told.by_kecamatan(one) for one in told.months if told.on > told.cycle.due_on(one)]
    lines = [
        _area_figures(view, names[code], figures, [one[code] for one in due])
        for code, figures in told.by_kecamatan(month).items()
    ]

    def worst_first(line: AreaFigures) -> tuple[float, float, str]:
        figures = line.figures
        return (
            1 if figures.share is None else figures.share,
            1 if figures.on_time_share is None else figures.on_time_share,
            line.kecamatan.name,
        )

    return sorted(lines, key=worst_first)


def _area_figures(
    view: View, kecamatan: Kecamatan, figures: Completeness, due: Sequence[Completeness]
) -> AreaFigures:
    here = {"kecamatan": kecamatan.pk}
    return AreaFigures(
        kecamatan,
        view.link(reverse("reports:list"), **here),
        figures,
        month_parts(figures, view, **here),
        month_href(view, figures.month, which="missing", **here),
        month_href(view, figures.month, which="sent", **here),
        sum(one.expected for one in due),
        sum(one.sent for one in due),
        sum(one.in_time for one in due),
    )


def signs_of(areas: Iterable[Area]) -> tuple[list[Part], int]:
    """What each sign of the grid means and how often it stands there; and how many came late."""
    cells = [cell for area in areas for line in area.lines for cell in line.cells]
    counts = Counter(cell.cell for cell in cells)
    named = [Part(str(cell.label), counts[cell], CELL_TONES[cell]) for cell in ReportCell if counts[cell]]
    return named, sum(cell.is_late for cell in cells)


def table_headings(told: Months) -> list[Heading]:
    months = [Heading(date_format(month, "M Y"), 24, is_text=True) for month in told.months]
    names = [Heading(label, is_text=True) for label in (_("Kode kelurahan"), _("Kecamatan"), _("Kelurahan"))]
    return [*names, *months]


def table_rows(told: Months, shown: set[int] | None) -> list[list[OutCell]]:
    """The grid in words, for files; `shown` are the keys that a filter leaves."""
    return [
        [
            row.kelurahan_id,
            row.kelurahan.kecamatan.name,
            row.kelurahan.name,
            *(cell_words(told.cells[row.pk, month]) for month in told.months),
        ]
        for row in told.cooperatives
        if shown is None or row.pk in shown
    ]


def cell_words(one: MonthCell) -> str:
    """As a screen reader says it, and a file."""
    words = str(one.cell.label)
    return _("%(state)s, terlambat") % {"state": words} if one.is_sent_late else words

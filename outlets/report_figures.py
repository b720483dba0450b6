"""Who has reported, counted: the one definition that grid, dashboard, sheet, tasks, reminders and files share."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from django.db.models import QuerySet

from cooperatives.models import Cooperative
from outlets.models import ReportState, ReportStep, month_end
from outlets.report_cycle import SENT, Cycle, ReportCell, end_of, read_cycle


@dataclass(frozen=True)
class MonthCell:
    """How one cooperative's report of one month stood on a day; `report_id` is the latest revision begun by then.

    `is_late` where the first submission, or nothing so far, is after the due day: as `with_report_state` says it.
    """

    cell: ReportCell
    report_id: int | None = None
    sent_at: datetime | None = None
    is_late: bool = False

    @property
    def is_sent_late(self) -> bool:
        return self.is_late and self.sent_at is not None


@dataclass(frozen=True)
class Completeness:
    """How a month stood on a day with a group of cooperatives. Every report counts in one place.

    expected = sent + returned + missing + awaited, and sent = in_time + late.

    `expected`: those founded by the month's last day, or whose founding day nobody knows, of a month that the office
    asked for (`Cycle.began`) and that has begun. One founded later that reported all the same counts too.
    `sent`: lies with Sudin, or is verified. A *returned* report is none: it was sent, yet its officer has to
    send it again; nor is it missing, since the office has heard of it.
    `missing`: the due day has passed, and nothing was submitted, or it was withdrawn. Whether an officer is in charge
    does not matter: a cooperative that nobody reports for has not reported.
    `awaited`: not sent, and the due day has not passed; nobody can be late yet.
    `in_time`: sent, and its *first* submission was by the end of the due day; what Sudin returned afterwards, or a
    correction, does not make it late.
    `verified`: of those sent, what counts; `zero` of these say “no change, checked”.
    """

    month: date
    due_on: date
    is_due: bool
    expected: int = 0
    sent: int = 0
    in_time: int = 0
    verified: int = 0
    zero: int = 0
    returned: int = 0
    missing: int = 0

    @property
    def late(self) -> int:
        return self.sent - self.in_time

    @property
    def submitted(self) -> int:
        """Waits for Sudin."""
        return self.sent - self.verified

    @property
    def awaited(self) -> int:
        return self.expected - self.sent - self.returned - self.missing

    @property
    def share(self) -> float | None:
        """Completeness: sent of expected, 0 to 1; None where nothing was expected."""
        return self.sent / self.expected if self.expected else None

    @property
    def on_time_share(self) -> float | None:
        """Sent in time of expected, 0 to 1; None until the due day has passed."""
        return self.in_time / self.expected if self.is_due and self.expected else None


@dataclass(frozen=True)
class Months:
    """Cooperatives and some months as they stood on a day, read in a handful of queries however many there are."""

    on: date
    cycle: Cycle
    months: Sequence[date]
    cooperatives: Sequence[Cooperative]
    cells: Mapping[tuple[int, date], MonthCell]

    def completeness(self, month: date) -> Completeness:
        return self._count(month, self.cooperatives)

    def by_kecamatan(self, month: date) -> dict[str, Completeness]:
        """Code of the kecamatan → its figures, of every kecamatan with a cooperative in the group."""
        return {code: self._count(month, group) for code, group in self._by_kecamatan.items()}

    @cached_property
    def _by_kecamatan(self) -> dict[str, list[Cooperative]]:
        groups: dict[str, list[Cooperative]] = {}
        for cooperative in self.cooperatives:
            groups.setdefault(cooperative.kelurahan.kecamatan_id, []).append(cooperative)
        return groups

    def _count(self, month: date, group: Iterable[Cooperative]) -> Completeness:
        found = [self.cells[cooperative.pk, month] for cooperative in group]
        cells = Counter(one.cell for one in found)
        due_on = self.cycle.due_on(month)
        return Completeness(
            month,
            due_on,
            self.on > due_on,
            expected=len(found) - cells[ReportCell.NOT_EXPECTED] - cells[ReportCell.NOT_YET],
            sent=sum(cells[cell] for cell in SENT),
            in_time=sum(one.cell in SENT and not one.is_late for one in found),
            verified=cells[ReportCell.VERIFIED] + cells[ReportCell.ZERO],
            zero=cells[ReportCell.ZERO],
            returned=cells[ReportCell.RETURNED],
            missing=cells[ReportCell.MISSING],
        )


def read_months(
    cooperatives: QuerySet[Cooperative], *, months: Sequence[date], on: date, cycle: Cycle | None = None
) -> Months:
    """How those months stood with those cooperatives at the end of a day; the cooperatives in their own order.

    `cycle` as it was read already.
    """
    rows = list(cooperatives.select_related("kelurahan__kecamatan"))
    return months_of(rows, months=months, on=on, cycle=cycle)


def months_of(
    rows: Sequence[Cooperative], *, months: Sequence[date], on: date, cycle: Cycle | None = None
) -> Months:
    """As `read_months`, of cooperatives that were read already, with their kelurahan."""
    cycle = cycle or read_cycle()
    taken = ReportStep.objects.filter(
        report__cooperative__in=[row.pk for row in rows], report__month__in=months, at__lte=end_of(on)
    ).order_by("report__revision", "at", "pk")
    steps: dict[tuple[int, date], list[_Step]] = {}
    for cooperative, month, report, state, at, no_change in taken.values_list(
        "report__cooperative", "report__month", "report", "state", "at", "report__no_change"
    ):
        steps.setdefault((cooperative, month), []).append(_Step(report, state, at, no_change))
    cells = {
        (row.pk, month): _fold(steps.get((row.pk, month), ()), row, month=month, on=on, cycle=cycle)
        for row in rows
        for month in months
    }
    return Months(on, cycle, months, rows, cells)


@dataclass(frozen=True)
class _Step:
    report_id: int
    state: str
    at: datetime
    no_change: bool


# Of the latest revision, while none is verified.
_AS_IT_STANDS = {
    ReportState.SUBMITTED.value: ReportCell.SUBMITTED,
    ReportState.RETURNED.value: ReportCell.RETURNED,
}


def _fold(
    steps: Sequence[_Step], cooperative: Cooperative, *, month: date, on: date, cycle: Cycle
) -> MonthCell:
    """What `with_report_state` says in SQL; a test holds the two together. Steps come by revision, then by time."""
    due = cycle.due_on(month)
    sent_at = min((step.at for step in steps if step.state == ReportState.SUBMITTED), default=None)
    cell = _cell(steps, cooperative, month=month, on=on, cycle=cycle)
    is_late = cell == ReportCell.MISSING or (sent_at is not None and sent_at > end_of(due))
    return MonthCell(cell, steps[-1].report_id if steps else None, sent_at, is_late)


def _cell(
    steps: Sequence[_Step], cooperative: Cooperative, *, month: date, on: date, cycle: Cycle
) -> ReportCell:
    verified = [step for step in steps if step.state == ReportState.VERIFIED]
    if verified:
        return ReportCell.ZERO if verified[-1].no_change else ReportCell.VERIFIED
    latest = steps[-1].state if steps else None
    if latest in _AS_IT_STANDS:
        return _AS_IT_STANDS[latest]
    is_unborn = cooperative.founded_on is not None and cooperative.founded_on > month_end(month)
    if is_unborn or not cycle.is_asked(month):
        return ReportCell.NOT_EXPECTED
    if on > cycle.due_on(month):
        return ReportCell.MISSING
    begun = ReportCell.WAITING if on >= month else ReportCell.NOT_YET
    return ReportCell.DRAFT if latest == ReportState.DRAFT else begun


def completeness(cooperatives: QuerySet[Cooperative], *, month: date, on: date) -> Completeness:
    return read_months(cooperatives, months=[month], on=on).completeness(month)

"""Monthly reports of the sample data: in time, late, missing, returned, “no change”, and some that wait today."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.utils import timezone

from cooperatives.models import Cooperative
from kkmp.accounts.models import User
from kkmp.pages.demo import photos, plan
from kkmp.pages.demo.people import TEBET, People
from kkmp.pages.demo.story import Change, Place, Story, next_month, office_hour
from outlets.models import MonthlyReport, Outlet, ReportLine, ReportState, ReportStep, Status, month_end

FIRST_MONTH = date(2025, 10, 1)
# Of a hundred cooperatives a month: so many send nothing, send late, get theirs back once.
MISSING, LATE, RETURNED = 7, 12, 6
# Every so many cooperatives wait for Sudin today: of the month that has ended, and of the running one.
WAITS, NEWS, DRAFTS = 7, 4, 13
# Some never tell their turnover, though they run.
SILENT = 10
WHY_RETURNED = "Foto gerai belum ada, dan omzet belum diisi. Lengkapi, lalu ajukan kembali."
# Some idle outlets tell of a turnover all the same, in so many of a hundred months.
ODD = 2
Key = tuple[str, date]


@dataclass
class Told:
    """One report on its way; steps in order of time, the last one is its state."""

    code: str
    month: date
    by: User
    reviewer: User
    steps: list[tuple[ReportState, datetime]] = field(default_factory=list)

    @property
    def state(self) -> ReportState:
        return self.steps[-1][0]

    @property
    def is_early(self) -> bool:
        """Submitted before its month is over."""
        return self.state == ReportState.SUBMITTED and self.steps[-1][1].month == self.month.month

    def at(self, state: ReportState) -> datetime | None:
        return next((at for found, at in reversed(self.steps) if found == state), None)


def is_told_in_report(change: Change) -> bool:
    """What was recorded only in the month after it happened came with the report of its month."""
    recorded_on = timezone.localdate(change.recorded_at)
    is_late = (recorded_on.year, recorded_on.month) > (change.effective_on.year, change.effective_on.month)
    return (
        is_late and not change.is_opening and not change.retracted_at and change.effective_on >= FIRST_MONTH
    )


def is_silent(code: str) -> bool:
    """Whether this cooperative never tells its turnover."""
    return plan.dice("silent", code).randrange(100) < SILENT


def tell_reports(story: Story, people: People, codes: list[str], *, today: date) -> list[Told]:
    """Every cooperative and month until today; a month that told of a change was verified when that was recorded."""
    midnight = office_hour(today) - timedelta(hours=9)
    recorded = {
        (change.code, change.effective_on.replace(day=1)): change.recorded_at
        for change in story.changes
        if is_told_in_report(change)
    }
    news = _idle(story, codes)[::NEWS]
    found = []
    for month in _months(today):
        for number, code in enumerate(codes):
            report = Told(code, month, people.officer_of(code), people.sudin_for(number))
            report.steps = list(
                _steps(report, number, recorded.get((code, month)), today=today, is_news=code in news)
            )
            report.steps = [step for step in report.steps if step[1] < midnight]
            if report.steps:
                found.append(report)
    return found


def _idle(story: Story, codes: list[str]) -> list[str]:
    """Where an outlet stands idle by now: each of them could open any day."""
    latest = {
        change.place: change
        for change in sorted(story.changes, key=lambda change: change.effective_on)
        if change.place and not change.retracted_at
    }
    idle = {change.code for change in latest.values() if change.status == Status.IDLE}
    return [code for code in codes if code in idle]


def _months(today: date) -> Iterator[date]:
    month = FIRST_MONTH
    while month <= today:
        yield month
        month = next_month(month, on=1)


def _steps(
    report: Told, number: int, verified_at: datetime | None, *, today: date, is_news: bool
) -> Iterator[tuple[ReportState, datetime]]:
    dice = plan.dice("report", report.code, report.month)
    if verified_at is not None:
        sent_at = verified_at - timedelta(hours=20)
        yield ReportState.DRAFT, sent_at - timedelta(hours=2)
        yield ReportState.SUBMITTED, sent_at
        yield ReportState.VERIFIED, verified_at
        return
    this_month = today.replace(day=1)
    if report.month == this_month:
        yield from _of_the_running_month(number, today, is_news=is_news)
        return
    luck = dice.randrange(100)
    is_late = luck < MISSING + LATE
    sent_on = next_month(report.month, on=dice.randint(9, 20) if is_late else dice.randint(1, 6))
    sent_at = office_hour(sent_on, dice.randint(0, 420))
    is_last = next_month(report.month, on=1) == this_month
    if is_last and report.code.startswith(f"{TEBET}.") and number % 3 == 0:
        return
    if is_last and report.code == plan.MELAWAI:
        yesterday = office_hour(today - timedelta(days=1), 60)
        yield ReportState.DRAFT, yesterday - timedelta(days=2, hours=2)
        yield ReportState.SUBMITTED, yesterday - timedelta(days=2)
        yield ReportState.RETURNED, yesterday
        return
    if luck < MISSING:
        return
    yield ReportState.DRAFT, sent_at - timedelta(minutes=10)
    yield ReportState.SUBMITTED, sent_at
    if is_last and number % WAITS == 0:
        return
    if luck >= 100 - RETURNED:
        yield ReportState.RETURNED, sent_at + timedelta(days=1)
        sent_at += timedelta(days=2)
        yield ReportState.SUBMITTED, sent_at
    yield ReportState.VERIFIED, sent_at + timedelta(days=dice.randint(1, 4), minutes=dice.randint(1, 50))


def _of_the_running_month(
    number: int, today: date, *, is_news: bool
) -> Iterator[tuple[ReportState, datetime]]:
    """The month can be told of from its first day; a few do."""
    at = office_hour(today - timedelta(days=1), number)
    if today.day == 1 or not (is_news or number % DRAFTS == 3):
        return
    yield ReportState.DRAFT, at
    if is_news:
        yield ReportState.SUBMITTED, at + timedelta(minutes=4)


def reports(
    told: list[Told], story: Story, of: dict[Place, Outlet], codes: dict[str, Cooperative], *, today: date
) -> dict[Key, MonthlyReport]:
    """Write them as they stand, with lines and steps; verified last, since then they are locked."""
    rows = MonthlyReport.objects.bulk_create(_row(one, codes[one.code]) for one in told)
    lines = [
        (line, one.state, one.steps[0][1])
        for one, row in zip(told, rows, strict=True)
        for line in _lines(one, row, story, of)
    ]
    ReportLine.objects.bulk_create(line for line, _state, _at in lines)
    photos.of_reports(lines, list(codes), today=today)
    unchanged = {row.pk for row in rows} - _telling(story, told, rows)
    for one, row in zip(told, rows, strict=True):
        _finish(row, one, is_unchanged=row.pk in unchanged)
    fields = [
        "state",
        "no_change",
        "submitted_by",
        "submitted_at",
        "reviewed_by",
        "reviewed_at",
        "return_reason",
    ]
    MonthlyReport.objects.bulk_update(rows, fields)
    steps = [
        ReportStep(
            report=row,
            state=state,
            at=at,
            by=one.reviewer if state in {ReportState.RETURNED, ReportState.VERIFIED} else one.by,
            reason=WHY_RETURNED if state == ReportState.RETURNED else "",
        )
        for one, row in zip(told, rows, strict=True)
        for state, at in one.steps
    ]
    ReportStep.objects.bulk_create(sorted(steps, key=lambda step: (step.at, step.report.pk)))
    return {(one.code, one.month): row for one, row in zip(told, rows, strict=True)}


def _row(one: Told, cooperative: Cooperative) -> MonthlyReport:
    dice = plan.dice("words", one.code, one.month)
    plan_text = "Melanjutkan rencana bulan lalu." if dice.random() < 0.5 else ""
    saved_at = one.at(ReportState.SUBMITTED) or one.steps[0][1]
    return MonthlyReport(
        cooperative=cooperative,
        month=one.month,
        plan=plan_text,
        version=2,
        saved_at=saved_at,
        saved_by=one.by,
    )


def _telling(story: Story, told: list[Told], rows: list[MonthlyReport]) -> set[int]:
    keys = {
        (change.code, change.effective_on.replace(day=1))
        for change in story.changes
        if is_told_in_report(change)
    }
    return {row.pk for one, row in zip(told, rows, strict=True) if (one.code, one.month) in keys}


def _finish(row: MonthlyReport, one: Told, *, is_unchanged: bool) -> None:
    row.state = one.state
    if one.state == ReportState.DRAFT:
        return
    tap = plan.dice("tap", one.code, one.month).random() < 0.4
    row.no_change = is_unchanged and tap and not one.is_early
    row.submitted_by, row.submitted_at = one.by, one.at(ReportState.SUBMITTED)
    if one.state != ReportState.SUBMITTED:
        row.reviewed_by, row.reviewed_at = one.reviewer, one.at(one.state)
    if one.state == ReportState.RETURNED:
        row.return_reason = WHY_RETURNED


def _lines(one: Told, row: MonthlyReport, story: Story, of: dict[Place, Outlet]) -> Iterator[ReportLine]:
    until, known_at = month_end(one.month), one.steps[-1][1]
    latest: dict[Place | None, Change] = {}
    for change in sorted(story.changes, key=lambda change: change.effective_on):
        is_live = change.recorded_at <= known_at and (
            not change.retracted_at or change.retracted_at > known_at
        )
        if change.code == one.code and change.effective_on <= until and is_live:
            latest[change.place] = change
    dice = plan.dice("figures", one.code, one.month)
    for place, change in latest.items():
        if place is None and len(latest) > 1:
            continue
        line = ReportLine(
            report=row,
            outlet=of[place] if place else None,
            status=change.status,
            reason=change.reason,
            changed_on=change.effective_on,
        )
        if one.is_early and change.status in {Status.IDLE, Status.PREPARING}:
            # What is told within the month is news: Sudin has something to look at.
            sent_on = timezone.localdate(known_at)
            line.status, line.reason = Status.RUNNING, ""
            line.changed_on = max(change.effective_on + timedelta(days=1), sent_on - timedelta(days=2))
        elif change.status == Status.RUNNING and not is_silent(one.code):
            line.turnover_idr = dice.randrange(8, 60) * 500_000
            line.procurement_idr = int(line.turnover_idr * dice.uniform(0.6, 0.95)) // 1_000 * 1_000
            line.customers = dice.randrange(40, 400) if dice.random() < 0.7 else None
        elif change.status == Status.IDLE and dice.randrange(100) < ODD:
            line.turnover_idr = dice.randrange(2, 12) * 250_000
        yield line

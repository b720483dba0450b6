"""What a new report begins with, so that an officer types only what is new."""

from collections.abc import Iterable
from datetime import date

from cooperatives.models import Cooperative
from outlets.models import MonthlyReport, Outlet, ReportLine, Status, StatusChange


def prefilled_lines(report: MonthlyReport, *, today: date) -> list[ReportLine]:
    """A line for each outlet with its status on the month's last day, or today while the month runs.

    The record already holds what the last verified report said, and what Sudin decided since. Figures of another
    month are never proposed: unknown is unknown.
    """
    outlets = Outlet.objects.filter(cooperative=report.cooperative_id).order_by("pk")
    changes = StatusChange.objects.live().filter(cooperative=report.cooperative_id)
    return lines_of_record(report, outlets, changes.by(report.last_day), today=today)


def lines_of_record(
    report: MonthlyReport, outlets: Iterable[Outlet], changes: Iterable[StatusChange], *, today: date
) -> list[ReportLine]:
    """The same from rows that were read before: outlets by key, live changes with the latest first."""
    day = min(report.last_day, today)
    latest: dict[int | None, StatusChange] = {}
    for change in changes:
        if change.effective_on <= day:
            latest.setdefault(change.outlet_id, change)
    lines = [_line(report, outlet, latest.get(outlet.pk)) for outlet in outlets]
    standing = [line for line in lines if line.status and line.status != Status.CLOSED]
    if None in latest and not standing:
        lines.append(_line(report, None, latest[None]))
    return lines


def copied_lines(former: MonthlyReport, revision: MonthlyReport, *, today: date) -> list[ReportLine]:
    """What the former revision said, figures too, and a line for each outlet that was added since."""
    copied = []
    for line in former.lines.order_by("pk"):
        line.pk = None
        line.report = revision
        copied.append(line)
    told = {line.outlet_id for line in copied}
    since = [
        line
        for line in prefilled_lines(revision, today=today)
        if line.outlet_id is not None and line.outlet_id not in told
    ]
    return [*copied, *since]


def _line(report: MonthlyReport, outlet: Outlet | None, change: StatusChange | None) -> ReportLine:
    if change is None:
        return ReportLine(report=report, outlet=outlet)
    return ReportLine(
        report=report,
        outlet=outlet,
        status=change.status,
        reason=change.reason,
        changed_on=change.effective_on,
    )


def texts_of_last_report(cooperative: Cooperative, *, before: date) -> tuple[str, str]:
    """Obstacle and plan as the last verified report before that month left them."""
    last = (
        MonthlyReport.objects.standing()
        .filter(cooperative=cooperative, month__lt=before)
        .order_by("-month")
        .values_list("obstacle", "plan")
        .first()
    )
    return last or ("", "")

"""Monthly reports as they went from step to step, for tests that ask how a month stood on a day."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from outlets.models import MonthlyReport
from tests.factories import MonthlyReportFactory, ReportStepFactory

JAKARTA = ZoneInfo("Asia/Jakarta")


def at(month: int, day: int, hour: int = 10) -> dt.datetime:
    """A moment of 2026."""
    return dt.datetime(2026, month, day, hour, tzinfo=JAKARTA)


def report(month: dt.date, *steps: tuple[str, dt.datetime], **values: Any) -> MonthlyReport:
    """Of a new cooperative unless one is given; it went through these steps and stands at the last."""
    traits = {} if steps[-1][0] == "draft" else {steps[-1][0]: True}
    row = MonthlyReportFactory.create(month=month, **traits, **values)
    for state, moment in steps:
        reason = "Periksa" if state == "returned" else ""
        ReportStepFactory.create(report=row, state=state, at=moment, reason=reason)
    return row

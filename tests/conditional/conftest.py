"""Rows that the dashboard counts, and somebody who sees them."""

import datetime as dt

import pytest

from cooperatives.models import Cooperative, ParameterKey, PublishedFigure, Target
from kkmp.accounts.models import User
from tests.factories import (
    BoardTermFactory,
    CapitalNeedFactory,
    MonthlyReportFactory,
    PaperFactory,
    ParameterFactory,
    ReportLineFactory,
    StatusChangeFactory,
    VisitFactory,
    officer_of,
)
from tests.member_factories import MemberFactory, SavingsEntryFactory, SavingsRateFactory
from tests.partner_factories import StageChangeFactory


@pytest.fixture
def figures() -> Cooperative:
    """One row of everything the dashboard counts."""
    change = StatusChangeFactory.create(idle=True)
    CapitalNeedFactory.create(outlet=change.outlet)
    member = MemberFactory.create(cooperative=change.cooperative)
    SavingsRateFactory.create(cooperative=change.cooperative)
    SavingsEntryFactory.create(member=member)
    StageChangeFactory.create(support__cooperative=change.cooperative)
    PublishedFigure.objects.create(
        on=dt.date(2025, 9, 22), running=10, idle=19, none=36, source="https://a.example/"
    )
    Target.objects.create(on=dt.date(2026, 12, 31), running=20)
    cooperative = change.cooperative
    ParameterFactory.create(key=ParameterKey.REPORT_SINCE, value=1, starts_on=dt.date(2026, 1, 1))
    report = MonthlyReportFactory.create(cooperative=cooperative, month=dt.date(2026, 2, 1), returned=True)
    ReportLineFactory.create(report=report, outlet=change.outlet, idle=True)
    PaperFactory.create(cooperative=cooperative)
    BoardTermFactory.create(cooperative=cooperative)
    VisitFactory.create(outlet=change.outlet, waiting=True, visited_on=dt.date(2026, 3, 1))
    assert isinstance(cooperative, Cooperative)
    return cooperative


@pytest.fixture
def officer(figures: Cooperative) -> User:
    return officer_of(figures.kelurahan)

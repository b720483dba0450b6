"""Who has reported, as of any day, against a count by hand; and the days that the cycle turns on."""

import datetime as dt

import pytest

from cooperatives.models import Cooperative, ParameterKey
from outlets.report_cycle import due_on, verify_by, with_report_state
from tests.factories import (
    CooperativeFactory,
    ParameterFactory,
    ReportStepFactory,
)
from tests.report_steps import at, report

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
JANUARY, FEBRUARY, MARCH = dt.date(2026, 1, 1), dt.date(2026, 2, 1), dt.date(2026, 3, 1)


def states(month: dt.date, on: dt.date) -> list[tuple[str, bool]]:
    """In the order in which the cooperatives were made."""
    rows = with_report_state(Cooperative.objects.order_by("pk"), month=month, on=on)
    return list(rows.values_list("report_cell", "report_is_late"))


@pytest.fixture
def city() -> None:
    """February of eight cooperatives, due on 7 March."""
    report(FEBRUARY, ("draft", at(3, 1)), ("submitted", at(3, 2)), ("verified", at(3, 5)))
    report(FEBRUARY, ("draft", at(3, 1)), ("submitted", at(3, 7, 23)), ("verified", at(3, 9)), no_change=True)
    report(FEBRUARY, ("draft", at(3, 8)), ("submitted", at(3, 8)))
    report(FEBRUARY, ("draft", at(3, 1)), ("submitted", at(3, 6)), ("returned", at(3, 8)))
    report(FEBRUARY, ("draft", at(3, 3)))
    CooperativeFactory.create()
    CooperativeFactory.create(founded_on=dt.date(2026, 3, 2))
    CooperativeFactory.create(founded_on=dt.date(2026, 2, 28))


@pytest.mark.usefixtures("city")
def test_a_month_stands_as_it_stood_on_each_day() -> None:
    waiting, missing, not_yet = ("waiting", False), ("missing", True), ("not_yet", False)
    unborn = ("not_expected", False)
    assert states(FEBRUARY, dt.date(2026, 1, 31)) == [*[not_yet] * 6, unborn, not_yet]
    assert states(FEBRUARY, dt.date(2026, 2, 28)) == [*[waiting] * 6, unborn, waiting]
    draft, submitted = ("draft", False), ("submitted", False)
    assert states(FEBRUARY, dt.date(2026, 3, 4)) == [
        *(submitted, draft, waiting, draft, draft),
        *(waiting, unborn, waiting),
    ]
    assert states(FEBRUARY, dt.date(2026, 3, 7)) == [
        *(("verified", False), submitted, waiting, submitted, draft),
        *(waiting, unborn, waiting),
    ]
    assert states(FEBRUARY, dt.date(2026, 3, 16)) == [
        *(("verified", False), ("zero", False), ("submitted", True), ("returned", False), missing),
        *(missing, unborn, missing),
    ]


def test_a_correction_in_writing_leaves_the_month_verified() -> None:
    first = report(JANUARY, ("submitted", at(2, 2)), ("verified", at(2, 5)), no_change=True)
    again = {"cooperative": first.cooperative, "correction": True}
    revision = report(JANUARY, ("draft", at(3, 1)), ("submitted", at(3, 2)), **again)
    assert states(JANUARY, dt.date(2026, 3, 16)) == [("zero", False)]
    ReportStepFactory.create(report=revision, state="verified", at=at(3, 3))
    assert states(JANUARY, dt.date(2026, 3, 16)) == [("verified", False)]
    assert states(JANUARY, dt.date(2026, 3, 2)) == [("zero", False)]


def test_the_days_of_the_cycle_are_dated() -> None:
    assert (due_on(FEBRUARY), verify_by(FEBRUARY)) == (dt.date(2026, 3, 7), dt.date(2026, 3, 15))
    ParameterFactory.create(value=10, starts_on=dt.date(2026, 3, 1))
    ParameterFactory.create(key=ParameterKey.REPORT_VERIFY_DAY, value=20, starts_on=dt.date(2026, 2, 1))
    assert [due_on(month).day for month in (JANUARY, FEBRUARY, MARCH)] == [7, 10, 10]
    assert [verify_by(month).day for month in (dt.date(2025, 12, 1), JANUARY)] == [15, 20]

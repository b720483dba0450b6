"""Completeness against a count by hand; and what Python says of a month against what SQL says of it."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from cooperatives.models import Cooperative, ParameterKey
from outlets.report_cycle import ReportCell, with_report_state
from outlets.report_figures import Completeness, completeness, read_months
from tests.factories import (
    AreaGrantFactory,
    CooperativeFactory,
    KecamatanFactory,
    KelurahanFactory,
    MonthlyReportFactory,
    ParameterFactory,
    ReportStepFactory,
)
from tests.report_steps import at, report

JANUARY, FEBRUARY, MARCH = dt.date(2026, 1, 1), dt.date(2026, 2, 1), dt.date(2026, 3, 1)
FEBRUARY_DUE = dt.date(2026, 3, 7)


@pytest.fixture
def north(db: None) -> str:
    """February, due on 7 March. In this kecamatan nine are asked; in the other (below) four."""
    kecamatan = KecamatanFactory.create()

    def here(**values: Any) -> Cooperative:
        return CooperativeFactory.create(kelurahan__kecamatan=kecamatan, **values)

    sent, verified = ("submitted", at(3, 2)), ("verified", at(3, 5))
    report(FEBRUARY, sent, verified, cooperative=here())
    report(FEBRUARY, sent, verified, cooperative=here(), no_change=True)
    # Submitted on the evening of the due day, not looked at yet.
    report(FEBRUARY, ("submitted", at(3, 7, 23)), cooperative=here())
    # A day late, then verified.
    report(FEBRUARY, ("submitted", at(3, 8, 0)), ("verified", at(3, 9)), cooperative=here())
    # In time, returned, sent again after the due day: its first submission counts.
    again = (sent, ("returned", at(3, 6)), ("submitted", at(3, 12)))
    report(FEBRUARY, *again, cooperative=here())
    # In time and returned: its officer has not sent it again.
    report(FEBRUARY, sent, ("returned", at(3, 6)), cooperative=here())
    # Withdrawn by its author, and never sent again.
    report(FEBRUARY, sent, ("draft", at(3, 3)), cooperative=here())
    # Only begun.
    report(FEBRUARY, ("draft", at(3, 3)), cooperative=here())
    # Nobody keeps this one any more: the grant ended.
    AreaGrantFactory.create(kelurahan=here().kelurahan, ends_on=dt.date(2026, 2, 10))
    # Not asked: founded in March.
    here(founded_on=dt.date(2026, 3, 1))
    return str(kecamatan.pk)


@pytest.fixture
def south(db: None) -> str:
    kecamatan = KecamatanFactory.create()
    kelurahan = [KelurahanFactory.create(kecamatan=kecamatan) for _ in range(4)]
    # Verified in time; a correction is on its way.
    first = report(
        FEBRUARY,
        *(("submitted", at(3, 2)), ("verified", at(3, 3))),
        cooperative__kelurahan=kelurahan[0],
    )
    report(FEBRUARY, ("submitted", at(3, 14)), cooperative=first.cooperative, correction=True)
    # Founded on the month's last day.
    CooperativeFactory.create(kelurahan=kelurahan[1], founded_on=dt.date(2026, 2, 28))
    # Founded in March, and reports February all the same, late.
    report(
        FEBRUARY,
        ("submitted", at(3, 10)),
        cooperative=CooperativeFactory.create(kelurahan=kelurahan[2], founded_on=dt.date(2026, 3, 2)),
    )
    # Another month's report says nothing of February.
    report(MARCH, ("submitted", at(3, 14)), cooperative__kelurahan=kelurahan[3])
    return str(kecamatan.pk)


def of(month: dt.date, on: dt.date, due: dt.date = FEBRUARY_DUE, **counts: int) -> Completeness:
    return Completeness(month, due, on > due, **counts)


def test_a_month_that_is_due_equals_the_count_by_hand(north: str, south: str) -> None:
    on = dt.date(2026, 3, 16)
    of_north = of(FEBRUARY, on, expected=9, sent=5, in_time=4, verified=3, zero=1, returned=1, missing=3)
    of_south = of(FEBRUARY, on, expected=4, sent=2, in_time=1, verified=1, missing=2)
    everybody = Cooperative.objects.all()
    told = read_months(everybody, months=[FEBRUARY], on=on)
    assert told.by_kecamatan(FEBRUARY) == {north: of_north, south: of_south}
    whole = completeness(everybody, month=FEBRUARY, on=on)
    assert whole == of(
        FEBRUARY, on, expected=13, sent=7, in_time=5, verified=4, zero=1, returned=1, missing=5
    )
    assert (whole.late, whole.submitted, whole.awaited) == (2, 3, 0)
    assert (whole.share, whole.on_time_share) == (7 / 13, 5 / 13)


def test_nobody_is_missing_until_the_due_day_has_passed(north: str, south: str) -> None:
    everybody = Cooperative.objects.all()
    on = dt.date(2026, 3, 7)
    found = completeness(everybody, month=FEBRUARY, on=on)
    # Founded in March and silent so far: one of the south is not asked on that day.
    assert found == of(FEBRUARY, on, expected=12, sent=4, in_time=4, verified=3, zero=1, returned=2)
    assert (found.awaited, found.on_time_share) == (6, None)
    on = dt.date(2026, 3, 16)
    due = dt.date(2026, 4, 7)
    assert completeness(everybody, month=MARCH, on=on) == of(MARCH, on, due, expected=14, sent=1, in_time=1)
    april = dt.date(2026, 4, 1)
    nothing = completeness(everybody, month=april, on=on)
    assert nothing == of(april, on, dt.date(2026, 5, 7))
    assert (nothing.share, nothing.on_time_share) == (None, None)


@pytest.mark.django_db
def test_a_month_before_the_office_asked_is_not_missing() -> None:
    CooperativeFactory.create()
    on = dt.date(2026, 3, 16)
    everybody = Cooperative.objects.all()

    def missing() -> list[int]:
        return [completeness(everybody, month=month, on=on).missing for month in (JANUARY, FEBRUARY)]

    assert missing() == [0, 0]
    # A trial: a report of years ago begins nothing but what was due then.
    report(dt.date(2019, 1, 1), ("submitted", at(3, 3)))
    assert missing() == [0, 2]
    begins = ParameterFactory.create(key=ParameterKey.REPORT_SINCE, value=1, starts_on=dt.date(2026, 1, 15))
    assert missing() == [2, 2]
    begins.starts_on = dt.date(2026, 3, 1)
    begins.save()
    assert missing() == [0, 0]


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_months_are_read_in_three_queries(count: int, django_assert_num_queries: Any) -> None:
    ParameterFactory.create(key=ParameterKey.REPORT_SINCE, value=1)
    for _ in range(count):
        report(FEBRUARY, ("submitted", at(3, 2)))
    months = [JANUARY, FEBRUARY, MARCH]
    with django_assert_num_queries(3):
        found = read_months(Cooperative.objects.all(), months=months, on=dt.date(2026, 3, 16))
        assert found.completeness(FEBRUARY).sent == count


MOMENTS = [
    at(month, day, hour)
    for month, day in ((1, 20), (2, 7), (2, 8), (3, 7), (3, 8), (3, 20))
    for hour in (0, 23)
]
STEPS = st.lists(
    st.tuples(st.sampled_from(["draft", "submitted", "returned", "verified"]), st.sampled_from(MOMENTS)),
    max_size=5,
)


class PythonSaysWhatSqlSays(TestCase):
    @settings(max_examples=60)
    @given(
        first=STEPS,
        second=STEPS,
        no_change=st.booleans(),
        founded_on=st.sampled_from([None, dt.date(2026, 1, 31), dt.date(2026, 2, 1)]),
        since=st.sampled_from([None, JANUARY, FEBRUARY]),
        on=st.sampled_from(
            [
                dt.date(2025, 12, 31),
                *(dt.date(2026, month, day) for month in (1, 2, 3) for day in (1, 7, 8, 28)),
            ]
        ),
    )
    def test_of_any_steps_on_any_day(
        self,
        *,
        first: list[tuple[str, dt.datetime]],
        second: list[tuple[str, dt.datetime]],
        no_change: bool,
        founded_on: dt.date | None,
        since: dt.date | None,
        on: dt.date,
    ) -> None:
        cooperative = CooperativeFactory.create(founded_on=founded_on)
        CooperativeFactory.create()
        if since:
            ParameterFactory.create(key=ParameterKey.REPORT_SINCE, value=1, starts_on=since)
        rows = [
            MonthlyReportFactory.create(
                cooperative=cooperative, month=JANUARY, verified=True, no_change=no_change
            ),
            MonthlyReportFactory.create(cooperative=cooperative, month=JANUARY, correction=True),
        ]
        for row, steps in zip(rows, (first, second), strict=True):
            for state, moment in steps:
                ReportStepFactory.create(report=row, state=state, at=moment, reason="Periksa")
        months = [dt.date(2025, 12, 1), JANUARY, FEBRUARY]
        found = read_months(Cooperative.objects.all(), months=months, on=on)
        for month in months:
            in_sql = with_report_state(Cooperative.objects.all(), month=month, on=on)
            for row in in_sql:
                one = found.cells[row.pk, month]
                assert (one.cell, one.report_id, one.sent_at, one.is_late) == (
                    ReportCell(row.report_cell),
                    row.report_id,
                    row.report_sent_at,
                    row.report_is_late,
                )

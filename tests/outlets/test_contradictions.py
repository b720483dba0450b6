"""What the records contradict: each rule fires and does not, at its exact edges, on any day."""

import datetime as dt
import itertools
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from cooperatives.models import Cooperative, PaperKind, ParameterKey
from outlets.contradictions import Contradiction, Rule, contradictions
from outlets.models import Outlet, Reason, ReportState, Status
from tests.factories import (
    CapitalNeedFactory,
    CooperativeFactory,
    MonthlyReportFactory,
    OutletFactory,
    PaperFactory,
    ParameterFactory,
    ReportLineFactory,
    StatusChangeFactory,
    UserFactory,
    VisitFactory,
)

pytestmark = pytest.mark.django_db
ON = dt.date(2026, 3, 16)
SIXTY_AGO, FIFTY_NINE_AGO = dt.date(2026, 1, 15), dt.date(2026, 1, 16)


NUMBERS = itertools.count(1)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def found(rule: Rule, *, on: dt.date = ON) -> list[tuple[Outlet | None, dt.date | None]]:
    everywhere = Cooperative.objects.all()
    return [(one.outlet, one.since) for one in contradictions(everywhere, on=on) if one.rule == rule]


def outlet_that(*turns: tuple[Status, str], **more: Any) -> Outlet:
    """With these statuses from these days on; its cooperative has an NIB."""
    cooperative = CooperativeFactory.create(nib=f"{next(NUMBERS):013}")
    outlet: Outlet = OutletFactory.create(cooperative=cooperative, name="Gerai Contoh")
    for status, since in turns:
        reason = Reason.DEMAND if status == Status.IDLE else ""
        StatusChangeFactory.create(
            outlet=outlet, status=status, effective_on=day(since), **{"reason": reason} | more
        )
    return outlet


def told(
    outlet: Outlet,
    month: str,
    turnover: int | None,
    *,
    state: ReportState = ReportState.VERIFIED,
    superseded_at: dt.datetime | None = None,
) -> None:
    """A verified report takes no more lines, so it is verified last."""
    report = MonthlyReportFactory.create(
        cooperative=outlet.cooperative, month=day(f"{month}-01"), submitted=True
    )
    ReportLineFactory.create(report=report, outlet=outlet, turnover_idr=turnover)
    if state == ReportState.VERIFIED:
        report.state, report.superseded_at = state, superseded_at
        report.reviewed_by, report.reviewed_at = UserFactory.create(sudin=True), report.submitted_at
        report.save()


# Running without turnover and visit.


def test_running_unseen_needs_sixty_days_of_running() -> None:
    long = outlet_that((Status.RUNNING, "2026-01-15"))
    outlet_that((Status.RUNNING, "2026-01-16"))
    assert found(Rule.RUNNING_UNSEEN) == [(long, SIXTY_AGO)]


@pytest.mark.parametrize(
    ("visited_on", "fires"), [("2026-01-15", True), ("2026-01-16", False), ("2026-03-16", False)]
)
def test_running_unseen_ends_with_a_visit_within_sixty_days(visited_on: str, *, fires: bool) -> None:
    outlet = outlet_that((Status.RUNNING, "2025-09-22"))
    VisitFactory.create(outlet=outlet, visited_on=day(visited_on))
    assert found(Rule.RUNNING_UNSEEN) == ([(outlet, day(visited_on))] if fires else [])


@pytest.mark.parametrize(
    ("month", "turnover", "fires"),
    [
        ("2025-12", 500_000, True),
        ("2026-01", 500_000, False),
        ("2026-03", 1, False),
        ("2026-01", 0, True),
        ("2026-01", None, True),
    ],
)
def test_running_unseen_ends_with_turnover_of_a_month_within_sixty_days(
    month: str, turnover: int | None, *, fires: bool
) -> None:
    """Not known is not 0, and neither is evidence."""
    outlet = outlet_that((Status.RUNNING, "2025-09-22"))
    told(outlet, month, turnover)
    assert bool(found(Rule.RUNNING_UNSEEN)) is fires


def test_running_unseen_counts_a_month_until_the_window_has_left_it() -> None:
    outlet = outlet_that((Status.RUNNING, "2025-09-22"))
    told(outlet, "2025-12", 500_000)
    last_day = day("2025-12-31")
    sixty_later = last_day + dt.timedelta(days=60)
    assert found(Rule.RUNNING_UNSEEN, on=sixty_later - dt.timedelta(days=1)) == []
    assert found(Rule.RUNNING_UNSEEN, on=sixty_later) == [(outlet, last_day)]


def test_running_unseen_believes_no_open_or_replaced_report_no_removed_visit_and_no_neighbour() -> None:
    outlet = outlet_that((Status.RUNNING, "2025-09-22"))
    neighbour = OutletFactory.create(cooperative=outlet.cooperative)
    told(outlet, "2026-02", 500_000, state=ReportState.SUBMITTED)
    told(outlet, "2026-01", 500_000, superseded_at=dt.datetime(2026, 3, 1, tzinfo=dt.UTC))
    visit = VisitFactory.create(outlet=outlet, visited_on=ON)
    visit.removed_at, visit.removed_by = dt.datetime(2026, 3, 16, tzinfo=dt.UTC), visit.visited_by
    visit.save()
    VisitFactory.create(outlet=neighbour, visited_on=ON)
    assert found(Rule.RUNNING_UNSEEN) == [(outlet, day("2025-09-22"))]


def test_running_unseen_on_a_past_day_sees_no_later_visit() -> None:
    outlet = outlet_that((Status.RUNNING, "2025-09-22"))
    VisitFactory.create(outlet=outlet, visited_on=day("2026-03-10"))
    assert (found(Rule.RUNNING_UNSEEN), found(Rule.RUNNING_UNSEEN, on=day("2026-03-09"))) == (
        [],
        [(outlet, day("2025-09-22"))],
    )


def test_running_unseen_leaves_idle_outlets_alone() -> None:
    outlet_that((Status.RUNNING, "2025-09-22"), (Status.IDLE, "2026-03-16"))
    assert found(Rule.RUNNING_UNSEEN) == []


def test_days_are_the_parameter_of_the_day() -> None:
    outlet = outlet_that((Status.RUNNING, "2026-02-16"))
    ParameterFactory.create(key=ParameterKey.UNSEEN_DAYS, value=28, starts_on=ON)
    assert (found(Rule.RUNNING_UNSEEN), found(Rule.RUNNING_UNSEEN, on=day("2026-03-15"))) == (
        [(outlet, day("2026-02-16"))],
        [],
    )


# Idle for capital without an open need.


def test_idle_for_capital_needs_an_open_need() -> None:
    without, closed, kept = (
        outlet_that((Status.IDLE, "2025-09-22"), reason=Reason.CAPITAL) for _number in range(3)
    )
    CapitalNeedFactory.create(outlet=closed, closed_on=ON)
    CapitalNeedFactory.create(outlet=kept, closed_on=ON + dt.timedelta(days=1))
    assert found(Rule.IDLE_WITHOUT_NEED) == [(without, day("2025-09-22")), (closed, day("2025-09-22"))]


def test_idle_for_another_reason_needs_none() -> None:
    outlet_that((Status.IDLE, "2025-09-22"))
    assert found(Rule.IDLE_WITHOUT_NEED) == []


# Running without NIB.


def without_nib(**more: Any) -> Outlet:
    outlet = outlet_that((Status.RUNNING, "2025-09-22"), **more)
    outlet.cooperative.nib = ""
    outlet.cooperative.save()
    return outlet


def test_running_without_nib_is_told_of_the_cooperative() -> None:
    outlet = without_nib()
    [one] = [
        one
        for one in contradictions(Cooperative.objects.all(), on=ON)
        if one.rule == Rule.RUNNING_WITHOUT_NIB
    ]
    assert (one.cooperative, one.outlet, one.since) == (outlet.cooperative, None, day("2025-09-22"))


@pytest.mark.parametrize(
    ("paper", "fires"),
    [
        ({}, False),
        ({"expires_on": ON}, False),
        ({"expires_on": ON - dt.timedelta(days=1)}, True),
        ({"issued_on": ON + dt.timedelta(days=1)}, True),
        ({"kind": PaperKind.NPWP}, True),
    ],
)
def test_running_without_nib_believes_a_paper_in_force(paper: dict[str, Any], *, fires: bool) -> None:
    PaperFactory.create(cooperative=without_nib().cooperative, **{"kind": PaperKind.NIB} | paper)
    assert bool(found(Rule.RUNNING_WITHOUT_NIB)) is fires


def test_nib_is_asked_of_who_runs_only() -> None:
    outlet_that((Status.RUNNING, "2025-09-22"))
    idle = outlet_that((Status.IDLE, "2025-09-22"))
    idle.cooperative.nib = ""
    idle.cooperative.save()
    assert found(Rule.RUNNING_WITHOUT_NIB) == []


# Turnover without a running outlet.


@pytest.mark.parametrize(
    ("turns", "fires"),
    [
        ([(Status.IDLE, "2025-09-22")], True),
        ([], True),
        ([(Status.RUNNING, "2025-10-02"), (Status.IDLE, "2025-11-01")], False),
        ([(Status.RUNNING, "2025-09-22"), (Status.IDLE, "2025-10-01")], True),
        ([(Status.RUNNING, "2025-09-22"), (Status.IDLE, "2025-10-02")], False),
        ([(Status.IDLE, "2025-09-22"), (Status.RUNNING, "2025-10-31")], False),
        ([(Status.IDLE, "2025-09-22"), (Status.RUNNING, "2025-11-01")], True),
        ([(Status.RUNNING, "2024-10-05"), (Status.IDLE, "2024-10-06")], True),
    ],
)
def test_turnover_needs_one_day_of_running_in_its_month(
    turns: list[tuple[Status, str]], *, fires: bool
) -> None:
    outlet = outlet_that(*turns)
    told(outlet, "2025-10", 500_000)
    assert found(Rule.TURNOVER_NOT_RUNNING) == ([(outlet, day("2025-10-01"))] if fires else [])


@pytest.mark.parametrize("turnover", [0, None])
def test_no_turnover_contradicts_nothing(turnover: int | None) -> None:
    told(outlet_that((Status.IDLE, "2025-09-22")), "2025-10", turnover)
    assert found(Rule.TURNOVER_NOT_RUNNING) == []


def test_turnover_of_a_report_that_does_not_stand_or_of_a_later_month_is_not_told() -> None:
    outlet = outlet_that((Status.IDLE, "2025-09-22"))
    told(outlet, "2025-12", 500_000, state=ReportState.SUBMITTED)
    told(outlet, "2025-11", 500_000, superseded_at=dt.datetime(2026, 3, 1, tzinfo=dt.UTC))
    told(outlet, "2025-10", 500_000)
    assert [since for _outlet, since in found(Rule.TURNOVER_NOT_RUNNING)] == [day("2025-10-01")]
    assert found(Rule.TURNOVER_NOT_RUNNING, on=day("2025-09-30")) == []


def test_turnover_of_a_retracted_running_is_told() -> None:
    outlet = outlet_that((Status.IDLE, "2025-09-22"))
    change = StatusChangeFactory.create(outlet=outlet, effective_on=day("2025-10-05"))
    change.retracted_at, change.retracted_by, change.retract_note = (
        dt.datetime(2027, 1, 1, tzinfo=dt.UTC),
        change.recorded_by,
        "Keliru",
    )
    change.save()
    told(outlet, "2025-10", 500_000)
    assert found(Rule.TURNOVER_NOT_RUNNING) == [(outlet, day("2025-10-01"))]


# Running, idle and running again.


@pytest.mark.parametrize(
    ("turns", "since"),
    [
        ([("running", "2025-12-01"), ("idle", "2026-02-01"), ("running", "2026-03-04")], "2026-02-01"),
        ([("running", "2025-12-01"), ("idle", "2026-02-01"), ("running", "2026-03-05")], None),
        ([("closed", "2025-12-01"), ("idle", "2026-02-01"), ("running", "2026-02-05")], None),
        ([("idle", "2026-02-01"), ("running", "2026-02-05")], None),
        ([("running", "2025-12-01"), ("closed", "2026-02-01"), ("running", "2026-02-05")], None),
        (
            [
                ("running", "2025-12-01"),
                ("idle", "2026-02-01"),
                ("closed", "2026-02-03"),
                ("running", "2026-02-05"),
            ],
            None,
        ),
        # The reason changed on the way: one stop, from its first day.
        (
            [
                ("running", "2025-12-01"),
                ("idle", "2026-02-01"),
                ("idle", "2026-02-20"),
                ("running", "2026-03-10"),
            ],
            None,
        ),
        (
            [
                ("running", "2025-12-01"),
                ("idle", "2025-12-20"),
                ("running", "2026-01-25"),
                ("idle", "2026-02-01"),
                ("running", "2026-02-02"),
            ],
            "2026-02-01",
        ),
        # It came back sixty days ago: no longer shown; a day later it still is.
        ([("running", "2025-12-01"), ("idle", "2026-01-10"), ("running", "2026-01-15")], None),
        ([("running", "2025-12-01"), ("idle", "2026-01-10"), ("running", "2026-01-16")], "2026-01-10"),
        # It has not come back by that day.
        ([("running", "2025-12-01"), ("idle", "2026-03-10"), ("running", "2026-03-17")], None),
    ],
)
def test_back_again_within_a_month(turns: list[tuple[str, str]], since: str | None) -> None:
    outlet = outlet_that(*((Status(status), first) for status, first in turns))
    assert found(Rule.BACK_AGAIN) == ([(outlet, day(since))] if since else [])


def test_back_again_forgets_what_was_retracted() -> None:
    outlet = outlet_that((Status.RUNNING, "2025-12-01"), (Status.RUNNING, "2026-02-05"))
    StatusChangeFactory.create(
        outlet=outlet,
        idle=True,
        effective_on=day("2026-02-01"),
        recorded_at=dt.datetime(2026, 2, 1, tzinfo=dt.UTC),
        retracted_at=dt.datetime(2026, 2, 3, tzinfo=dt.UTC),
        retracted_by=outlet.status_changes.earliest("pk").recorded_by,
        retract_note="Keliru",
    )
    assert found(Rule.BACK_AGAIN) == []


# All together.


def one_of_each() -> None:
    outlet_that((Status.RUNNING, "2025-09-22"))
    outlet_that((Status.IDLE, "2025-09-22"), reason=Reason.CAPITAL)
    VisitFactory.create(outlet=without_nib(), visited_on=ON)
    told(outlet_that((Status.IDLE, "2025-09-22")), "2025-10", 500_000)
    outlet_that((Status.RUNNING, "2025-12-01"), (Status.IDLE, "2026-02-01"), (Status.RUNNING, "2026-02-05"))


@pytest.mark.parametrize("rows", [1, 3])
def test_everything_costs_one_query_a_rule(
    django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    for _number in range(rows):
        one_of_each()
    everywhere = Cooperative.objects.all()
    with django_assert_num_queries(6):
        everything = contradictions(everywhere, on=ON)
        said = [one.words for one in everything]
    assert (len(everything), len(said)) == (5 * rows, 5 * rows)
    assert {one.rule for one in everything} == set(Rule)


def test_only_the_cooperatives_that_were_given_are_looked_at() -> None:
    one_of_each()
    mine = Cooperative.objects.filter(pk=without_nib().cooperative.pk)
    assert {one.rule for one in contradictions(mine, on=ON)} == {
        Rule.RUNNING_UNSEEN,
        Rule.RUNNING_WITHOUT_NIB,
    }
    assert len(contradictions(mine, on=ON)) == 2
    assert contradictions(Cooperative.objects.none(), on=ON) == []


def test_each_is_said_in_plain_words() -> None:
    cooperative = CooperativeFactory.create(kelurahan__name="Contoh")
    outlet = OutletFactory.create(cooperative=cooperative, name="Gerai Contoh")
    since = day("2026-01-15")

    def words(rule: Rule, **more: Any) -> str:
        return Contradiction(rule, cooperative, outlet, since, ON, **more).words

    assert [
        words(Rule.RUNNING_UNSEEN),
        words(Rule.IDLE_WITHOUT_NEED),
        words(Rule.RUNNING_WITHOUT_NIB),
        words(Rule.TURNOVER_NOT_RUNNING),
        words(Rule.BACK_AGAIN, until=day("2026-01-20")),
    ] == [
        "Gerai Contoh tercatat berjalan, tetapi 60 hari tanpa omzet dan kunjungan.",
        "Gerai Contoh belum berjalan karena modal, tetapi kebutuhan modalnya tidak tercatat.",
        "KKMP Contoh punya gerai berjalan, tetapi NIB belum tercatat.",
        "Gerai Contoh melaporkan omzet Januari 2026, tetapi bulan itu tidak tercatat berjalan.",
        "Gerai Contoh berhenti 15 Januari 2026 lalu berjalan lagi 5 hari kemudian.",
    ]

"""Many officers and two reviewers at the same moment, with real connections."""

import datetime as dt
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from outlets.models import MonthlyReport, ReportLine, ReportState, ReportStep, StatusChange
from outlets.report_services import (
    LineValues,
    open_report,
    return_report,
    save_draft,
    start_correction,
    submit,
    verify,
    verify_many,
)
from tests.factories import CooperativeFactory, OutletFactory, StatusChangeFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)
MONTH = dt.date(2025, 10, 1)


def at_once(*actions: Callable[[], object]) -> list[str]:
    barrier = Barrier(len(actions))

    def run(action: Callable[[], object]) -> str:
        barrier.wait()
        try:
            return str(action())
        except ValidationError as error:
            return error.messages[0]
        finally:
            connection.close()

    with ThreadPoolExecutor(len(actions)) as pool:
        return sorted(pool.map(run, actions))


def test_twenty_submissions_at_once_are_neither_lost_nor_doubled() -> None:
    """Two officers of each of ten cooperatives write and submit the same month."""
    cooperatives = [CooperativeFactory.create() for _number in range(10)]
    outlets = [OutletFactory.create(cooperative=cooperative) for cooperative in cooperatives]
    officers = [UserFactory.create(), UserFactory.create()]

    def send(number: int) -> str:
        by, which = officers[number % 2], number // 2
        report = open_report(cooperative=cooperatives[which], month=MONTH, by=by)
        values = LineValues(outlets[which], "running", "", dt.date(2025, 10, 3), turnover_idr=number)
        report = save_draft(
            report=report, version=report.version, obstacle="", plan="", lines=[values], by=by
        )
        return submit(report=report, by=by).state

    outcome = Counter(at_once(*[lambda number=number: send(number) for number in range(20)]))
    assert outcome["submitted"] == 10
    assert sum(outcome.values()) == 20
    assert MonthlyReport.objects.filter(state=ReportState.SUBMITTED).count() == 10
    assert MonthlyReport.objects.count() == ReportLine.objects.count() == 10
    steps = Counter(ReportStep.objects.order_by("pk").values_list("state", flat=True))
    assert steps == {"draft": 10, "submitted": 10}
    for report in MonthlyReport.objects.order_by("pk"):
        said = report.lines.get().turnover_idr
        assert said is not None
        assert report.submitted_by == report.saved_by == officers[said % 2]


def test_twenty_reports_of_one_city_are_submitted_at_once() -> None:
    cooperatives = [CooperativeFactory.create() for _number in range(20)]
    for cooperative in cooperatives:
        change = StatusChangeFactory.create(outlet=OutletFactory.create(cooperative=cooperative))
        assert change.cooperative == cooperative
    officer, sudin = UserFactory.create(), UserFactory.create(sudin=True)

    def send(number: int) -> str:
        report = open_report(cooperative=cooperatives[number], month=MONTH, by=officer)
        return submit(report=report, by=officer, no_change=True).state

    assert at_once(*[lambda number=number: send(number) for number in range(20)]) == ["submitted"] * 20
    reports = list(MonthlyReport.objects.awaiting_review())
    # Two reviewers take the same pile: every report is accepted once.
    others = [sudin, UserFactory.create(sudin=True)]
    accepted = at_once(*[lambda by=by: len(verify_many(reports=reports, by=by).accepted) for by in others])
    assert sum(map(int, accepted)) == 20
    assert MonthlyReport.objects.standing().count() == 20
    assert StatusChange.objects.count() == 20


def submitted_report() -> MonthlyReport:
    cooperative = CooperativeFactory.create()
    outlet, officer = OutletFactory.create(cooperative=cooperative), UserFactory.create()
    report = open_report(cooperative=cooperative, month=MONTH, by=officer)
    values = LineValues(outlet, "running", "", dt.date(2025, 10, 3))
    report = save_draft(report=report, version=1, obstacle="", plan="", lines=[values], by=officer)
    return submit(report=report, by=officer)


def test_of_two_reviewers_one_wins_and_the_other_is_told() -> None:
    report = submitted_report()
    first, second = UserFactory.create(sudin=True), UserFactory.create(sudin=True)
    outcome = at_once(
        lambda: verify(report=report, by=first).state,
        lambda: return_report(report=report, reason="Periksa", by=second).state,
    )
    won = next(state for state in outcome if state in {"verified", "returned"})
    winner, words = (first, "diverifikasi") if won == "verified" else (second, "dikembalikan")
    told = f"Laporan ini sudah tidak menunggu pemeriksaan: {words} oleh {winner}."
    assert sorted([won, told]) == outcome
    assert StatusChange.objects.count() == (1 if won == "verified" else 0)


def test_a_correction_is_opened_once() -> None:
    report = verify(report=submitted_report(), by=UserFactory.create(sudin=True))
    officer = UserFactory.create()
    outcome = at_once(*[lambda: start_correction(report=report, reason="Salah", by=officer).revision] * 3)
    told = "Koreksi laporan ini sudah dibuka, atau laporannya belum diverifikasi."
    assert outcome == ["2", told, told]
    assert MonthlyReport.objects.count() == 2

"""Sudin's review of reports, and what a verified one does to the pages."""

import datetime as dt
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from cooperatives.models import Cooperative
from kkmp.accounts.models import User
from outlets.models import MonthlyReport, Outlet, ReportState, StatusChange
from outlets.outlet_class import with_outlet_class
from outlets.report_services import open_report, start_correction, submit, verify
from tests import header
from tests.factories import (
    EvidenceFactory,
    MonthlyReportFactory,
    OutletFactory,
    ReportLineFactory,
    StatusChangeFactory,
    UserFactory,
)
from tests.report_pages import (
    FEBRUARY,
    MARCH,
    form_of,
    mine,
    officer,
    one,
    outlet,
    signed_in,
    submitted,
    sudin,
    typed,
)

# Fixtures count where they are named.
__all__ = ["mine", "officer", "outlet", "sudin"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


def class_on(cooperative: Cooperative, day: dt.date) -> str:
    row = with_outlet_class(Cooperative.objects.filter(pk=cooperative.pk), on=day).get()
    found: str = row.outlet_class
    return found


def test_verification_becomes_the_record_on_its_day(
    mine: Client, outlet: Outlet, officer: User, sudin: User
) -> None:
    report = submitted(outlet, officer, mine)
    boss = signed_in(sudin)
    queue = BeautifulSoup(boss.get(reverse("reports:queue")).content, "html.parser")
    words = "Ada, belum berjalan (modal usaha) → Berjalan sejak 10 Maret 2026"
    assert words in one(queue, "tbody").text
    page = boss.get(outlet.cooperative.get_absolute_url()).content.decode()
    assert "Laporan Maret 2026 menunggu pemeriksaan" in page
    assert words in page
    boss.post(reverse("reports:review", args=[report.pk]), {"action": "verify"})
    report.refresh_from_db()
    assert (report.state, report.reviewed_by) == (ReportState.VERIFIED, sudin)
    change = StatusChange.objects.get(source="report")
    assert (change.report, change.recorded_by, change.effective_on) == (report, sudin, dt.date(2026, 3, 10))
    days = [dt.date(2026, 3, 9), dt.date(2026, 3, 10), dt.date(2026, 3, 16)]
    assert [class_on(outlet.cooperative, day) for day in days] == ["idle", "running", "running"]
    assert outlet.needs.get().closed_on == dt.date(2026, 3, 10)
    # Locked: the form leads to the report, a post changes nothing.
    answer = mine.get(form_of(outlet.cooperative))
    assert (answer.status_code, answer["Location"]) == (302, report.get_absolute_url())
    assert mine.post(form_of(outlet.cooperative), {"action": "save", "plan": "x"}).status_code == 302
    flow = boss.get("/?since=2026-03-01").content.decode()
    assert "1 lewat laporan, 1 dengan kebutuhan modal terpenuhi" in flow
    assert report.get_absolute_url() in flow


def test_a_correction_shows_both_and_opens_the_need_again(
    mine: Client, outlet: Outlet, officer: User, sudin: User
) -> None:
    report = verify(report=submitted(outlet, officer, mine), by=sudin)
    answer = mine.post(reverse("reports:correct", args=[report.pk]), {"reason": "Baru dibuka 12 Maret"})
    address = form_of(outlet.cooperative)
    assert answer["Location"] == address
    mine.post(address, typed(mine, address, action="submit", g_status="running", g_changed_on="2026-03-12"))
    revision = MonthlyReport.objects.get(revision=2)
    before = signed_in(sudin).get(reverse("reports:review", args=[revision.pk])).content.decode()
    assert "Baru dibuka 12 Maret" in before
    verify(report=revision, by=sudin)
    days = [dt.date(2026, 3, 10), dt.date(2026, 3, 12)]
    assert [class_on(outlet.cooperative, day) for day in days] == ["idle", "running"]
    need = outlet.needs.get()
    assert (need.closed_on, need.closed_by_change and need.closed_by_change.report) == (days[1], revision)
    former = StatusChange.objects.get(report=report)
    assert (former.retract_note, former.retracted_at) == (
        "Baru dibuka 12 Maret",
        StatusChange.objects.get(report=revision).recorded_at,
    )
    page = mine.get(outlet.get_absolute_url()).content.decode()
    assert "Laporan Maret 2026, revisi 2" in page
    assert "Dicabut" in page
    report.refresh_from_db()
    assert report.superseded_at is not None


def test_nobody_reviews_their_own_report(outlet: Outlet, sudin: User) -> None:
    boss = signed_in(sudin)
    report = submitted(outlet, sudin, boss)
    address = reverse("reports:review", args=[report.pk])
    for action in ("verify", "return"):
        answer = boss.post(address, {"action": action, "reason": "x"}, follow=True)
        assert "Anda yang mengajukan laporan ini" in answer.content.decode()
    boss.post(reverse("reports:verify_many"), {"report": [report.pk]})
    report.refresh_from_db()
    assert report.state == ReportState.SUBMITTED
    queue = BeautifulSoup(boss.get(reverse("reports:queue")).content, "html.parser")
    assert one(queue, "[data-total]")["data-total"] == "0"


def test_a_returned_report_says_why_and_comes_again(
    mine: Client, outlet: Outlet, officer: User, sudin: User
) -> None:
    report = submitted(outlet, officer, mine)
    boss = signed_in(sudin)
    empty = boss.post(reverse("reports:review", args=[report.pk]), {"action": "return", "reason": " "})
    assert "Alasan" in one(BeautifulSoup(empty.content, "html.parser"), "[role=alert]").text
    boss.post(reverse("reports:review", args=[report.pk]), {"action": "return", "reason": "Tanggalnya?"})
    address = form_of(outlet.cooperative)
    assert "Tanggalnya?" in mine.get(address).content.decode()
    mine.post(address, typed(mine, address, action="submit", g_changed_on="2026-03-11"))
    report.refresh_from_db()
    assert (report.state, report.return_reason, report.reviewed_by) == (ReportState.SUBMITTED, "", None)
    states = ["draft", "submitted", "returned", "submitted"]
    assert list(report.steps.values_list("state", flat=True)) == states


def test_its_author_takes_a_report_back_and_nobody_else(
    mine: Client, outlet: Outlet, officer: User, sudin: User
) -> None:
    report = submitted(outlet, officer, mine)
    address = reverse("reports:withdraw", args=[report.pk])
    told = signed_in(sudin).post(address, follow=True).content.decode()
    assert "Hanya yang mengajukan laporan ini" in told
    mine.post(address)
    report.refresh_from_db()
    assert (report.state, report.submitted_by) == (ReportState.DRAFT, None)


def test_unchanged_reports_are_verified_together_by_name(mine: Client, outlet: Outlet, sudin: User) -> None:
    officer = UserFactory.create()
    unchanged = []
    for _number in range(3):
        other = StatusChangeFactory.create().cooperative
        report = open_report(cooperative=other, month=FEBRUARY, by=officer)
        unchanged.append(submit(report=report, by=officer, no_change=True))
    changing = submitted(outlet, officer, mine)
    keys = [report.pk for report in (*unchanged[:2], changing)]
    boss = signed_in(sudin)
    page = BeautifulSoup(boss.get(reverse("reports:verify_many"), {"report": keys}).content, "html.parser")
    named = [row.get_text(" ", strip=True) for row in page.select("form.card li")]
    assert named == [f"{report} {officer}" for report in unchanged[:2]]
    assert [link.text for link in page.select(".alert a")] == [str(changing)]
    # Even when it is posted, one that changes something is not taken along.
    answer = boss.post(reverse("reports:verify_many"), {"report": [*keys, "x", "9" * 30]}, follow=True)
    assert "2 laporan diverifikasi." in answer.content.decode()
    assert "Laporan ini mengubah catatan; buka dan periksa sendiri." in answer.content.decode()
    states = MonthlyReport.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["verified", "verified", "submitted", "submitted"]


@pytest.mark.parametrize("count", [1, 3])
def test_pages_ask_the_same_whatever_waits(
    sudin: User, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    boss = signed_in(sudin)
    for _number in range(count):
        change = StatusChangeFactory.create()
        report = MonthlyReportFactory.create(cooperative=change.cooperative, submitted=True, month=MARCH)
        for place in (change.outlet, OutletFactory.create(cooperative=change.cooperative)):
            EvidenceFactory.create(line=ReportLineFactory.create(report=report, outlet=place))
    boss.get("/")
    for address, queries in (
        (reverse("reports:queue"), 6),
        (reverse("reports:list"), 8),
        (reverse("reports:review", args=[report.pk]), 18),
    ):
        with django_assert_num_queries(queries + header.SUDIN):
            boss.get(address)


def test_every_state_waits_in_exactly_one_place() -> None:
    for state in ReportState:
        traits: dict[str, Any] = {} if state == ReportState.DRAFT else {state.value: True}
        MonthlyReportFactory.create(**traits)
    reports = MonthlyReport.objects.order_by("pk")
    places = [reports.in_writing(), reports.awaiting_review(), reports.verified()]
    found = {
        state: [state in {r.state for r in place} for place in places].count(True) for state in ReportState
    }
    assert found == dict.fromkeys(ReportState, 1)


def test_a_correction_names_the_later_months_that_stay_as_they_are(
    mine: Client, outlet: Outlet, officer: User, sudin: User
) -> None:
    report = verify(report=submitted(outlet, officer, mine), by=sudin)
    earlier = MonthlyReportFactory.create(cooperative=outlet.cooperative, month=FEBRUARY, verified=True)
    # Of another cooperative; and one that nobody has verified.
    MonthlyReportFactory.create(month=MARCH, verified=True)
    MonthlyReportFactory.create(cooperative=outlet.cooperative, month=dt.date(2026, 4, 1))
    page = BeautifulSoup(mine.get(reverse("reports:correct", args=[earlier.pk])).content, "html.parser")
    named = [(link.text, link["href"]) for link in page.select("main .tone-neutral a")]
    assert named == [("Maret 2026", report.get_absolute_url())]
    start_correction(report=earlier, reason="Salah", by=officer)
    revision = MonthlyReport.objects.get(month=FEBRUARY, revision=2)
    page = BeautifulSoup(mine.get(revision.get_absolute_url()).content, "html.parser")
    assert [link["href"] for link in page.select("main .tone-neutral a")] == [report.get_absolute_url()]

"""What waits for whom: each thing in one queue, of one's own area and rights; the header says the same number."""

import datetime as dt
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from cooperatives.models import Cooperative, ParameterKey, Target
from kkmp.accounts.models import User
from kkmp.pages.tasks import queues_of, waiting_for
from outlets.models import MonthlyReport, Outlet, ReportState
from tests.factories import (
    AreaGrantFactory,
    CooperativeFactory,
    KelurahanFactory,
    MonthlyReportFactory,
    ParameterFactory,
    StatusChangeFactory,
    UserFactory,
    VisitFactory,
    officer_of,
)
from tests.reading import page_of
from tests.report_steps import at, report

pytestmark = pytest.mark.usefixtures("today")
# The day is 16 March 2026: February was due on the 7th, and to be verified by the 15th.
JANUARY, FEBRUARY, MARCH = dt.date(2026, 1, 1), dt.date(2026, 2, 1), dt.date(2026, 3, 1)
DAY = dt.date(2026, 3, 16)
Found = dict[str, list[tuple[str, str]]]


@pytest.fixture(autouse=True)
def reports_are_asked_since_january(db: None) -> None:
    ParameterFactory.create(key=ParameterKey.REPORT_SINCE, value=1, starts_on=JANUARY)


def kept(name: str, **values: Any) -> Cooperative:
    """Nothing is recorded of it, and nothing reported yet."""
    return CooperativeFactory.create(kelurahan=KelurahanFactory.create(name=name), **values)


def told(cooperative: Cooperative, *months: dt.date) -> None:
    for month in months:
        following = month.month + 1
        steps = ("submitted", at(following, 1)), ("verified", at(following, 2))
        report(month, *steps, cooperative=cooperative)


def found(user: User, on: dt.date = DAY) -> Found:
    """Key of each queue that has any → (title, how late) of its tasks."""
    queues = queues_of(user, on=on)
    return {queue.key: [(task.title, task.late) for task in queue.tasks] for queue in queues if queue.tasks}


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_an_officer_is_told_of_each_month_once() -> None:
    officer = UserFactory.create()
    names = ("Awal", "Balik", "Coret", "Duga", "Entah", "Fajar")
    begins, returned, draft, corrected, missing, later = (kept(name) for name in names)
    for row in (begins, returned, draft, corrected, missing, later):
        AreaGrantFactory.create(user=officer, kelurahan=row.kelurahan)
    Cooperative.objects.filter(pk=later.pk).update(founded_on=MARCH)
    told(begins, JANUARY, FEBRUARY)
    report(MARCH, ("draft", at(3, 10)), cooperative=begins)
    told(returned, JANUARY)
    report(FEBRUARY, ("submitted", at(3, 2)), ("returned", at(3, 5)), cooperative=returned)
    told(draft, JANUARY)
    report(FEBRUARY, ("draft", at(3, 2)), cooperative=draft)
    told(corrected, JANUARY, FEBRUARY)
    report(JANUARY, ("draft", at(3, 12)), cooperative=corrected, correction=True)
    told(missing, JANUARY)
    # Somebody else's area.
    CooperativeFactory.create()
    assert found(officer) == {
        "returned": [("KKMP Balik, Februari 2026", "terlambat 9 hari")],
        "unsent": [("KKMP Entah, Februari 2026", "terlambat 9 hari")],
        "drafts": [
            ("KKMP Duga, Januari 2026 (revisi 2)", ""),
            ("KKMP Coret, Februari 2026", "terlambat 9 hari"),
            ("KKMP Awal, Maret 2026", ""),
        ],
    }


def test_a_month_waits_from_its_end_and_is_late_after_its_day() -> None:
    cooperative = kept("Melawai")
    officer = officer_of(cooperative.kelurahan)
    told(cooperative, JANUARY)
    days = [dt.date(2026, 2, 28), dt.date(2026, 3, 1), dt.date(2026, 3, 7), dt.date(2026, 3, 8)]
    february = "KKMP Melawai, Februari 2026"
    assert [found(officer, on=day).get("unsent", []) for day in days] == [
        [],
        [(february, "")],
        [(february, "")],
        [(february, "terlambat 1 hari")],
    ]


def test_one_tap_is_offered_where_something_is_recorded() -> None:
    unrecorded, recorded = kept("Abu"), kept("Batu")
    StatusChangeFactory.create(none=True, cooperative=recorded)
    officer = officer_of(unrecorded.kelurahan)
    AreaGrantFactory.create(user=officer, kelurahan=recorded.kelurahan)
    told(unrecorded, JANUARY)
    told(recorded, JANUARY)
    page = page_of(client_of(officer), "/tasks/")
    address = reverse("reports:form", args=[recorded.kelurahan_id, "2026-02"])
    assert [form["action"] for form in page.select("#unsent form")] == [address]


def test_sudin_reviews_what_others_sent_and_looks_after_what_has_no_officer() -> None:
    sudin, other = UserFactory.create(sudin=True), UserFactory.create(sudin=True)
    kept_one, lost, gone = kept("Ada"), kept("Lepas"), kept("Tutup")
    officer_of(kept_one.kelurahan)
    AreaGrantFactory.create(kelurahan=lost.kelurahan, ends_on=dt.date(2026, 3, 15))
    AreaGrantFactory.create(kelurahan=gone.kelurahan, user__is_active=False)
    for row in (kept_one, lost, gone):
        StatusChangeFactory.create(none=True, cooperative=row)
    # Missing everywhere; an officer looks after the first.
    told(lost, JANUARY)
    told(gone, FEBRUARY)
    report(JANUARY, ("submitted", at(2, 2)), cooperative=kept_one, submitted_by=other)
    MonthlyReport.objects.filter(cooperative=kept_one).update(submitted_at=at(2, 2))
    Target.objects.create(on=DAY, running=1)
    assert found(sudin) == {
        "review": [("KKMP Ada, Januari 2026", "terlambat 29 hari")],
        "unsent": [
            ("KKMP Lepas, Februari 2026", "terlambat 9 hari"),
            ("KKMP Tutup, Januari 2026", "terlambat 37 hari"),
        ],
    }
    # Whoever submits never verifies; nothing else is the other's alone.
    assert found(other) == {key: tasks for key, tasks in found(sudin).items() if key == "unsent"}


def test_an_area_that_ends_is_an_admins_task_before_it_does() -> None:
    admin = UserFactory.create(admin=True)
    lost, soon, later = kept("Lepas"), kept("Segera"), kept("Tetap")
    AreaGrantFactory.create(kelurahan=lost.kelurahan, user__username="lama", ends_on=dt.date(2026, 3, 1))
    AreaGrantFactory.create(kelurahan=soon.kelurahan, ends_on=DAY + dt.timedelta(days=13))
    AreaGrantFactory.create(kelurahan=later.kelurahan, ends_on=DAY + dt.timedelta(days=14))
    Target.objects.create(on=DAY, running=1)
    assert found(admin) == {
        "without_officer": [("KKMP Lepas", "sekarang"), ("KKMP Segera", "")],
        "without_area": [(User.objects.get(username="lama").get_full_name(), "")],
    }


def test_a_leader_sets_the_next_target_of_the_city() -> None:
    leader = UserFactory.create(leader=True)
    Target.objects.create(on=DAY - dt.timedelta(days=1), running=0)
    assert found(leader) == {"targets": [("Tetapkan target kota berikutnya", "")]}
    Target.objects.create(on=DAY, running=0)
    assert found(leader) == {}


def test_a_leader_finds_the_decisions_of_the_sheet() -> None:
    told(kept("Melawai"), JANUARY, FEBRUARY)
    Target.objects.create(on=DAY, running=0)
    assert found(UserFactory.create(leader=True)) == {
        "decisions": [("Minta Sudin dan kelurahan mengisi data awalnya.", "")]
    }


def test_a_follow_up_waits_for_the_officer_of_the_area_and_for_who_went_there() -> None:
    sudin, other = UserFactory.create(sudin=True), UserFactory.create(sudin=True)
    visit = VisitFactory.create(
        waiting=True, visited_on=dt.date(2026, 3, 1), visited_by=sudin, follow_up="Antar daftar barang"
    )
    VisitFactory.create(done=True, visited_on=dt.date(2026, 2, 1), outlet=visit.outlet)
    officer = officer_of(visit.cooperative.kelurahan)
    waits = [("Antar daftar barang", "terlambat 1 hari")]
    seen = [found(user).get("follow_ups", []) for user in (officer, sudin, other)]
    assert seen == [waits, waits, []]


@pytest.mark.parametrize("role", ["sudin", "leader", "admin", "officer"])
def test_header_dashboard_and_page_say_the_same_number(role: str) -> None:
    cooperative = kept("Melawai")
    told(cooperative, JANUARY)
    user = officer_of(cooperative.kelurahan) if role == "officer" else UserFactory.create(**{role: True})
    client = client_of(user)
    page, dashboard = page_of(client, "/tasks/"), page_of(client, "/")
    total = sum(len(tasks) for tasks in found(user).values())
    assert total > 0
    numbers = [one.text for head in (page, dashboard) for one in head.select(".task-link .count")]
    assert numbers == [str(total), str(total)]
    assert [one.text for one in dashboard.select(".waiting b")] == [f"{total} hal menunggu Anda"]
    assert [card["data-total"] for card in page.select("main section[data-total]")] == [
        str(len(tasks)) for tasks in found(user).values()
    ]


def test_where_nothing_waits_the_page_is_glad_and_the_header_silent() -> None:
    cooperative = kept("Melawai")
    told(cooperative, JANUARY, FEBRUARY)
    page = page_of(client_of(officer_of(cooperative.kelurahan)), "/tasks/")
    assert [head.text for head in page.select("main h3")] == ["Tidak ada yang menunggu Anda"]
    assert page.select(".task-link .count") == []


def test_the_number_is_counted_anew_when_something_changes() -> None:
    cooperative = kept("Melawai")
    told(cooperative, JANUARY)
    officer = officer_of(cooperative.kelurahan)
    before = waiting_for(officer).total
    told(cooperative, FEBRUARY)
    assert (before, waiting_for(officer).total) == (1, 0)


@pytest.mark.parametrize(("role", "queries"), [("officer", 9), ("sudin", 14)])
def test_three_cost_as_much_as_one(
    role: str, queries: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    user = UserFactory.create(**({} if role == "officer" else {role: True}))

    def add() -> None:
        row = kept(f"K{Cooperative.objects.count()}")
        StatusChangeFactory.create(none=True, cooperative=row)
        VisitFactory.create(none=True, waiting=True, cooperative=row, visited_on=dt.date(2026, 3, 1))
        MonthlyReportFactory.create(cooperative=row, month=MARCH, submitted=True)
        MonthlyReportFactory.create(cooperative=row, month=FEBRUARY, returned=True)
        MonthlyReportFactory.create(cooperative=row, month=JANUARY)
        if role == "officer":
            AreaGrantFactory.create(user=user, kelurahan=row.kelurahan)

    client = client_of(user)
    for more in (1, 2):
        for _row in range(more):
            add()
        with django_assert_num_queries(queries):
            page_of(client, "/tasks/")


# --- one tap ------------------------------------------------------------------


@pytest.fixture
def outlet() -> Outlet:
    outlet = StatusChangeFactory.create(idle=True).outlet
    assert outlet is not None
    told(outlet.cooperative, JANUARY)
    return outlet


def test_one_tap_sends_the_report_and_comes_back(outlet: Outlet) -> None:
    client = client_of(officer_of(outlet.cooperative.kelurahan))
    [form] = page_of(client, "/tasks/").select("#unsent form")
    sent = {str(field["name"]): str(field["value"]) for field in form.select("input, button")}
    answer = client.post(str(form["action"]), sent, follow=True)
    page = BeautifulSoup(answer.content, "html.parser")
    row = MonthlyReport.objects.get(month=FEBRUARY)
    assert (row.state, row.no_change) == (ReportState.SUBMITTED, True)
    assert answer.redirect_chain == [("/tasks/", 302)]
    assert [link["href"] for link in page.select(".messages a")] == [row.get_absolute_url()]


@pytest.mark.parametrize("elsewhere", ["https://jahat.example/", "//jahat.example/", "javascript:alert(1)"])
def test_one_tap_goes_nowhere_else(outlet: Outlet, elsewhere: str) -> None:
    client = client_of(officer_of(outlet.cooperative.kelurahan))
    address = reverse("reports:form", args=[outlet.cooperative.kelurahan_id, "2026-02"])
    answer = client.post(address, {"action": "no_change", "next": elsewhere})
    assert answer["Location"] == MonthlyReport.objects.get(month=FEBRUARY).get_absolute_url()

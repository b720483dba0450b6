"""Visits on screen: recorded with a photo, listed, done, removed and back; what else shows them."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from kkmp.accounts.models import User
from outlets.evidence import warnings_of
from outlets.models import Evidence, Outlet, Seen, Status, Visit
from outlets.outlet_class import with_status
from tests import header
from tests.factories import (
    EvidenceFactory,
    MonthlyReportFactory,
    OutletFactory,
    ReportLineFactory,
    StatusChangeFactory,
    UserFactory,
    VisitFactory,
    officer_of,
)
from tests.reading import lines_of, page_of, total_of
from tests.uploads import picture

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
DAY = dt.date(2026, 3, 16)


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def outlet() -> Outlet:
    outlet = StatusChangeFactory.create(idle=True).outlet
    assert outlet is not None
    return outlet


@pytest.fixture
def officer(outlet: Outlet) -> User:
    return officer_of(outlet.cooperative.kelurahan)


def typed(visited: Outlet, **changed: Any) -> dict[str, Any]:
    return {
        "outlet": visited.pk,
        "visited_on": "2026-03-15",
        "seen": "running",
        "finding": "Rak terisi, dua pembeli.",
        "follow_up": "",
        "follow_up_due_on": "",
    } | changed


def test_a_visit_is_recorded_with_its_photo(outlet: Outlet, officer: User) -> None:
    photo = SimpleUploadedFile("a.jpg", picture("JPEG"), "image/jpeg")
    address = reverse("visits:add", args=[outlet.cooperative.kelurahan_id])
    answer = client_of(officer).post(address, typed(outlet, follow_up="Antar barang", camera=photo))
    visit = Visit.objects.get()
    assert answer["Location"] == visit.get_absolute_url()
    told = (visit.outlet, visit.visited_by, visit.visited_on, visit.seen, visit.finding)
    assert told == (outlet, officer, dt.date(2026, 3, 15), Seen.RUNNING, "Rak terisi, dua pembeli.")
    # Nobody said by when: two weeks after the visit.
    assert visit.follow_up_due_on == dt.date(2026, 3, 29)
    [kept] = Evidence.objects.all()
    assert (kept.visit, kept.line, kept.added_by) == (visit, None, officer)


@pytest.mark.parametrize(
    ("changed", "errors"),
    [
        ({"finding": ""}, {"finding": ["Bidang ini tidak boleh kosong."]}),
        ({"visited_on": "2026-03-17"}, {"visited_on": ["Tanggal ini belum terjadi; paling akhir hari ini."]}),
        (
            {"follow_up_due_on": "2026-03-20"},
            {"follow_up": ["Tulis apa yang ditindaklanjuti, atau kosongkan tanggalnya."]},
        ),
    ],
)
def test_what_is_wrong_is_told_and_what_was_typed_stays(
    outlet: Outlet, officer: User, changed: dict[str, str], errors: dict[str, list[str]]
) -> None:
    client = client_of(officer)
    address = reverse("visits:add", args=[outlet.cooperative.kelurahan_id])
    page = client.post(address, typed(outlet, **changed))
    form = page.context["form"]
    assert {name: list(found) for name, found in form.errors.items()} == errors
    assert form["seen"].value() == "running"
    assert Visit.objects.count() == 0


def test_another_cooperatives_outlet_is_no_choice(outlet: Outlet, officer: User) -> None:
    theirs = OutletFactory.create()
    address = reverse("visits:add", args=[outlet.cooperative.kelurahan_id])
    page = client_of(officer).post(address, typed(outlet, outlet=theirs.pk))
    assert list(page.context["form"].errors) == ["outlet"]
    elsewhere = reverse("visits:add", args=[theirs.cooperative.kelurahan_id])
    assert client_of(officer).post(elsewhere, typed(theirs)).status_code == 404
    assert Visit.objects.count() == 0


def test_the_second_of_two_editors_is_told(outlet: Outlet, officer: User) -> None:
    visit = VisitFactory.create(outlet=outlet, visited_on=dt.date(2026, 3, 1))
    client, address = client_of(officer), reverse("visits:edit", args=[visit.pk])
    first = client.post(address, typed(outlet, finding="Satu", version=visit.version))
    assert first.status_code == 302
    second = client.post(address, typed(outlet, finding="Dua", version=visit.version))
    assert second.status_code == 200
    visit.refresh_from_db()
    assert visit.finding == "Satu"


def test_done_is_one_tap_and_can_be_taken_back(outlet: Outlet, officer: User) -> None:
    visit = VisitFactory.create(outlet=outlet, waiting=True, visited_on=dt.date(2026, 3, 1))
    client, address = client_of(officer), reverse("visits:follow_up", args=[visit.pk])
    client.post(address, {"action": "done"})
    visit.refresh_from_db()
    assert visit.follow_up_done_on == DAY
    client.post(address, {"action": "undo"})
    visit.refresh_from_db()
    assert visit.follow_up_done_on is None


def test_a_removed_visit_counts_nowhere_and_comes_back(outlet: Outlet, officer: User) -> None:
    visit = VisitFactory.create(outlet=outlet, waiting=True, visited_on=dt.date(2026, 3, 1))
    client = client_of(officer)
    client.post(reverse("visits:remove", args=[visit.pk]))
    assert client.get(visit.get_absolute_url()).status_code == 404
    assert total_of(page_of(client, "/visits/")) == 0
    client.post(reverse("visits:restore", args=[visit.pk]))
    assert total_of(page_of(client, "/visits/")) == 1


def test_a_visit_is_told_on_the_outlets_page_and_changes_no_status(outlet: Outlet, officer: User) -> None:
    visit = VisitFactory.create(outlet=outlet, seen=Seen.RUNNING, visited_on=dt.date(2026, 3, 1))
    page = page_of(client_of(officer), outlet.get_absolute_url())
    assert visit.get_absolute_url() in {str(link["href"]) for link in page.select("main a")}
    rows: Any = with_status(Outlet.objects.all(), on=DAY)
    assert list(rows.values_list("status", flat=True)) == [Status.IDLE]


@pytest.fixture
def visits(outlet: Outlet) -> dict[str, Visit]:
    on = dt.date(2026, 3, 1)
    return {
        "plain": VisitFactory.create(outlet=outlet, visited_on=on, finding="Polos"),
        "waiting": VisitFactory.create(outlet=outlet, waiting=True, visited_on=on, finding="Menunggu",
            follow_up_due_on=dt.date(2026, 3, 20)),
        "overdue": VisitFactory.create(outlet=outlet, waiting=True, visited_on=on, finding="Lewat",
            follow_up_due_on=dt.date(2026, 3, 15)),
        "done": VisitFactory.create(outlet=outlet, done=True, visited_on=dt.date(2026, 1, 1), finding="Beres",
            seen=Seen.CLOSED),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", {"plain", "waiting", "overdue", "done"}),
        ("state=open", {"waiting", "overdue"}),
        ("state=overdue", {"overdue"}),
        ("state=done", {"done"}),
        ("seen=closed", {"done"}),
        ("visited_from=2026-02-01", {"plain", "waiting", "overdue"}),
        ("visited_until=2026-02-01", {"done"}),
        ("q=polos", {"plain"}),
        ("on=2026-02-01", {"done"}),
    ],
)
def test_list_and_file_show_what_is_asked(
    visits: dict[str, Visit], officer: User, query: str, names: set[str]
) -> None:
    VisitFactory.create(finding="Orang lain")
    client = client_of(officer)
    page = page_of(client, f"/visits/?{query}")
    assert total_of(page) == len(names)
    lines = lines_of(client, f"/visits/?{query}&format=csv")
    assert {name for name, visit in visits.items() if visit.finding in "\n".join(lines)} == names
    assert "Orang lain" not in "\n".join(lines)


def test_visits_stand_beside_the_report_of_their_month(visits: dict[str, Visit], outlet: Outlet) -> None:
    report = MonthlyReportFactory.create(
        cooperative=outlet.cooperative, month=dt.date(2026, 3, 1), submitted=True
    )
    ReportLineFactory.create(report=report, outlet=outlet, changed_on=dt.date(2026, 3, 2))
    later = VisitFactory.create(outlet=outlet, visited_on=DAY, finding="Bulan ini")
    page = page_of(client_of(UserFactory.create(sudin=True)), reverse("reports:review", args=[report.pk]))
    links = {str(link["href"]) for link in page.select("a[href^='/visits/']")}
    assert later.get_absolute_url() in {link.partition("?")[0] for link in links}


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("page", "queries"), [("list", 7), ("detail", 9)])
def test_pages_cost_the_same_for_any_number_of_rows(
    outlet: Outlet, page: str, queries: int, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(rows):
        visit = VisitFactory.create(outlet=outlet, waiting=True, visited_on=dt.date(2026, 3, 1 + number))
        for _photo in range(rows):
            EvidenceFactory.create(of_visit=True, visit=visit)
    address = "/visits/" if page == "list" else visit.get_absolute_url()
    sudin = client_of(UserFactory.create(sudin=True))
    with django_assert_num_queries(queries + header.SUDIN):
        page_of(sudin, address)


# --- what is odd about a photo ------------------------------------------------


@pytest.mark.parametrize(
    ("north", "words"),
    [("0.0100", ["Foto diambil 1,1 km dari gerai."]), ("0.0010", [])],
)
def test_a_photo_taken_far_away_is_asked_about(
    outlet: Outlet, officer: User, north: str, words: list[str]
) -> None:
    outlet.lat, outlet.lon = Decimal("-6.250000"), Decimal("106.800000")
    outlet.save()
    visit = VisitFactory.create(outlet=outlet, visited_on=dt.date(2026, 3, 1))
    photo = EvidenceFactory.create(
        of_visit=True, visit=visit, lat=outlet.lat + Decimal(north), lon=outlet.lon, taken_at=None
    )
    rows = Evidence.objects.filter(pk=photo.pk).with_parents()
    assert warnings_of(rows, user=officer) == {photo.pk: words}

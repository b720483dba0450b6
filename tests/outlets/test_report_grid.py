"""The grid of cooperatives and months, and the list of one month: what they say, to whom, and at what cost."""

import datetime as dt
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from cooperatives.models import Cooperative, ParameterKey
from kkmp.accounts.models import AccessEvent, User, Verb
from outlets.report_figures import completeness
from tests import header
from tests.factories import (
    CooperativeFactory,
    KecamatanFactory,
    KelurahanFactory,
    ParameterFactory,
    UserFactory,
    officer_of,
)
from tests.reading import page_of, total_of
from tests.report_steps import at, report

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
JANUARY, FEBRUARY, MARCH = dt.date(2026, 1, 1), dt.date(2026, 2, 1), dt.date(2026, 3, 1)
DAY = dt.date(2026, 3, 16)


@pytest.fixture(autouse=True)
def asked_since_january(db: None) -> None:
    ParameterFactory.create(key=ParameterKey.REPORT_SINCE, value=1, starts_on=JANUARY)


@pytest.fixture
def city() -> dict[str, Cooperative]:
    """Five of one kecamatan, one of another."""
    kecamatan = KecamatanFactory.create(name="Tebet")

    def here(name: str, **values: Any) -> Cooperative:
        kelurahan = KelurahanFactory.create(name=name, kecamatan=kecamatan)
        return CooperativeFactory.create(kelurahan=kelurahan, **values)

    found = {name: here(name) for name in ("Awal", "Balik", "Coret", "Diam")}
    found["Esok"] = here("Esok", founded_on=MARCH)
    found["Jauh"] = CooperativeFactory.create(kelurahan__name="Jauh", kelurahan__kecamatan__name="Pancoran")
    report(
        JANUARY, ("submitted", at(2, 2)), ("verified", at(2, 3)), cooperative=found["Awal"], no_change=True
    )
    report(FEBRUARY, ("submitted", at(3, 9)), ("verified", at(3, 10)), cooperative=found["Awal"])
    report(MARCH, ("submitted", at(3, 15)), cooperative=found["Awal"])
    report(FEBRUARY, ("submitted", at(3, 2)), ("returned", at(3, 3)), cooperative=found["Balik"])
    report(FEBRUARY, ("draft", at(3, 2)), cooperative=found["Coret"])
    report(MARCH, ("draft", at(3, 12)), cooperative=found["Coret"])
    return found


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def sudin() -> Client:
    return client_of(UserFactory.create(sudin=True))


def grid_of(page: BeautifulSoup) -> dict[str, list[str]]:
    """Name of each line → its last three months in words."""
    return {
        row.select("th")[0].get_text(strip=True): [
            cell.get_text(" ", strip=True) for cell in row.select("td")
        ][-3:]
        for row in page.select("table.months tbody tr:not(.rate):not(.area)")
    }


def words(text: str) -> str:
    """Without the name of the month that a screen reader hears first."""
    return text.rpartition(": ")[2]


def test_grid_says_how_each_month_stands(sudin: Client, city: dict[str, Cooperative]) -> None:
    page = page_of(sudin, "/reports/")
    found = {name: [words(cell) for cell in cells] for name, cells in grid_of(page).items()}
    assert found == {
        "Awal": ["Tidak ada perubahan", "Diverifikasi, terlambat", "Diajukan"],
        "Balik": ["Belum lapor", "Dikembalikan", "Belum jatuh tempo"],
        "Coret": ["Belum lapor", "Belum lapor", "Draf"],
        "Diam": ["Belum lapor", "Belum lapor", "Belum jatuh tempo"],
        "Esok": ["Tidak diminta", "Tidak diminta", "Belum jatuh tempo"],
        "Jauh": ["Belum lapor", "Belum lapor", "Belum jatuh tempo"],
    }


def test_files_hold_the_grid_in_words(sudin: Client, city: dict[str, Cooperative]) -> None:
    lines = sudin.get("/reports/?format=csv&q=awal").content.decode("utf-8-sig").splitlines()
    assert lines[-2].split(";")[:3] == ["Kode kelurahan", "Kecamatan", "Kelurahan"]
    assert lines[-1].split(";")[1:3] + lines[-1].split(";")[-3:] == [
        *("Tebet", "Awal"),
        *("Tidak ada perubahan", "Diverifikasi, terlambat", "Diajukan"),
    ]
    [event] = AccessEvent.objects.filter(verb=Verb.EXPORTED)
    assert event.target.endswith(": 1 baris")


def test_an_officer_sees_the_own_area(city: dict[str, Cooperative]) -> None:
    officer = officer_of(city["Balik"].kelurahan)
    page = page_of(client_of(officer), "/reports/")
    assert list(grid_of(page)) == ["Balik"]
    for name in ("Awal", "Pancoran", "Jauh"):
        assert name not in page.get_text()


def test_cells_lead_to_the_report_or_to_its_form(city: dict[str, Cooperative]) -> None:
    balik = city["Balik"]
    page = page_of(client_of(officer_of(balik.kelurahan)), "/reports/")
    links = [str(link["href"]) for link in page.select("table.months tbody tr:not(.area) td a")]
    code = balik.kelurahan_id
    assert links[-3:] == [f"/reports/{code}/2026-0{month}/" for month in (1, 2, 3)]


def test_kecamatan_stand_worst_first_with_the_figures_of_the_month(
    sudin: Client, city: dict[str, Cooperative]
) -> None:
    page = page_of(sudin, "/reports/")
    [table] = page.select("section[aria-labelledby=by-area] table, table.by-area")[:1]
    rows = [
        [cell.get_text(" ", strip=True) for cell in row.select("th, td")] for row in table.select("tbody tr")
    ]
    assert [(row[0], row[2]) for row in rows] == [("Pancoran", "0/1"), ("Tebet", "1/4")]
    tebet = completeness(
        Cooperative.objects.filter(kelurahan__kecamatan__name="Tebet"), month=FEBRUARY, on=DAY
    )
    assert (tebet.sent, tebet.expected) == (1, 4)


@pytest.mark.parametrize(
    ("which", "names"),
    [
        ("", ["Jauh", "Awal", "Balik", "Coret", "Diam", "Esok"]),
        ("missing", ["Jauh", "Coret", "Diam"]),
        ("returned", ["Balik"]),
        ("sent", ["Awal"]),
        ("late", ["Awal"]),
        ("in_time", []),
        ("expected", ["Jauh", "Awal", "Balik", "Coret", "Diam"]),
    ],
)
def test_list_of_a_month_shows_what_a_figure_counts(
    sudin: Client, city: dict[str, Cooperative], which: str, names: list[str]
) -> None:
    page = page_of(sudin, f"/reports/?month=2026-02&which={which}")
    assert total_of(page) == len(names)
    assert [link.get_text() for link in page.select("tbody th a")] == [f"KKMP {name}" for name in names]


def test_a_past_day_shows_what_stood_then(sudin: Client, city: dict[str, Cooperative]) -> None:
    page = page_of(sudin, "/reports/?on=2026-03-02")
    assert [words(cell) for cell in grid_of(page)["Balik"]] == [
        "Belum lapor",
        "Diajukan",
        "Belum jatuh tempo",
    ]


@pytest.mark.parametrize(
    "query",
    ["until=2026-13", "until=2030-01", "month=x", "which=nothing", "kecamatan=1", "on=besok", "month="],
)
def test_odd_questions_get_a_page(sudin: Client, city: dict[str, Cooperative], query: str) -> None:
    assert page_of(sudin, f"/reports/?{query}").select_one("h1")


def test_dashboard_says_the_same_figures(sudin: Client, city: dict[str, Cooperative]) -> None:
    page = page_of(sudin, "/")
    [block] = page.select("section[aria-labelledby=reporting]")
    links = [link.get_text(" ", strip=True) for link in block.select("p a")]
    assert "20 % sudah dikirim: 1 dari 5" in [" ".join(text.replace("\xa0", " ").split()) for text in links]


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("address", "queries"), [("/reports/", 6), ("/reports/?month=2026-02", 8)])
def test_pages_cost_the_same_for_any_number_of_rows(
    sudin: Client, address: str, queries: int, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _number in range(rows):
        cooperative = CooperativeFactory.create()
        for month in (JANUARY, FEBRUARY):
            report(month, ("submitted", at(3, 2)), ("returned", at(3, 3)), cooperative=cooperative)
    with django_assert_num_queries(queries + header.SUDIN):
        page_of(sudin, address)

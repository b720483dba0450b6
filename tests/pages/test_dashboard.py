"""The dashboard: its figures, the question in its address, what it costs, and that its numbers open what they say."""

import datetime as dt
from typing import Any
from urllib.parse import urljoin

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from cooperatives.models import Cooperative, PublishedFigure
from kkmp.accounts.models import User
from outlets.models import Status
from outlets.outlet_class import OutletClass
from outlets.services import decide_status, retract_change
from tests import header
from tests.factories import (
    CapitalNeedFactory,
    CooperativeFactory,
    OutletFactory,
    StatusChangeFactory,
    UserFactory,
    officer_of,
)
from tests.member_factories import MemberFactory
from tests.partner_factories import StageChangeFactory

pytestmark = pytest.mark.django_db
DAY = "2025-09-22"


def page_of(client: Client, address: str = "/") -> BeautifulSoup:
    response = client.get(address)
    assert response.status_code == 200, response.content[:500]
    return BeautifulSoup(response.content, "html.parser")


def class_figures(page: BeautifulSoup) -> dict[str, int]:
    """The tiles by their label."""
    return {
        tile.h2.get_text(strip=True): int(tile.select_one(".tile-value a[data-figure]")["data-figure"])  # type: ignore[union-attr,index,arg-type]
        for tile in page.select(".tile")
        if tile.select_one(".tile-value a[data-figure]")
    }


def signed_in(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


@pytest.fixture
def sudin(client: Client) -> Client:
    return signed_in(client, UserFactory.create(sudin=True))


@pytest.fixture
def one_of_each() -> dict[OutletClass, Cooperative]:
    """A cooperative of each class on 22 September 2025."""
    return {
        OutletClass.RUNNING: StatusChangeFactory.create().cooperative,
        OutletClass.IDLE: StatusChangeFactory.create(idle=True).cooperative,
        OutletClass.NONE: StatusChangeFactory.create(none=True).cooperative,
        OutletClass.UNRECORDED: CooperativeFactory.create(),
    }


@pytest.mark.usefixtures("one_of_each", "today")
def test_classes_sum_to_the_cooperatives_in_view(sudin: Client) -> None:
    assert class_figures(page_of(sudin, f"/?on={DAY}")) == {
        "Sudah berjalan": 1,
        "Ada, belum berjalan": 1,
        "Belum ada gerai": 1,
        "Belum dicatat": 1,
    }
    assert class_figures(page_of(sudin, "/?on=2025-09-21")) == {
        "Sudah berjalan": 0,
        "Ada, belum berjalan": 0,
        "Belum ada gerai": 0,
        "Belum dicatat": 4,
    }


@pytest.mark.usefixtures("today")
def test_every_figure_equals_the_list_it_opens(
    sudin: Client, one_of_each: dict[OutletClass, Cooperative]
) -> None:
    running = one_of_each[OutletClass.RUNNING]
    StatusChangeFactory.create(idle=True, outlet=running.outlets.get(), effective_on=dt.date(2026, 3, 1))
    CapitalNeedFactory.create(outlet=running.outlets.get())
    MemberFactory.create_batch(3, cooperative=running)
    StageChangeFactory.create(support__cooperative=running)
    for address in (
        "/",
        f"/?on={DAY}",
        "/?since=2025-09-01",
        f"/?kecamatan={running.kelurahan.kecamatan_id}",
    ):
        figures = page_of(sudin, address).select("a[data-figure]")
        opened = {
            str(link["href"]): int(
                page_of(sudin, urljoin("/", str(link["href"]))).select_one("[data-total]")["data-total"]  # type: ignore[index,arg-type]
            )
            for link in figures
        }
        assert len(figures) >= 8
        assert opened == {str(link["href"]): int(str(link["data-figure"])) for link in figures}


@pytest.mark.usefixtures("one_of_each", "today")
def test_flow_names_each_move_once(sudin: Client, one_of_each: dict[OutletClass, Cooperative]) -> None:
    outlet = one_of_each[OutletClass.IDLE].outlets.get()
    StatusChangeFactory.create(outlet=outlet, effective_on=dt.date(2026, 3, 10))
    rows = [
        [cell.get_text(strip=True) for cell in row.select("th, td")]
        for row in page_of(sudin).select("section[aria-labelledby=flow] tbody tr")
    ]
    move = "Ada, belum berjalan → Sudah berjalan"
    cause = f"1 lewat keputusan Sudin{outlet.cooperative}: Keputusan Sudin, 10 Maret 2026"
    assert rows == [["", f"{move}{cause}", "1"], ["", "tetap", "3"]]


@pytest.mark.usefixtures("today")
def test_a_day_keeps_its_page_when_something_happens_later(sudin: Client) -> None:
    change = StatusChangeFactory.create(idle=True)
    before = class_figures(page_of(sudin, "/?on=2026-03-15"))
    decide_status(
        cooperative=change.cooperative,
        outlet=change.outlet,
        status=Status.RUNNING,
        reason="",
        note="Dibuka hari ini.",
        effective_on=dt.date(2026, 3, 16),
        by=change.recorded_by,
    )
    assert class_figures(page_of(sudin, "/?on=2026-03-15")) == before
    assert class_figures(page_of(sudin)) == {
        "Sudah berjalan": 1,
        "Ada, belum berjalan": 0,
        "Belum ada gerai": 0,
    }


@pytest.mark.usefixtures("today")
def test_a_later_correction_changes_the_past_and_known_gives_the_old_answer(sudin: Client) -> None:
    change = StatusChangeFactory.create(recorded_at=dt.datetime(2025, 9, 22, 9, tzinfo=dt.UTC))
    retract_change(change, note="Salah gerai.", by=change.recorded_by)
    page = page_of(sudin, f"/?on={DAY}")
    assert class_figures(page) == {
        "Sudah berjalan": 0,
        "Ada, belum berjalan": 0,
        "Belum ada gerai": 0,
        "Belum dicatat": 1,
    }
    notice = page.select_one(".alert")
    assert notice
    assert (
        "Catatan untuk 22 September 2025 berubah sesudah hari itu, terakhir 16 Maret 2026"
        in notice.get_text()
    )
    then = page_of(sudin, urljoin("/", str(notice.a["href"])))  # type: ignore[index]
    assert class_figures(then) == {"Sudah berjalan": 1, "Ada, belum berjalan": 0, "Belum ada gerai": 0}
    assert "Status gerai menurut catatan sampai akhir 22 September 2025" in then.get_text()


@pytest.mark.usefixtures("today")
@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("on=2026-02-31", "“2026-02-31” bukan tanggal. Contoh: 22/09/2025. Yang ditampilkan: hari ini."),
        ("on=31/02/2026", "“31/02/2026” bukan tanggal. Contoh: 22/09/2025. Yang ditampilkan: hari ini."),
        ("on=2026-03-17", "17 Maret 2026 belum terjadi. Yang ditampilkan: hari ini."),
        ("on=0001-01-01", "Catatan tidak ada sebelum tahun 2000. Yang ditampilkan: hari ini."),
        ("on=😀", "“😀” bukan tanggal. Contoh: 22/09/2025. Yang ditampilkan: hari ini."),
        ("known=2027-01-01", "1 Januari 2027 belum terjadi. Yang ditampilkan: hari ini."),
        ("kecamatan=99", "Kecamatan itu tidak ada di wilayah Anda; semua wilayah Anda ditampilkan."),
        ("since=2026-03-16", "Hari pembanding harus sebelum hari yang dilihat; dipakai sebulan sebelumnya."),
    ],
)
def test_what_cannot_be_answered_is_told_and_today_shown(sudin: Client, query: str, told: str) -> None:
    StatusChangeFactory.create()
    page = page_of(sudin, f"/?{query}")
    assert [alert.get_text(strip=True) for alert in page.select(".alert")] == [told]
    leads = [lead.get_text(strip=True) for lead in page.select(".lead")]
    assert leads == ["Kota Administrasi Jakarta Selatan · per 16 Maret 2026"]


def test_an_officer_sees_and_counts_only_the_area(
    client: Client, one_of_each: dict[OutletClass, Cooperative]
) -> None:
    mine = one_of_each[OutletClass.IDLE]
    others = [cooperative for cooperative in one_of_each.values() if cooperative != mine]
    MemberFactory.create_batch(2, cooperative=mine)
    MemberFactory.create_batch(5, cooperative=others[0])
    PublishedFigure.objects.create(
        on=dt.date(2025, 9, 22), running=10, idle=19, none=36, source="https://example.org/a"
    )
    page = page_of(signed_in(client, officer_of(mine.kelurahan)))
    assert class_figures(page) == {"Sudah berjalan": 0, "Ada, belum berjalan": 1, "Belum ada gerai": 0}
    assert page.select_one("section[aria-labelledby=numbers] a[data-figure]")["data-figure"] == "2"  # type: ignore[index]
    text = page.get_text()
    assert [other.kelurahan.name for other in others if other.kelurahan.name in text] == []
    assert "diumumkan" not in text


@pytest.mark.usefixtures("one_of_each")
def test_without_an_area_the_next_step_is_told(client: Client) -> None:
    page = page_of(signed_in(client, UserFactory.create()))
    assert page.select_one(".empty h3").get_text() == "Belum ada koperasi di wilayah Anda"  # type: ignore[union-attr]
    assert page.select_one(".empty a")["href"] == reverse("accounts:my_access")  # type: ignore[index]


@pytest.mark.usefixtures("one_of_each")
@pytest.mark.parametrize(
    ("on", "days"),
    [
        ("2025-09-21", []),
        ("2025-09-22", ["22 September 2025"]),
        ("2025-11-02", ["2 November 2025", "31 Oktober 2025", "30 September 2025"]),
    ],
)
def test_trend_begins_with_the_first_record(sudin: Client, on: str, days: list[str]) -> None:
    rows = page_of(sudin, f"/?on={on}").select("section[aria-labelledby=trend] tbody th")
    assert [row.get_text() for row in rows] == days


def test_published_figures_stand_beside_what_is_not_recorded(sudin: Client) -> None:
    CooperativeFactory.create()
    PublishedFigure.objects.create(
        on=dt.date(2025, 9, 22), running=10, idle=19, none=36, source="https://example.org/a"
    )
    page = page_of(sudin)
    note = page.select_one(".tone-unrecorded .tile-note")
    assert note
    assert note.get_text(strip=True) == (
        "Angka resmi 22 September 2025: 10 berjalan, 19 belum berjalan, 36 belum ada gerai"
    )


def test_a_tile_of_the_map_opens_the_cooperative_beside_it(
    sudin: Client, one_of_each: dict[OutletClass, Cooperative]
) -> None:
    idle = one_of_each[OutletClass.IDLE]
    CapitalNeedFactory.create(outlet=idle.outlets.get(), amount_idr=75_000_000)
    address = f"/?cooperative={idle.kelurahan_id}"
    whole = page_of(sudin, address).select_one("#cooperative-beside")
    piece = sudin.get(address, headers={"HX-Request": "true", "HX-Target": "cooperative-beside"})
    assert whole
    assert " ".join(whole.get_text().split()) == " ".join(
        BeautifulSoup(piece.content, "html.parser").get_text().split()
    )
    assert "Rp\u00a075.000.000" in whole.get_text()


def test_a_cooperative_out_of_scope_does_not_open_beside_the_map(
    client: Client, one_of_each: dict[OutletClass, Cooperative]
) -> None:
    mine, other = one_of_each[OutletClass.IDLE], one_of_each[OutletClass.RUNNING]
    signed_in(client, officer_of(mine.kelurahan))
    piece = client.get(
        f"/?cooperative={other.kelurahan_id}",
        headers={"HX-Request": "true", "HX-Target": "cooperative-beside"},
    )
    assert BeautifulSoup(piece.content, "html.parser").get_text(strip=True) == (
        "Pilih satu petak untuk melihat koperasinya di sini."
    )


def make_a_full_cooperative() -> None:
    change = StatusChangeFactory.create(idle=True)
    CapitalNeedFactory.create(outlet=change.outlet)
    OutletFactory.create(cooperative=change.cooperative)
    MemberFactory.create(cooperative=change.cooperative)
    StageChangeFactory.create(support__cooperative=change.cooperative)


# On the earlier day nothing was known yet: none is idle, so none's needs are asked for.
@pytest.mark.parametrize(("address", "queries"), [("/", 20), (f"/?on={DAY}&known={DAY}", 19)])
def test_the_dashboard_asks_the_database_as_often_for_three_as_for_one(
    sudin: Client, django_assert_num_queries: Any, address: str, queries: int
) -> None:
    # A second one, empty: where there is only one, it opens by itself, which is asked for apart.
    CooperativeFactory.create()
    make_a_full_cooperative()
    with django_assert_num_queries(queries + header.SUDIN):
        page_of(sudin, address)
    make_a_full_cooperative()
    make_a_full_cooperative()
    with django_assert_num_queries(queries + header.SUDIN):
        page_of(sudin, address)

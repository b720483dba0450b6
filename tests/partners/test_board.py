"""The stage board: each column says what the list says, on any day, for any number of supports."""

import datetime as dt

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from partners.board import MOST_CARDS
from partners.models import Stage, SupportKind
from tests import header
from tests.factories import KecamatanFactory, OutletFactory, officer_of
from tests.partner_factories import PartnerFactory, StageChangeFactory, support_at
from tests.reading import number_at, page_of, total_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
BOARD = "/partners/board/"


def board(page: BeautifulSoup) -> dict[str, list[str]]:
    """Names on the cards of each stage that has any."""
    columns = page.select(".stages > section")
    assert [str(one["aria-labelledby"]) for one in columns] == [f"stage-{stage}" for stage in Stage]
    cards = {
        str(one["aria-labelledby"]).removeprefix("stage-"): [
            name.get_text() for name in one.select("li .grow > bdi")
        ]
        for one in columns
    }
    return {stage: names for stage, names in cards.items() if names}


def test_cards_stand_in_the_stage_of_the_day(sudin_client: Client) -> None:
    support = support_at(Stage.OFFERED, dt.date(2026, 1, 10), partner__name="Mitra A")
    StageChangeFactory.create(support=support, stage=Stage.COMMITTED, effective_on=dt.date(2026, 2, 10))
    support_at(Stage.COMMITTED, dt.date(2026, 3, 1), partner__name="Mitra B")
    shown = {
        asked: board(page_of(sudin_client, f"{BOARD}?on={asked}"))
        for asked in ("2026-01-09", "2026-01-10", "2026-02-10", "2026-03-16")
    }
    assert shown == {
        "2026-01-09": {},
        "2026-01-10": {"offered": ["Mitra A"]},
        "2026-02-10": {"committed": ["Mitra A"]},
        "2026-03-16": {"committed": ["Mitra B", "Mitra A"]},
    }


def test_a_card_says_who_what_how_long_and_what_is_wrong(sudin_client: Client) -> None:
    outlet = OutletFactory.create(name="Gerai Melati", cooperative__kelurahan__name="Melati")
    support_at(
        Stage.COMMITTED,
        dt.date(2025, 12, 10),
        partner__name="Mitra A",
        cooperative=outlet.cooperative,
        outlet=outlet,
        kind=SupportKind.LOAN,
        committed_idr=1_250_000,
    )
    [card] = page_of(sudin_client, BOARD).select(".stages li")
    assert [" ".join(line.get_text().split()) for line in card.select(".grow > bdi, .sub")] == [
        "Mitra A",
        "KKMP Melati · Gerai Melati",
        "Pinjaman · Rp 1.250.000",
        "96 hari di tahap ini",
        "Komitmen 90 hari belum terwujud",
    ]


def test_figures_equal_the_list_they_open(sudin_client: Client) -> None:
    tebet = KecamatanFactory.create()
    partner = PartnerFactory.create()
    for number, stage in enumerate(Stage, start=1):
        for _copy in range(number):
            support_at(stage, partner=partner, cooperative__kelurahan__kecamatan=tebet, committed_idr=10)
        support_at(stage, kind=SupportKind.LOAN, committed_idr=None)
        support_at(stage, dt.date(2026, 3, 10), partner=partner)
    asked = ("", "?on=2026-02-20", f"?kecamatan={tebet.pk}", f"?partner={partner.pk}", "?kind=loan&partner=x")
    for query in asked:
        columns = page_of(sudin_client, f"{BOARD}{query}").select(".stages > section")
        counts = []
        for column in columns:
            [link] = column.select("[data-figure]")
            opened = page_of(sudin_client, str(link["href"]))
            counts.append(int(str(link["data-figure"])))
            assert counts[-1] == total_of(opened)
            if counts[-1]:
                assert number_at(column, "data-idr") == number_at(opened, "data-sum")
        assert (len(counts), sum(counts) > 0) == (len(Stage), True)


def test_only_the_newest_of_a_stage_are_cards(sudin_client: Client) -> None:
    for day in range(1, MOST_CARDS + 3):
        support_at(Stage.OFFERED, dt.date(2026, 2, day), partner__name=f"Mitra {day:02}")
    page = page_of(sudin_client, BOARD)
    assert board(page)["offered"] == [f"Mitra {day:02}" for day in range(MOST_CARDS + 2, 2, -1)]
    [more] = page.select(".stages p.small > a")
    assert (more.get_text(), str(more["href"])) == (
        "2 lagi di daftar bantuan",
        "/partners/supports/?stage=offered",
    )


def test_board_keeps_to_the_area_and_to_what_was_chosen(client: Client, sudin_client: Client) -> None:
    mine = support_at(Stage.OFFERED, partner__name="Mitra Saya")
    theirs = support_at(Stage.OFFERED, partner__name="Mitra Mereka", kind=SupportKind.LOAN)
    officer = Client()
    officer.force_login(officer_of(mine.cooperative.kelurahan))
    assert board(page_of(officer, f"{BOARD}?partner={theirs.partner_id}")) == {}
    assert board(page_of(officer, BOARD)) == {"offered": ["Mitra Saya"]}
    for query in (
        f"kecamatan={theirs.cooperative.kelurahan.kecamatan_id}",
        f"partner={theirs.partner_id}",
        "kind=loan",
    ):
        assert board(page_of(sudin_client, f"{BOARD}?{query}")) == {"offered": ["Mitra Mereka"]}
    assert len(board(page_of(sudin_client, f"{BOARD}?kind=x&partner={'9' * 40}&on=x"))["offered"]) == 2


@pytest.mark.parametrize("rows", [1, 3])
def test_board_costs_the_same_for_any_number_of_rows(
    sudin_client: Client, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    for _number in range(rows):
        for stage in Stage:
            support_at(stage)
    with django_assert_num_queries(8 + header.SUDIN):
        sudin_client.get(BOARD)

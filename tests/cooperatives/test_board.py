"""Pages of the board: who holds which post on a day, one term, its end, and a record that was wrong."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from cooperatives.models import BoardTerm, Body, Cooperative, Position
from kkmp.accounts.models import User
from tests import header
from tests.factories import BoardTermFactory, UserFactory
from tests.reading import page_of, text_of, values_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


def board_address(cooperative: Cooperative) -> str:
    return reverse("cooperatives:board", args=[cooperative.kelurahan_id])


def add_address(cooperative: Cooperative) -> str:
    return reverse("cooperatives:board_add", args=[cooperative.kelurahan_id])


def typed(**changed: str) -> dict[str, str]:
    given = {"seat": "board-chair", "name": "Nama Contoh", "gender": "female"}
    return given | {"starts_on": "2025-06-02", "ends_on": ""} | changed


def names(client: Client, cooperative: Cooperative, query: str = "") -> dict[str, list[str]]:
    """Of each body and of those who left."""
    page = page_of(client, board_address(cooperative) + query)
    found = {
        str(section["aria-labelledby"]): [head.get_text(strip=True) for head in section.select("tbody th")]
        for section in page.select("section[data-total]")
    }
    found["former"] = [link.get_text() for link in page.select("section[aria-labelledby=former] li a")]
    return found


def test_an_officer_records_a_term(client: Client, mine: Cooperative, officer: User) -> None:
    answer = client.post(add_address(mine), typed(), follow=True)
    term = BoardTerm.objects.get()
    assert answer.redirect_chain == [(board_address(mine), 302)]
    assert [str(message) for message in answer.context["messages"]] == [
        "Ketua pengurus: Nama Contoh tercatat."
    ]
    assert (term.cooperative, term.body, term.position, term.gender, term.starts_on, term.ends_on) == (
        mine,
        Body.BOARD,
        Position.CHAIR,
        "female",
        dt.date(2025, 6, 2),
        None,
    )
    assert term.history.get().history_user == officer


def test_one_after_another(client: Client, mine: Cooperative, officer: User) -> None:
    assert client.post(add_address(mine), typed(again="1")).url == add_address(mine)  # type: ignore[attr-defined]


def test_the_gap_that_was_clicked_is_chosen(client: Client, mine: Cooperative, officer: User) -> None:
    page = page_of(client, f"{add_address(mine)}?seat=supervisors-chair")
    assert values_of(page)["seat"] == "supervisors-chair"
    assert page.select_one("#id_is_ex_officio[checked]")
    assert "seat" not in values_of(page_of(client, f"{add_address(mine)}?seat={'x' * 5000}"))


@pytest.mark.parametrize(
    ("changed", "errors"),
    [
        ({"seat": ""}, {"seat": ["Bidang ini tidak boleh kosong."]}),
        ({"ends_on": "2025-06-01"}, {"__all__": ["Hari terakhir tidak boleh sebelum mulai menjabat."]}),
        ({"is_ex_officio": "on"}, {"__all__": ["Hanya ketua pengawas yang menjabat sebagai lurah."]}),
        (
            {"starts_on": "31/02/2025"},
            {"starts_on": ["“31/02/2025” bukan tanggal. Contoh: 22/09/2025."]},
        ),
        ({"name": "a\x00b"}, {"name": ["Karakter null tidak diizinkan."]}),
    ],
)
def test_bad_input_is_told(
    client: Client, mine: Cooperative, officer: User, changed: dict[str, str], errors: dict[str, list[str]]
) -> None:
    answer = client.post(add_address(mine), typed(**changed))
    assert answer.context["form"].errors == errors


@pytest.mark.parametrize(
    "changed",
    [
        {"seat": "management-chair"},
        {"seat": "board-chair-x"},
        {"seat": "x" * 10_000},
        {"name": "😀" * 200},
        {"gender": "x"},
        {"starts_on": "99999-01-01"},
    ],
)
def test_nonsense_is_told(client: Client, mine: Cooperative, officer: User, changed: dict[str, str]) -> None:
    answer = client.post(add_address(mine), typed(**changed))
    assert (answer.status_code, list(answer.context["form"].errors)) == (200, list(changed))


def test_the_same_entry_twice_is_noticed(client: Client, mine: Cooperative, officer: User) -> None:
    for _turn in range(2):
        answer = client.post(add_address(mine), typed())
    assert answer.context["form"].non_field_errors() == [
        "Orang ini sudah tercatat di jabatan itu sejak hari itu."
    ]
    assert mine.board_terms.count() == 1


def test_the_list_answers_for_a_day(client: Client, mine: Cooperative, officer: User) -> None:
    BoardTermFactory.create(cooperative=mine, name="Lama", ends_on=dt.date(2026, 1, 31))
    BoardTermFactory.create(cooperative=mine, name="Baru", starts_on=dt.date(2026, 2, 1))
    BoardTermFactory.create(cooperative=mine, name="Bendahara", position=Position.TREASURER)
    BoardTermFactory.create(cooperative=mine, name="Manajer", body=Body.MANAGEMENT, position=Position.MANAGER)
    assert names(client, mine) == {
        "board": ["Baru", "Bendahara"],
        "supervisors": [],
        "management": ["Manajer"],
        "former": ["Lama"],
    }
    assert names(client, mine, "?on=2026-01-31") == {
        "board": ["Lama", "Bendahara"],
        "supervisors": [],
        "management": ["Manajer"],
        "former": [],
    }


def test_odd_boards_are_told(client: Client, mine: Cooperative, officer: User) -> None:
    BoardTermFactory.create(cooperative=mine, gender="male")
    alerts = [alert.get_text(strip=True) for alert in page_of(client, board_address(mine)).select(".alert")]
    assert alerts == [
        "Pengurus harus ganjil dan paling sedikit 5 orang; sekarang 1.",
        "Tidak ada perempuan di antara pengurus.",
    ]


def test_a_term_is_edited_and_the_second_editor_told(
    client: Client, mine: Cooperative, officer: User
) -> None:
    term = BoardTermFactory.create(cooperative=mine, gender="male")
    edit = reverse("cooperatives:board_edit", args=[term.pk])
    assert values_of(page_of(client, edit))["seat"] == "board-chair"
    client.post(edit, typed(seat="board-secretary", version="1"))
    term.refresh_from_db()
    assert (term.position, term.name, term.version) == (Position.SECRETARY, "Nama Contoh", 2)
    answer = client.post(edit, typed(seat="board-treasurer", version="1"))
    [message] = answer.context["form"].non_field_errors()
    assert "Jabatan sekarang berisi" in message


def test_an_earlier_content_is_proposed_with_its_post(
    client: Client, mine: Cooperative, officer: User
) -> None:
    term = BoardTermFactory.create(cooperative=mine, name="Semula", gender="male")
    edit = reverse("cooperatives:board_edit", args=[term.pk])
    client.post(edit, typed(seat="board-secretary", version="1"))
    first = term.history.order_by("history_id").first()
    proposed = values_of(page_of(client, f"{edit}?restore={first.pk}"))
    assert (proposed["seat"], proposed["name"]) == ("board-chair", "Semula")


@pytest.mark.parametrize(
    ("ends_on", "stored"), [("2026-03-16", dt.date(2026, 3, 16)), ("2025-06-01", None), ("", None)]
)
def test_a_term_ends(
    client: Client, mine: Cooperative, officer: User, ends_on: str, stored: dt.date | None
) -> None:
    term = BoardTermFactory.create(cooperative=mine)
    end = reverse("cooperatives:board_end", args=[term.pk])
    assert values_of(page_of(client, end))["ends_on"] == "2026-03-16"
    client.post(end, {"ends_on": ends_on, "version": "1"})
    term.refresh_from_db()
    assert (term.ends_on, term.version) == (stored, 2 if stored else 1)


def test_a_wrong_record_is_taken_away_and_brought_back(
    client: Client, mine: Cooperative, officer: User
) -> None:
    term = BoardTermFactory.create(cooperative=mine, name="Keliru")
    remove = reverse("cooperatives:board_remove", args=[term.pk])
    restore = reverse("cooperatives:board_restore", args=[term.pk])
    assert "tidak lagi dihitung" in text_of(page_of(client, remove), "form.card")
    client.post(remove)
    term.refresh_from_db()
    assert (term.removed_by, names(client, mine)["board"]) == (officer, [])
    addresses = [reverse(f"cooperatives:board_{name}", args=[term.pk]) for name in ("edit", "end", "remove")]
    assert [client.get(address).status_code for address in addresses] == [404, 404, 404]
    client.post(restore)
    term.refresh_from_db()
    assert (term.removed_at, names(client, mine)["board"], term.version) == (None, ["Keliru"], 3)


def test_leaders_read_and_change_nothing(client: Client, mine: Cooperative) -> None:
    """Officers of a cooperative are public: their names are no member rows."""
    term = BoardTermFactory.create(cooperative=mine, name="Ketua Contoh")
    client.force_login(UserFactory.create(leader=True))
    page = page_of(client, board_address(mine))
    assert "Ketua Contoh" in page.get_text()
    assert [link["href"] for link in page.select("main a") if "/board/" in str(link["href"])] == []
    assert client.get(reverse("cooperatives:board_edit", args=[term.pk])).status_code == 403


def fill(cooperative: Cooperative, count: int) -> None:
    for number in range(count):
        shared: dict[str, Any] = {"cooperative": cooperative, "name": f"Nama {number}"}
        BoardTermFactory.create(**shared, position=Position.MEMBER)
        BoardTermFactory.create(**shared, position=Position.SECRETARY, ends_on=dt.date(2025, 12, 31))
        BoardTermFactory.create(
            **shared,
            position=Position.TREASURER,
            removed_at=dt.datetime(2026, 3, 1, tzinfo=dt.UTC),
            removed_by=UserFactory.create(),
        )


@pytest.mark.parametrize("rows", [1, 3])
def test_list_costs_the_same_for_any_number_of_rows(
    client: Client,
    mine: Cooperative,
    officer: User,
    django_assert_num_queries: DjangoAssertNumQueries,
    rows: int,
) -> None:
    fill(mine, rows)
    with django_assert_num_queries(6 + header.OFFICER):
        assert len(names(client, mine)["board"]) == rows

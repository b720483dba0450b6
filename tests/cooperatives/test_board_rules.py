"""Each rule of the board fires, and keeps still where all is well."""

import datetime as dt
from collections.abc import Callable

import pytest

from cooperatives.board_rules import (
    BOARD_POSTS,
    chair_is_not_the_lurah,
    findings,
    last_lawful_day,
    no_woman,
    posts_held_twice,
    terms_too_long,
    vacant_posts,
    wrong_number,
)
from cooperatives.models import BoardTerm, Body, Gender, Position

DAY = dt.date(2025, 6, 2)


def term(body: Body, position: Position, **values: object) -> BoardTerm:
    given = {"name": "Contoh", "gender": Gender.MALE, "starts_on": DAY} | values
    return BoardTerm(body=body, position=position, **given)


def a_board(count: int = 5, gender: str = Gender.FEMALE) -> list[BoardTerm]:
    posts = [*BOARD_POSTS, *[Position.MEMBER] * 4][:count]
    return [
        term(Body.BOARD, post, gender=gender if number == 0 else Gender.MALE)
        for number, post in enumerate(posts)
    ]


def supervisors(count: int = 3, *, lurah: bool = True) -> list[BoardTerm]:
    chair = term(Body.SUPERVISORS, Position.CHAIR, is_ex_officio=lurah)
    return [chair, *(term(Body.SUPERVISORS, Position.MEMBER) for _number in range(count - 1))]


def test_a_whole_board_is_fine() -> None:
    whole = [*a_board(), *supervisors(), term(Body.MANAGEMENT, Position.MANAGER)]
    assert (findings(whole), vacant_posts(whole)) == ([], [])


def test_nobody_is_missing_not_odd() -> None:
    vacant = [(Body.BOARD, post) for post in BOARD_POSTS]
    vacant += [(Body.SUPERVISORS, Position.CHAIR), (Body.SUPERVISORS, Position.MEMBER)]
    assert (findings([]), vacant_posts([])) == ([], vacant)


@pytest.mark.parametrize(
    ("members", "least", "body", "text"),
    [
        (a_board(4), 5, Body.BOARD, "Pengurus harus ganjil dan paling sedikit 5 orang; sekarang 4."),
        (a_board(6), 5, Body.BOARD, "Pengurus harus ganjil dan paling sedikit 5 orang; sekarang 6."),
        (a_board(3), 5, Body.BOARD, "Pengurus harus ganjil dan paling sedikit 5 orang; sekarang 3."),
        (a_board(5), 5, Body.BOARD, ""),
        (a_board(7), 5, Body.BOARD, ""),
        (
            supervisors(1),
            3,
            Body.SUPERVISORS,
            "Pengawas harus ganjil dan paling sedikit 3 orang; sekarang 1.",
        ),
        (
            supervisors(4),
            3,
            Body.SUPERVISORS,
            "Pengawas harus ganjil dan paling sedikit 3 orang; sekarang 4.",
        ),
        (supervisors(3), 3, Body.SUPERVISORS, ""),
    ],
)
def test_bodies_are_odd_and_large_enough(members: list[BoardTerm], least: int, body: Body, text: str) -> None:
    assert wrong_number(members, least=least, body=body) == text


@pytest.mark.parametrize(
    ("gender", "text"),
    [
        (Gender.FEMALE, ""),
        (Gender.MALE, "Tidak ada perempuan di antara pengurus."),
        ("", "Belum tercatat perempuan di antara pengurus; lengkapi jenis kelamin mereka."),
    ],
)
def test_women_are_represented(gender: str, text: str) -> None:
    assert (no_woman(a_board(gender=gender)), no_woman([])) == (text, "")


@pytest.mark.parametrize(
    ("those", "text"),
    [
        (supervisors(), ""),
        (supervisors()[1:], ""),
        (supervisors(lurah=False), "Ketua pengawas seharusnya lurah karena jabatannya (ex officio)."),
    ],
)
def test_the_lurah_chairs_the_supervisors(those: list[BoardTerm], text: str) -> None:
    assert chair_is_not_the_lurah(those) == text


@pytest.mark.parametrize(
    ("make", "texts"),
    [
        (lambda: [*a_board(), *supervisors()], []),
        (lambda: [term(Body.BOARD, Position.MEMBER), term(Body.BOARD, Position.MEMBER)], []),
        (
            lambda: [*a_board(), term(Body.BOARD, Position.TREASURER)],
            ["Bendahara pengurus tercatat 2 orang pada hari yang sama; akhiri masa jabatan yang lama."],
        ),
    ],
)
def test_a_post_is_one_persons(make: Callable[[], list[BoardTerm]], texts: list[str]) -> None:
    assert posts_held_twice(make()) == texts


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "count"),
    [
        (DAY, dt.date(2030, 6, 1), 0),
        (DAY, dt.date(2030, 6, 2), 1),
        (DAY, None, 0),
        (dt.date(2024, 2, 29), dt.date(2029, 2, 28), 0),
        (dt.date(2024, 2, 29), dt.date(2029, 3, 1), 1),
    ],
)
def test_a_term_lasts_five_years_at_most(starts_on: dt.date, ends_on: dt.date | None, count: int) -> None:
    """UU 25/1992 Art. 29."""
    found = terms_too_long([term(Body.BOARD, Position.CHAIR, starts_on=starts_on, ends_on=ends_on)])
    assert len(found) == count
    if starts_on == DAY and count:
        assert found == [
            "Masa jabatan Contoh (ketua) lebih dari 5 tahun: sampai 2 Juni 2030 (UU 25/1992 Pasal 29)."
        ]


def test_the_law_knows_leap_years() -> None:
    days = [dt.date(2024, 2, 29), dt.date(2025, 1, 1), dt.date(2025, 3, 1)]
    assert [last_lawful_day(term(Body.BOARD, Position.CHAIR, starts_on=day)) for day in days] == [
        dt.date(2029, 2, 28),
        dt.date(2029, 12, 31),
        dt.date(2030, 2, 28),
    ]

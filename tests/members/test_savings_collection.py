"""The collection grid: who pays is ticked, one submit, nothing twice."""

import datetime as dt

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from kkmp.accounts.models import User
from members.models import Member, Movement, SavingsKind, SavingsRate
from tests.factories import officer_of
from tests.member_factories import MemberFactory, SavingsEntryFactory, SavingsRateFactory
from tests.reading import page_of
from tests.savings_pages import FEBRUARY, JANUARY, MARCH, ledger, new_payer, new_stranger, send, told, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.fixture
def member() -> Member:
    return new_payer()


@pytest.fixture
def officer(client: Client, member: Member) -> User:
    user = officer_of(member.cooperative.kelurahan)
    client.force_login(user)
    return user


@pytest.fixture
def stranger() -> Member:
    return new_stranger()


def grid(client: Client, member: Member, **query: object) -> BeautifulSoup:
    return page_of(client, f"/savings/collect/?cooperative={member.cooperative.kelurahan_id}&year=2026")


def boxes(page: BeautifulSoup) -> list[str]:
    """Of each box of the first row: paid, open, or neither."""
    [row, *_more] = page.select(".collect tbody tr")
    signs = []
    for cell in row.select("td"):
        box = cell.select_one("input")
        signs.append(
            "-" if box is None else "x" if box.has_attr("disabled") and box.has_attr("checked") else "o"
        )
    return signs


def test_the_grid_writes_what_is_ticked_once(
    client: Client, officer: User, member: Member, stranger: Member
) -> None:
    second = MemberFactory.create(
        cooperative=member.cooperative, number="A-2", joined_on=dt.date(2026, 1, 1), full_name="Warga Dua"
    )
    code = member.cooperative.kelurahan_id
    address = f"/savings/collect/?cooperative={code}&year=2026"
    page = grid(client, member)
    assert [one.get_text(strip=True) for one in page.select(".collect tbody th a")] == [
        "Warga Satu",
        "Warga Dua",
    ]
    assert boxes(page) == ["o"] * 12
    ticks = [f"{member.pk}:2026-01", f"{member.pk}:2026-02", f"{second.pk}:2026-01"]
    answer = send(client, address, cooperative=code, value_on="2026-03-10", paid=ticks)
    assert told(answer) == "3 bulan dari 2 anggota tercatat, Rp 30.000. Bukti 2026-00001 s.d. 2026-00002."
    assert boxes(answer) == ["x", "x", *["o"] * 10]
    written = ledger()
    # A second officer had one more box ticked on a page that was opened before.
    more = send(
        client, address, cooperative=code, value_on="2026-03-10", paid=[*ticks, f"{second.pk}:2026-02"]
    )
    assert told(more) == (
        "1 bulan dari 1 anggota tercatat, Rp 10.000. Bukti 2026-00003 s.d. 2026-00003. "
        "Sudah dibayar sebelumnya, tidak dicatat dua kali: A-1 Warga Satu (Januari 2026); "
        "A-1 Warga Satu (Februari 2026); A-2 Warga Dua (Januari 2026)."
    )
    assert written == [
        ("mandatory", "deposit", 10_000, JANUARY, "2026-00001", 1),
        ("mandatory", "deposit", 10_000, FEBRUARY, "2026-00001", 2),
        ("mandatory", "deposit", 10_000, JANUARY, "2026-00002", 1),
    ]
    assert ledger() == [*written, ("mandatory", "deposit", 10_000, FEBRUARY, "2026-00003", 1)]


def test_the_grid_shows_what_is_not_asked_for(client: Client, officer: User, member: Member) -> None:
    SavingsRate.objects.all().delete()
    SavingsRateFactory.create(cooperative=member.cooperative, starts_on=FEBRUARY)
    SavingsEntryFactory.create(
        member=member,
        kind=SavingsKind.MANDATORY,
        movement=Movement.OPENING,
        amount_idr=0,
        paid_until=MARCH,
        receipt_no="",
    )
    member.ended_on, member.end_reason = dt.date(2026, 4, 20), "moved"
    member.save()
    assert boxes(grid(client, member)) == ["x", "x", "x", "o", *["-"] * 8]


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({}, "Belum ada yang dicentang."),
        ({"paid": "x:2026-01"}, "Isian tidak dapat dibaca. Muat ulang halaman ini."),
        ({"paid": "1:2026-99"}, "Isian tidak dapat dibaca. Muat ulang halaman ini."),
        ({"paid": "stranger"}, "Ada anggota yang tidak tercatat di koperasi ini."),
        ({"paid": "2025-12"}, "A-1 Warga Satu · Desember 2025: sebelum menjadi anggota."),
        ({"paid": "2026-01", "value_on": "2026-03-17"}, "Tanggal ini belum terjadi; paling akhir hari ini."),
    ],
)
def test_a_grid_that_cannot_be_written_writes_nothing_and_keeps_its_ticks(
    client: Client, officer: User, member: Member, stranger: Member, typed: dict[str, str], message: str
) -> None:
    before = ledger()
    ticked = typed.get("paid", "")
    if ticked == "stranger":
        ticked = f"{stranger.pk}:2026-01"
    elif ":" not in ticked and ticked:
        ticked = f"{member.pk}:{ticked}"
    code = member.cooperative.kelurahan_id
    posted = {"cooperative": code, "value_on": "2026-03-10", **typed, "paid": [ticked] if ticked else []}
    page = send(client, f"/savings/collect/?cooperative={code}&year=2026", **posted)
    assert (told(page), ledger()) == (message, before)
    kept = [box["value"] for box in page.select("input[name=paid][checked]")]
    assert kept == ([ticked] if ticked.endswith("2026-01") and ticked.startswith(f"{member.pk}:") else [])


def test_the_grid_of_another_area_is_not_there(
    client: Client, officer: User, member: Member, stranger: Member
) -> None:
    code = stranger.cooperative.kelurahan_id
    posted = {"cooperative": code, "value_on": "2026-03-10", "paid": f"{stranger.pk}:2026-01"}
    assert client.post("/savings/collect/", posted).status_code == 404
    page = page_of(client, f"/savings/collect/?cooperative={code}")
    assert (page.select(".collect"), "Orang Lain" in words(page)) == ([], False)

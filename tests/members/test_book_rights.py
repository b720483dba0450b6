"""Who may open which book, what is logged, when identity numbers show, and the shelf of a cooperative."""

import pytest
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.test import Client
from django.urls import resolve, reverse
from pytest_django import DjangoAssertNumQueries

from cooperatives.models import Cooperative
from kkmp.accounts.models import AccessEvent, User, Verb
from kkmp.pages.why import rights_needed
from members.models import Member
from tests import header
from tests.book_pages import book, card, columns_of
from tests.factories import BoardTermFactory, CooperativeFactory, UserFactory, officer_of
from tests.member_factories import MemberFactory, SavingsEntryFactory, synthetic_national_id
from tests.reading import errors_of, page_of, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
NATIONAL_ID = synthetic_national_id(7)


@pytest.fixture
def mine() -> Cooperative:
    return CooperativeFactory.create()


@pytest.fixture
def theirs() -> Cooperative:
    return CooperativeFactory.create()


@pytest.fixture
def officer(mine: Cooperative) -> User:
    return officer_of(mine.kelurahan, full_name="Petugas Contoh")


@pytest.fixture
def reader(client: Client, officer: User) -> Client:
    client.force_login(officer)
    return client


@pytest.fixture
def saver(mine: Cooperative) -> Member:
    member: Member = MemberFactory.create(cooperative=mine, number="5", full_name="Rajin Menabung")
    SavingsEntryFactory.create(member=member)
    return member


def told(*verbs: Verb) -> list[tuple[str, str, str]]:
    events = AccessEvent.objects.filter(verb__in=verbs).order_by("pk")
    return [(event.verb, event.target, event.purpose) for event in events]


# --- who may, what is logged --------------------------------------------------


def test_leader_reads_boards_and_no_member(client: Client, mine: Cooperative, saver: Member) -> None:
    client.force_login(UserFactory.create(leader=True))
    asked = [book(mine), book(mine, "02"), book(mine, "03"), card(saver), book(mine, "05"), book(mine, "04")]
    assert [client.get(address).status_code for address in asked] == [403, 200, 200, 403, 404, 404]
    page = page_of(client, reverse("books:index", query={"cooperative": mine.kelurahan_id}))
    assert [title.get_text() for title in page.select(".book-list h3")] == [
        "Buku 02 · Buku Daftar Pengurus",
        "Buku 03 · Buku Daftar Pengawas",
    ]


def test_other_areas_are_not_found(reader: Client, theirs: Cooperative) -> None:
    other = MemberFactory.create(cooperative=theirs, national_id=NATIONAL_ID)
    typed = {"purpose": "rapat anggota", "format": "page"}
    asked = [book(theirs), book(theirs, "02"), card(other)]
    assert [reader.get(address).status_code for address in asked] == [404, 404, 404]
    assert [reader.post(address, typed).status_code for address in asked] == [404, 404, 404]
    assert told(Verb.REVEALED, Verb.PRINTED, Verb.DOWNLOADED) == []


def test_books_with_members_are_logged(reader: Client, mine: Cooperative, saver: Member) -> None:
    for address in (book(mine), book(mine, format="pdf"), book(mine, "02"), card(saver)):
        assert reader.get(address).status_code == 200
    register = f"Buku 01, {mine} ({mine.kelurahan_id}) per 16/03/2026: 1 anggota"
    assert told(Verb.REVEALED, Verb.PRINTED, Verb.DOWNLOADED) == [
        ("printed", register, ""),
        ("downloaded", register, ""),
        ("printed", f"Buku 04, anggota 5, {mine} (#{saver.pk}) per 16/03/2026: 1 anggota", ""),
    ]


def test_whole_numbers_show_for_a_purpose_that_is_logged(reader: Client, mine: Cooperative) -> None:
    MemberFactory.create(cooperative=mine, national_id=NATIONAL_ID)
    assert NATIONAL_ID not in reader.get(book(mine)).content.decode()
    answer = reader.post(book(mine), {"purpose": "RAT 2026 di notaris", "format": "page"})
    page = BeautifulSoup(answer.content, "html.parser")
    assert columns_of(page, "NIK") == [[NATIONAL_ID]]
    marked = "Memuat NIK · Petugas Contoh · 16 Maret 2026 12.00 · keperluan: RAT 2026 di notaris"
    assert text_of(page, ".watermark") == marked
    assert answer["Cache-Control"] == "private, no-store"
    register = f"Buku 01, {mine} ({mine.kelurahan_id}) per 16/03/2026: 1 anggota"
    assert told(Verb.REVEALED, Verb.PRINTED)[1:] == [
        ("revealed", register, "RAT 2026 di notaris"),
        ("printed", register, "RAT 2026 di notaris"),
    ]


@pytest.mark.parametrize("purpose", ["", " x ", f"cek {NATIONAL_ID}", "cek 3174 9917 0580 9007"])
def test_purpose_is_needed_and_nothing_opens_without(reader: Client, mine: Cooperative, purpose: str) -> None:
    MemberFactory.create(cooperative=mine, national_id=NATIONAL_ID)
    answer = reader.post(book(mine), {"purpose": purpose, "format": "pdf"})
    page = BeautifulSoup(answer.content, "html.parser")
    assert list(errors_of(page)) == ["purpose"]
    assert columns_of(page, "NIK") == [[f"••••••••••••{NATIONAL_ID[-4:]}"]]
    assert (told(Verb.REVEALED), [event[2] for event in told(Verb.PRINTED)]) == ([], [""])


def test_only_who_may_reveal_may_ask(
    client: Client, mine: Cooperative, reader: Client, officer: User
) -> None:
    typed = {"purpose": "rapat anggota", "format": "page"}
    assert reader.post(book(mine, "02"), typed).status_code == 403
    client.force_login(UserFactory.create(admin=True))
    page = page_of(client, book(mine))
    assert page.select("form[method=post] [name=purpose]") == []
    assert client.post(book(mine), typed).status_code == 403


def test_books_with_whole_numbers_are_limited(reader: Client, mine: Cooperative) -> None:
    cache.clear()
    typed = {"purpose": "rapat anggota", "format": "page"}
    assert {reader.post(book(mine), typed).status_code for _again in range(30)} == {200}
    assert reader.post(book(mine), typed).status_code == 429
    assert len(told(Verb.REVEALED)) == 30


# --- shelf --------------------------------------------------------------------


def test_shelf_counts_what_stands_in_each_book(
    reader: Client, mine: Cooperative, theirs: Cooperative, saver: Member
) -> None:
    BoardTermFactory.create(cooperative=mine)
    MemberFactory.create(cooperative=theirs, full_name="Rajin Lain")
    page = page_of(reader, reverse("books:index"))
    assert [line.get_text(" ", strip=True) for line in page.select(".book-list .num")] == [
        "1 orang",
        "1 orang",
        "0 orang",
        "1 anggota punya mutasi",
    ]
    hrefs = [str(link["href"]) for link in page.select(".book-list a")]
    assert hrefs[:2] == [book(mine), book(mine, format="pdf")]
    found = page_of(reader, reverse("books:index", query={"member": "rajin"}))
    assert [
        str(link["href"]) for link in found.select("#found ~ .book-list a, .card .book-list a[href*=savings]")
    ] == [card(saver)]


def test_shelf_says_what_to_do_where_there_is_no_choice_yet(
    client: Client, mine: Cooperative, theirs: Cooperative
) -> None:
    client.force_login(UserFactory.create(sudin=True))
    assert "Pilih koperasinya" in page_of(client, reverse("books:index")).get_text()
    client.force_login(UserFactory.create())
    assert "Belum ada koperasi di wilayah Anda" in page_of(client, reverse("books:index")).get_text()
    found = page_of(client, reverse("books:index", query={"cooperative": mine.kelurahan_id}))
    assert found.select(".book-list") == []


@pytest.mark.parametrize("count", [1, 3])
def test_queries_do_not_grow(
    reader: Client, mine: Cooperative, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    member = MemberFactory.create(cooperative=mine)
    BoardTermFactory.create(cooperative=mine)
    MemberFactory.create_batch(count - 1, cooperative=mine, national_id="")
    BoardTermFactory.create_batch(count - 1, cooperative=mine)
    SavingsEntryFactory.create_batch(count, member=member)
    for address, own in (
        (book(mine), 6),
        (book(mine, "02"), 5),
        (card(member), 6),
        (reverse("books:index", query={"member": "a"}), 9),
    ):
        with django_assert_num_queries(header.OFFICER + own, info=address):
            reader.get(address)


def test_why_knows_what_each_book_asks_for() -> None:
    needed = {
        number: rights_needed(resolve(f"/books/31.74.07.1001/{number}/")) for number in ("01", "02", "77")
    }
    assert needed == {
        "01": ("members.view_member",),
        "02": ("cooperatives.view_boardterm",),
        "77": ("cooperatives.view_boardterm",),
    }

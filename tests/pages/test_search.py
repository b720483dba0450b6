"""The search in the header: what it finds, for whom, how it is asked, and what it costs."""

import datetime as dt
from typing import Any
from urllib.parse import urljoin

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from partners.models import Stage
from tests import header
from tests.factories import CooperativeFactory, KelurahanFactory, OutletFactory, UserFactory, officer_of
from tests.member_factories import MemberFactory
from tests.partner_factories import PartnerFactory, support_at
from tests.reading import page_of, text_of, total_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
TYPING = {"HX-Request": "true", "HX-Target": "search-suggestions"}


@pytest.fixture
def sudin(client: Client) -> Client:
    client.force_login(UserFactory.create(sudin=True))
    return client


def asked(client: Client, q: str, **headers: Any) -> BeautifulSoup:
    response = client.get("/search/", {"q": q}, **headers)
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def found(page: BeautifulSoup) -> dict[str, list[str]]:
    """The rows of each group by its heading."""
    return {
        section.h2.get_text(strip=True): [  # type: ignore[union-attr]
            link.get_text(" ", strip=True) for link in section.select(".links a")
        ]
        for section in page.select("section[aria-labelledby^=found-]")
    }


def make_one_of_each(name: str) -> None:
    cooperative = CooperativeFactory.create(kelurahan__name=name)
    OutletFactory.create(cooperative=cooperative, name="Warung")
    MemberFactory.create(cooperative=cooperative, number="A-1", full_name="Anggota Pertama")
    support_at(Stage.COMMITTED, cooperative=cooperative, partner=PartnerFactory.create(name=f"Mitra {name}"))


def test_everything_of_a_name_is_found_by_kind(sudin: Client) -> None:
    make_one_of_each("Setia Budi")
    make_one_of_each("Gunung")
    kecamatan = CooperativeFactory._meta.model.objects.get(
        kelurahan__name="Setia Budi"
    ).kelurahan.kecamatan.name
    assert found(asked(sudin, "setia budi")) == {
        "Koperasi": [f"KKMP Setia Budi {kecamatan}"],
        "Gerai": [f"Warung KKMP Setia Budi, {kecamatan}"],
        "Anggota": ["A-1 Anggota Pertama KKMP Setia Budi"],
        "Mitra": ["Mitra Setia Budi Perusahaan swasta"],
        "Bantuan": ["Mitra Setia Budi → KKMP Setia Budi Hibah uang, Komitmen"],
    }


@pytest.mark.parametrize(
    "spelling", ["setiabudi", "SETIA BUDI", "Kel. Setia Budi", "kkmp setia-budi", "etia"]
)
def test_spelling_does_not_matter(sudin: Client, spelling: str) -> None:
    CooperativeFactory.create(kelurahan__name="Setia Budi")
    CooperativeFactory.create(kelurahan__name="Gunung")
    assert [line.split(" Kecamatan")[0] for line in found(asked(sudin, spelling))["Koperasi"]] == [
        "KKMP Setia Budi"
    ]


def test_those_that_bear_the_name_come_first(sudin: Client) -> None:
    cooperative = CooperativeFactory.create(kelurahan__name="Melawai")
    OutletFactory.create(cooperative=cooperative, name="Apotek")
    OutletFactory.create(cooperative=cooperative, name="Pojok Melawai")
    assert [line.split(" KKMP")[0] for line in found(asked(sudin, "melawai"))["Gerai"]] == [
        "Pojok Melawai",
        "Apotek",
    ]


def test_every_count_equals_the_list_it_opens(sudin: Client) -> None:
    make_one_of_each("Melawai")
    cooperative = CooperativeFactory.create(kelurahan__name="Melawai Dua")
    MemberFactory.create_batch(12, cooperative=cooperative)
    MemberFactory.create(cooperative=cooperative, ended_on=dt.date(2026, 1, 1), full_name="Sudah Pergi")
    page = asked(sudin, "melawai")
    figures = {str(link["href"]): int(str(link["data-figure"])) for link in page.select("a[data-figure]")}
    assert {address: total_of(page_of(sudin, urljoin("/", address))) for address in figures} == figures
    assert sorted(figures.values()) == [1, 1, 1, 2, 14]
    assert [len(group) for group in found(page).values()] == [2, 1, 10, 1, 1]
    assert found(asked(sudin, "sudah pergi"))["Anggota"][0].endswith("KKMP Melawai Dua, sudah keluar")


def test_a_day_and_a_kecamatan_narrow_it(sudin: Client) -> None:
    first, second = (CooperativeFactory.create(kelurahan__name=name) for name in ("Kuningan A", "Kuningan B"))
    MemberFactory.create(cooperative=first, full_name="Kuningan Lama", joined_on=dt.date(2025, 8, 1))
    MemberFactory.create(cooperative=second, full_name="Kuningan Baru", joined_on=dt.date(2026, 3, 1))
    there = {"q": "kuningan", "kecamatan": first.kelurahan.kecamatan_id}
    page = BeautifulSoup(sudin.get("/search/", there).content, "html.parser")
    assert [group[0].split()[2] for group in found(page).values()] == ["A", "Lama"]
    page = BeautifulSoup(sudin.get("/search/", {"q": "kuningan", "on": "2026-02-01"}).content, "html.parser")
    assert len(found(page)["Anggota"]) == 1


def test_an_officer_finds_only_the_own_area(client: Client) -> None:
    make_one_of_each("Kebon Sendiri")
    make_one_of_each("Kebon Orang")
    mine = KelurahanFactory._meta.model.objects.get(name="Kebon Sendiri")
    client.force_login(officer_of(mine))
    page = asked(client, "kebon")
    # Partners belong to no area.
    assert "Kebon Orang" not in page.get_text().replace("Mitra Kebon Orang", "")
    assert [len(rows) for rows in found(page).values()] == [1, 1, 1, 2, 1]
    piece = asked(client, "kebon", headers=TYPING)
    assert "KKMP Kebon Orang" not in piece.get_text()


def test_a_leader_never_gets_members(client: Client) -> None:
    make_one_of_each("Melawai")
    client.force_login(UserFactory.create(leader=True))
    for text in ("melawai", "anggota", "A-1"):
        for headers in ({}, {"headers": TYPING}):
            page = asked(client, text, **headers)
            assert "Pertama" not in page.get_text()
            assert "members" not in str(page.main or page)


def test_while_typing_a_few_of_each_kind_show(sudin: Client) -> None:
    cooperative = CooperativeFactory.create(kelurahan__name="Melawai")
    for number in range(4):
        MemberFactory.create(cooperative=cooperative, full_name=f"Orang {number}", number=f"{number}")
    piece = asked(sudin, "orang", headers=TYPING)
    assert piece.find("html") is None
    assert [link.get_text(" ", strip=True) for link in piece.select("a")] == [
        "0 Orang 0 KKMP Melawai",
        "1 Orang 1 KKMP Melawai",
        "2 Orang 2 KKMP Melawai",
        "Lihat semua 4: Anggota",
    ]
    assert asked(sudin, "", headers=TYPING).get_text(strip=True) == ""
    assert asked(sudin, "a", headers=TYPING).get_text(strip=True) == "Ketik sedikitnya 2 huruf."
    assert asked(sudin, "zzz", headers=TYPING).get_text(strip=True) == "0 hasil"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a", ["Ketik sedikitnya 2 huruf."]),
        ("  a  ", ["Ketik sedikitnya 2 huruf."]),
        ("", ["Bidang ini tidak boleh kosong."]),
        (
            "x" * 10_000,
            ["Pastikan nilai ini mengandung paling banyak 100 karakter (sekarang 10000 karakter)."],
        ),
    ],
)
def test_what_cannot_be_searched_is_told(sudin: Client, text: str, told: list[str]) -> None:
    page = asked(sudin, text)
    assert [item.get_text() for item in page.select("main .errorlist li")] == told
    assert page.select("main input[type=search]")[0]["value"] if text else True


@pytest.mark.parametrize(
    "text",
    [
        "%%",
        "__",
        "'; DROP TABLE",
        "<script>alert(1)</script>",
        "😀😀",
        "..",
        "--",
        "\\\\",
        "９９９",
        "\u202e\u202e",
    ],
)
def test_odd_text_finds_nothing_and_breaks_nothing(sudin: Client, text: str) -> None:
    make_one_of_each("Melawai")
    page = asked(sudin, text)
    assert found(page) == {}
    assert text_of(page, "main .empty h3") == f"Tidak ada yang cocok dengan “{text}”"
    assert page.select("main script") == []


def test_null_bytes_are_refused(sudin: Client) -> None:
    assert sudin.get("/search/", {"q": "a\x00b"}).status_code == 400


def test_without_words_the_page_waits(sudin: Client) -> None:
    page = page_of(sudin, "/search/")
    assert (found(page), page.select("main .errorlist")) == ({}, [])


@pytest.mark.parametrize(("headers", "queries"), [({}, 8 + header.SUDIN), (TYPING, 8)])
def test_search_asks_the_database_as_often_for_three_as_for_one(
    sudin: Client, django_assert_num_queries: Any, headers: dict[str, str], queries: int
) -> None:
    make_one_of_each("Melawai Satu")
    with django_assert_num_queries(queries):
        asked(sudin, "melawai", headers=headers)
    make_one_of_each("Melawai Dua")
    make_one_of_each("Melawai Tiga")
    with django_assert_num_queries(queries):
        asked(sudin, "melawai", headers=headers)


def test_every_page_offers_the_search(sudin: Client) -> None:
    [form] = page_of(sudin, "/").select("header form[role=search]")
    [field] = form.select("input[name=q]")
    assert (form["action"], form["method"], field["hx-get"], field["hx-target"]) == (
        "/search/",
        "get",
        "/search/",
        "#search-suggestions",
    )

"""“Why can I not see this?”: true to the matrix and the areas, and silent about stored rows."""

from datetime import date

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import resolve, reverse
from pytest_django import DjangoAssertNumQueries

from kkmp.accounts.models import Role, User
from kkmp.pages.why import rights_needed
from tests import header
from tests.factories import (
    AreaGrantFactory,
    CooperativeFactory,
    KecamatanFactory,
    KelurahanFactory,
    UserFactory,
    officer_of,
)
from tests.member_factories import MemberFactory
from tests.scope_addresses import ADDRESSES
from tests.test_scope import OUR_ROUTES, name_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
WHY = reverse("accounts:why")


def points(client: Client, about: str) -> list[str]:
    response = client.get(WHY, {"about": about})
    assert response.status_code == 200
    page = BeautifulSoup(response.content, "html.parser")
    return [item.get_text(" ", strip=True) for item in page.select("[aria-labelledby=answer] li")]


def test_rights_named_are_the_rights_asked() -> None:
    """A new page that asks for more than its section's right to read has to say so in `kkmp.pages.why.NEEDED`."""
    told, meant = {}, {}
    for route in OUR_ROUTES:
        name = name_of(route)
        if name in {"healthz", "readyz", "favicon"}:
            continue
        needed = rights_needed(resolve(route.filled(code="31.74.01.1001", kind="members", month="2026-03")))
        told[name] = {role for role in Role if UserFactory.build(role=role).has_perms(needed)}
        meant[name] = set(ADDRESSES[name].may)
    assert {name: told[name] for name in told if told[name] != meant[name]} == {}


@pytest.fixture
def officer(client: Client) -> User:
    """Keeps Tebet; kept Melawai; will keep Guntur."""
    tebet = KecamatanFactory.create(name="Tebet")
    KelurahanFactory.create(name="Tebet Barat", kecamatan=tebet)
    person = officer_of(tebet)
    for name, days in (
        ("Melawai", {"ends_on": date(2026, 3, 15)}),
        ("Guntur", {"starts_on": date(2026, 4, 1)}),
    ):
        kelurahan = KelurahanFactory.create(name=name, kecamatan__name=f"Luar {name}")
        AreaGrantFactory.create(user=person, kelurahan=kelurahan, **days)
    client.force_login(person)
    return person


@pytest.mark.parametrize(
    ("about", "expected"),
    [
        (
            "Tebet",
            "Ya: Kecamatan Tebet: terlihat, lewat wilayah tugas Anda Kecamatan Tebet sejak 1 Januari 2025.",
        ),
        (
            "kel. tebet-barat",
            (
                "Ya: Kelurahan Tebet Barat, Kecamatan Tebet: terlihat, lewat wilayah tugas Anda Kecamatan Tebet "
                "sejak 1 Januari 2025."
            ),
        ),
        (
            "KKMP Melawai",
            (
                "Tidak: Kelurahan Melawai, Kecamatan Luar Melawai: tidak terlihat lagi; wilayah tugas Anda Kelurahan "
                "Melawai, Kecamatan Luar Melawai berakhir 15 Maret 2026."
            ),
        ),
        (
            "Guntur",
            (
                "Tidak: Kelurahan Guntur, Kecamatan Luar Guntur: belum terlihat; wilayah tugas Anda Kelurahan Guntur, "
                "Kecamatan Luar Guntur baru mulai 1 April 2026."
            ),
        ),
        ("Senayan", "Tidak: Kelurahan Senayan, Kecamatan Luar: di luar wilayah tugas Anda hari ini."),
    ],
)
def test_places_are_explained(client: Client, officer: User, about: str, expected: str) -> None:
    KelurahanFactory.create(name="Senayan", kecamatan__name="Luar")
    assert points(client, about) == [expected]


def test_whole_city_is_explained_by_the_role(client: Client) -> None:
    KelurahanFactory.create(name="Senayan", kecamatan__name="Luar")
    client.force_login(UserFactory.create(leader=True))
    assert points(client, "senayan") == [
        "Ya: Kelurahan Senayan, Kecamatan Luar: terlihat, karena peran Anda melihat seluruh kota."
    ]


def test_address_of_a_cooperative_is_explained_by_right_and_area(client: Client, officer: User) -> None:
    there = CooperativeFactory.create(kelurahan__name="Senayan", kelurahan__kecamatan__name="Luar")
    address = reverse("outlets:decide_none", args=[there.kelurahan_id])
    assert points(client, f"https://kkmp.example{address}?on=2026-01-01#x") == [
        "Tidak: Peran Anda (Petugas wilayah) tidak memuat hak “Memutuskan status gerai dengan alasan”.",
        "Tidak: Kelurahan Senayan, Kecamatan Luar: di luar wilayah tugas Anda hari ini.",
    ]
    assert points(client, reverse("cooperatives:detail", args=["31.74.99"]))[1:] == [
        "Tidak: 31.74.99 bukan kode kelurahan di Jakarta Selatan."
    ]


def test_row_gets_the_same_answer_whether_it_exists_or_not(
    client: Client, officer: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    theirs = MemberFactory.create()
    said = set()
    for pk in (theirs.pk, theirs.pk + 1000, 10**30):
        with django_assert_num_queries(3 + header.OFFICER_WITHOUT_AREA):
            said.add(tuple(points(client, f"/members/{pk}/")))
    [answer] = said
    assert answer[0] == "Ya: Peran Anda (Petugas wilayah) memuat hak “Melihat daftar anggota”."
    assert answer[-1].startswith("Alamat ini menunjuk satu data.")


@pytest.mark.parametrize(
    "about",
    ["", "Seb", "http://[x", "/nowhere/", "😀", "'; --", "x" * 10_000, "/" + "9" * 5_000, "%", "99.99"],
)
def test_odd_questions_are_answered(client: Client, officer: User, about: str) -> None:
    KelurahanFactory.create(name="Sebelah")
    answer = points(client, about)
    assert [text.startswith("Tidak:") for text in answer] == ([] if not about else [True])
    assert "Sebelah" not in " ".join(answer)


def test_pages_that_are_missing_or_shut_lead_there(client: Client, officer: User) -> None:
    theirs = MemberFactory.create()
    for address, status in ((f"/members/{theirs.pk}/", 404), ("/access/log/", 403)):
        response = client.get(address)
        page = BeautifulSoup(response.content, "html.parser")
        hrefs = [str(link["href"]) for link in page.select(".card a")]
        wanted = reverse("accounts:why", query={"about": address})
        assert (response.status_code, wanted in hrefs, reverse("help") in hrefs) == (status, True, True)
        assert client.get(wanted).status_code == 200


def test_menu_asks_about_the_page_at_hand(client: Client, officer: User) -> None:
    page = BeautifulSoup(client.get("/outlets/?on=2026-01-01").content, "html.parser")
    hrefs = [str(link["href"]) for link in page.select("header .menu a")]
    assert reverse("accounts:why", query={"about": "/outlets/"}) in hrefs
    assert (reverse("help") in hrefs, reverse("access:people") in hrefs) == (True, False)


def test_areas_of_today_are_listed(client: Client, officer: User) -> None:
    page = BeautifulSoup(client.get(WHY).content, "html.parser")
    [area] = [fact.dd.get_text(" ", strip=True) for fact in page.select(".facts > div")[1:] if fact.dd]
    assert area == "Kecamatan Tebet"

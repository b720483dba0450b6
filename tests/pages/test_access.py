"""Who sees what, by person and by cooperative on a day; the access log."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.contrib import admin
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from cooperatives.models import AreaGrant, Cooperative, Kecamatan
from kkmp.accounts.models import AccessEvent, User, Verb
from tests import header
from tests.factories import (
    AreaGrantFactory,
    CooperativeFactory,
    KecamatanFactory,
    UserFactory,
    officer_of,
)
from tests.reading import lines_of, names_on, number_at, page_of, total_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
TODAY = dt.date(2026, 3, 16)
PEOPLE, COOPERATIVES, LOG = reverse("access:people"), reverse("access:cooperatives"), reverse("access:log")


@pytest.fixture
def boss(client: Client) -> User:
    person: User = UserFactory.create(admin=True, full_name="Admin Contoh", username="admin")
    client.force_login(person)
    return person


def rows_of(page: BeautifulSoup) -> list[list[str]]:
    return [
        [cell.get_text(" ", strip=True) for cell in row.select("th, td")] for row in page.select("tbody tr")
    ]


def tebet_and_melawai() -> tuple[Kecamatan, Cooperative, Cooperative]:
    """A kecamatan of one cooperative, and a cooperative of another one."""
    tebet: Kecamatan = KecamatanFactory.create(name="Tebet")
    barat = CooperativeFactory.create(kelurahan__name="Tebet Barat", kelurahan__kecamatan=tebet)
    melawai = CooperativeFactory.create(
        kelurahan__name="Melawai", kelurahan__kecamatan__name="Kebayoran Baru"
    )
    return tebet, barat, melawai


# --- by person ----------------------------------------------------------------


def test_people_are_shown_with_what_they_see_on_the_day(client: Client, boss: User) -> None:
    tebet, _barat, melawai = tebet_and_melawai()
    now = officer_of(tebet, full_name="Bima", username="bima")
    AreaGrantFactory.create(user=now, kelurahan=melawai.kelurahan)
    before = UserFactory.create(full_name="Citra", username="citra")
    AreaGrantFactory.create(user=before, kecamatan=tebet, ends_on=dt.date(2026, 3, 15))
    locked = officer_of(tebet, full_name="Dodi", username="dodi", is_active=False)
    # A grant of somebody who sees the city anyway adds nothing.
    AreaGrantFactory.create(user=boss, kecamatan=tebet)
    areas = "Kecamatan Tebet; Kelurahan Melawai, Kecamatan Kebayoran Baru"
    assert rows_of(page_of(client, PEOPLE)) == [
        ["Admin Contoh admin", "Admin", "Seluruh kota", "2", "aktif", "16 Maret 2026 12.00"],
        ["Bima bima", "Petugas wilayah", areas, "2", "aktif", "belum pernah"],
        ["Citra citra", "Petugas wilayah", "tidak ada", "0", "aktif", "belum pernah"],
    ]
    earlier = rows_of(page_of(client, f"{PEOPLE}?on=2026-03-15&account=all"))
    assert [(row[0], row[2], row[3], row[4]) for row in earlier] == [
        ("Admin Contoh admin", "Seluruh kota", "2", "aktif"),
        ("Bima bima", areas, "2", "aktif"),
        ("Citra citra", "Kecamatan Tebet", "1", "aktif"),
        (f"Dodi {locked.username}", "tidak ada", "0", "nonaktif"),
    ]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?sees=city", ["Admin Contoh", "Staf"]),
        ("?sees=area", ["Bima", "Citra"]),
        ("?sees=nothing", ["Edi"]),
        ("?account=locked", ["Dodi"]),
        ("?role=sudin", ["Staf"]),
        ("?kecamatan={tebet}", ["Admin Contoh", "Bima", "Staf"]),
        ("?q=bim", ["Bima"]),
        ("?sees=nonsense&role=nobody&page=abc", ["Admin Contoh", "Bima", "Citra", "Edi", "Staf"]),
    ],
)
def test_people_are_filtered(client: Client, boss: User, query: str, expected: list[str]) -> None:
    tebet, _barat, melawai = tebet_and_melawai()
    UserFactory.create(sudin=True, full_name="Staf")
    officer_of(tebet, full_name="Bima", username="bima")
    officer_of(melawai.kelurahan, full_name="Citra")
    officer_of(tebet, full_name="Dodi", is_active=False)
    UserFactory.create(full_name="Edi")
    page = page_of(client, f"{PEOPLE}{query.format(tebet=tebet.pk)}")
    assert (names_on(page), total_of(page)) == (expected, len(expected))


def test_each_count_opens_as_many_cooperatives(client: Client, boss: User) -> None:
    """And the same as `visible_to` gives on that day."""
    tebet, barat, melawai = tebet_and_melawai()
    person = officer_of(tebet)
    # Twice the same ground is seen once.
    AreaGrantFactory.create(user=person, kelurahan=barat.kelurahan)
    UserFactory.create(leader=True)
    page = page_of(client, PEOPLE)
    figures = page.select("tbody a[data-figure]")
    assert [link["data-figure"] for link in figures] == ["2", "1", "2"]
    for link in figures:
        assert total_of(page_of(client, str(link["href"]))) == int(str(link["data-figure"]))
    seen = Cooperative.objects.visible_on(TODAY, person)
    assert (list(seen), list(Cooperative.objects.visible_to(person))) == ([barat], [barat])
    assert melawai not in seen


@pytest.mark.parametrize("count", [1, 3])
def test_lists_take_the_same_queries_for_one_and_three(
    client: Client, boss: User, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _number in range(count):
        cooperative = CooperativeFactory.create()
        person = officer_of(cooperative.kelurahan)
        events_on(TODAY, user=person)
    # Session and user, kecamatan, count and rows; grants, whole city, places.
    for address, queries in ((PEOPLE, 8), (COOPERATIVES, 9), (LOG, 6)):
        with django_assert_num_queries(queries + header.ADMIN):
            client.get(address)


def test_page_of_a_person_says_what_they_see_and_may(
    client: Client, boss: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    tebet, _barat, melawai = tebet_and_melawai()
    person = officer_of(tebet, full_name="Bima")
    AreaGrantFactory.create(user=person, kelurahan=melawai.kelurahan, starts_on=dt.date(2026, 4, 1))
    AreaGrantFactory.create(kecamatan=tebet, user=UserFactory.create(full_name="Orang Lain"))
    with django_assert_num_queries(6 + header.ADMIN):
        client.get(reverse("access:person", args=[person.pk]))
    page = page_of(client, reverse("access:person", args=[person.pk]))
    text = page.select_one("main").get_text(" ", strip=True)  # type: ignore[union-attr]
    assert rows_of(page) == [
        ["Kelurahan Melawai, Kecamatan Kebayoran Baru", "1 April 2026", "tidak dibatasi", "belum mulai"],
        ["Kecamatan Tebet", "1 Januari 2025", "tidak dibatasi", "berlaku"],
    ]
    assert number_at(page, "data-figure") == 1
    assert ("Memperbarui profil koperasi" in text, "Memutuskan status" in text, "Orang Lain" in text) == (
        True,
        False,
        False,
    )
    links = {link.get_text(strip=True) for link in page.select(".btn-group a")}
    assert links == {"Serah terima", "Yang diubahnya 30 hari terakhir", "Log aksesnya", "Buka di Admin"}


def test_locked_person_sees_nothing(client: Client, boss: User) -> None:
    tebet, *_others = tebet_and_melawai()
    person = officer_of(tebet, is_active=False)
    page = page_of(client, reverse("access:person", args=[person.pk]))
    text = page.get_text(" ", strip=True)
    assert ("Tidak satu koperasi pun." in text, "Akun ini nonaktif" in text) == (True, True)
    assert page.select("[data-figure]") == []


# --- by cooperative -----------------------------------------------------------


def test_cooperatives_are_shown_with_who_sees_them_and_through_what(client: Client, boss: User) -> None:
    tebet, barat, melawai = tebet_and_melawai()
    officer_of(tebet, full_name="Bima")
    officer_of(barat.kelurahan, full_name="Citra")
    officer_of(tebet, full_name="Dodi", is_active=False)
    ended = UserFactory.create(full_name="Edi")
    AreaGrantFactory.create(user=ended, kelurahan=melawai.kelurahan, ends_on=dt.date(2026, 3, 1))
    page = page_of(client, COOPERATIVES)
    who = "Bima (Kecamatan Tebet); Citra (Kelurahan Tebet Barat, Kecamatan Tebet)"
    assert rows_of(page) == [
        ["KKMP Melawai Kebayoran Baru", "tanpa petugas", "0", "1"],
        ["KKMP Tebet Barat Tebet", who, "2", "1"],
    ]
    assert number_at(page, "data-figure") == 1
    assert names_on(page_of(client, f"{COOPERATIVES}?keeper=none")) == ["KKMP Melawai"]
    assert names_on(page_of(client, f"{COOPERATIVES}?keeper=some")) == ["KKMP Tebet Barat"]
    assert names_on(page_of(client, f"{COOPERATIVES}?keeper=some&on=2026-03-01")) == [
        "KKMP Melawai",
        "KKMP Tebet Barat",
    ]
    assert total_of(page_of(client, f"{COOPERATIVES}?person=99999999999999999999999")) == 2
    shown = rows_of(page_of(client, reverse("access:cooperative", args=[barat.kelurahan_id])))
    assert [row[:2] for row in shown] == [
        [f"Bima {User.objects.get(full_name='Bima').username}", "Kecamatan Tebet"],
        [f"Citra {User.objects.get(full_name='Citra').username}", "Kelurahan Tebet Barat, Kecamatan Tebet"],
        ["Admin Contoh admin", "Admin"],
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_page_of_a_cooperative_takes_the_same_queries(
    client: Client, boss: User, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    cooperative = CooperativeFactory.create()
    for _number in range(count):
        officer_of(cooperative.kelurahan)
    with django_assert_num_queries(7 + header.ADMIN):
        client.get(reverse("access:cooperative", args=[cooperative.kelurahan_id]))


@pytest.mark.parametrize("address", [PEOPLE, COOPERATIVES])
def test_file_has_the_rows_of_the_page(client: Client, boss: User, address: str) -> None:
    tebet, barat, _melawai = tebet_and_melawai()
    officer_of(tebet, full_name="=Bima", username="bima")
    lines = lines_of(client, f"{address}?format=csv")
    expected = {
        PEOPLE: [
            "Nama;Nama pengguna;Peran;Wilayah;Koperasi terlihat;Akun;Terakhir masuk",
            "'=Bima;bima;Petugas wilayah;Kecamatan Tebet;1;aktif;",
            "Admin Contoh;admin;Admin;Seluruh kota;2;aktif;16/03/2026 12.00",
        ],
        COOPERATIVES: [
            "Kode kelurahan;Kelurahan;Kecamatan;Petugas dan lewat wilayah mana;Jumlah petugas;Karena perannya",
            f"{_melawai.kelurahan_id};Melawai;Kebayoran Baru;;0;1",
            f"{barat.kelurahan_id};Tebet Barat;Tebet;'=Bima (Kecamatan Tebet);1;1",
        ],
    }
    assert lines[1:] == expected[address]
    assert [event.verb for event in AccessEvent.objects.order_by("pk")] == [Verb.EXPORTED]


# --- the log ------------------------------------------------------------------


def events_on(*days: dt.date, **values: Any) -> list[AccessEvent]:
    """At noon of each day."""
    return [
        AccessEvent.objects.create(
            at=dt.datetime.combine(day, dt.time(12), tzinfo=dt.UTC), **{"verb": Verb.EXPORTED, **values}
        )
        for day in days
    ]


def test_log_shows_a_month_and_other_days_when_asked(client: Client, boss: User) -> None:
    days = [dt.date(2026, 2, 16), dt.date(2026, 2, 17), dt.date(2026, 3, 1), TODAY]
    events_on(*days, user=boss, target="anggota", purpose="rapat", ip="10.0.0.7")
    page = page_of(client, LOG)
    assert total_of(page) == 3
    assert "17/02/2026 sampai 16/03/2026" in page.get_text(" ", strip=True)
    assert rows_of(page)[-1] == [
        "17 Februari 2026 19.00", "Admin Contoh admin", "data diekspor", "anggota", "rapat", "10.0.0.7",
    ]  # fmt: skip
    assert total_of(page_of(client, f"{LOG}?since=2026-02-15&on=2026-03-01")) == 3
    assert total_of(page_of(client, f"{LOG}?since=2026-02-28&on=2026-03-01")) == 1
    for odd in ("since=31/02/2026", "since=2030-01-01", "on=x&since=%F0%9F%98%80", f"since={'9' * 4000}"):
        assert client.get(f"{LOG}?{odd}").status_code == 200


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?verb=right_changed", ["Bima"]),
        ("?person={bima}", ["Bima", "Bima"]),
        ("?q=melawai", ["Bima"]),
        ("?q=10.0.0", ["tidak dikenal"]),
        ("?verb=nonsense&person=x", ["tidak dikenal", "Bima", "Bima"]),
    ],
)
def test_log_is_filtered(client: Client, boss: User, query: str, expected: list[str]) -> None:
    bima = UserFactory.create(full_name="Bima")
    events_on(TODAY, user=bima, verb=Verb.RIGHT_CHANGED)
    events_on(TODAY, user=bima, target="gerai Melawai")
    events_on(TODAY, verb=Verb.SIGN_IN_FAILED, ip="10.0.0.9")
    found = rows_of(page_of(client, f"{LOG}{query.format(bima=bima.pk)}"))
    assert [row[1].split()[0] if "Bima" in row[1] else row[1] for row in found] == expected


def test_taking_the_log_away_is_logged_and_not_in_its_own_copy(client: Client, boss: User) -> None:
    # The database's own clock writes the log, so this test lives in its time.
    with time_machine.travel(time_machine.escape_hatch.datetime.datetime.now(tz=dt.UTC), tick=False):
        client.force_login(boss)
        events_on(timezone.localdate() - dt.timedelta(days=1), user=boss, target="=1+1")
        lines = lines_of(client, f"{LOG}?format=csv")
        client.get(f"{LOG}?print=1")
    assert (lines[1], len(lines), lines[2].partition(";")[2]) == (
        "Waktu (WIB);Pengguna;Nama pengguna;Peristiwa;Sasaran;Keperluan;Alamat IP",
        3,
        "Admin Contoh;admin;data diekspor;'=1+1;;",
    )
    said = AccessEvent.objects.order_by("pk").values_list("verb", "target")[1:]
    assert [(verb, target.rpartition(": ")[2]) for verb, target in said] == [
        (Verb.EXPORTED, "1 baris"),
        (Verb.PRINTED, "2 baris"),
    ]


@pytest.mark.parametrize("model", [User, AreaGrant])
def test_rights_change_one_row_at_a_time(boss: User, model: type[Any]) -> None:
    """No action of the back office changes several rows past the log, and none is changed from a list."""
    site = admin.site._registry[model]
    request = RequestFactory().get("/")
    request.user = boss
    assert (site.get_actions(request), list(site.list_editable)) == ({}, [])

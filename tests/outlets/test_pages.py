"""The register on screen: what each person sees of it on a day, and what they may write."""

import datetime as dt
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from kkmp.accounts.models import AccessEvent, User, Verb
from outlets.models import Outlet, OutletKind, Premises, Reason, Status, Tenure
from tests import header
from tests.factories import (
    CapitalNeedFactory,
    CooperativeFactory,
    KelurahanFactory,
    OutletFactory,
    StatusChangeFactory,
    UserFactory,
    officer_of,
)
from tests.reading import errors_of, lines_of, names_on, page_of, text_of, total_of, values_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
MARCH = dt.date(2026, 3, 1)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def sudin() -> Client:
    return signed_in(UserFactory.create(sudin=True))


def named(name: str, **values: Any) -> Outlet:
    return OutletFactory.create(name=name, **values)


# --- list ---------------------------------------------------------------------


def test_list_shows_the_status_of_its_day(sudin: Client) -> None:
    outlet = StatusChangeFactory.create(outlet__name="Satu", idle=True, effective_on=MARCH).outlet
    StatusChangeFactory.create(outlet=outlet, effective_on=dt.date(2026, 3, 10))
    row = page_of(sudin, "/outlets/").select_one("tbody tr")
    assert row
    assert row.select_one(".badge").get_text(strip=True) == "Berjalan"  # type: ignore[union-attr]
    assert "10 Maret 2026" in row.get_text()
    row = page_of(sudin, "/outlets/?on=2026-03-09").select_one("tbody tr")
    assert row
    assert row.select_one(".badge").get_text(strip=True) == "Ada, belum berjalan"  # type: ignore[union-attr]
    assert "Modal usaha" in row.get_text()
    assert "1 Maret 2026" in row.get_text()
    assert "belum dicatat" in row.get_text()
    before = page_of(sudin, "/outlets/?on=2026-02-28").select_one("tbody tr")
    assert before
    assert before.select_one(".badge").get_text(strip=True) == "Belum dicatat"  # type: ignore[union-attr]


@pytest.fixture
def register() -> None:
    """Five outlets, each found by one filter and by its name."""
    StatusChangeFactory.create(outlet=named("Berjalan"))
    idle = StatusChangeFactory.create(outlet=named("Modal"), idle=True, effective_on=MARCH).outlet
    CapitalNeedFactory.create(outlet=idle, since_on=MARCH)
    StatusChangeFactory.create(outlet=named("Modal tanpa kebutuhan"), idle=True)
    StatusChangeFactory.create(outlet=named("Pengelola"), status=Status.IDLE, reason=Reason.STAFF)
    named("Tanpa catatan", kind=OutletKind.CLINIC, address="Jalan Contoh 5")


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["Berjalan", "Modal", "Modal tanpa kebutuhan", "Pengelola", "Tanpa catatan"]),
        ("status=running", ["Berjalan"]),
        ("status=idle", ["Modal", "Modal tanpa kebutuhan", "Pengelola"]),
        ("status=unrecorded", ["Tanpa catatan"]),
        ("status=idle&reason=capital", ["Modal", "Modal tanpa kebutuhan"]),
        ("reason=staff", ["Pengelola"]),
        ("status=idle&reason=capital&need=missing", ["Modal tanpa kebutuhan"]),
        ("kind=clinic", ["Tanpa catatan"]),
        ("q=JALAN+contoh", ["Tanpa catatan"]),
        ("q=modal&sort=newest", ["Modal", "Modal tanpa kebutuhan"]),
        ("q=modal&sort=since", ["Modal tanpa kebutuhan", "Modal"]),
        ("on=2026-02-28&status=idle", ["Modal tanpa kebutuhan", "Pengelola"]),
        ("status=open&kind=x&reason=y&sort=z", ["Berjalan", "Modal", "Modal tanpa kebutuhan", "Pengelola", "Tanpa catatan"]),
    ],
)  # fmt: skip
def test_list_filters_and_sorts(sudin: Client, register: None, query: str, names: list[str]) -> None:
    page = page_of(sudin, f"/outlets/?{query}")
    found = names_on(page)
    assert (found if "sort" in query and "z" not in query else sorted(found)) == names
    assert total_of(page) == len(names)


def test_list_keeps_to_the_area(sudin: Client) -> None:
    mine, theirs = named("Gerai Saya").cooperative, named("Gerai Orang").cooperative
    officer = signed_in(officer_of(mine.kelurahan))
    for query in ("", "?q=Gerai", f"?kecamatan={theirs.kelurahan.kecamatan_id}"):
        assert names_on(page_of(officer, f"/outlets/{query}")) == ["Gerai Saya"]
    assert names_on(page_of(sudin, f"/outlets/?kecamatan={theirs.kelurahan.kecamatan_id}")) == ["Gerai Orang"]
    assert names_on(page_of(sudin, f"/outlets/?cooperative={mine.kelurahan_id}")) == ["Gerai Saya"]
    page = page_of(officer, f"/outlets/?cooperative={theirs.kelurahan_id}")
    assert names_on(page) == ["Gerai Saya"]
    assert "Koperasi itu tidak ada di wilayah yang dipilih" in page.get_text()


def test_list_as_a_file_has_the_same_rows(sudin: Client, register: None) -> None:
    query = "status=idle&reason=capital&columns=status,since,need&sort=name"
    assert lines_of(sudin, f"/outlets/?format=csv&{query}")[1:] == [
        "Gerai;Jenis;Status;Sebab belum berjalan;Sejak;Kebutuhan terbuka (Rp)",
        "Modal;Sembako;Ada, belum berjalan;Modal usaha;01/03/2026;50000000",
        "Modal tanpa kebutuhan;Sembako;Ada, belum berjalan;Modal usaha;22/09/2025;",
    ]
    said = "Daftar gerai per 16/03/2026, Jakarta Selatan: 2 baris"
    assert AccessEvent.objects.filter(verb=Verb.EXPORTED).get().target == said


@pytest.mark.parametrize("rows", [1, 3])
def test_list_costs_the_same_for_any_number_of_rows(
    sudin: Client, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    for outlet in OutletFactory.create_batch(rows):
        StatusChangeFactory.create_batch(1, outlet=outlet, idle=True)
        CapitalNeedFactory.create(outlet=outlet)
    with django_assert_num_queries(7 + header.SUDIN):
        sudin.get("/outlets/")


def test_empty_list_says_what_comes_next(sudin: Client) -> None:
    assert text_of(page_of(sudin, "/outlets/"), ".empty h3") == "Belum ada gerai yang tercatat"
    OutletFactory.create()
    assert text_of(page_of(sudin, "/outlets/?q=tidakada"), ".empty h3") == "Tidak ada gerai yang cocok"


# --- one outlet ---------------------------------------------------------------


def test_page_shows_facts_needs_and_every_change(sudin: Client) -> None:
    outlet = named(
        "Gerai Lengkap",
        address="Jalan Contoh 1",
        premises=Premises.SHOPHOUSE,
        tenure=Tenure.RENTED,
        area_m2=1200,
        electricity=True,
        water=False,
    )
    retractor = UserFactory.create(sudin=True, full_name="Staf Pencabut")
    StatusChangeFactory.create(
        outlet=outlet,
        effective_on=MARCH,
        note="Keterangan lama",
        recorded_at=dt.datetime(2026, 3, 2, 3, tzinfo=dt.UTC),
        retracted_at=dt.datetime(2026, 3, 5, 3, tzinfo=dt.UTC),
        retracted_by=retractor,
        retract_note="Salah gerai",
    )
    StatusChangeFactory.create(outlet=outlet, idle=True, effective_on=MARCH, note="Keterangan baru")
    CapitalNeedFactory.create(outlet=outlet, amount_idr=7_500_000, text="Etalase")
    page = page_of(sudin, f"/outlets/{outlet.pk}/")
    facts = [item.get_text(" ", strip=True) for item in page.select("dl.facts > div")]
    assert facts == [
        f"Koperasi {outlet.cooperative}",
        "Jenis Sembako",
        "Alamat Jalan Contoh 1",
        "Tempat Ruko",
        "Status lahan Sewa",
        "Luas 1.200 m²",
        "Listrik ada",
        "Internet belum diisi",
        "Air tidak ada",
        "Koordinat belum diisi",
    ]
    told = [item.get_text(" ", strip=True) for item in page.select("[aria-labelledby=history] .history > li")]
    assert [entry for entry in told if "Staf Pencabut" in entry] == [
        "Dicabut: Berjalan Staf Pencabut , 5 Maret 2026 10.00 · berlaku 1 Maret 2026 Salah gerai"
    ]
    assert [entry.endswith("Keterangan baru Koreksi Cabut") for entry in told].count(True) == 1
    assert [mark.get_text(strip=True) for mark in page.select("[aria-labelledby=history] .retracted")] == [
        "Berjalan"
    ]
    needs = page.select("[aria-labelledby=needs] tbody tr")
    assert "Etalase" in needs[0].get_text()
    assert "Rp\u00a07.500.000" in needs[0].get_text()


def test_page_answers_for_a_day_and_from_the_records_of_a_day(sudin: Client) -> None:
    outlet = OutletFactory.create()
    StatusChangeFactory.create(
        outlet=outlet,
        effective_on=dt.date(2026, 2, 1),
        recorded_at=dt.datetime(2026, 2, 2, tzinfo=dt.UTC),
        retracted_at=dt.datetime(2026, 2, 20, tzinfo=dt.UTC),
        retracted_by=UserFactory.create(sudin=True),
        retract_note="Keliru",
    )
    StatusChangeFactory.create(
        outlet=outlet,
        idle=True,
        effective_on=dt.date(2026, 2, 1),
        recorded_at=dt.datetime(2026, 2, 20, tzinfo=dt.UTC),
    )
    StatusChangeFactory.create(outlet=outlet, effective_on=MARCH)

    def answer(query: str) -> tuple[str, list[str]]:
        page = page_of(sudin, f"/outlets/{outlet.pk}/{query}")
        drawn = [
            item.get_text(strip=True) for item in page.select(".timeline + details tbody td:nth-of-type(1)")
        ]
        return text_of(page, "[aria-labelledby=status] .badge"), drawn

    assert answer("") == ("Berjalan", ["Ada, belum berjalan", "Berjalan"])
    assert answer("?on=2026-02-10") == ("Ada, belum berjalan", ["Ada, belum berjalan"])
    assert answer("?on=2026-02-10&known=2026-02-10") == ("Berjalan", ["Berjalan"])
    assert answer("?on=2026-01-31") == ("Belum dicatat", [])
    notes = page_of(sudin, f"/outlets/{outlet.pk}/?on=2026-02-10").get_text(" ", strip=True)
    assert "berubah sesudah hari itu, terakhir 20 Februari 2026 07.00" in notes
    assert "berubah sesudah hari itu" not in page_of(sudin, f"/outlets/{outlet.pk}/").get_text()


def test_idle_for_capital_without_need_is_shown_not_refused(sudin: Client) -> None:
    outlet = StatusChangeFactory.create(idle=True).outlet
    assert outlet
    warning = "belum ada kebutuhan modal yang terbuka"
    assert warning in page_of(sudin, f"/outlets/{outlet.pk}/").get_text()
    CapitalNeedFactory.create(outlet=outlet, since_on=MARCH)
    assert warning not in page_of(sudin, f"/outlets/{outlet.pk}/").get_text()
    assert warning in page_of(sudin, f"/outlets/{outlet.pk}/?on=2026-02-28").get_text()


def test_each_person_is_offered_what_they_may_do(sudin: Client) -> None:
    outlet = OutletFactory.create()
    change = StatusChangeFactory.create(outlet=outlet)
    officer = signed_in(officer_of(outlet.cooperative.kelurahan))
    leader, admin = (signed_in(UserFactory.create(**{role: True})) for role in ("leader", "admin"))
    keeping = {f"/outlets/{outlet.pk}/edit/", f"/outlets/{outlet.pk}/needs/add/"}
    deciding = {
        f"/outlets/{outlet.pk}/status/",
        f"/outlets/changes/{change.pk}/correct/",
        f"/outlets/changes/{change.pk}/retract/",
    }
    for client, offered in (
        (sudin, keeping | deciding),
        (officer, keeping),
        (leader, set()),
        (admin, keeping),
    ):
        page = page_of(client, f"/outlets/{outlet.pk}/")
        found = {str(link["href"]) for link in page.select("main a[href]")}
        assert found & (keeping | deciding) == offered
    advice = "Status berubah lewat laporan bulanan yang diverifikasi atau keputusan Sudin."
    assert advice in page_of(officer, f"/outlets/{outlet.pk}/").get_text()
    assert advice not in page_of(sudin, f"/outlets/{outlet.pk}/").get_text()


@pytest.mark.parametrize("rows", [1, 3])
def test_page_costs_the_same_for_any_number_of_rows(
    sudin: Client, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    outlet = OutletFactory.create()
    for number in range(rows):
        StatusChangeFactory.create(outlet=outlet, effective_on=MARCH + dt.timedelta(days=number))
        CapitalNeedFactory.create(outlet=outlet)
    with django_assert_num_queries(13 + header.SUDIN):
        sudin.get(f"/outlets/{outlet.pk}/")


# --- add and edit -------------------------------------------------------------


def test_officer_adds_an_outlet_to_a_cooperative_of_the_area() -> None:
    cooperative = CooperativeFactory.create()
    officer = officer_of(cooperative.kelurahan)
    client = signed_in(officer)
    assert f"/outlets/add/{cooperative.kelurahan_id}/" in client.get("/outlets/").content.decode()
    address = f"/outlets/add/{cooperative.kelurahan_id}/"
    assert "Belum dicatat" in page_of(client, address).get_text()
    typed = {
        "name": "  Gerai   Baru ",
        "kind": "pharmacy",
        "area_m2": "24",
        "internet": "false",
        "lat": "-6,2446",
        "lon": "106.8005",
    }
    response = client.post(address, typed)
    outlet = Outlet.objects.get()
    assert response["Location"] == f"/outlets/{outlet.pk}/"
    assert (outlet.cooperative, outlet.name, outlet.kind, outlet.area_m2) == (
        cooperative,
        "Gerai Baru",
        "pharmacy",
        24,
    )
    assert (outlet.electricity, outlet.internet, str(outlet.lat), str(outlet.lon)) == (
        None,
        False,
        "-6.244600",
        "106.800500",
    )
    assert outlet.history.get().history_user == officer


def test_refused_outlet_keeps_what_was_typed(sudin: Client) -> None:
    cooperative = CooperativeFactory.create()
    named("Gerai Lama", cooperative=cooperative)
    named("Gerai Tetangga")
    address = f"/outlets/add/{cooperative.kelurahan_id}/"
    typed = {"name": "gerai lama", "kind": "grocery", "area_m2": "0", "lat": "-6.2", "lon": ""}
    page = page_after(sudin, address, typed)
    assert errors_of(page) == {
        "name": [
            "Koperasi ini sudah punya gerai bernama “gerai lama”. Beri nama yang membedakan, atau ubah gerai itu."
        ],
        "area_m2": ["Pastikan nilai ini lebih besar dari atau sama dengan 1."],
    }
    assert {name: value for name, value in values_of(page).items() if name in typed} == typed
    page = page_after(sudin, address, typed | {"name": "Gerai Tetangga", "area_m2": "9"})
    assert "Isi lintang dan bujur, atau kosongkan keduanya." in page.get_text()
    assert Outlet.objects.count() == 2


def page_after(client: Client, address: str, typed: dict[str, str]) -> BeautifulSoup:
    response = client.post(address, typed)
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def test_second_editor_is_told_and_loses_nothing(sudin: Client) -> None:
    outlet = named("Nama Awal")
    address = f"/outlets/{outlet.pk}/edit/"
    first, second = values_of(page_of(sudin, address)), values_of(page_of(sudin, address))
    sudin.post(address, first | {"name": "Nama Pertama"})
    page = page_after(sudin, address, second | {"name": "Nama Kedua"})
    assert "Nama gerai sekarang berisi “Nama Pertama”" in page.get_text()
    assert values_of(page)["name"] == "Nama Kedua"
    sudin.post(address, values_of(page))
    outlet.refresh_from_db()
    assert (outlet.name, outlet.version) == ("Nama Kedua", 3)


WRITING = ["/outlets/{pk}/edit/", "/outlets/{pk}/needs/add/", "/outlets/add/{code}/"]
DECIDING = ["/outlets/{pk}/status/", "/outlets/none/{code}/"]


@pytest.mark.parametrize("address", [*WRITING, *DECIDING])
def test_out_of_the_area_is_not_found_and_without_the_right_is_refused(address: str) -> None:
    outlet = OutletFactory.create()
    path = address.format(pk=outlet.pk, code=outlet.cooperative.kelurahan_id)
    mine = signed_in(officer_of(outlet.cooperative.kelurahan))
    theirs = signed_in(officer_of(KelurahanFactory.create()))
    leader = signed_in(UserFactory.create(leader=True))
    admin = signed_in(UserFactory.create(admin=True))
    is_keeping = address in WRITING
    for method in ("get", "post"):
        answers = [getattr(client, method)(path).status_code for client in (mine, theirs, leader, admin)]
        kept = 200 if is_keeping else 403
        assert answers == [kept, 404, 403, kept]

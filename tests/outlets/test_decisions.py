"""Sudin decides, corrects and retracts on screen; each page says what happens to past days."""

import datetime as dt

import pytest
from bs4 import BeautifulSoup
from django.contrib.messages import get_messages
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from kkmp.accounts.models import User
from outlets.models import Outlet, Reason, Status, StatusChange
from tests import header
from tests.factories import (
    CooperativeFactory,
    KelurahanFactory,
    OutletFactory,
    StatusChangeFactory,
    UserFactory,
    officer_of,
)
from tests.reading import errors_of, page_of, values_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
MARCH = dt.date(2026, 3, 1)
FAR = "Ini mengubah halaman 15 hari yang lalu sampai hari ini, sejak 1 Maret 2026."


@pytest.fixture
def by() -> User:
    return UserFactory.create(sudin=True)


@pytest.fixture
def sudin(by: User) -> Client:
    client = Client()
    client.force_login(by)
    return client


@pytest.fixture
def outlet() -> Outlet:
    return OutletFactory.create(name="Gerai Contoh")


def after(client: Client, address: str, typed: dict[str, str]) -> tuple[BeautifulSoup, list[str]]:
    """The page that answers, and the message of success."""
    response = client.post(address, typed)
    said = [str(message) for message in get_messages(response.wsgi_request)]
    return BeautifulSoup(response.content, "html.parser"), said[-1:]


def live() -> list[tuple[str, str, str]]:
    changes = StatusChange.objects.live().order_by("effective_on", "pk")
    return [(change.status, change.reason, change.effective_on.isoformat()) for change in changes]


def test_decision_says_what_changes(sudin: Client, outlet: Outlet, by: User) -> None:
    address = f"/outlets/{outlet.pk}/status/"
    assert "Belum dicatat" in page_of(sudin, address).get_text()
    typed = {"status": "idle", "reason": "stock", "effective_on": "2026-03-01", "note": "Hasil kunjungan"}
    _page, said = after(sudin, address, typed)
    assert said == [f"Gerai Contoh: “Ada, belum berjalan (Stok atau pemasok)” sejak 1 Maret 2026. {FAR}"]
    _page, said = after(sudin, address, {"status": "running", "effective_on": "2026-03-16", "note": "Dibuka"})
    only_today = "Ini mengubah halaman hari ini; halaman hari-hari sebelumnya tetap."
    assert said == [f"Gerai Contoh: “Berjalan” sejak 16 Maret 2026. {only_today}"]
    between = {"status": "closed", "effective_on": "2026-03-10", "note": "Tutup sementara"}
    _page, said = after(sudin, address, between)
    a_while = "Ini mengubah halaman 6 hari yang lampau: 10 Maret 2026 sampai 15 Maret 2026."
    assert said == [f"Gerai Contoh: “Ditutup” sejak 10 Maret 2026. {a_while}"]
    assert live() == [
        ("idle", "stock", "2026-03-01"),
        ("closed", "", "2026-03-10"),
        ("running", "", "2026-03-16"),
    ]
    assert set(StatusChange.objects.values_list("recorded_by", "cooperative")) == {
        (by.pk, outlet.cooperative_id)
    }


def test_status_today_leaves_yesterday_as_it_was(sudin: Client, outlet: Outlet) -> None:
    after(
        sudin,
        f"/outlets/{outlet.pk}/status/",
        {"status": "running", "effective_on": "2026-03-16", "note": "x"},
    )

    def badge(query: str) -> str:
        [found] = page_of(sudin, f"/outlets/{outlet.pk}/{query}").select("[aria-labelledby=status] .badge")
        return found.get_text(strip=True)

    assert badge("") == "Berjalan"
    page = page_of(sudin, f"/outlets/{outlet.pk}/?on=2026-03-15")
    assert badge("?on=2026-03-15") == "Belum dicatat"
    assert "berubah sesudah hari itu" not in page.get_text()
    after(
        sudin,
        f"/outlets/{outlet.pk}/status/",
        {"status": "closed", "effective_on": "2026-03-15", "note": "x"},
    )
    page = page_of(sudin, f"/outlets/{outlet.pk}/?on=2026-03-15")
    assert badge("?on=2026-03-15") == "Ditutup"
    assert "berubah sesudah hari itu, terakhir 16 Maret 2026 12.00" in " ".join(page.get_text().split())
    assert badge("?on=2026-03-15&known=2026-03-15") == "Belum dicatat"


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"status": ""}, {"status": ["Bidang ini tidak boleh kosong."]}),
        ({"status": "none"}, {"status": ["Masukkan pilihan yang valid. none bukan salah satu dari pilihan yang tersedia."]}),
        ({"status": "idle"}, {"reason": ["Pilih sebabnya: gerai yang belum berjalan selalu punya sebab."]}),
        ({"reason": "stock"}, {"reason": ["Kosongkan sebab: hanya untuk gerai yang belum berjalan."]}),
        ({"effective_on": ""}, {"effective_on": ["Bidang ini tidak boleh kosong."]}),
        ({"effective_on": "2026-03-17"}, {"effective_on": ["Tanggal ini belum terjadi; paling akhir hari ini."]}),
        ({"effective_on": "31/02/2026"}, {"effective_on": ["“31/02/2026” bukan tanggal. Contoh: 22/09/2025."]}),
        ({"note": " "}, {"note": ["Bidang ini tidak boleh kosong."]}),
        ({"note": "x" * 501}, {"note": ["Pastikan nilai ini mengandung paling banyak 500 karakter (sekarang 501 karakter)."]}),
    ],
)  # fmt: skip
def test_refused_decision_says_why_and_keeps_what_was_typed(
    sudin: Client, outlet: Outlet, changes: dict[str, str], errors: dict[str, list[str]]
) -> None:
    typed = {"status": "running", "reason": "", "effective_on": "2026-03-01", "note": "Alasan saya"} | changes
    page, said = after(sudin, f"/outlets/{outlet.pk}/status/", typed)
    assert (errors_of(page), said) == (errors, [])
    kept = values_of(page)
    assert {name: kept.get(name, "") for name in ("reason", "effective_on")} == {
        name: typed[name] for name in ("reason", "effective_on")
    }
    assert typed["note"].strip() in page.select_one("textarea").get_text()  # type: ignore[union-attr]
    assert live() == []


def test_second_change_of_a_day_leads_to_its_correction(sudin: Client, outlet: Outlet) -> None:
    change = StatusChangeFactory.create(outlet=outlet, effective_on=MARCH)
    typed = {"status": "closed", "effective_on": "2026-03-01", "note": "Tutup"}
    page, _said = after(sudin, f"/outlets/{outlet.pk}/status/", typed)
    message = "Gerai ini sudah punya perubahan status pada tanggal itu. Koreksi catatan itu"
    assert errors_of(page) == {"effective_on": [message]}
    links = {str(link["href"]) for link in page.select(".errorlist a")}
    assert links == {f"/outlets/changes/{change.pk}/correct/"}


def test_what_already_holds_is_no_change(sudin: Client, outlet: Outlet) -> None:
    StatusChangeFactory.create(outlet=outlet, idle=True, effective_on=MARCH)
    typed = {"status": "idle", "reason": "capital", "effective_on": "2026-03-09", "note": "Masih begitu"}
    page, _said = after(sudin, f"/outlets/{outlet.pk}/status/", typed)
    assert errors_of(page) == {
        "status": ["Status ini sudah berlaku sejak 1 Maret 2026; tidak ada perubahan yang perlu dicatat."]
    }
    after(sudin, f"/outlets/{outlet.pk}/status/", typed | {"reason": "staff"})
    assert live() == [("idle", "capital", "2026-03-01"), ("idle", "staff", "2026-03-09")]


def test_none_is_stated_for_a_cooperative(sudin: Client) -> None:
    cooperative = CooperativeFactory.create()
    address = f"/outlets/none/{cooperative.kelurahan_id}/"
    typed = {"effective_on": "2026-03-01", "note": "Diperiksa lurah"}
    _page, said = after(sudin, address, typed)
    assert said == [f"{cooperative}: “Belum ada gerai” sejak 1 Maret 2026. {FAR}"]
    assert live() == [("none", "", "2026-03-01")]
    page, _said = after(sudin, address, typed)
    assert errors_of(page) == {
        "effective_on": ["“Belum ada gerai” sudah dicatat untuk tanggal itu. Koreksi catatan itu"]
    }
    change = StatusChange.objects.get()
    corrected = {"effective_on": "2026-03-02", "note": "Salah hari"}
    _page, said = after(sudin, f"/outlets/changes/{change.pk}/correct/", corrected)
    assert said[0].startswith("Koreksi tersimpan")
    assert live() == [("none", "", "2026-03-02")]


def test_none_is_refused_beside_an_outlet_that_stands(sudin: Client, outlet: Outlet) -> None:
    StatusChangeFactory.create(outlet=outlet, idle=True, effective_on=MARCH)
    address = f"/outlets/none/{outlet.cooperative.kelurahan_id}/"
    page, _said = after(sudin, address, {"effective_on": "2026-03-10", "note": "Diperiksa"})
    standing = "Pada 10 Maret 2026 gerai “Gerai Contoh” tercatat “Ada, belum berjalan”"
    message = f"{standing}; koperasi ini tidak bisa dinyatakan belum punya gerai."
    assert errors_of(page) == {"effective_on": [message]}
    assert values_of(page)["effective_on"] == "2026-03-10"
    assert live() == [("idle", "capital", "2026-03-01")]
    after(sudin, address, {"effective_on": "2026-02-28", "note": "Sebelum ada gerai"})
    assert live() == [("none", "", "2026-02-28"), ("idle", "capital", "2026-03-01")]


def test_correction_shows_the_record_and_replaces_it(sudin: Client, outlet: Outlet, by: User) -> None:
    wrong = StatusChangeFactory.create(outlet=outlet, effective_on=MARCH, note="Keterangan lama")
    address = f"/outlets/changes/{wrong.pk}/correct/"
    page = page_of(sudin, address)
    assert "Keterangan lama" in page.get_text()
    assert FAR in page.get_text()
    assert values_of(page) == {"status": "running", "reason": "", "effective_on": "2026-03-01"}
    page, _said = after(sudin, address, values_of(page) | {"note": "Tidak jadi"})
    assert "Isian ini sama dengan catatan yang berlaku; tidak ada yang dikoreksi." in page.get_text()
    typed = {"status": "idle", "reason": "permit", "effective_on": "2026-03-02", "note": "Izin belum terbit"}
    _page, said = after(sudin, address, typed)
    assert " ".join(said).split(". ") == [
        "Koreksi tersimpan; catatan lama tetap terbaca sebagai dicabut",
        "Gerai Contoh: “Ada, belum berjalan (Perizinan)” sejak 2 Maret 2026",
        "Ini mengubah halaman 14 hari yang lalu sampai hari ini, sejak 2 Maret 2026.",
    ]
    wrong.refresh_from_db()
    right = StatusChange.objects.live().get()
    assert (right.status, right.reason, right.note) == ("idle", "permit", "Izin belum terbit")
    assert (wrong.retracted_at, wrong.retracted_by, wrong.retract_note) == (
        right.recorded_at,
        by,
        "Izin belum terbit",
    )


def test_retraction_says_what_holds_afterwards(sudin: Client, outlet: Outlet, by: User) -> None:
    StatusChangeFactory.create(outlet=outlet, idle=True, effective_on=dt.date(2026, 2, 1))
    change = StatusChangeFactory.create(outlet=outlet, effective_on=MARCH)
    StatusChangeFactory.create(outlet=outlet, status=Status.CLOSED, effective_on=dt.date(2026, 3, 5))
    address = f"/outlets/changes/{change.pk}/retract/"
    page = page_of(sudin, address).get_text()
    reach = "Ini mengubah halaman 4 hari yang lampau: 1 Maret 2026 sampai 4 Maret 2026."
    assert reach in page
    assert "gerai ini pada hari-hari itu kembali “Ada, belum berjalan (Modal usaha)”" in page
    answer, _said = after(sudin, address, {"note": ""})
    assert errors_of(answer) == {"note": ["Bidang ini tidak boleh kosong."]}
    _page, said = after(sudin, address, {"note": "Salah gerai"})
    assert said == [f"Perubahan status dicabut. {reach}"]
    change.refresh_from_db()
    assert (change.retracted_by, change.retract_note) == (by, "Salah gerai")
    for action in ("retract", "correct"):
        _page, said = after(sudin, f"/outlets/changes/{change.pk}/{action}/", {"note": "Lagi"})
        assert said[-1] == f"Perubahan itu sudah dicabut oleh {by}: Salah gerai"


def test_retraction_of_the_first_change_leaves_nothing_recorded(sudin: Client, outlet: Outlet) -> None:
    change = StatusChangeFactory.create(outlet=outlet, effective_on=MARCH)
    page = page_of(sudin, f"/outlets/changes/{change.pk}/retract/").get_text()
    assert "kembali “Belum dicatat”" in page
    none = StatusChangeFactory.create(none=True, effective_on=MARCH)
    page = page_of(sudin, f"/outlets/changes/{none.pk}/retract/").get_text()
    assert "koperasi ini menjadi “Belum dicatat”" in page


@pytest.mark.parametrize("action", ["correct", "retract"])
def test_only_sudin_takes_back_and_only_what_they_see(action: str, outlet: Outlet) -> None:
    change = StatusChangeFactory.create(outlet=outlet, reason=Reason.STOCK, status=Status.IDLE)
    people = [
        officer_of(outlet.cooperative.kelurahan),
        officer_of(KelurahanFactory.create()),
        UserFactory.create(leader=True),
        UserFactory.create(admin=True),
    ]
    for method in ("get", "post"):
        answers = []
        for person in people:
            client = Client()
            client.force_login(person)
            answers.append(getattr(client, method)(f"/outlets/changes/{change.pk}/{action}/").status_code)
        assert answers == [403, 404, 403, 403]
    assert StatusChange.objects.live().get() == change


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("address", "count"),
    [
        ("/outlets/{pk}/status/", 3),
        ("/outlets/changes/{change}/correct/", 5),
        ("/outlets/changes/{change}/retract/", 5),
        ("/outlets/none/{code}/", 3),
    ],
)
def test_pages_cost_the_same_for_any_number_of_changes(
    sudin: Client,
    outlet: Outlet,
    django_assert_num_queries: DjangoAssertNumQueries,
    rows: int,
    address: str,
    count: int,
) -> None:
    for number in range(rows):
        change = StatusChangeFactory.create(outlet=outlet, effective_on=MARCH + dt.timedelta(days=number))
    path = address.format(pk=outlet.pk, change=change.pk, code=outlet.cooperative.kelurahan_id)
    with django_assert_num_queries(count + header.SUDIN):
        sudin.get(path)

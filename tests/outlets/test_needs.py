"""Capital needs on screen: the list with its sum, add, edit, close."""

import datetime as dt

import pytest
from bs4 import BeautifulSoup
from django.contrib.messages import get_messages
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from kkmp.accounts.models import AccessEvent
from outlets.models import CapitalNeed, NeedPurpose
from tests import header
from tests.factories import (
    CapitalNeedFactory,
    KelurahanFactory,
    OutletFactory,
    StatusChangeFactory,
    UserFactory,
    officer_of,
)
from tests.reading import errors_of, lines_of, number_at, page_of, total_of, values_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
MARCH = dt.date(2026, 3, 1)


@pytest.fixture
def sudin() -> Client:
    client = Client()
    client.force_login(UserFactory.create(sudin=True))
    return client


def texts_on(page: BeautifulSoup) -> list[str]:
    return [item.get_text() for item in page.select("tbody th .sub")]


@pytest.fixture
def needs() -> list[CapitalNeed]:
    """Open since long, open since March, met in March, and one that arises tomorrow."""
    return [
        CapitalNeedFactory.create(text="Lama", amount_idr=1, purpose=NeedPurpose.STOCK),
        CapitalNeedFactory.create(text="Baru", amount_idr=20, since_on=MARCH),
        CapitalNeedFactory.create(text="Terpenuhi", amount_idr=300, closed_on=MARCH),
        CapitalNeedFactory.create(text="Besok", amount_idr=4_000, since_on=dt.date(2026, 3, 17)),
    ]


@pytest.mark.parametrize(
    ("query", "texts", "total_idr"),
    [
        ("", ["Baru", "Lama"], 21),
        ("state=open", ["Baru", "Lama"], 21),
        ("state=closed", ["Terpenuhi"], 300),
        ("state=all&sort=oldest", ["Terpenuhi", "Lama", "Baru"], 321),
        ("state=all&sort=newest", ["Baru", "Terpenuhi", "Lama"], 321),
        ("purpose=stock", ["Lama"], 1),
        ("q=bar", ["Baru"], 20),
        ("on=2026-02-28", ["Terpenuhi", "Lama"], 301),
        ("on=2026-02-28&state=closed", [], 0),
        ("state=x&purpose=y&sort=z", ["Baru", "Lama"], 21),
    ],
)
def test_list_filters_sorts_and_sums_exactly_its_rows(
    sudin: Client, needs: list[CapitalNeed], query: str, texts: list[str], total_idr: int
) -> None:
    page = page_of(sudin, f"/outlets/needs/?{query}")
    assert texts_on(page) == texts
    assert total_of(page) == len(texts)
    if texts:
        assert number_at(page, "data-sum") == total_idr
    else:
        assert "Tidak ada kebutuhan yang cocok" in page.get_text()


def test_list_keeps_to_the_area(sudin: Client) -> None:
    mine = CapitalNeedFactory.create(text="Milik saya", amount_idr=5).outlet.cooperative
    theirs = CapitalNeedFactory.create(text="Milik orang", amount_idr=70).outlet.cooperative
    officer = Client()
    officer.force_login(officer_of(mine.kelurahan))
    for query in ("", "?q=Milik", "?state=all", f"?cooperative={theirs.kelurahan_id}"):
        page = page_of(officer, f"/outlets/needs/{query}")
        assert (texts_on(page), number_at(page, "data-sum")) == (["Milik saya"], 5)
    narrowed = (f"?kecamatan={theirs.kelurahan.kecamatan_id}", f"?cooperative={theirs.kelurahan_id}")
    for query in narrowed:
        page = page_of(sudin, f"/outlets/needs/{query}")
        assert (texts_on(page), number_at(page, "data-sum")) == (["Milik orang"], 70)


def test_list_names_outlets_idle_for_capital_without_a_need(sudin: Client) -> None:
    StatusChangeFactory.create(idle=True)
    CapitalNeedFactory.create(outlet=StatusChangeFactory.create(idle=True).outlet)
    page = page_of(sudin, "/outlets/needs/")
    [link] = page.select("[data-figure]")
    assert link["data-figure"] == "1"
    assert total_of(page_of(sudin, str(link["href"]))) == 1
    nobody = Client()
    nobody.force_login(officer_of(KelurahanFactory.create()))
    assert page_of(nobody, "/outlets/needs/").select("[data-figure]") == []


def test_list_as_a_file_has_the_same_rows(sudin: Client, needs: list[CapitalNeed]) -> None:
    query = "format=csv&state=all&sort=oldest&on=2026-02-28&columns=idr,since,closed"
    assert lines_of(sudin, f"/outlets/needs/?{query}")[1:] == [
        "Untuk;Rincian;Sejak;Terpenuhi pada;Jumlah (Rp)",
        "Modal kerja;Terpenuhi;22/09/2025;;300",
        "Stok barang;Lama;22/09/2025;;1",
    ]
    said = "Kebutuhan modal per 28/02/2026, Jakarta Selatan: 2 baris"
    assert AccessEvent.objects.get().target == said


@pytest.mark.parametrize("rows", [1, 3])
def test_list_costs_the_same_for_any_number_of_rows(
    sudin: Client, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    CapitalNeedFactory.create_batch(rows)
    with django_assert_num_queries(7 + header.SUDIN):
        sudin.get("/outlets/needs/")


def test_officer_adds_edits_and_closes() -> None:
    outlet = OutletFactory.create(name="Gerai Contoh")
    officer = officer_of(outlet.cooperative.kelurahan)
    client = Client()
    client.force_login(officer)
    typed = {
        "purpose": "equipment",
        "amount_idr": "Rp 1.250.000,-",
        "text": "Lemari pendingin",
        "since_on": "2026-03-01",
    }
    response = client.post(f"/outlets/{outlet.pk}/needs/add/", typed)
    need = CapitalNeed.objects.get()
    assert response["Location"] == f"/outlets/{outlet.pk}/"
    assert (need.outlet, need.purpose, need.amount_idr, need.text, need.since_on, need.closed_on) == (
        outlet,
        "equipment",
        1_250_000,
        "Lemari pendingin",
        MARCH,
        None,
    )
    address = f"/outlets/needs/{need.pk}/"
    page = page_of(client, address)
    assert values_of(page) == {
        "version": "1",
        "purpose": "equipment",
        "amount_idr": "1.250.000",
        "text": "Lemari pendingin",
        "since_on": "2026-03-01",
        "closed_on": "",
        "change_reason": "",
    }
    closing = values_of(page_of(client, f"{address}?close=1"))
    assert closing["closed_on"] == "2026-03-16"
    assert said(client, f"{address}?close=1", closing) == (
        "Kebutuhan itu terpenuhi pada 16 Maret 2026 dan sejak hari itu tidak lagi dihitung terbuka. "
        "Bila keliru, buka kembali dengan mengosongkan tanggalnya."
    )
    need.refresh_from_db()
    assert (need.closed_on, need.version) == (dt.date(2026, 3, 16), 2)
    reopened = values_of(page_of(client, address)) | {"closed_on": ""}
    assert said(client, address, reopened) == "Kebutuhan itu terbuka kembali."
    changed = values_of(page_of(client, address)) | {"amount_idr": "2000000"}
    assert said(client, address, changed) == "Kebutuhan modal gerai “Gerai Contoh” tersimpan."
    history = [(row.amount_idr, row.history_user) for row in need.history.order_by("history_id")]
    assert history == [(1_250_000, officer)] * 3 + [(2_000_000, officer)]


def said(client: Client, address: str, typed: dict[str, str]) -> str:
    response = client.post(address, typed)
    assert response.status_code == 302
    return [str(message) for message in get_messages(response.wsgi_request)][-1]


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"amount_idr": ""}, {"amount_idr": ["Bidang ini tidak boleh kosong."]}),
        ({"amount_idr": "0"}, {"amount_idr": ["Jumlah lebih dari Rp 0."]}),
        ({"amount_idr": "-5"}, {"amount_idr": ["“-5” bukan jumlah rupiah. Contoh: 1.250.000."]}),
        ({"amount_idr": "9" * 30}, {"amount_idr": [f"“{'9' * 30}” bukan jumlah rupiah. Contoh: 1.250.000."]}),
        ({"since_on": "2026-03-17"}, {"since_on": ["Tanggal ini belum terjadi; paling akhir hari ini."]}),
        (
            {"closed_on": "2026-02-28"},
            {"closed_on": ["Tanggal terpenuhi tidak boleh sebelum tanggal mulai dibutuhkan."]},
        ),
    ],
)
def test_refused_need_keeps_what_was_typed(
    sudin: Client, changes: dict[str, str], errors: dict[str, list[str]]
) -> None:
    need = CapitalNeedFactory.create(since_on=MARCH)
    address = f"/outlets/needs/{need.pk}/"
    typed = values_of(page_of(sudin, address)) | {"text": "Ketikan saya"} | changes
    page = BeautifulSoup(sudin.post(address, typed).content, "html.parser")
    assert errors_of(page) == errors
    assert values_of(page) == typed


def test_second_editor_is_told(sudin: Client) -> None:
    need = CapitalNeedFactory.create(text="Awal")
    address = f"/outlets/needs/{need.pk}/"
    first, second = values_of(page_of(sudin, address)), values_of(page_of(sudin, address))
    sudin.post(address, first | {"text": "Pertama"})
    page = BeautifulSoup(sudin.post(address, second | {"text": "Kedua"}).content, "html.parser")
    assert "Rincian sekarang berisi “Pertama”" in page.get_text()
    assert values_of(page)["text"] == "Kedua"


def test_out_of_the_area_is_not_found_and_without_the_right_is_refused() -> None:
    need = CapitalNeedFactory.create()
    people = [
        officer_of(need.outlet.cooperative.kelurahan),
        officer_of(KelurahanFactory.create()),
        UserFactory.create(leader=True),
        UserFactory.create(admin=True),
    ]
    for method in ("get", "post"):
        answers = []
        for person in people:
            client = Client()
            client.force_login(person)
            answers.append(getattr(client, method)(f"/outlets/needs/{need.pk}/").status_code)
        assert answers == [200, 404, 403, 200]


@pytest.mark.parametrize("rows", [1, 3])
def test_form_costs_the_same_for_any_number_of_edits(
    sudin: Client, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    need = CapitalNeedFactory.create()
    for number in range(rows):
        need.text = str(number)
        need.save()
    with django_assert_num_queries(5 + header.SUDIN):
        sudin.get(f"/outlets/needs/{need.pk}/")

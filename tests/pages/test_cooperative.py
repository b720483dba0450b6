"""The list of cooperatives, the page of one, and editing it."""

import datetime as dt
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from cooperatives.models import Cooperative, PublicFact
from tests import header
from tests.factories import (
    BoardTermFactory,
    CapitalNeedFactory,
    CooperativeFactory,
    OutletFactory,
    PaperFactory,
    StatusChangeFactory,
    UserFactory,
    officer_of,
)
from tests.member_factories import MemberFactory
from tests.partner_factories import StageChangeFactory

pytestmark = pytest.mark.django_db
LIST = reverse("cooperatives:list")


@pytest.fixture
def sudin(client: Client) -> Client:
    client.force_login(UserFactory.create(sudin=True))
    return client


def read(client: Client, address: str) -> BeautifulSoup:
    response = client.get(address)
    assert response.status_code == 200, response.content[:500]
    return BeautifulSoup(response.content, "html.parser")


def names(client: Client, query: str = "") -> list[str]:
    return [link.get_text() for link in read(client, f"{LIST}{query}").select("tbody th a")]


def a_cooperative(name: str) -> Cooperative:
    cooperative: Cooperative = CooperativeFactory.create(
        kelurahan__name=name, kelurahan__search_key=name.casefold().replace(" ", "")
    )
    return cooperative


@pytest.fixture
def three() -> dict[str, Cooperative]:
    """Alun runs since March, Bukit idles for capital since September, Cibubur has nothing recorded."""
    alun, bukit, cibubur = a_cooperative("Alun Alun"), a_cooperative("Bukit Contoh"), a_cooperative("Cibubur")
    outlet = OutletFactory.create(cooperative=alun)
    StatusChangeFactory.create(outlet=outlet, idle=True)
    StatusChangeFactory.create(outlet=outlet, effective_on=dt.date(2026, 3, 1))
    StatusChangeFactory.create(outlet__cooperative=bukit, idle=True)
    MemberFactory.create_batch(2, cooperative=bukit)
    return {"alun": alun, "bukit": bukit, "cibubur": cibubur}


@pytest.mark.usefixtures("three", "today")
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?sort=name", ["KKMP Alun Alun", "KKMP Bukit Contoh", "KKMP Cibubur"]),
        ("?sort=members", ["KKMP Bukit Contoh", "KKMP Alun Alun", "KKMP Cibubur"]),
        ("?sort=idle", ["KKMP Bukit Contoh", "KKMP Alun Alun", "KKMP Cibubur"]),
        ("?class=running", ["KKMP Alun Alun"]),
        ("?class=idle&on=2026-02-28&sort=name", ["KKMP Alun Alun", "KKMP Bukit Contoh"]),
        ("?reason=capital", ["KKMP Bukit Contoh"]),
        ("?reason=staff", []),
        ("?moved=idle-running&since=2026-02-28", ["KKMP Alun Alun"]),
        ("?q=alun-alun", ["KKMP Alun Alun"]),
        ("?q=Kel.%20BUKIT", ["KKMP Bukit Contoh"]),
        ("?q=%25", []),
        ("?class=nonsense&sort=nonsense&page=nonsense&q=cibubur", ["KKMP Cibubur"]),
    ],
)
def test_list_selects_and_sorts(sudin: Client, query: str, expected: list[str]) -> None:
    assert names(sudin, query) == expected


@pytest.mark.usefixtures("today")
def test_list_shows_only_the_officers_area(client: Client, three: dict[str, Cooperative]) -> None:
    client.force_login(officer_of(three["bukit"].kelurahan))
    page = read(client, LIST)
    assert page.select_one("[data-total]")["data-total"] == "1"  # type: ignore[index]
    assert [cell.get_text(" ", strip=True) for cell in page.select("tbody tr > *")] == [
        f"KKMP Bukit Contoh {three['bukit'].kelurahan.kecamatan.name}",
        "Ada, belum berjalan",
        "Modal usaha sejak 22 September 2025",
        "",
        "2",
    ]


def test_an_empty_answer_offers_the_next_step(sudin: Client) -> None:
    a_cooperative("Alun")
    page = read(sudin, f"{LIST}?q=zzz")
    assert page.select_one(".empty h3").get_text() == "Tidak ada koperasi yang cocok"  # type: ignore[union-attr]
    assert page.select_one(".empty a")["href"] == LIST  # type: ignore[index]


@pytest.mark.usefixtures("today")
def test_page_of_one_leads_to_outlets_needs_supports_and_members(
    sudin: Client, three: dict[str, Cooperative]
) -> None:
    bukit = three["bukit"]
    CapitalNeedFactory.create(outlet=bukit.outlets.get(), amount_idr=80_000_000)
    stage = StageChangeFactory.create(support__cooperative=bukit)
    fact = PublicFact.objects.create(
        key="contoh",
        cooperative=bukit,
        text="Gerai dibuka.",
        on=dt.date(2025, 7, 21),
        source="https://www.example.org/a",
    )
    other = CapitalNeedFactory.create()
    page = read(sudin, bukit.get_absolute_url())
    assert page.h1.get_text() == "KKMP Bukit Contoh"  # type: ignore[union-attr]
    text = " ".join(page.get_text(" ").split())
    for expected in (
        "Belum berjalan sejak 22 September 2025 (175 hari). Sebab: Modal usaha.",
        bukit.outlets.get().name,
        "Rp 80.000.000",
        stage.support.partner.name,
        fact.text,
        "example.org",
        "Terdaftar 2",
    ):
        assert expected in text
    assert other.outlet.name not in text


@pytest.mark.usefixtures("today")
def test_page_of_one_answers_for_a_day(sudin: Client, three: dict[str, Cooperative]) -> None:
    alun = three["alun"].get_absolute_url()
    badges = [
        read(sudin, f"{alun}?on={day}").select_one("section .badge") for day in ("2026-02-28", "2026-03-01")
    ]
    assert [badge.get_text(strip=True) for badge in badges if badge] == [
        "Ada, belum berjalan",
        "Sudah berjalan",
    ]


@pytest.mark.parametrize("action", ["detail", "edit"])
def test_out_of_scope_is_not_found(client: Client, three: dict[str, Cooperative], action: str) -> None:
    client.force_login(officer_of(three["bukit"].kelurahan))
    statuses = [
        client.get(reverse(f"cooperatives:{action}", args=[code])).status_code
        for code in (three["bukit"].kelurahan_id, three["alun"].kelurahan_id, "31.74", "<script>")
    ]
    assert statuses == [200, 404, 404, 404]


def test_leaders_read_and_do_not_edit(client: Client, three: dict[str, Cooperative]) -> None:
    client.force_login(UserFactory.create(leader=True))
    address = reverse("cooperatives:edit", args=[three["alun"].kelurahan_id])
    page = read(client, three["alun"].get_absolute_url())
    assert client.get(address).status_code == 403
    assert [
        link["href"]
        for link in page.select("main a")
        if "/members/" in link["href"] or "/edit/" in link["href"]
    ] == [f"/members/months/?cooperative={three['alun'].kelurahan_id}"]


def filled(cooperative: Cooperative, **changed: Any) -> dict[str, Any]:
    return {"version": cooperative.version, "legal_name": cooperative.legal_name, **changed}


def test_an_officer_edits_the_profile(client: Client, three: dict[str, Cooperative]) -> None:
    alun = three["alun"]
    officer = officer_of(alun.kelurahan)
    client.force_login(officer)
    posted = filled(
        alun, nib="9120 0012 3456 7", npwp="01.234.567.8-901.000", has_bank_account="true", registry_no="31"
    )
    response = client.post(reverse("cooperatives:edit", args=[alun.kelurahan_id]), posted, follow=True)
    alun.refresh_from_db()
    assert (alun.nib, alun.npwp, alun.has_bank_account, alun.version) == (
        "9120001234567",
        "012345678901000",
        True,
        2,
    )
    assert alun.history.latest().history_user == officer
    assert [str(message) for message in response.context["messages"]] == [
        "Data KKMP Alun Alun tersimpan.",
        "NIK koperasi biasanya 13 angka, yang ditulis 2. Periksa sekali lagi.",
    ]


@pytest.mark.parametrize(
    ("changed", "errors"),
    [
        ({"nib": "12"}, {"nib": ["NIB terdiri dari 13 angka, yang ditulis 2."]}),
        ({"nib": "abc"}, {"nib": ["NIB hanya berisi angka."]}),
        ({"founded_on": "31/02/2025"}, {"founded_on": ["“31/02/2025” bukan tanggal. Contoh: 22/09/2025."]}),
        ({"founded_on": "2999-01-01"}, {"founded_on": ["Tanggal ini belum terjadi; paling akhir hari ini."]}),
        (
            {"registry_no": "1" * 21},
            {"registry_no": ["NIK koperasi terlalu panjang: paling banyak 20 angka."]},
        ),
        (
            {"legal_name": "x" * 10_000},
            {
                "legal_name": [
                    "Pastikan nilai ini mengandung paling banyak 200 karakter (sekarang 10000 karakter)."
                ]
            },
        ),
        ({"office": "a\x00b"}, {"office": ["Karakter null tidak diizinkan."]}),
    ],
)
def test_bad_input_is_told_and_nothing_typed_is_lost(
    sudin: Client, three: dict[str, Cooperative], changed: dict[str, str], errors: dict[str, list[str]]
) -> None:
    address = reverse("cooperatives:edit", args=[three["alun"].kelurahan_id])
    response = sudin.post(address, filled(three["alun"], phone="021 😀 \u202eabc", **changed))
    assert response.context["form"].errors == errors
    page = BeautifulSoup(response.content, "html.parser")
    assert page.select_one("[name=phone]")["value"] == "021 😀 \u202eabc"  # type: ignore[index]


def test_the_second_of_two_editors_is_told_and_loses_nothing(
    client: Client, three: dict[str, Cooperative]
) -> None:
    alun = three["alun"]
    first, second = UserFactory.create(sudin=True, full_name="Penyunting Pertama"), officer_of(alun.kelurahan)
    address = reverse("cooperatives:edit", args=[alun.kelurahan_id])
    client.force_login(first)
    client.post(address, filled(alun, office="Jalan Satu"))
    client.force_login(second)
    told = client.post(address, filled(alun, office="Jalan Dua"))
    message = (
        "Data ini baru saja diubah oleh Penyunting Pertama. Isian Anda masih ada di bawah. "
        "Alamat kantor sekarang berisi “Jalan Satu”. Periksa, lalu simpan sekali lagi bila isian Anda yang benar."
    )
    assert told.context["form"].non_field_errors() == [message]
    page = BeautifulSoup(told.content, "html.parser")
    again = {
        field["name"]: field.get("value", "")
        for field in page.select("main form [name]:is(input)")
        if field.get("name")
    }
    assert again["office"] == "Jalan Dua"
    client.post(address, again)
    alun.refresh_from_db()
    assert (alun.office, alun.version) == ("Jalan Dua", 3)


@pytest.mark.parametrize(("address", "queries"), [(LIST, 5), ("page", 29)])
def test_query_counts_do_not_grow(
    sudin: Client, django_assert_num_queries: Any, address: str, queries: int
) -> None:
    first = StatusChangeFactory.create(idle=True).cooperative
    target = first.get_absolute_url() if address == "page" else address

    def fill(cooperative: Cooperative) -> None:
        outlet = OutletFactory.create(cooperative=cooperative)
        StatusChangeFactory.create(outlet=outlet)
        CapitalNeedFactory.create(outlet=outlet)
        PaperFactory.create(cooperative=cooperative, expires_on=dt.date(2026, 12, 1))
        BoardTermFactory.create(cooperative=cooperative)
        MemberFactory.create(cooperative=cooperative)
        StageChangeFactory.create(support__cooperative=cooperative)

    fill(first)
    with django_assert_num_queries(queries + header.SUDIN):
        read(sudin, target)
    for cooperative in (
        first,
        first,
        StatusChangeFactory.create().cooperative,
        StatusChangeFactory.create().cooperative,
    ):
        fill(cooperative)
    with django_assert_num_queries(queries + header.SUDIN):
        read(sudin, target)

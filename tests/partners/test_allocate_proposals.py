"""From an allocation to proposed supports: who may, what stands in the way, and what is written."""

import datetime as dt
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from cooperatives.models import Kecamatan
from kkmp.accounts.models import User
from partners.models import Offer, Stage, StageChange, Support, SupportKind
from tests import header
from tests.allocation_pages import (
    ALLOCATE,
    PROPOSE,
    alerts_of,
    head_of,
    idle,
    promise,
    rows_of,
    seen_on,
    three,
)
from tests.factories import (
    KecamatanFactory,
    SetAsideFactory,
    UserFactory,
    officer_of,
)
from tests.partner_factories import OfferFactory, PartnerFactory
from tests.reading import page_of, text_of, total_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


def test_more_than_the_budget_is_told_and_not_proposed(sudin_client: Client) -> None:
    large, *_others = three()
    query = f"?budget=100000000&changed={large.pk}_90000000"
    page = page_of(sudin_client, ALLOCATE + query)
    assert head_of(page).startswith("Rp 100.000.000 membuka 3 gerai; melebihi dana sebanyak Rp 50.000.000")
    assert alerts_of(page) == [
        "Jumlahnya melebihi dana: lebih Rp 50.000.000. Kurangi jumlahnya, atau keluarkan satu gerai."
    ]
    assert page.select(f"a[href^='{PROPOSE}']") == []
    for ask in (sudin_client.get, sudin_client.post):
        refused = ask(PROPOSE + query)
        assert (refused.status_code, refused["Location"]) == (302, ALLOCATE + query)
    assert Support.objects.count() == 0


def test_an_allocation_becomes_proposed_supports_in_one_step(sudin_client: Client, sudin: User) -> None:
    large, small, middle = three()
    offer = OfferFactory.create(ceiling_idr=120_000_000, per_outlet_idr=None, partner__name="Bank Contoh")
    query = f"?offer={offer.pk}&changed={large.pk}_60000000"
    page = page_of(sudin_client, PROPOSE + query)
    assert text_of(page, "h1").replace("\u00a0", " ") == "Usulkan Rp 120.000.000 untuk 3 gerai?"
    # Nothing but the note is asked: the offer says the rest.
    assert [box["name"] for box in page.select("form.card .field [name]")] == ["note"]
    answer = sudin_client.post(PROPOSE + query, {"seen": seen_on(page), "note": "Rapat 16 Maret"})
    assert answer["Location"] == f"/partners/supports/?partner={offer.partner.pk}&stage=prospect"
    first, second = large.needs.order_by("pk")
    told: Any = Support.objects.as_of(dt.date(2026, 3, 16)).order_by("outlet__name", "pk")
    assert list(
        told.values_list("outlet", "need__amount_idr", "committed_idr", "kind", "offer", "stage", "note")
    ) == [
        (
            large.pk,
            60_000_000,
            60_000_000,
            SupportKind.CASH_GRANT,
            offer.pk,
            Stage.PROSPECT,
            "Rapat 16 Maret",
        ),
        (
            small.pk,
            20_000_000,
            20_000_000,
            SupportKind.CASH_GRANT,
            offer.pk,
            Stage.PROSPECT,
            "Rapat 16 Maret",
        ),
        (
            middle.pk,
            40_000_000,
            40_000_000,
            SupportKind.CASH_GRANT,
            offer.pk,
            Stage.PROSPECT,
            "Rapat 16 Maret",
        ),
    ]
    assert {first.amount_idr, second.amount_idr} == {60_000_000, 30_000_000}
    assert set(StageChange.objects.values_list("effective_on", "by")) == {(dt.date(2026, 3, 16), sudin.pk)}
    said = page_of(sudin_client, answer["Location"]).get_text(" ", strip=True)
    assert "3 usulan bantuan tercatat. Bila keliru, catat tahap Batal dengan alasannya." in said


def test_the_second_click_is_told_and_may_mean_it(sudin_client: Client) -> None:
    three()
    partner = PartnerFactory.create()
    address = f"{PROPOSE}?budget=20000000"
    typed = {"partner": partner.pk, "kind": SupportKind.LOAN, "note": ""}
    page = page_of(sudin_client, address)
    typed["seen"] = seen_on(page)
    assert [box["name"] for box in page.select("form.card .field [name]")] == ["partner", "kind", "note"]
    assert sudin_client.post(address, typed).status_code == 302
    again = BeautifulSoup(sudin_client.post(address, typed).content, "html.parser")
    assert "Mitra ini sudah diusulkan untuk Kecil dan belum diputuskan." in again.get_text(" ", strip=True)
    assert [box["name"] for box in again.select("form.card .field [name]")][-1] == "again"
    first = Support.objects.get()
    assert (first.committed_idr, first.need, first.kind) == (20_000_000, None, SupportKind.LOAN)
    assert sudin_client.post(address, {**typed, "again": "on"}).status_code == 302
    # Called off is decided: nothing to ask about.
    for support in Support.objects.all():
        StageChange.objects.create(
            support=support,
            stage=Stage.CANCELLED,
            effective_on=dt.date(2026, 3, 16),
            reason="Keliru",
            by=UserFactory.create(),
        )
    assert sudin_client.post(address, typed).status_code == 302
    assert Support.objects.count() == 3


def test_what_changed_since_the_page_was_opened_is_told_first(sudin_client: Client) -> None:
    _large, small, _middle = three()
    partner = PartnerFactory.create()
    address = f"{PROPOSE}?budget=60000000"
    typed = {"partner": partner.pk, "kind": "cash_grant", "seen": seen_on(page_of(sudin_client, address))}
    SetAsideFactory.create(need=small.needs.get(), amount_idr=1_000_000)
    told = BeautifulSoup(sudin_client.post(address, typed).content, "html.parser")
    assert "Angkanya berubah sejak halaman ini dibuka" in told.get_text()
    assert Support.objects.count() == 0
    assert sudin_client.post(address, {**typed, "seen": seen_on(told)}).status_code == 302
    assert set(Support.objects.values_list("committed_idr", flat=True)) == {19_000_000, 40_000_000}


def test_a_grant_goes_to_the_need_that_nobody_has_promised(sudin_client: Client) -> None:
    outlet = idle("Dua kebutuhan", 10_000_000, 5_000_000)
    older, newer = outlet.needs.order_by("pk")
    promise(older, 10_000_000)
    address = f"{PROPOSE}?budget=5000000"
    page = page_of(sudin_client, address)
    typed = {"partner": PartnerFactory.create().pk, "kind": "goods_grant", "seen": seen_on(page)}
    assert sudin_client.post(address, typed).status_code == 302
    assert list(Support.objects.filter(kind="goods_grant").values_list("need", "committed_idr")) == [
        (newer.pk, 5_000_000)
    ]


def test_a_past_day_is_read_and_not_proposed(sudin_client: Client) -> None:
    three()
    page = page_of(sudin_client, f"{ALLOCATE}?budget=20000000&on=2026-01-05")
    assert alerts_of(page) == ["Usulan dicatat menurut keadaan hari ini; lihat halaman ini per hari ini."]
    [link] = [one for one in page.select("a") if one.get_text() == "Lihat per hari ini"]
    assert link["href"] == f"{ALLOCATE}?budget=20000000"
    assert sudin_client.post(f"{PROPOSE}?budget=20000000&on=2026-01-05").status_code == 302
    assert Support.objects.count() == 0


def test_an_officer_sees_and_proposes_for_the_own_area_only(client: Client) -> None:
    tebet: Kecamatan = KecamatanFactory.create()
    mine = idle("Milik saya", 5_000_000, cooperative__kelurahan__kecamatan=tebet)
    theirs = idle("Milik lain", 4_000_000)
    idle("Milik lain tanpa angka")
    offer: Offer = OfferFactory.create(per_outlet_idr=None)
    client.force_login(officer_of(tebet))
    query = f"?offer={offer.pk}&changed={theirs.pk}_4000000"
    page = page_of(client, ALLOCATE + query)
    assert [row[0] for row in rows_of(page)] == ["Milik saya"]
    assert "Milik lain" not in page.get_text()
    answer = client.post(PROPOSE + query, {"seen": seen_on(page_of(client, PROPOSE + query))})
    assert list(Support.objects.values_list("outlet", "committed_idr")) == [(mine.pk, 5_000_000)]
    said = page_of(client, answer["Location"]).get_text(" ", strip=True)
    assert "minta Sudin PPKUKM mencatat tahap Batal dengan alasannya" in said


@pytest.mark.parametrize("role", ["leader", "admin"])
def test_who_may_not_propose_reads_and_prints(client: Client, role: str) -> None:
    three()
    client.force_login(UserFactory.create(**{role: True}))
    page = page_of(client, f"{ALLOCATE}?budget=60000000")
    assert (total_of(page), len(page.select("tbody tr")), page.select("tbody input")) == (3, 3, [])
    assert page.select("[href*=print]") != []
    assert page.select(f"a[href^='{PROPOSE}']") == []
    assert client.post(f"{ALLOCATE}?budget=60000000", {}).status_code == 403
    for ask in (client.get, client.post):
        assert ask(f"{PROPOSE}?budget=60000000").status_code == 403


@pytest.mark.parametrize("rows", [1, 3])
def test_the_cost_is_the_same_for_any_number_of_outlets(
    sudin_client: Client, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    partner = PartnerFactory.create()
    for number in range(rows):
        need = idle(f"Gerai {number}", 10_000_000 + number).needs.get()
        promise(need, 1_000_000, partner=partner)
        idle(f"Tanpa angka {number}")
        OfferFactory.create(partner=partner)
    query = "?budget=900000000"
    page_of(sudin_client, ALLOCATE)
    with django_assert_num_queries(6 + header.SUDIN):
        page = page_of(sudin_client, ALLOCATE + query)
    assert total_of(page) == rows
    with django_assert_num_queries(7):
        sudin_client.get(f"{ALLOCATE}{query}&format=xlsx")
    with django_assert_num_queries(7 + header.SUDIN):
        confirm = page_of(sudin_client, PROPOSE + query)
    typed = {"partner": partner.pk, "kind": "cash_grant", "seen": seen_on(confirm)}
    with django_assert_num_queries(24):
        assert sudin_client.post(PROPOSE + query, typed).status_code == 302

"""From an offer to an outlet that opens: Sudin's whole way, with a second colleague who checks what arrived."""

import datetime as dt
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, ViewportSize, expect
from pytest_django.live_server_helper import LiveServer

from outlets.models import Outlet
from partners.models import Stage, Support
from tests.browser.visit import axe, sideways, sign_in
from tests.factories import (
    CapitalNeedFactory,
    KecamatanFactory,
    StatusChangeFactory,
    UserFactory,
)
from tests.partner_factories import PartnerFactory
from tests.uploads import PDF

pytestmark = pytest.mark.django_db(transaction=True)
SIZES: list[ViewportSize] = [{"width": 360, "height": 740}, {"width": 1440, "height": 900}]
MILLION = 1_000_000


@pytest.fixture
def outlets(live_server: LiveServer) -> list[Outlet]:
    """Three outlets of one kecamatan that lack 20, 30 and 40 million; a partner, and two of Sudin."""
    kecamatan, found = KecamatanFactory.create(name="Tebet"), []
    for name, amount in (("Satu", 20), ("Dua", 30), ("Tiga", 40)):
        change = StatusChangeFactory.create(
            idle=True, outlet__name=name, outlet__cooperative__kelurahan__kecamatan=kecamatan
        )
        assert change.outlet is not None
        CapitalNeedFactory.create(outlet=change.outlet, amount_idr=amount * MILLION)
        found.append(change.outlet)
    PartnerFactory.create(name="Bank Contoh")
    for username in ("sudin.satu", "sudin.dua"):
        UserFactory.create(sudin=True, username=username)
    return found


def seen(page: Page) -> None:
    assert (page.url, sideways(page), axe(page)) == (page.url, [], [])


def said(page: Page, words: str) -> None:
    expect(page.locator(".messages")).to_contain_text(words)


def gap_on_pages(page: Page, outlet: Outlet, on: dt.date) -> list[str]:
    """The gap as the outlet's page, the cooperative's, the list and the dashboard say it on a day."""
    cooperative, asked = outlet.cooperative, f"on={on.isoformat()}"
    found = []
    for address, place in (
        (f"/partners/gap/outlets/{outlet.pk}/?{asked}", "[aria-labelledby=gap] .facts dd >> nth=3"),
        (f"{cooperative.get_absolute_url()}?{asked}", "[aria-labelledby=needs] tfoot td >> nth=-1"),
        (f"/partners/gap/?{asked}&kecamatan={cooperative.kelurahan.kecamatan_id}", "[data-sum] >> nth=0"),
        (f"/?{asked}", "[aria-labelledby=gap] .facts dd >> nth=3"),
    ):
        page.goto(address)
        found.append(page.locator(place).inner_text().replace("\u00a0", " ").strip())
    return found


def offer_and_propose(page: Page, outlets: list[Outlet], today: dt.date) -> Support:
    """An offer is recorded, matched and proposed to all three; what the first one is to get."""
    page.goto("/partners/offers/add/")
    page.locator("[name=partner]").select_option(label="Bank Contoh")
    page.locator("[name=title]").fill("Hibah modal kerja")
    page.locator("[name=kind]").select_option("cash_grant")
    page.locator("[name=ceiling_idr]").fill("100.000.000")
    page.locator("[name=open_from]").fill((today - dt.timedelta(days=30)).isoformat())
    page.get_by_role("button", name="Simpan").click()
    said(page, "Penawaran tercatat.")
    page.get_by_role("link", name="Cari gerai yang cocok").click()
    seen(page)
    for outlet in outlets:
        page.locator(f"[name=pick-{outlet.pk}]").check()
    page.get_by_role("button", name="Usulkan yang dicentang").click()
    said(page, "3 usulan bantuan tercatat")
    return Support.objects.get(outlet=outlets[0])


def commit(page: Page, support: Support, on: dt.date) -> None:
    page.goto(f"/partners/supports/{support.pk}/stage/")
    page.locator("[name=stage]").select_option("committed")
    page.locator("[name=effective_on]").fill(on.isoformat())
    page.get_by_role("button", name="Simpan tahap").click()
    said(page, "Komitmen")


def disburse(page: Page, support: Support, on: dt.date, receipt: Path) -> None:
    receipt.write_bytes(PDF)
    page.goto(f"/partners/supports/{support.pk}/")
    page.get_by_role("link", name="Catat penyaluran").click()
    page.locator("[name=amount_idr]").fill("15.000.000")
    page.locator("[name=paid_on]").fill(on.isoformat())
    page.locator("[name=upload]").set_input_files(receipt)
    page.get_by_role("button", name="Simpan").click()
    said(page, "Dihitung setelah diperiksa orang lain")
    seen(page)


def verify_as_the_second(page: Page) -> None:
    """From the colleague's tasks."""
    page.context.clear_cookies(name="sessionid")
    sign_in(page, "sudin.dua")
    page.goto("/tasks/")
    page.get_by_role("link", name="Bank Contoh").first.click()
    page.get_by_role("link", name="Periksa", exact=False).last.click()
    seen(page)
    page.get_by_role("button", name="Bukti cocok, verifikasi").click()
    said(page, "Kekurangan kebutuhan ini kini Rp")


def decide_that_it_runs(page: Page, outlet: Outlet) -> None:
    page.goto(f"/outlets/{outlet.pk}/")
    page.get_by_role("link", name="Tetapkan status").click()
    page.locator("[name=status]").select_option("running")
    page.locator("[name=note]").fill("Dilihat sendiri")
    page.locator("form.card button.btn-primary").click()
    expect(page.locator(".messages")).to_be_visible()


@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES, ids=lambda size: str(size["width"]))
def test_a_promise_becomes_an_outlet_that_runs(
    page: Page, outlets: list[Outlet], tmp_path: Path, size: ViewportSize
) -> None:
    page.set_viewport_size(size)
    today, first = timezone.localdate(), outlets[0]
    paid_on = today - dt.timedelta(days=3)
    sign_in(page, "sudin.satu")
    support = offer_and_propose(page, outlets, today)
    assert (support.need, support.committed_idr, Support.objects.count()) == (
        *(first.needs.get(), 20 * MILLION),
        3,
    )
    commit(page, support, today - dt.timedelta(days=10))
    before = gap_on_pages(page, first, today)
    assert before == ["Rp 20.000.000", "Rp 20.000.000", "Rp 90.000.000", "Rp 90.000.000"]
    disburse(page, support, paid_on, tmp_path / "kuitansi.pdf")
    assert gap_on_pages(page, first, today) == before

    verify_as_the_second(page)
    after = ["Rp 5.000.000", "Rp 5.000.000", "Rp 75.000.000", "Rp 75.000.000"]
    assert gap_on_pages(page, first, today) == after
    assert gap_on_pages(page, first, paid_on) == after
    assert gap_on_pages(page, first, paid_on - dt.timedelta(days=1)) == before
    page.goto("/sheet/")
    expect(page.locator("main")).to_contain_text("Rp 75 jt")

    decide_that_it_runs(page, first)
    page.goto("/")
    expect(page.locator("[aria-labelledby=flow]")).to_contain_text("hibah Bank Contoh Rp 15.000.000")
    seen(page)
    stages = [row.stage for row in support.stage_changes.order_by("pk")]
    assert stages == [Stage.PROSPECT, Stage.COMMITTED, Stage.DISBURSED]

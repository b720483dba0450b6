"""A member of Sudin's staff on the first day: from the sign-in to a decided status, in a real browser."""

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.visit import axe, sign_in

pytestmark = pytest.mark.django_db(transaction=True)
MOST_BYTES = 100_000


def figures(page: Page) -> list[str]:
    return page.locator(".tile .tile-value a[data-figure]").all_inner_texts()


@pytest.mark.usefixtures("sample_city")
def test_sudin_reads_the_figures_and_decides_a_status(page: Page) -> None:
    sign_in(page, "sudin.satu")
    today = figures(page)
    page.get_by_label("Per tanggal").fill("2025-09-22")
    page.get_by_role("button", name="Tampilkan").click()
    page.wait_for_url("**/?*on=2025-09-22*")
    assert figures(page) == ["10", "19", "36"]
    assert today != ["10", "19", "36"]
    expect(page.locator(".tile.tone-idle .tile-note")).to_have_text("19 karena modal usaha")
    assert axe(page) == []

    page.goto(reverse("dashboard"))
    kecamatan = page.get_by_label("Kecamatan", exact=True)
    kecamatan.focus()
    page.keyboard.type("Tebet")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?*kecamatan=31.74.01*")
    expect(page.locator(".lead")).to_contain_text("Kecamatan Tebet")
    before = [int(figure) for figure in figures(page)]
    assert sum(before) == 7

    tile = page.locator("[data-tilemap] a[href*='cooperative=']").filter(has_text="Ada, belum berjalan").first
    tile.focus()
    page.keyboard.press("Enter")
    beside = page.locator("#cooperative-beside")
    beside.get_by_role("link", name="Buka halaman koperasi").click()
    expect(page.locator("h1")).to_contain_text("KKMP")
    page.get_by_role("link", name="Tetapkan status").first.click()
    page.get_by_label("Status", exact=False).first.select_option("running")
    page.get_by_label("Berlaku sejak").fill(timezone.localdate().isoformat())
    page.get_by_label("Alasan keputusan").fill("Modal kerja diterima, gerai dibuka.")
    page.locator("main form button").last.click()
    expect(page.locator(".messages")).to_contain_text("Berjalan")

    page.goto(f"{reverse('dashboard')}?kecamatan=31.74.01")
    assert [int(figure) for figure in figures(page)] == [before[0] + 1, before[1] - 1, before[2]]


@pytest.mark.usefixtures("sample_city")
def test_the_first_load_is_light(chromium: Browser, live_server: LiveServer) -> None:
    """Everything the sign-in page and the dashboard bring for the first time, as the browser receives it."""
    context = chromium.new_context(base_url=live_server.url, locale="id-ID")
    page = context.new_page()
    sizes: dict[str, int] = {}
    page.on(
        "requestfinished", lambda request: sizes.__setitem__(request.url, request.sizes()["responseBodySize"])
    )
    sign_in(page, "sudin.satu")
    page.wait_for_load_state("networkidle")
    context.close()
    assert sum(sizes.values()) <= MOST_BYTES, sizes

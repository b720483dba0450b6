"""The opening import in a real browser: a file with errors, the mended file, confirm, undo."""

import pytest
from django.core.management import call_command
from django.urls import reverse
from playwright.sync_api import FilePayload, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.visit import assert_no_sideways_scroll, axe, narrow, sign_in
from tests.factories import UserFactory
from tests.imports.sheets import csv_of

pytestmark = pytest.mark.django_db(transaction=True)

MENDED = (
    (
        "31.74.07.1001",
        "Kebayoran Baru",
        "Melawai",
        "Berjalan",
        "01/09/2025",
        "",
        "",
        "",
        "Gerai Contoh Blok M",
    ),
    ("31.74.01.1001", "Tebet", "Tebet Timur", "Belum berjalan", "22/09/2025", "modal", "50.000.000"),
    ("31.74.01.1002", "Tebet", "Tebet Barat", "Belum ada", "22/09/2025"),
    ("31.74.01.1003", "Tebet", "Menteng Dalam"),
)
WRONG = (*MENDED, ("", "Tebet", "Kebon Bru", "entah", "", "", "banyak", "", "N" * 200))


def file_of(*rows: tuple[str, ...]) -> FilePayload:
    return {"name": "data-awal.csv", "mimeType": "text/csv", "buffer": csv_of(*rows)}


def assert_fits(page: Page) -> None:
    with narrow(page):
        assert_no_sideways_scroll(page)
    assert axe(page) == []


def test_opening_sheet_is_checked_confirmed_and_undone(page: Page, live_server: LiveServer) -> None:
    call_command("seed_reference")
    UserFactory.create(sudin=True, username="sudin.contoh")
    sign_in(page, "sudin.contoh")
    page.goto(reverse("imports:list"))
    assert_fits(page)
    page.get_by_role("link", name="Data awal 65 KKMP").click()
    assert_fits(page)

    page.locator("input[type=file]").set_input_files(file_of(*WRONG))
    page.get_by_role("button", name="Periksa berkas").click()
    expect(page.get_by_role("alert")).to_contain_text("1 baris perlu diperbaiki")
    expect(page.get_by_role("heading", name="Perlu diperbaiki: 1 baris")).to_be_visible()
    expect(page.get_by_role("button", name="Masukkan")).to_have_count(0)
    assert_fits(page)

    page.get_by_role("link", name="Unggah berkas perbaikan").click()
    page.locator("input[type=file]").set_input_files(file_of(*MENDED))
    page.get_by_role("button", name="Periksa berkas").click()
    assert_fits(page)
    page.get_by_role("button", name="Masukkan 3 baris").click()
    expect(page.locator(".messages")).to_contain_text("3 baris dimasukkan.")
    assert_fits(page)
    page.goto(reverse("dashboard"))
    assert page.locator(".tile .tile-value a[data-figure]").all_inner_texts() == ["1", "1", "1", "62"]

    page.goto(reverse("imports:list"))
    page.get_by_role("link", name="data-awal.csv").first.click()
    page.get_by_role("link", name="Batalkan impor ini").click()
    expect(page.get_by_text("3 status dicabut.")).to_be_visible()
    assert_fits(page)
    page.get_by_label("Alasan pembatalan").fill("Berkas percobaan")
    page.get_by_role("button", name="Batalkan impor").click()
    expect(page.locator(".messages")).to_contain_text("dibatalkan")
    assert_fits(page)

"""A messy register of 500 rows in a real browser: good rows in, bad rows mended and brought again, a wrong file undone."""

import io
from datetime import date
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import FilePayload, Page, expect
from pytest_django.live_server_helper import LiveServer

from kkmp.imports.staging import RETURNED, as_text
from kkmp.tabular.reading import read_grid
from members.imports.member_columns import COLUMNS
from members.models import Member
from tests.browser.visit import assert_no_sideways_scroll, axe, narrow, sign_in
from tests.factories import CooperativeFactory, officer_of
from tests.member_factories import synthetic_national_id
from tests.members.import_sheets import Cell, workbook

pytestmark = pytest.mark.django_db(transaction=True)
ROWS, EVERY = 500, 100
HEAD = ("No Urut", "No. Anggota", "No KTP", "Nama Anggota", "JK", "RT/RW", "Tgl Masuk", "Ket")


def messy() -> bytes:
    """Titles, a head that repeats every hundred rows, empty rows, numeric identity numbers, and five bad days."""
    rows: list[tuple[Cell, ...]] = [("DAFTAR ANGGOTA KKMP CONTOH",), (), HEAD]
    for number in range(1, ROWS + 1):
        born = date(1960 + number % 40, 1 + number % 12, 1 + number % 28)
        digits = synthetic_national_id(number, born_on=born)
        joined: Cell = "bulan lalu" if number % EVERY == 0 else date(2025, 8, 1 + number % 28)
        identity: Cell = float(digits) if number % 7 == 0 and number % EVERY else digits
        rows.append(
            (
                number,
                f"A-{number:03}",
                identity,
                f"Contoh Nama {number}",
                "LP"[number % 2],
                "003/005",
                joined,
                "",
            )
        )
        if number % EVERY == 0:
            rows += [(), HEAD]
    return workbook(("Anggota", [*rows, ("Jumlah", ROWS), ("", "", "", "Ketua")]))


def xlsx(content: bytes, name: str) -> FilePayload:
    mime = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return {"name": name, "mimeType": mime, "buffer": content}


def mended(path: Path) -> bytes:
    """The returned workbook as its owner mends it: every day of joining typed."""
    grid = read_grid(
        io.BytesIO(path.read_bytes()), (*COLUMNS, *RETURNED), max_bytes=1_000_000, max_rows=1_000
    )
    wrong = grid.letters["joined_on"]
    rows = [
        [("17/08/2025" if letter == wrong else as_text(row.cells.get(letter, ""))) for letter in grid.titles]
        for row in grid.rows
    ]
    return workbook(("Perbaikan", [list(grid.titles.values()), *rows]))


def assert_fits(page: Page) -> None:
    with narrow(page):
        assert_no_sideways_scroll(page)
    assert axe(page) == []


def bring(page: Page, content: bytes, name: str) -> None:
    page.goto(reverse("members:list"))
    page.get_by_role("link", name="Impor daftar anggota").click()
    page.locator("input[type=file]").set_input_files(xlsx(content, name))
    page.get_by_role("button", name="Periksa berkas").click()


def test_messy_register_is_brought_mended_and_undone(
    page: Page, live_server: LiveServer, tmp_path: Path
) -> None:
    cooperative = CooperativeFactory.create()
    officer_of(cooperative.kelurahan, username="petugas.contoh")
    sign_in(page, "petugas.contoh")

    bring(page, messy(), "buku-anggota.xlsx")
    expect(page.get_by_role("heading", name="Perlu diperbaiki: 5 baris")).to_be_visible()
    assert_fits(page)
    page.get_by_role("link", name="Betulkan kolom").click()
    expect(page.get_by_label("Ket H")).to_have_value("")
    assert_fits(page)
    page.get_by_role("button", name="Periksa dengan kolom ini").click()
    page.get_by_role("button", name="Masukkan 495 baris").click()
    expect(page.locator(".messages")).to_contain_text("495 baris dimasukkan.")
    assert_fits(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Unduh baris ini").click()
    bad = tmp_path / "bad.xlsx"
    download.value.save_as(bad)

    bring(page, mended(bad), "perbaikan.xlsx")
    page.get_by_role("button", name="Masukkan 5 baris").click()
    expect(page.locator(".messages")).to_contain_text("5 baris dimasukkan.")
    assert Member.objects.filter(cooperative=cooperative, national_id_index=None).count() == ROWS // 7

    bring(
        page,
        workbook(("Salah", [HEAD, (1, "X-1", "", "Salah Contoh", "L", "", date(2025, 8, 17), "")])),
        "salah.xlsx",
    )
    page.get_by_role("button", name="Masukkan 1 baris").click()
    page.get_by_role("link", name="Batalkan impor ini").click()
    expect(page.get_by_text("1 anggota dihapus dari buku.")).to_be_visible()
    assert_fits(page)
    page.get_by_label("Alasan pembatalan").fill("Salah berkas")
    page.get_by_role("button", name="Batalkan impor").click()
    expect(page.locator(".messages")).to_contain_text("dibatalkan")
    numbers = Member.objects.filter(cooperative=cooperative).values_list("number", flat=True)
    assert sorted(numbers) == [f"A-{number:03}" for number in range(1, ROWS + 1)]

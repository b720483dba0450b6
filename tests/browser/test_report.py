"""A monthly report on a phone: one tap, or one page and one submit; kept while it is typed; the same without scripts."""

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Dialog, Page, ViewportSize, expect
from pytest_django.live_server_helper import LiveServer

from outlets.models import Evidence, MonthlyReport, Outlet, ReportState
from outlets.report_cycle import previous_month
from tests.browser.visit import axe, sideways, sign_in
from tests.factories import StatusChangeFactory, officer_of
from tests.uploads import picture

pytestmark = pytest.mark.django_db(transaction=True)
PHONE: ViewportSize = {"width": 360, "height": 740}


@pytest.fixture
def outlet(live_server: LiveServer) -> Outlet:
    """Idle for capital, with the officer `petugas`."""
    outlet = StatusChangeFactory.create(idle=True).outlet
    assert outlet is not None
    officer_of(outlet.cooperative.kelurahan, username="petugas")
    return outlet


@pytest.fixture
def plain_page(chromium: Browser, live_server: LiveServer) -> Iterator[Page]:
    """A browser that runs no scripts."""
    context = chromium.new_context(base_url=live_server.url, locale="id-ID", java_script_enabled=False)
    context.set_default_timeout(20_000)
    yield context.new_page()
    context.close()


def last_month() -> dt.date:
    return previous_month(timezone.localdate())


def address_of(outlet: Outlet) -> str:
    return f"/reports/{outlet.cooperative.kelurahan_id}/{last_month():%Y-%m}/"


def tell_that_it_runs(page: Page, outlet: Outlet, photo: Path) -> None:
    """One page, one submit: status, day, turnover and a photo."""
    page.goto(address_of(outlet))
    page.get_by_text("Ubah status").click()
    page.locator("select[name^=g][name$=-status]").select_option("running")
    page.locator("input[name^=g][name$=-changed_on]").fill(last_month().isoformat())
    page.get_by_label("Omzet bulan ini").fill("1.250.000")
    page.get_by_label("Foto gerai").set_input_files(photo)
    page.get_by_role("button", name="Ajukan").click()
    expect(page.locator("main")).to_contain_text("diajukan. Sudin memeriksanya")


def assert_told(outlet: Outlet) -> None:
    report = MonthlyReport.objects.get()
    line = report.lines.get()
    assert (report.state, line.status, line.changed_on) == (ReportState.SUBMITTED, "running", last_month())
    assert (line.turnover_idr, line.outlet, Evidence.objects.count()) == (1_250_000, outlet, 1)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "gerai.jpg"
    path.write_bytes(picture("JPEG"))
    return path


def test_nothing_changed_is_one_tap_on_the_page(page: Page, outlet: Outlet) -> None:
    page.set_viewport_size(PHONE)
    sign_in(page, "petugas")
    page.goto(address_of(outlet))
    page.get_by_role("button", name="Tidak ada perubahan, sudah dicek").click()
    expect(page.locator("main")).to_contain_text("Tidak ada perubahan, sudah dicek")
    report = MonthlyReport.objects.get()
    assert (report.state, report.no_change) == (ReportState.SUBMITTED, True)


def test_a_change_goes_with_its_photo_in_one_submit(page: Page, outlet: Outlet, photo: Path) -> None:
    page.set_viewport_size(PHONE)
    sign_in(page, "petugas")
    tell_that_it_runs(page, outlet, photo)
    assert_told(outlet)
    expect(page.locator(".photo img")).to_have_js_property("complete", value=True)
    assert (sideways(page), axe(page)) == ([], [])


def test_a_change_goes_without_scripts_too(plain_page: Page, outlet: Outlet, photo: Path) -> None:
    sign_in(plain_page, "petugas")
    tell_that_it_runs(plain_page, outlet, photo)
    assert_told(outlet)


def test_what_is_typed_is_kept_and_leaving_asks_only_before_that(page: Page, outlet: Outlet) -> None:
    page.set_viewport_size(PHONE)
    sign_in(page, "petugas")
    page.goto(address_of(outlet))
    state = page.locator("#saved-state")
    expect(state).to_have_text("Belum ada yang disimpan.")
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", answer)
    page.get_by_role("textbox", name="Kendala").press_sequentially("Hujan")
    expect(state).to_have_text("Belum tersimpan")
    expect(state).to_have_text(re.compile("Tersimpan .*, belum terkirim"))
    page.get_by_role("textbox", name="Rencana tindak lanjut").press_sequentially("Pompa")
    page.goto("/reports/")
    assert asked == ["beforeunload"]
    page.goto(address_of(outlet))
    assert page.get_by_role("textbox", name="Kendala").input_value() == "Hujan"
    page.get_by_role("textbox", name="Kendala").fill("Banjir")
    expect(state).to_have_text("Belum tersimpan")
    expect(state).to_have_text(re.compile("Tersimpan [0-9]"))
    page.goto("/reports/")
    assert asked == ["beforeunload"]
    assert MonthlyReport.objects.get().obstacle == "Banjir"


def test_the_page_fits_one_hand(page: Page, outlet: Outlet) -> None:
    """On a small phone: nothing sideways, no findings, and the button in reach wherever one has scrolled."""
    page.set_viewport_size(PHONE)
    sign_in(page, "petugas")
    page.goto(address_of(outlet))
    page.get_by_text("Ubah status").click()
    page.mouse.wheel(0, 400)
    expect(page.get_by_role("button", name="Ajukan")).to_be_in_viewport(ratio=1)
    assert sideways(page) == []
    assert axe(page) == []

"""From what waits to a report that is sent: taps are counted, on a phone, with and without scripts."""

from collections.abc import Iterator

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect
from pytest_django.live_server_helper import LiveServer

from cooperatives.models import ParameterKey
from outlets.models import MonthlyReport, Outlet, ReportState
from outlets.report_cycle import first_of_month, previous_month
from tests.browser.visit import axe, sideways, sign_in
from tests.factories import ParameterFactory, StatusChangeFactory, officer_of

pytestmark = pytest.mark.django_db(transaction=True)
PHONE: ViewportSize = {"width": 360, "height": 740}


@pytest.fixture
def outlet(live_server: LiveServer) -> Outlet:
    """Last month is asked for and waits for the officer `petugas`."""
    last_month = previous_month(first_of_month(timezone.localdate()))
    ParameterFactory.create(key=ParameterKey.REPORT_SINCE, value=1, starts_on=last_month)
    outlet = StatusChangeFactory.create(idle=True).outlet
    assert outlet is not None
    officer_of(outlet.cooperative.kelurahan, username="petugas")
    return outlet


@pytest.fixture
def plain_page(chromium: Browser, live_server: LiveServer) -> Iterator[Page]:
    """A browser that runs no scripts."""
    context = chromium.new_context(
        base_url=live_server.url, locale="id-ID", java_script_enabled=False, viewport=PHONE
    )
    context.set_default_timeout(20_000)
    yield context.new_page()
    context.close()


class Taps:
    """Counts what a thumb does."""

    def __init__(self) -> None:
        self.count = 0

    def on(self, target: Locator) -> None:
        self.count += 1
        target.click()


def report_nothing_new(page: Page) -> int:
    """Signed in, on the page of what waits: how many taps until the report is sent."""
    taps = Taps()
    taps.on(page.get_by_role("button", name="Tidak berubah, sudah dicek"))
    expect(page.locator(".messages")).to_contain_text("diajukan. Sudin memeriksanya")
    report = MonthlyReport.objects.get()
    assert (report.state, report.no_change) == (ReportState.SUBMITTED, True)
    return taps.count


def test_a_report_without_change_takes_at_most_three_taps(page: Page, outlet: Outlet) -> None:
    page.set_viewport_size(PHONE)
    sign_in(page, "petugas")
    page.goto("/tasks/")
    assert (sideways(page), axe(page)) == ([], [])
    assert report_nothing_new(page) <= 3
    page.wait_for_url("**/tasks/")
    expect(page.locator("main h3")).to_have_text("Tidak ada yang menunggu Anda")


def test_without_scripts_it_takes_as_many(plain_page: Page, outlet: Outlet) -> None:
    sign_in(plain_page, "petugas")
    plain_page.goto("/tasks/")
    assert report_nothing_new(plain_page) <= 3


def test_the_header_leads_to_what_waits_and_back_from_a_mistake(page: Page, outlet: Outlet) -> None:
    """One tap too many is taken back from the message it gave."""
    page.set_viewport_size(PHONE)
    sign_in(page, "petugas")
    page.get_by_role("link", name="Tugas saya: 1 menunggu").click()
    report_nothing_new(page)
    page.locator(".messages").get_by_role("link", name="Lihat laporan").click()
    page.get_by_role("button", name="Tarik kembali").click()
    expect(page.locator(".messages")).to_contain_text("ditarik kembali menjadi draf")
    assert MonthlyReport.objects.get().state == ReportState.DRAFT

"""A visit written down at the outlet's door, on a phone: with a photo, and its follow-up done later."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, ViewportSize, expect
from pytest_django.live_server_helper import LiveServer

from outlets.models import Evidence, Outlet, Visit
from tests.browser.visit import axe, sideways, sign_in
from tests.factories import StatusChangeFactory, officer_of
from tests.uploads import picture

pytestmark = pytest.mark.django_db(transaction=True)
PHONE: ViewportSize = {"width": 360, "height": 740}


@pytest.fixture
def outlet(live_server: LiveServer) -> Outlet:
    outlet = StatusChangeFactory.create(idle=True).outlet
    assert outlet is not None
    officer_of(outlet.cooperative.kelurahan, username="petugas")
    return outlet


def test_a_visit_is_written_down_and_what_was_agreed_is_done(
    page: Page, outlet: Outlet, tmp_path: Path
) -> None:
    photo = tmp_path / "rak.jpg"
    photo.write_bytes(picture("JPEG"))
    page.set_viewport_size(PHONE)
    sign_in(page, "petugas")
    page.goto(outlet.get_absolute_url())
    page.get_by_role("link", name="Catat kunjungan").first.click()
    assert (sideways(page), axe(page)) == ([], [])
    page.get_by_label("Buka dan melayani").check()
    page.get_by_label("Temuan").fill("Rak terisi, dua pembeli.")
    page.get_by_label("Pilih foto").set_input_files(photo)
    page.get_by_label("Tindak lanjut").fill("Antar daftar barang")
    page.get_by_role("button", name="Simpan").click()
    expect(page.locator(".messages")).to_contain_text("tersimpan")
    assert (sideways(page), axe(page)) == ([], [])
    page.get_by_role("button", name="Tandai selesai").click()
    expect(page.locator(".messages")).to_contain_text("Tindak lanjut ditandai selesai hari ini.")
    visit = Visit.objects.get()
    assert (visit.outlet, visit.follow_up_done_on is None, Evidence.objects.count()) == (outlet, False, 1)

"""The search of the header by keyboard, on a phone, and the history's way back, in a real browser."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from tests.browser.visit import assert_no_sideways_scroll, axe, narrow, sign_in
from tests.factories import CooperativeFactory, OutletFactory, UserFactory
from tests.member_factories import MemberFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def melawai(page: Page) -> None:
    cooperative = CooperativeFactory.create(kelurahan__name="Melawai")
    OutletFactory.create(cooperative=cooperative, name="Pojok Melawai")
    MemberFactory.create(cooperative=cooperative, full_name="Anggota Melawai Contoh")
    UserFactory.create(sudin=True, username="pencari")
    sign_in(page, "pencari")


@pytest.mark.usefixtures("melawai")
def test_search_is_opened_typed_walked_and_left_by_keyboard(page: Page) -> None:
    page.goto(reverse("partners:list"))
    page.keyboard.press("/")
    field = page.locator("#search-box")
    expect(field).to_be_focused()
    # In a field the sign is a letter like any other.
    page.keyboard.type("me/")
    expect(field).to_have_value("me/")
    field.fill("")
    page.keyboard.type("melawai")
    links = page.locator("#search-suggestions a")
    expect(links).to_have_count(3)
    assert axe(page) == []
    page.keyboard.press("ArrowDown")
    expect(links.nth(0)).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(links.nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(field).to_be_focused()
    page.keyboard.press("Escape")
    expect(field).to_be_hidden()
    page.keyboard.press("/")
    page.keyboard.type("melawai")
    expect(links).to_have_count(3)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("KKMP Melawai")

    page.keyboard.press("/")
    page.keyboard.type("melawai")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=melawai")
    assert axe(page) == []
    # On its own page the sign goes to the page's field.
    page.keyboard.press("/")
    expect(page.locator("main input[name=q]")).to_be_focused()


@pytest.mark.usefixtures("melawai")
def test_search_fits_a_phone(page: Page) -> None:
    with narrow(page):
        page.goto(reverse("dashboard"))
        page.locator("[data-search] > summary").click()
        field = page.locator("#search-box")
        expect(field).to_be_focused()
        field.press_sequentially("melawai")
        expect(page.locator("#search-suggestions a")).to_have_count(3)
        assert_no_sideways_scroll(page)
        page.get_by_role("button", name="Cari", exact=True).click()
        page.wait_for_url("**/search/?q=melawai")
        assert_no_sideways_scroll(page)


@pytest.mark.usefixtures("melawai")
def test_history_fits_a_phone_and_passes_axe(page: Page) -> None:
    outlet = OutletFactory.create(name="Gerai Panjang")
    address = reverse("outlets:edit", args=[outlet.pk])
    with narrow(page):
        page.goto(address)
        page.get_by_label("Alamat").fill("Jalan" + "X" * 200)
        page.get_by_label("Alasan perubahan").fill("Alasan" + "Y" * 90)
        page.get_by_role("button", name="Simpan").click()
        expect(page.locator(".changes ins").first).to_contain_text("JalanX")
        assert_no_sideways_scroll(page)
        assert axe(page) == []
        page.get_by_role("link", name="Kembalikan ke isi").click()
        expect(page.get_by_label("Alamat")).to_have_value("")
        assert axe(page) == []

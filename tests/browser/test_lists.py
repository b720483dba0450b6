"""A list in a real browser: sorted, filtered and turned without a new page, and the same without JavaScript."""

import datetime as dt
from collections.abc import Iterator

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from members.models import Member
from tests.browser.visit import assert_no_sideways_scroll, axe, narrow, sign_in
from tests.factories import CooperativeFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)
# Set on the window: gone once the browser loads another page.
MARK = "() => { window.isSamePage = true }"
IS_MARKED = "() => window.isSamePage === true"


@pytest.fixture
def register(live_server: LiveServer) -> None:
    """120 members of two cooperatives, and a person who may see them."""
    UserFactory.create(sudin=True, username="staf")
    first, second = CooperativeFactory.create_batch(2)
    Member.objects.bulk_create(
        Member(
            cooperative=first if number % 2 else second,
            number=f"{number:03}",
            full_name=f"Anggota {number:03}",
            joined_on=dt.date(2025, 8, 1),
            is_taken_over=True,
        )
        for number in range(120)
    )


@pytest.fixture
def plain_page(chromium: Browser, live_server: LiveServer) -> Iterator[Page]:
    """A browser that runs no scripts."""
    context = chromium.new_context(base_url=live_server.url, locale="id-ID", java_script_enabled=False)
    context.set_default_timeout(20_000)
    yield context.new_page()
    context.close()


def first_name(page: Page) -> str:
    return page.locator("tbody th").first.inner_text().strip()


def through_history(page: Page, steps: int) -> None:
    """Back or forward; the list keeps no copies, so the page comes anew, and only then is there something to look at."""
    page.evaluate(MARK)
    page.evaluate("steps => history.go(steps)", steps)
    page.wait_for_function("() => window.isSamePage === undefined")
    page.wait_for_load_state()


def go_through(page: Page) -> None:
    """Sort by a head, turn the page, filter: each step by its own control."""
    page.get_by_role("link", name="Nama", exact=True).click()
    expect(page.locator("thead th[aria-sort=ascending]")).to_have_text("Nama")
    page.get_by_role("link", name="Nama", exact=True).click()
    expect(page.locator("thead th[aria-sort=descending]")).to_have_text("Nama")
    assert first_name(page) == "Anggota 119"
    page.get_by_role("link", name="Berikutnya").click()
    expect(page.locator(".pager")).to_contain_text("halaman 2 dari 3")
    assert first_name(page) == "Anggota 069"
    page.locator("main").get_by_role("searchbox", name="Cari").fill("Anggota 01")
    page.get_by_role("button", name="Tampilkan").click()
    expect(page.locator("[data-total]")).to_have_attribute("data-total", "10")
    assert first_name(page) == "Anggota 019"


@pytest.mark.usefixtures("register")
def test_a_list_changes_in_place_and_its_address_with_it(page: Page) -> None:
    sign_in(page, "staf")
    page.goto(reverse("members:list"))
    page.evaluate(MARK)
    go_through(page)
    assert page.evaluate(IS_MARKED)
    assert page.url.endswith("/members/?q=Anggota%2001&sort=-full_name")
    expect(page.locator("#list-said")).to_contain_text("10 anggota")

    through_history(page, -1)
    expect(page.locator(".pager")).to_contain_text("halaman 2 dari 3")
    expect(page.locator("header.site-head")).to_be_visible()
    assert first_name(page) == "Anggota 069"
    through_history(page, -1)
    expect(page.locator("thead th[aria-sort=descending]")).to_have_text("Nama")
    through_history(page, 1)
    expect(page.locator(".pager")).to_contain_text("halaman 2 dari 3")
    page.reload()
    assert first_name(page) == "Anggota 069"


@pytest.mark.usefixtures("register")
def test_a_list_works_without_javascript(plain_page: Page) -> None:
    sign_in(plain_page, "staf")
    plain_page.goto(reverse("members:list"))
    go_through(plain_page)
    plain_page.locator(".list-tools summary").click()
    plain_page.get_by_label("Jenis kelamin").last.uncheck()
    plain_page.get_by_label("Urutkan").select_option("joined")
    plain_page.get_by_role("button", name="Terapkan").click()
    expect(plain_page.locator("thead th")).to_have_text(["Nama", "Nomor", "Koperasi", "Masuk"])
    assert "sort=joined" in plain_page.url
    assert first_name(plain_page) == "Anggota 010"


@pytest.mark.usefixtures("register")
def test_columns_and_order_are_chosen_by_keyboard(page: Page) -> None:
    sign_in(page, "staf")
    page.goto(reverse("members:list"))
    page.evaluate(MARK)
    page.locator(".list-tools summary").focus()
    page.keyboard.press("Enter")
    for _stop in range(3):
        page.keyboard.press("Tab")
    expect(page.locator(".list-tools input:focus")).to_have_value("cooperative")
    page.keyboard.press("Space")
    for _stop in range(4):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("thead th")).to_have_text(["Nama", "Nomor", "Jenis kelamin", "Masuk"])
    assert page.evaluate(IS_MARKED)
    assert page.url.endswith("/members/?columns=member_number,gender,joined_on".replace(",", "%2C"))
    # The same columns again are those of the list: nothing is left of them in the address.
    page.locator(".list-tools summary").click()
    page.locator(".list-tools").get_by_label("Koperasi").check()
    page.get_by_role("button", name="Terapkan").click()
    expect(page.locator("thead th")).to_have_count(5)
    assert page.url.endswith("/members/")


@pytest.mark.usefixtures("register")
def test_turning_a_page_begins_at_its_top_and_sorting_keeps_the_place(page: Page) -> None:
    sign_in(page, "staf")
    page.goto(f"{reverse('members:list')}?sort=full_name")
    page.get_by_role("link", name="Berikutnya").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".pager")).to_contain_text("halaman 2 dari 3")
    expect(page.locator("#list")).to_be_focused()
    assert page.evaluate("document.getElementById('list').getBoundingClientRect().top >= 0")
    page.locator("#sort-member_number").focus()
    page.keyboard.press("Enter")
    expect(page.locator("thead th[aria-sort=ascending]")).to_have_text("Nomor")
    expect(page.locator("#sort-member_number")).to_be_focused()


@pytest.mark.usefixtures("register")
def test_a_list_fits_a_phone_and_its_print_has_no_findings(page: Page) -> None:
    sign_in(page, "staf")
    for address in ("", "?print=1", "?q=tidakada"):
        page.goto(f"{reverse('members:list')}{address}")
        with narrow(page):
            if not address:
                page.locator(".list-tools summary").click()
            assert_no_sideways_scroll(page)
        assert axe(page) == []
    page.goto(f"{reverse('members:list')}?print=1")
    expect(page.get_by_role("button", name="Cetak")).to_be_visible()

"""The collection grid on a phone, on a desk and without JavaScript, in a real browser."""

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from members.models import Member, SavingsEntry
from tests.browser.visit import assert_no_sideways_scroll, axe, narrow, sign_in
from tests.factories import CooperativeFactory, UserFactory
from tests.member_factories import MemberFactory, SavingsRateFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def members() -> list[Member]:
    january = dt.date(timezone.localdate().year, 1, 1)
    cooperative = CooperativeFactory.create(kelurahan__name="Melawai")
    SavingsRateFactory.create(cooperative=cooperative, starts_on=january)
    UserFactory.create(sudin=True, username="penagih")
    return [
        MemberFactory.create(cooperative=cooperative, number=number, joined_on=january)
        for number in ("001", "002")
    ]


def test_ticks_are_collected_on_a_phone_and_by_the_month_on_a_desk(page: Page, members: list[Member]) -> None:
    sign_in(page, "penagih")
    page.goto("/savings/collect/")
    assert axe(page) == []
    narrow(page)
    assert_no_sideways_scroll(page)
    january = page.get_by_role("checkbox", name="001 Jan")
    january.check()
    page.get_by_role("button", name="Simpan yang dicentang").click()
    expect(page.locator(".messages")).to_contain_text("1 bulan dari 1 anggota tercatat, Rp")
    expect(january).to_be_disabled()
    expect(january).to_be_checked()
    for row in ("Bagian anggota", "Bagian simpanan"):
        current = page.get_by_role("navigation", name=row).locator("[aria-current]")
        expect(current).to_be_in_viewport(ratio=1)
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_role("checkbox", name="Centang semua Januari").check()
    expect(page.get_by_role("checkbox", name="002 Jan")).to_be_checked()
    page.get_by_role("button", name="Simpan yang dicentang").click()
    expect(page.locator(".messages")).to_contain_text("1 bulan dari 1 anggota tercatat, Rp")
    assert axe(page) == []
    assert [entry.member for entry in SavingsEntry.objects.order_by("pk")] == members


def test_ticks_are_collected_without_javascript(
    chromium: Browser, page: Page, members: list[Member], live_server: object
) -> None:
    sign_in(page, "penagih")
    state = page.context.storage_state()
    context = chromium.new_context(
        base_url=str(live_server), java_script_enabled=False, storage_state=state, locale="id-ID"
    )
    plain = context.new_page()
    plain.goto("/savings/collect/")
    plain.get_by_role("checkbox", name="002 Jan").check()
    plain.get_by_role("button", name="Simpan yang dicentang").click()
    expect(plain.locator(".messages")).to_contain_text("1 bulan dari 1 anggota tercatat, Rp")
    context.close()
    assert [entry.member for entry in SavingsEntry.objects.all()] == members[1:]

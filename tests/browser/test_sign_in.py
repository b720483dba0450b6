"""The ways in, as people see them: a link handed over, a first password, a second factor, the back office."""

import time
from collections.abc import Iterator

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from kkmp.accounts.models import User
from tests.browser.visit import Watch, assert_no_sideways_scroll, axe, narrow, sign_in
from tests.factories import KecamatanFactory, KelurahanFactory, UserFactory, officer_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def phone(chromium: Browser, live_server: LiveServer, watch: Watch) -> Iterator[Page]:
    """Another person's browser, as narrow as a small phone."""
    context = chromium.new_context(
        base_url=live_server.url, locale="id-ID", viewport={"width": 360, "height": 740}
    )
    page = context.new_page()
    watch.on(page)
    yield page
    page.evaluate("1")
    context.close()


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    cache.clear()


def looks_right(page: Page) -> None:
    assert (page.url, axe(page)) == (page.url, [])
    with narrow(page):
        assert_no_sideways_scroll(page)
    page.reload()


def test_an_officer_without_password_comes_in_by_a_link(page: Page, phone: Page) -> None:
    UserFactory.create(sudin=True, username="sudin")
    melawai = KelurahanFactory.create(
        name="Melawai", kecamatan=KecamatanFactory.create(name="Kebayoran Baru")
    )
    officer = officer_of(melawai, username="petugas", full_name="Petugas Satu")
    officer.set_unusable_password()
    officer.save()

    sign_in(page, "sudin")
    page.goto(reverse("accounts:people"))
    looks_right(page)
    page.get_by_role("searchbox", name="Cari").fill("satu")
    page.get_by_role("button", name="Tampilkan").click()
    page.get_by_role("button", name="Buat tautan untuk Petugas Satu").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tautan masuk untuk Petugas Satu")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Salin tautan").click()
    expect(page.get_by_role("button", name="Tersalin")).to_be_visible()
    address = page.evaluate("navigator.clipboard.readText()")
    assert axe(page) == []

    phone.goto(address)
    assert_no_sideways_scroll(phone)
    assert axe(phone) == []
    phone.get_by_role("button", name="Masuk sebagai Petugas Satu").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Buat kata sandi baru")
    phone.get_by_label("Kata sandi baru", exact=False).first.fill("rahasia-petugas-1")
    phone.get_by_label("Kata sandi baru, sekali lagi", exact=False).fill("rahasia-petugas-1")
    phone.get_by_role("button", name="Simpan kata sandi").click()
    expect(phone.locator(".messages")).to_contain_text("Kata sandi baru tersimpan")
    phone.goto(reverse("accounts:my_access"))
    expect(phone.locator("main")).to_contain_text("Kelurahan Melawai, Kecamatan Kebayoran Baru")
    looks_right(phone)
    assert User.objects.get(username="petugas").check_password("rahasia-petugas-1")


def test_a_second_factor_is_switched_on_by_the_picture(page: Page) -> None:
    UserFactory.create(username="petugas")
    sign_in(page, "petugas")
    page.goto(reverse("mfa_activate_totp"))
    page.get_by_label("Kata sandi", exact=False).fill("contoh-kkmp-2025")
    page.get_by_role("button", name="Lanjutkan").click()
    picture = page.get_by_role("img", name="Kode QR")
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)")
    assert axe(page) == []
    with narrow(page):
        assert_no_sideways_scroll(page)
    secret = page.locator("#secret").inner_text()
    page.get_by_label("Isi enam angka").fill(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))
    page.get_by_role("button", name="Aktifkan").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Kode cadangan")
    looks_right(page)
    page.goto(reverse("mfa_index"))
    looks_right(page)

    spare = (
        page.goto(reverse("mfa_view_recovery_codes"))
        and page.locator("#recovery-codes").inner_text().split()[0]
    )
    page.context.clear_cookies()
    sign_in(page, "petugas")
    looks_right(page)
    page.get_by_label("Kode", exact=True).fill(str(spare))
    page.get_by_role("button", name="Masuk").click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Kode sekali pakai")


@pytest.mark.parametrize(
    "name", ["account_login", "account_reset_password", "account_signup", "account_inactive"]
)
def test_pages_before_sign_in_have_no_findings_and_fit_a_phone(page: Page, name: str) -> None:
    page.goto(reverse(name))
    looks_right(page)


def test_an_account_is_made_in_the_back_office(page: Page) -> None:
    UserFactory.create(admin=True, username="admin")
    sign_in(page, "admin")
    page.goto(reverse("admin:accounts_user_add"))
    page.locator("#id_full_name").fill("Petugas Baru")
    page.locator("#id_username").fill("petugas.baru")
    page.locator("#id_role").select_option("officer")
    page.locator("input[name=_save]").click()
    page.get_by_role("link", name="Buat tautan masuk").first.click()
    expect(page.locator("table tbody tr")).to_have_count(1)
    for address in ("admin:accounts_user_changelist", "admin:accounts_accessevent_changelist"):
        page.goto(reverse(address))
    page.goto(reverse("admin:accounts_user_change", args=[User.objects.get(username="petugas.baru").pk]))
    page.goto(reverse("admin:auth_user_password_change", args=[User.objects.get(username="petugas.baru").pk]))
    expect(page.locator("#id_password1")).to_be_visible()

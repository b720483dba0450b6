"""The leader's sheet as a browser prints it: one page of A4, whatever stands on it."""

import io

import pytest
from playwright.sync_api import Page
from pypdf import PdfReader
from pytest_django.live_server_helper import LiveServer

from tests.browser.visit import axe, sign_in
from tests.factories import CooperativeFactory, KecamatanFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


def printed(page: Page, address: str) -> list[tuple[int, int]]:
    """Width and height of each page in points."""
    page.goto(address)
    assert axe(page) == []
    pdf = page.pdf(prefer_css_page_size=True, print_background=True)
    return [
        (round(one.mediabox.width), round(one.mediabox.height)) for one in PdfReader(io.BytesIO(pdf)).pages
    ]


@pytest.mark.usefixtures("sample_city")
def test_the_sample_city_is_one_page(page: Page) -> None:
    sign_in(page, "pimpinan")
    assert [printed(page, address) for address in ("/sheet/", "/sheet/?on=2025-09-22")] == [[(595, 842)]] * 2


def test_long_names_are_one_page(page: Page, live_server: LiveServer) -> None:
    """Ten kecamatan and 65 kelurahan with names longer than any there is."""
    for number in range(10):
        kecamatan = KecamatanFactory.create(name=f"Kebayoran Pesanggrahan Timur {number}")
        for place in range(7 if number < 5 else 6):
            CooperativeFactory.create(
                kelurahan__kecamatan=kecamatan, kelurahan__name=f"Grogol Petamburan Selatan {number}{place}"
            )
    UserFactory.create(leader=True, username="pimpinan")
    sign_in(page, "pimpinan")
    assert printed(page, "/sheet/") == [(595, 842)]

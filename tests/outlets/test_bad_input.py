"""Whatever is typed or stands in an address: a message or a right page, never a fault of ours."""

import datetime as dt
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from outlets.models import Outlet
from tests.factories import CapitalNeedFactory, OutletFactory, StatusChangeFactory, UserFactory
from tests.reading import errors_of, page_of, values_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

SCRIPT = "<script>alert(1)</script>"
ODD = [
    SCRIPT,
    "متجر القرية \u202eirag\u202c",
    "Gerai 🥬🛒",
    "x" * 10_000,
    "'; DROP TABLE outlets_outlet; --",
    "%s %(x)s {{ 1 }}",
]


@pytest.fixture
def sudin() -> Client:
    client = Client()
    client.force_login(UserFactory.create(sudin=True))
    return client


@pytest.fixture
def addresses() -> list[str]:
    need = CapitalNeedFactory.create()
    change = StatusChangeFactory.create(outlet=need.outlet)
    return [
        "/outlets/",
        f"/outlets/{need.outlet_id}/",
        f"/outlets/add/{need.outlet.cooperative.kelurahan_id}/",
        f"/outlets/{need.outlet_id}/edit/",
        f"/outlets/{need.outlet_id}/status/",
        f"/outlets/none/{need.outlet.cooperative.kelurahan_id}/",
        f"/outlets/changes/{change.pk}/correct/",
        f"/outlets/changes/{change.pk}/retract/",
        "/outlets/needs/",
        f"/outlets/{need.outlet_id}/needs/add/",
        f"/outlets/needs/{need.pk}/",
    ]


NAMES = (
    "q",
    "status",
    "reason",
    "kind",
    "need",
    "sort",
    "state",
    "purpose",
    "page",
    "on",
    "known",
    "kecamatan",
    "cooperative",
)
QUERIES = [
    {name: value}
    for name in NAMES
    for value in ("31/02/2026", "2026-02-31", "9" * 40, "-1", "💥", "x" * 10_000)
]


@pytest.mark.slow
def test_any_value_in_an_address_gives_a_page(sudin: Client, addresses: list[str]) -> None:
    # An address of 10,000 characters is refused by servers, but the test client goes past them.
    for path in ("/outlets/", "/outlets/needs/", addresses[1]):
        queries: list[dict[str, Any]] = [
            *QUERIES,
            {"on": ["2026-03-01", "x"]},
            {"q": SCRIPT},
            {"format": "pdf"},
        ]
        for query in queries:
            response = sudin.get(path, query)
            assert response.status_code == 200, (path, query)
            assert SCRIPT not in response.content.decode()
    assert sudin.get("/outlets/?q=%00").status_code == 400


def test_key_beyond_64_bit_is_not_found(sudin: Client) -> None:
    for path in ("/outlets/{}/", "/outlets/{}/edit/", "/outlets/{}/status/", "/outlets/changes/{}/correct/",
                 "/outlets/changes/{}/retract/", "/outlets/needs/{}/", "/outlets/{}/needs/add/"):  # fmt: skip
        assert sudin.get(path.format("9" * 40)).status_code == 404
    for code in ("x" * 5_000, "💥", "31.74.99.9999"):
        assert sudin.get(f"/outlets/add/{code}/").status_code == 404
        assert sudin.get(f"/outlets/none/{code}/").status_code == 404


@pytest.mark.parametrize("value", [*ODD, "\x00", "9" * 5_000, "-1", "1e999", "NaN", "31/02/2026"])
def test_any_value_in_a_form_gives_a_page(sudin: Client, addresses: list[str], value: str) -> None:
    fields = ("name", "kind", "address", "premises", "tenure", "area_m2", "electricity", "lat", "lon", "version", "status",
              "reason", "effective_on", "note", "purpose", "amount_idr", "text", "since_on", "closed_on")  # fmt: skip
    for path in addresses:
        if path not in {"/outlets/", "/outlets/needs/", addresses[1]}:
            response = sudin.post(path, dict.fromkeys(fields, value))
            assert response.status_code in {200, 302}, path
            assert SCRIPT not in response.content.decode()


@pytest.mark.parametrize("name", [text for text in ODD if len(text) <= 150])
def test_odd_names_are_kept_and_shown_as_they_are(sudin: Client, name: str) -> None:
    outlet = OutletFactory.create()
    StatusChangeFactory.create(outlet=outlet, idle=True, effective_on=dt.date(2026, 3, 1), note=name)
    CapitalNeedFactory.create(outlet=outlet, text=name)
    address = f"/outlets/{outlet.pk}/edit/"
    sudin.post(address, values_of(page_of(sudin, address)) | {"name": name, "address": name})
    assert Outlet.objects.get().name == name
    for path in (
        "/outlets/",
        f"/outlets/{outlet.pk}/",
        address,
        f"/outlets/{outlet.pk}/status/",
        "/outlets/needs/",
    ):
        page = page_of(sudin, path)
        assert name in page.get_text() or name in str(values_of(page))
        assert [script for script in page.select("script") if "alert" in script.get_text()] == []
    for kind in ("csv", "xlsx"):
        assert sudin.get("/outlets/", {"format": kind}).status_code == 200


def test_long_and_large_values_are_told_apart(sudin: Client) -> None:
    outlet = OutletFactory.create()
    address = f"/outlets/{outlet.pk}/edit/"
    typed = values_of(page_of(sudin, address)) | {
        "name": "n" * 10_000,
        "area_m2": "9" * 30,
        "lat": "91",
        "lon": "abc",
    }
    page = BeautifulSoup(sudin.post(address, typed).content, "html.parser")
    assert errors_of(page) == {
        "name": ["Pastikan nilai ini mengandung paling banyak 150 karakter (sekarang 10000 karakter)."],
        "area_m2": ["Pastikan nilai ini lebih kecil dari atau sama dengan 1000000."],
        "lat": ["Pastikan nilai ini lebih kecil dari atau sama dengan 90."],
        "lon": ["Masukkan sebuah bilangan."],
    }
    kept = values_of(page)
    assert {name: kept[name] for name in ("name", "area_m2", "lat", "lon")} == {
        name: typed[name] for name in ("name", "area_m2", "lat", "lon")
    }

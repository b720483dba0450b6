"""Every page on a small phone and on a wide screen, in both languages and both themes: readable, and without findings."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from cooperatives.models import Cooperative
from kkmp.accounts.models import Role
from tests.browser.fitting import misfits
from tests.browser.visit import Watch, axe, sideways, sign_in
from tests.scope_addresses import ADDRESSES
from tests.test_scope import OUR_ROUTES, name_of

pytestmark = pytest.mark.django_db(transaction=True)

SIZES = (
    {"width": 360, "height": 740},
    {"width": 768, "height": 1024},
    {"width": 1024, "height": 768},
    {"width": 1440, "height": 900},
)
# The widest and the narrowest: other words, the same layout.
ENDS = (SIZES[0], SIZES[-1])
# Files, and what answers without a page.
NO_PAGES = {
    "imports:template",
    "imports:failed",
    "cooperatives:paper_file",
    "cooperatives:paper_former",
    "partners:evidence",
    "partners:letter_file",
    "reports:photo",
    "healthz",
    "readyz",
}
SIGNED_OUT = ("account_login", "account_reset_password", "account_signup", "account_inactive")
USERS = {None: "", Role.SUDIN: "sudin.satu", Role.ADMIN: "admin"}
# Tests of their own, so that workers share them: together they take the longest of all.
PARTS = 4


# From a row to its cooperative.
PATHS = ("cooperative", "outlet__cooperative", "support__cooperative", "need__outlet__cooperative")


@dataclass(frozen=True)
class Sample:
    """Stands for an area in the arguments of an address: rows of a cooperative of the sample city, or any."""

    cooperative: Cooperative

    @property
    def code(self) -> str:
        return self.cooperative.kelurahan_id

    def pk(self, label: str) -> Any:
        model: Any = apps.get_model(label)
        rows = model._default_manager.order_by("pk")
        for path in PATHS:
            if path.split("__", maxsplit=1)[0] in {field.name for field in model._meta.fields}:
                rows = rows.filter(**{path: self.cooperative})
                break
        return rows.values_list("pk", flat=True).first()

    @property
    def partner(self) -> Any:
        return apps.get_model("partners.Partner")._default_manager.order_by("pk").first()

    @property
    def offer(self) -> Any:
        return apps.get_model("partners.Offer")._default_manager.order_by("pk").first()

    @property
    def event(self) -> Any:
        return apps.get_model("partners.Event")._default_manager.order_by("pk").first()


def addresses(role: Role | None, sample: Any) -> Iterator[str]:
    if role is None:
        yield from map(reverse, SIGNED_OUT)
        return
    for route in OUR_ROUTES:
        spec = ADDRESSES[name_of(route)]
        if spec.posted or spec.status != 200 or name_of(route) in NO_PAGES or first_of(spec.may) != role:
            continue
        arguments = spec.arguments(sample, sample) if spec.arguments else []
        if None not in arguments:
            yield route.filled() if spec.arguments is None else reverse(route.name, args=arguments)
    if role == Role.ADMIN:
        yield "/nowhere/"


def first_of(may: frozenset[Role]) -> Role:
    return Role.SUDIN if Role.SUDIN in may else Role.ADMIN


def seen_on(page: Page, address: str, sizes: Iterable[dict[str, int]]) -> list[str]:
    page.goto(address)
    found = []
    for size in sizes:
        page.set_viewport_size(size)  # type: ignore[arg-type]  # a plain dict is one
        found += [f"{size['width']}: {one}" for one in (*sideways(page), *misfits(page))]
    return found + axe(page)


@pytest.mark.slow
@pytest.mark.usefixtures("sample_city")
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize(("language", "theme"), [("id", "dark"), ("en", "light")])
def test_pages_are_readable(
    page: Page, watch: Watch, language: str, theme: Any, part: int, live_server: LiveServer
) -> None:
    """Colours do not depend on the language, nor sizes on the theme: two of the four pairs show all there is."""
    page.emulate_media(color_scheme=theme)
    page.context.add_cookies(
        [{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": live_server.url}]
    )
    sample = Sample(Cooperative.objects.get(kelurahan__name="Kebayoran Lama Selatan"))
    found: dict[str, list[str]] = {}
    for role, username in USERS.items():
        mine = [*addresses(role, sample)][part::PARTS]
        if mine and username:
            page.context.clear_cookies(name="sessionid")
            sign_in(page, username)
        found |= {address: seen_on(page, address, SIZES if language == "id" else ENDS) for address in mine}
    # The browser tells of the page that is missing, as it should.
    watch.errors = [error for error in watch.errors if "/nowhere/" not in error]
    assert {address: findings for address, findings in found.items() if findings} == {}


BAD = """<style>* { font: 16px/1 monospace } div { width: 80px } .cut { overflow: hidden; white-space: nowrap }
.out { white-space: nowrap } .low { overflow: hidden; height: 10px } .up { margin-top: -12px }</style>
<div class="cut">cut at its end, so nobody reads it</div><div class="out">leaves its box</div>
<div class="low">two lines of it</div><div>first</div><div class="up">second</div>"""
GOOD = """<style>div { width: 80px } details { overflow: hidden }</style>
<div>wraps in its box</div><details><summary>More</summary>hidden</details><div hidden>gone</div>"""


def test_the_measure_sees_what_people_see(page: Page) -> None:
    page.set_content(GOOD)
    assert misfits(page) == []
    page.set_content(BAD)
    assert sorted({finding.split(" ", maxsplit=1)[0] for finding in misfits(page)}) == [
        "cut",
        "cut:",
        "on",
        "out",
    ]

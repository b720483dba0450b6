"""Chromium for the tests of this folder; every page is watched while it is open."""

import gc
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import Browser, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from dev import CHROMIUM_NAMES
from tests.browser.visit import Watch
from tests.seeded import FEW
from tests.table_rows import Recall

CHROMIUM = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
IS_REQUIRED = os.environ.get("CI") == "true" or bool(os.environ.get("REQUIRE_BROWSER"))
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    # A module at a time: while Playwright's loop runs in a thread, Django refuses queries there, and only the
    # tests here may be allowed to make them.
    if not CHROMIUM:
        (pytest.fail if IS_REQUIRED else pytest.skip)("NOT RUN: BROWSER TESTS (sudo apt install chromium)")
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        call_command("build_assets")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()
    # What threads of the server left open where the browser hung up.
    gc.collect()


@pytest.fixture
def watch(live_server: LiveServer) -> Iterator[Watch]:
    watch = Watch(live_server.url)
    yield watch
    watch.assert_clean()


@pytest.fixture
def page(chromium: Browser, live_server: LiveServer, watch: Watch) -> Iterator[Page]:
    """A fresh window, signed out, in the office's language and time zone."""
    context = chromium.new_context(
        base_url=live_server.url,
        locale="id-ID",
        timezone_id="Asia/Jakarta",
        viewport={"width": 1280, "height": 900},
    )
    context.set_default_timeout(20_000)
    page = context.new_page()
    watch.on(page)
    yield page
    # One round trip more, so that events on their way arrive before the watch is read.
    page.evaluate("1")
    context.close()


@pytest.fixture
def sample_city(live_server: LiveServer, recall: Recall) -> None:
    """The sample data of `make run`, with its users."""

    def make() -> None:
        call_command("seed_reference")
        call_command("seed_demo", members=FEW)

    recall(f"city of {timezone.localdate()}", make)

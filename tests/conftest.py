"""What every test gets: strict templates, shuffled rows, cheap passwords, and fixtures to ask for."""

import datetime as dt
import gc
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import hypothesis
import pytest
import time_machine
from django.conf import settings as django_settings
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache, caches
from django.core.management import call_command
from django.db import connections
from django.test import TransactionTestCase, override_settings

from tests import strictness
from tests.table_rows import Recall, empty_what_was_filled, recalled

TODAY = dt.date(2026, 3, 16)

hypothesis.settings.register_profile("kkmp", deadline=None)
hypothesis.settings.load_profile("kkmp")

TEST_SETTINGS = override_settings(
    # Argon2 is slow by design, and most tests sign somebody in.
    PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    # The manifest needs collectstatic; one test collects with it.
    STORAGES={
        **django_settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    },
    WHITENOISE_AUTOREFRESH=True,
    WHITENOISE_USE_FINDERS=True,
)
PATCH = pytest.MonkeyPatch()


def pytest_configure() -> None:
    TEST_SETTINGS.enable()
    strictness.refuse_undefined_variables(PATCH)
    strictness.shuffle_unordered_querysets(PATCH)
    PATCH.setattr(TransactionTestCase, "_fixture_teardown", lambda _case: empty_what_was_filled())
    default = connections.databases["default"]
    if default["ENGINE"] == "django.db.backends.sqlite3":
        default["TEST"]["NAME"] = str(default["NAME"])
        Path(default["NAME"]).parent.mkdir(parents=True, exist_ok=True)
    else:
        # No test pulls the plug, so none needs to wait for the disk.
        default["OPTIONS"]["options"] += " -c synchronous_commit=off"
        # A thread of the server that browsers ask would keep its own, and the database could not be dropped.
        default["CONN_MAX_AGE"] = 0


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long ones first, those of one browser together: whoever is through early takes short ones off the others."""
    items.sort(key=lambda item: tuple(not item.get_closest_marker(name) for name in ("slow", "browser")))


def pytest_collection_finish() -> None:
    """What is imported by now stays until the end: the collector of garbage need not walk through it ever again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000)


def pytest_unconfigure() -> None:
    PATCH.undo()
    TEST_SETTINGS.disable()


@pytest.fixture
def today() -> Iterator[dt.date]:
    """Noon of a Monday in Jakarta; the clock stands still."""
    noon = dt.datetime.combine(TODAY, dt.time(12), tzinfo=ZoneInfo("Asia/Jakarta"))
    with time_machine.travel(noon, tick=False):
        yield TODAY


@pytest.fixture
def reference(db: None) -> None:
    """The rows every installation starts with: 10 kecamatan, 65 kelurahan and their cooperatives, public facts."""
    call_command("seed_reference")


@pytest.fixture
def recall(files_of_their_own: None, tmp_path_factory: pytest.TempPathFactory) -> Recall:
    """Ask it for sample data instead of making them, with a name for what they are and the moment they are made."""
    return partial(recalled, folder=tmp_path_factory.getbasetemp())


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    """A count of queries or of attempts to sign in must not depend on the tests before it."""
    ContentType.objects.clear_cache()
    cache.clear()
    caches["drawn"].clear()


@pytest.fixture(autouse=True)
def files_of_their_own(settings: Any, tmp_path: Path) -> None:
    """Uploads of tests stay out of var/files."""
    settings.MEDIA_ROOT = str(tmp_path / "files")

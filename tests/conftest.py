"""What every test gets: strict templates, shuffled rows, cheap passwords, and fixtures to ask for."""

import datetime as dt
from collections.abc import Iterator
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
from django.db import connection, connections
from django.test import TransactionTestCase, override_settings

from kkmp import triggers
from tests import strictness

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
    PATCH.setattr(TransactionTestCase, "_fixture_teardown", flush_without_triggers)
    default = connections.databases["default"]
    if default["ENGINE"] == "django.db.backends.sqlite3":
        default["TEST"]["NAME"] = str(default["NAME"])
        Path(default["NAME"]).parent.mkdir(parents=True, exist_ok=True)


def pytest_unconfigure() -> None:
    PATCH.undo()
    TEST_SETTINGS.disable()


original_flush = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]  # private, not in the stubs


def flush_without_triggers(self: TransactionTestCase) -> None:
    """Append-only tables refuse the flush that follows a test with real transactions."""
    triggers.drop(connection)
    try:
        original_flush(self)
    finally:
        # Also after a test that left the version of the data empty, or a flush that failed.
        triggers.install(connection)


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

"""A database with a row in every table, and empty ones of both kinds beside it to restore into."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings as django_settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.core.files.storage import FileSystemStorage
from django.core.management import call_command
from django.db import connection, connections
from django.utils import timezone

from kkmp.backup.restoring import restore_backup
from kkmp.backup.writing import write_backup
from members.models import Member
from tests.member_factories import MemberFactory
from tests.planted import plant, plant_shared

KEY = django_settings.BACKUP_KEY or b""
IS_POSTGRESQL = connection.vendor == "postgresql"
ON_SQLITE = {
    "ENGINE": "django.db.backends.sqlite3",
    "OPTIONS": {"transaction_mode": "IMMEDIATE", "init_command": "PRAGMA foreign_keys=ON;"},
    "HOST": "",
    "PORT": "",
    "USER": "",
    "PASSWORD": "",
}


@dataclass
class Place:
    """A database and a folder of files."""

    using: str
    folder: Path
    told: list[str] = field(default_factory=list)

    @property
    def storage(self) -> FileSystemStorage:
        return FileSystemStorage(self.folder)

    def back_up(self, path: Path, key: bytes = KEY) -> dict[str, Any]:
        return write_backup(path, key=key, using=self.using, storage=self.storage, tell=self.told.append)

    def restore(self, path: Path, key: bytes = KEY) -> dict[str, Any]:
        return restore_backup(path, key=key, using=self.using, storage=self.storage, tell=self.told.append)

    def files(self) -> dict[str, bytes]:
        found = [path for path in self.folder.rglob("*") if path.is_file()]
        return {str(path.relative_to(self.folder)): path.read_bytes() for path in found}


def open_database(alias: str, **changes: Any) -> None:
    connections.databases[alias] = {**connections.databases["default"], **changes}
    # At once: Django's test cases let nobody open a database that they were not told of before.
    connections[alias].connect()


def close_database(alias: str) -> None:
    connections[alias].close()
    del connections[alias], connections.databases[alias]


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@dataclass
class Templates:
    """Migrated and empty: migrations take seconds, a copy takes none."""

    sqlite: Path
    postgresql: str


@pytest.fixture(scope="session")
def templates(
    tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: Any
) -> Iterator[Templates]:
    ready = Templates(
        tmp_path_factory.mktemp("empty") / "empty.sqlite3", f"{connection.settings_dict['NAME']}_empty"
    )
    with django_db_blocker.unblock():
        open_database("empty", **ON_SQLITE, NAME=str(ready.sqlite))
        call_command("migrate", database="empty", interactive=False, verbosity=0)
        close_database("empty")
        if IS_POSTGRESQL:
            run(f'DROP DATABASE IF EXISTS "{ready.postgresql}"')
            run(f'CREATE DATABASE "{ready.postgresql}"')
            open_database("empty", NAME=ready.postgresql)
            call_command("migrate", database="empty", interactive=False, verbosity=0)
            close_database("empty")
    yield ready
    if IS_POSTGRESQL:
        with django_db_blocker.unblock():
            run(f'DROP DATABASE "{ready.postgresql}"')


MakePlace = Callable[[str], Place]


@pytest.fixture
def empty_place(transactional_db: None, templates: Templates, tmp_path: Path) -> Iterator[MakePlace]:
    """Asked with `sqlite` or `postgresql`: an empty place of that kind."""
    made: list[tuple[str, str]] = []

    def make(vendor: str) -> Place:
        alias = f"place{len(made)}"
        if vendor == "sqlite":
            name = str(tmp_path / f"{alias}.sqlite3")
            Path(name).write_bytes(templates.sqlite.read_bytes())
            open_database(alias, **ON_SQLITE, NAME=name)
        else:
            name = f"{templates.postgresql}_{alias}"
            run(f'DROP DATABASE IF EXISTS "{name}"')
            run(f'CREATE DATABASE "{name}" TEMPLATE "{templates.postgresql}"')
            open_database(alias, NAME=name)
        made.append((alias, name))
        return Place(alias, tmp_path / alias)

    yield make
    for alias, name in made:
        is_postgresql = connections[alias].vendor == "postgresql"
        close_database(alias)
        if is_postgresql:
            run(f'DROP DATABASE "{name}"')


@pytest.fixture
def source(transactional_db: None, files_of_their_own: None) -> Place:
    """A row in every table, some of them odd; two areas, so that rows name each other across."""
    ensure_made_by_migrate()
    shared = plant_shared()
    area = plant("mawar", shared, number=1)
    plant("melati", shared, number=2)
    person = area.officer
    TOTP.activate(person, "KLARTEXT")
    RecoveryCodes.activate(person)
    address = EmailAddress.objects.create(user=person, email="mawar@contoh.example")
    EmailConfirmation.objects.create(email_address=address, sent=timezone.now(), key="kunci")
    Group.objects.create(name="kelompok").permissions.add(Permission.objects.order_by("pk")[0])
    LogEntry.objects.create(
        user=person,
        content_type=ContentType.objects.get_for_model(Member),
        object_id="1",
        object_repr="«odd»",
        action_flag=CHANGE,
    )
    odd = 'Σ "kutip" \\ baris\nbaru \u2028 😀 \u202e  '
    MemberFactory.create(full_name=odd)
    # The highest key belongs to a row that is gone: only its history remembers it.
    MemberFactory.create(full_name="pergi").delete()
    return Place("default", Path(django_settings.MEDIA_ROOT))


def ensure_made_by_migrate() -> None:
    """A flush after an earlier test took them away."""
    if not ContentType.objects.exists():
        call_command("migrate", interactive=False, verbosity=0)

"""The drill: back up, restore elsewhere, compare every row and every file; run on both databases, and across."""

import datetime as dt
import threading
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.db import IntegrityError, connection, connections
from django.utils import timezone

from kkmp import triggers
from kkmp.accounts.models import AccessEvent, User
from kkmp.backup import tables
from kkmp.backup.sealed import BackupError
from members.models import Member
from tests.backup.conftest import IS_POSTGRESQL, MakePlace, Place
from tests.factories import UserFactory
from tests.member_factories import MemberFactory

HERE = "postgresql" if IS_POSTGRESQL else "sqlite"
# Kept by what is restored into, or made anew by it.
NOT_IN_A_BACKUP = {"django_session", "django_migrations", triggers.VERSION_TABLE, "sqlite_sequence"}


def rows_of(using: str) -> dict[str, list[Any]]:
    """Every table's values past our own way of writing them."""
    found = {}
    for model in tables.tables():
        rows = model._base_manager.using(using).values_list(
            *(field.attname for field in model._meta.concrete_fields)
        )
        plain = [
            tuple(bytes(value) if isinstance(value, memoryview) else value for value in row) for row in rows
        ]
        found[model._meta.label] = sorted(plain, key=repr)
    return found


def test_every_table_of_the_database_is_in_a_backup(source: Place) -> None:
    with connection.cursor() as cursor:
        held = set(connection.introspection.table_names(cursor))
    assert held - NOT_IN_A_BACKUP == {model._meta.db_table for model in tables.tables()}


def test_drill(source: Place, empty_place: MakePlace, tmp_path: Path) -> None:
    before, files = rows_of("default"), source.files()
    assert [label for label, rows in before.items() if not rows] == []
    made = source.back_up(tmp_path / "1.kkmp")
    target = empty_place(HERE)
    assert target.restore(tmp_path / "1.kkmp") == made
    assert rows_of(target.using) == before
    assert target.files() == files
    assert len(files) > 3
    assert {label: about["rows"] for label, about in made["tables"].items()} == {
        label: len(rows) for label, rows in before.items()
    }
    assert source.files() == files
    assert rows_of("default") == before


def test_drill_across_databases_and_back(source: Place, empty_place: MakePlace, tmp_path: Path) -> None:
    """PostgreSQL to SQLite and back again, or SQLite twice: the tables of all archives are the same bytes."""
    before = rows_of("default")
    manifests = [source.back_up(tmp_path / "0.kkmp")]
    for number, vendor in enumerate(["sqlite", HERE]):
        place = empty_place(vendor)
        place.restore(tmp_path / f"{number}.kkmp")
        assert rows_of(place.using) == before
        manifests.append(place.back_up(tmp_path / f"{number + 1}.kkmp"))
    assert [manifest["database"] for manifest in manifests] == [HERE, "sqlite", HERE]
    for manifest in manifests[1:]:
        assert manifest["tables"] == manifests[0]["tables"]
        assert manifest["files"] == manifests[0]["files"]


def test_restored_database_goes_on_where_the_other_stopped(
    source: Place, empty_place: MakePlace, tmp_path: Path
) -> None:
    """Rules hold again, and no new row gets the key, and with it the history, of one that is gone."""
    source.back_up(tmp_path / "1.kkmp")
    target = empty_place(HERE)
    target.restore(tmp_path / "1.kkmp")
    restored = connections[target.using]
    assert set(triggers.held(restored)) == set(triggers.expected(restored))
    with pytest.raises(IntegrityError, match="append-only"):
        AccessEvent.objects.using(target.using).update(target="lain")
    gone = Member.history.using(target.using).filter(history_type="-").latest("history_id").id
    some = Member.objects.using(target.using).values().exclude(full_name="").first()
    assert some is not None
    new = Member(**{**some, "id": None, "uid": uuid.uuid4(), "number": "baru"})
    new.save(using=target.using)
    assert new.pk == gone + 1
    assert User.objects.using(target.using).filter(username="mawarpetugas").exists()


def test_backup_shows_one_moment(source: Place, empty_place: MakePlace, tmp_path: Path) -> None:
    """What others write meanwhile waits for nobody, and is not in it."""
    before = rows_of("default")

    def write() -> None:
        UserFactory.create(username="sementara")
        connection.close()

    def tell(text: str) -> None:
        source.told.append(text)
        if len(source.told) == 1:
            other = threading.Thread(target=write)
            other.start()
            other.join(timeout=10)
            assert User.objects.filter(username="sementara").exists() is False

    place = Place("default", source.folder)
    place.told = _Told(tell)
    place.back_up(tmp_path / "1.kkmp")
    assert User.objects.filter(username="sementara").exists() is True
    target = empty_place("sqlite")
    target.restore(tmp_path / "1.kkmp")
    assert rows_of(target.using) == before


class _Told(list[str]):
    def __init__(self, tell: Any) -> None:
        super().__init__()
        self.append = tell  # type: ignore[method-assign]


def test_restore_says_what_it_verified(source: Place, empty_place: MakePlace, tmp_path: Path) -> None:
    manifest = source.back_up(tmp_path / "1.kkmp")
    target = empty_place("sqlite")
    target.restore(tmp_path / "1.kkmp")
    rows = sum(about["rows"] for about in manifest["tables"].values())
    held, files = len(manifest["tables"]), len(manifest["files"])
    assert target.told[:4] == [
        "Memeriksa cadangan:",
        "  segel: 1 bagian utuh",
        f"  isi: {held} tabel, {rows} baris, {files} berkas sama dengan daftarnya",
        "Memulihkan:",
    ]
    assert target.told[-2:] == [
        "  setiap tabel dibaca kembali: jumlah dan isinya sama",
        f"  {files} berkas dibaca kembali: isinya sama",
    ]


def refused(place: Place, path: Path, complaint: str, **options: Any) -> None:
    """Refused in words, and the place is as it was."""
    before = rows_of(place.using), place.files()
    with pytest.raises(BackupError, match=complaint):
        place.restore(path, **options)
    assert (rows_of(place.using), place.files()) == before
    held = connections[place.using]
    assert set(triggers.held(held)) == set(triggers.expected(held))


def test_filled_target_is_refused(source: Place, empty_place: MakePlace, tmp_path: Path) -> None:
    source.back_up(tmp_path / "1.kkmp")
    refused(source, tmp_path / "1.kkmp", "tidak kosong .account.EmailAddress")
    target = empty_place("sqlite")
    session = Session(session_key="x", session_data="x", expire_date=timezone.now() + dt.timedelta(days=1))
    session.save(using=target.using)
    refused(target, tmp_path / "1.kkmp", "tidak kosong .sessions.Session")
    session.delete(using=target.using)
    target.storage.save("sisa/foto.jpg", ContentFile(b"x"))
    refused(target, tmp_path / "1.kkmp", "Folder berkas tujuan tidak kosong")
    target.storage.delete("sisa/foto.jpg")
    target.restore(tmp_path / "1.kkmp")
    refused(target, tmp_path / "1.kkmp", "tidak kosong")


def test_other_release_is_refused(source: Place, empty_place: MakePlace, tmp_path: Path) -> None:
    source.back_up(tmp_path / "1.kkmp")
    target = empty_place("sqlite")
    with connections[target.using].cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'mfa' AND name LIKE '0003%%'")
    refused(target, tmp_path / "1.kkmp", r"berbeda: mfa\.0003_authenticator_type_uniq\. Pasang rilis itu")


def test_backup_sealed_with_another_key_is_refused(
    source: Place, empty_place: MakePlace, tmp_path: Path, settings: Any
) -> None:
    source.back_up(tmp_path / "1.kkmp")
    target = empty_place("sqlite")
    refused(target, tmp_path / "1.kkmp", "dikunci dengan BACKUP_KEY lain", key=bytes(range(32)))
    former = settings.DATA_KEYS
    settings.DATA_KEYS = (bytes(range(32)),)
    refused(target, tmp_path / "1.kkmp", "dienkripsi dengan DATA_KEY lain")
    settings.DATA_KEYS = (bytes(range(32)), *former)
    target.restore(tmp_path / "1.kkmp")


def test_failure_in_the_middle_leaves_nothing(source: Place, empty_place: MakePlace, tmp_path: Path) -> None:
    """A database that has a rule more than the backup's, and a file that cannot be written under its name."""
    source.back_up(tmp_path / "1.kkmp")
    target = empty_place(HERE)
    with connections[target.using].cursor() as cursor:
        cursor.execute("CREATE UNIQUE INDEX of_this_place ON partners_support (partner_id)")
    refused(target, tmp_path / "1.kkmp", "Database menolak isi cadangan")
    with connections[target.using].cursor() as cursor:
        cursor.execute("DROP INDEX of_this_place")

    class Renaming(type(target.storage)):  # type: ignore[misc]  # the class of this storage
        def get_available_name(self, name: str, max_length: int | None = None) -> str:
            return f"{name}.lain"

    other = _With(target, Renaming(target.folder))
    with pytest.raises(BackupError, match="tidak dapat disimpan dengan namanya"):
        other.restore(tmp_path / "1.kkmp")
    assert (User.objects.using(target.using).exists(), target.files()) == (False, {})


class _With(Place):
    def __init__(self, place: Place, storage: Any) -> None:
        super().__init__(place.using, place.folder)
        self._storage = storage

    @property
    def storage(self) -> Any:
        return self._storage


def test_file_that_a_row_names_and_nobody_has_is_told(source: Place, tmp_path: Path) -> None:
    name = min(source.files())
    source.storage.delete(name)
    assert source.back_up(tmp_path / "1.kkmp")["missing_files"] == [name]


def test_table_larger_than_is_read_or_written_at_once(
    source: Place, empty_place: MakePlace, tmp_path: Path
) -> None:
    cooperative = Member.objects.order_by("pk")[0].cooperative
    Member.objects.bulk_create(
        MemberFactory.build(cooperative=cooperative, number=f"b{number}") for number in range(1201)
    )
    before = rows_of("default")
    source.back_up(tmp_path / "1.kkmp")
    target = empty_place("sqlite")
    target.restore(tmp_path / "1.kkmp")
    assert rows_of(target.using) == before

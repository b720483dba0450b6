"""Makes a backup: one sealed file that holds a ZIP with a file of lines a table, every uploaded file, and a manifest."""

import hashlib
import json
import os
import secrets
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, cast

from django.conf import settings
from django.core.files.storage import Storage
from django.db import connections, models, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from django.utils.translation import gettext as _

from kkmp import crypto
from kkmp.backup import tables
from kkmp.backup.sealed import CHUNK, BackupError, SealedWriter

FORMAT = 1
MANIFEST = "manifest.json"
Tell = Callable[[str], None]


def write_backup(path: Path, *, key: bytes, using: str, storage: Storage, tell: Tell) -> dict[str, Any]:
    """Write all tables and files as they are at one moment to `path`, which must not exist; returns the manifest."""
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        # Readable by its owner only, and under its own name only once it is whole.
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            _refuse_existing(path)
            manifest = _write(file, key, using, storage, tell)
            file.flush()
            os.fsync(file.fileno())
        _refuse_existing(path)
        part.rename(path)
    except OSError as error:
        raise BackupError(f"{error.filename or path}: {error.strerror}.") from error
    finally:
        part.unlink(missing_ok=True)
    return manifest


def _refuse_existing(path: Path) -> None:
    if path.exists():
        raise BackupError(_("%(path)s sudah ada: pilih nama lain.") % {"path": path})


def _write(file: BinaryIO, key: bytes, using: str, storage: Storage, tell: Tell) -> dict[str, Any]:
    sealed = SealedWriter(file, key)
    with zipfile.ZipFile(cast("BinaryIO", sealed), "w") as archive, _one_moment(using):
        manifest = _about(using)
        manifest["tables"] = {
            model._meta.label: _add_table(archive, model, using, tell) for model in tables.tables()
        }
        manifest["files"] = _add_files(archive, storage, tell)
        manifest["missing_files"] = sorted(set(_named_files(using)) - set(manifest["files"]))
        _add(archive, MANIFEST, [json.dumps(manifest, indent=1).encode()])
    sealed.finish()
    return manifest


def _about(using: str) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "made_at": timezone.now().isoformat(timespec="seconds"),
        "release": settings.RELEASE,
        "database": connections[using].vendor,
        "data_keys": crypto.key_ids(),
        "migrations": applied(using),
    }


def applied(using: str) -> list[str]:
    """Every migration that made the tables what they are."""
    return sorted(".".join(name) for name in MigrationRecorder(connections[using]).applied_migrations())


@contextmanager
def _one_moment(using: str) -> Iterator[None]:
    """All reads see the database as it is at the first of them; nobody who writes has to wait."""
    connection = connections[using]
    if connection.vendor == "postgresql":
        with transaction.atomic(using=using, durable=True), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
        return
    with connection.cursor() as cursor:
        # Not `atomic`: on SQLite that begins as a writer here, and would keep all others out.
        cursor.execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


def _add_table(archive: zipfile.ZipFile, model: tables.Table, using: str, tell: Tell) -> dict[str, Any]:
    label = model._meta.label
    count, sha256 = _add(archive, table_entry(label), tables.lines(model, using), compress=True)
    tell(_("  %(label)s: %(count)s baris") % {"label": label, "count": count})
    return {
        "rows": count,
        "sha256": sha256,
        "columns": tables.names(model),
        "last_key": tables.last_key(model, using),
    }


def table_entry(label: str) -> str:
    return f"tables/{label}.jsonl"


def file_entry(name: str) -> str:
    return f"files/{name}"


def _add_files(archive: zipfile.ZipFile, storage: Storage, tell: Tell) -> dict[str, Any]:
    added = {}
    for name in stored_files(storage):
        # Whoever erases a file meanwhile meant it; a row that still names it is told of.
        with suppress(FileNotFoundError):
            added[name] = _add_file(archive, name, storage)
    tell(_("  berkas: %(count)s") % {"count": len(added)})
    return added


def _add_file(archive: zipfile.ZipFile, name: str, storage: Storage) -> dict[str, Any]:
    with storage.open(name) as file:
        size = 0

        def parts() -> Iterator[bytes]:
            nonlocal size
            for part in file.chunks(CHUNK):
                size += len(part)
                yield part

        _count, sha256 = _add(archive, file_entry(name), parts())
    return {"bytes": size, "sha256": sha256}


def _add(
    archive: zipfile.ZipFile, name: str, parts: Iterable[bytes], *, compress: bool = False
) -> tuple[int, str]:
    """Photos and PDFs are compressed already; lines shrink to a tenth."""
    entry = zipfile.ZipInfo(name, date_time=timezone.now().timetuple()[:6])
    entry.compress_type = zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED
    entry.external_attr = 0o600 << 16
    count, digest = 0, hashlib.sha256()
    with archive.open(entry, "w", force_zip64=True) as target:
        for part in parts:
            count += 1
            digest.update(part)
            target.write(part)
    return count, digest.hexdigest()


def stored_files(storage: Storage, folder: str = "") -> Iterator[str]:
    """Every file of the storage, by its name there: former ones and those of removed papers too."""
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in sorted(files):
        yield f"{folder}{name}"
    for name in sorted(folders):
        yield from stored_files(storage, f"{folder}{name}/")


def _named_files(using: str) -> Iterator[str]:
    """Every file that a row names now."""
    for model in tables.tables():
        for field in model._meta.concrete_fields:
            if isinstance(field, models.FileField):
                yield from (
                    model._base_manager.using(using)
                    .exclude(**{field.name: ""})
                    .values_list(field.name, flat=True)
                )

"""Puts a backup back: only into a database and a folder that are empty, all of it or nothing, and compared afterwards."""

import hashlib
from pathlib import Path
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.files import File
from django.core.files.storage import Storage
from django.db import DatabaseError, connections, transaction
from django.utils.translation import gettext as _

from kkmp import crypto, triggers
from kkmp.backup import tables
from kkmp.backup.reading import Backup, compare, hashed, opened
from kkmp.backup.sealed import CHUNK, BackupError
from kkmp.backup.writing import Tell, applied, stored_files


def restore_backup(path: Path, *, key: bytes, using: str, storage: Storage, tell: Tell) -> dict[str, Any]:
    """Returns the manifest of what was restored; after a BackupError the target is as it was."""
    with opened(path, key) as backup:
        refuse_unlike(backup.manifest, using)
        refuse_filled(using, storage)
        tell(_("Memeriksa cadangan:"))
        backup.verify(tell)
        tell(_("Memulihkan:"))
        try:
            with transaction.atomic(using=using, durable=True):
                _restore_tables(backup, using, tell)
                _restore_files(backup, storage, tell)
        except BaseException as error:
            # None of them was there before.
            for name in backup.manifest["files"]:
                storage.delete(name)
            if isinstance(error, DatabaseError):
                raise BackupError(_("Database menolak isi cadangan: %(why)s") % {"why": error}) from error
            raise
        ContentType.objects.clear_cache()
        return backup.manifest


def refuse_unlike(manifest: dict[str, Any], using: str) -> None:
    """Rows fit only into the tables they come from, and sealed values only where their key is."""
    theirs, ours = set(manifest["migrations"]), set(applied(using))
    if theirs != ours:
        differ = ", ".join(sorted(theirs ^ ours)[:5])
        raise BackupError(
            _(
                "Migrasi cadangan (rilis %(release)s) dan database ini berbeda: %(differ)s. "
                "Pasang rilis itu, jalankan migrate pada database kosong, pulihkan, lalu perbarui."
            )
            % {"release": manifest["release"], "differ": differ}
        )
    columns = {model._meta.label: tables.names(model) for model in tables.tables()}
    if columns != {label: about["columns"] for label, about in manifest["tables"].items()}:
        raise BackupError(_("Tabel cadangan dan tabel rilis ini berbeda."))
    if manifest["data_keys"][0] not in crypto.key_ids():
        raise BackupError(
            _(
                "Data di cadangan dienkripsi dengan DATA_KEY lain (%(id)s): isi DATA_KEY atau DATA_KEY_PREVIOUS dengan kunci itu."
            )
            % {"id": manifest["data_keys"][0]}
        )


def refuse_filled(using: str, storage: Storage) -> None:
    """Empty is: migrated, nobody has signed in, no seed has run, and no file lies there."""
    held = [*tables.tables(), *map(apps.get_model, tables.LEFT_OUT)]
    filled = [
        model._meta.label
        for model in held
        if model._meta.label not in tables.MADE_BY_MIGRATE and model._base_manager.using(using).exists()
    ]
    if filled:
        raise BackupError(
            _(
                "Database tujuan tidak kosong (%(tables)s). Buat database baru dan jalankan hanya migrate, tanpa seed."
            )
            % {"tables": ", ".join(filled[:5])}
        )
    if next(stored_files(storage), None) is not None:
        raise BackupError(_("Folder berkas tujuan tidak kosong: isi FILES_DIR dengan folder baru."))


def _restore_tables(backup: Backup, using: str, tell: Tell) -> None:
    connection = connections[using]
    # Rows come table by table: a rule about a row elsewhere would look for what is not there yet.
    triggers.drop(connection)
    for label in tables.MADE_BY_MIGRATE:
        apps.get_model(label)._base_manager.using(using).all().delete()
    for model in tables.tables():
        with backup.table(model._meta.label) as lines:
            tables.load(model, iter(lines), using)
            tell(_("  %(label)s: %(count)s baris") % {"label": model._meta.label, "count": lines.count})
    # Also settles what PostgreSQL has put off: it makes no trigger on a table with open questions.
    connection.check_constraints()
    triggers.install(connection)
    for model in tables.tables():
        about = backup.manifest["tables"][model._meta.label]
        count, digest = 0, hashlib.sha256()
        for line in tables.lines(model, using):
            count += 1
            digest.update(line)
        compare(model._meta.label, (count, digest.hexdigest()), (about["rows"], about["sha256"]))
        tables.go_on_after(model, about["last_key"], using)
    tell(_("  setiap tabel dibaca kembali: jumlah dan isinya sama"))


def _restore_files(backup: Backup, storage: Storage, tell: Tell) -> None:
    for name, about in backup.manifest["files"].items():
        with backup.file(name) as content:
            stored = storage.save(name, File(content, name))
            if stored != name:
                storage.delete(stored)
                raise BackupError(_("Berkas %(name)s tidak dapat disimpan dengan namanya.") % {"name": name})
        with storage.open(name) as file:
            compare(name, hashed(file.chunks(CHUNK)), (about["bytes"], about["sha256"]))
    tell(_("  %(count)s berkas dibaca kembali: isinya sama") % {"count": len(backup.manifest["files"])})

"""Writes one sealed file with all tables and files, or reads one through."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DEFAULT_DB_ALIAS
from django.utils.translation import gettext as _

from kkmp.accounts.models import Verb
from kkmp.accounts.services import record_access
from kkmp.backup.reading import opened
from kkmp.backup.sealed import BackupError
from kkmp.backup.writing import Tell, write_backup


class Command(BaseCommand):
    help = "Write all tables and files to one file sealed with BACKUP_KEY, and read it through; --verify only reads."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--verify", action="store_true", help="read FILE through and write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        tell = self.stdout.write if options["verbosity"] else _say_nothing
        try:
            if not options["verify"]:
                self._write(path, tell)
            self._verify(path, tell)
        except BackupError as error:
            raise CommandError(str(error)) from error

    def _write(self, path: Path, tell: Tell) -> None:
        tell(_("Menulis %(path)s:") % {"path": path})
        manifest = write_backup(
            path, key=backup_key(), using=DEFAULT_DB_ALIAS, storage=default_storage, tell=tell
        )
        record_access(
            None, Verb.EXPORTED, target=f"cadangan lengkap: {path.name}", purpose="manage.py backup"
        )
        if manifest["missing_files"]:
            self.stderr.write(
                _("Berkas yang disebut data tetapi tidak ada: %(count)s, antara lain %(name)s.")
                % {"count": len(manifest["missing_files"]), "name": manifest["missing_files"][0]}
            )

    def _verify(self, path: Path, tell: Tell) -> None:
        tell(_("Membaca kembali %(path)s:") % {"path": path})
        with opened(path, backup_key()) as backup:
            backup.verify(tell)
            about = _("Cadangan %(made_at)s (rilis %(release)s, %(database)s) utuh.") % backup.manifest
        tell(self.style.SUCCESS(about))


def backup_key() -> bytes:
    key: bytes | None = settings.BACKUP_KEY
    if key is None:
        raise BackupError(_("BACKUP_KEY belum diisi; `python3 dev.py key --data` membuatnya."))
    return key


def _say_nothing(_text: str) -> None:
    pass

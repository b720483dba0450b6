"""Puts a backup into an empty database and an empty folder of files."""

from pathlib import Path
from typing import Any

from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DEFAULT_DB_ALIAS
from django.utils.translation import gettext as _

from kkmp.backup.management.commands.backup import backup_key
from kkmp.backup.restoring import restore_backup
from kkmp.backup.sealed import BackupError


class Command(BaseCommand):
    help = "Restore a backup into a migrated, empty database and an empty FILES_DIR; all of it or nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        tell = self.stdout.write
        try:
            manifest = restore_backup(
                options["file"],
                key=backup_key(),
                using=DEFAULT_DB_ALIAS,
                storage=default_storage,
                tell=tell,
            )
        except BackupError as error:
            raise CommandError(_("%(why)s Tidak ada yang ditulis.") % {"why": error}) from error
        done = _("Dipulihkan: cadangan %(made_at)s (rilis %(release)s, %(database)s).") % manifest
        tell(self.style.SUCCESS(done))

"""Empty what imported files said once they are old; what they made, and how many rows they had, stays."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from kkmp.imports.purging import purge


class Command(BaseCommand):
    help = "Empty rows, messages and former values of files that came in more than IMPORT_KEEP_DAYS days ago."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=int, default=settings.IMPORT_KEEP_DAYS)

    def handle(self, *args: Any, **options: Any) -> None:
        count = purge(before=timezone.now() - timedelta(days=options["days"]))
        self.stdout.write(f"Isi berkas impor dihapus: {count}")

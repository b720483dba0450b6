"""Take the names away of those who left a given number of years ago; `--dry-run` counts only."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from kkmp.accounts.models import User
from members.anonymising import anonymise


class Command(BaseCommand):
    help = "Anonymise members who left, applications that ended and numbers voided N or more years ago."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--years", type=_years, required=True, help="years since they left; at least 1")
        parser.add_argument("--dry-run", action="store_true", help="count by cooperative and write nothing")
        parser.add_argument("--by", default="", help="user name of whoever decided it, for the history")

    def handle(self, *args: Any, years: int, dry_run: bool, by: str, **options: Any) -> None:
        user = User.objects.filter(username=by).first() if by else None
        if by and user is None:
            raise CommandError(f"Tidak ada pengguna {by}.")
        outcome = anonymise(years=years, today=timezone.localdate(), by=user, is_dry_run=dry_run)
        for name, count in sorted(outcome.done.items()):
            self.stdout.write(f"{name}: {count}")
        total = outcome.done.total()
        self.stdout.write(
            f"Akan dianonimkan: {total}. Tidak ada yang ditulis." if dry_run else f"Dianonimkan: {total}."
        )
        for name, count in sorted(outcome.owed.items()):
            self.stdout.write(f"{name}: {count} dilewati, simpanannya belum nol")


def _years(text: str) -> int:
    years = int(text)
    if years < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return years

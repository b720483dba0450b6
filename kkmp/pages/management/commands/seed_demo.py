"""Fills an empty demo database with the sample data; see docs/sample-data.md."""

import argparse
import sys
from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from kkmp.pages.demo.members import WHOLE
from kkmp.pages.demo.people import sample_day
from kkmp.pages.demo.seed import FIRST_DAY, Found, seed_demo, what_is_there

# dev.py offers fresh sample data where this command ends with it.
SAMPLE_DATA_ARE_OLD = 3


class Command(BaseCommand):
    help = "Mengisi basis data kosong dengan data contoh (hanya MODE=demo)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--today", type=_day, help="hari terakhir cerita, TTTT-BB-HH; bawaan: hari ini")
        parser.add_argument(
            "--members", type=int, default=WHOLE, help="kira-kira sekian anggota di semua koperasi bersama"
        )
        parser.add_argument(
            "--if-empty", action="store_true", help="tidak melakukan apa-apa bila sudah ada isi"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        today = options["today"] or timezone.localdate()
        if not settings.IS_DEMO:
            raise CommandError(_("Data contoh hanya untuk MODE=demo."))
        if not FIRST_DAY <= today <= timezone.localdate():
            days = {"first": _shown(FIRST_DAY), "last": _shown(timezone.localdate())}
            raise CommandError(
                _("Data contoh bercerita dari %(first)s sampai paling lambat %(last)s.") % days
            )
        found = what_is_there()
        if found is Found.NOTHING:
            counted = seed_demo(today=today, members=options["members"])
            made = ", ".join(f"{count} {kind}" for kind, count in counted.items())
            self.stdout.write(_("Data contoh per %(day)s: %(made)s.") % {"day": _shown(today), "made": made})
        elif not options["if_empty"]:
            raise CommandError(_("Basis data ini sudah berisi; data contoh hanya untuk basis data kosong."))
        elif found is Found.SAMPLE:
            self._say_if_old(today)

    def _say_if_old(self, today: date) -> None:
        day = sample_day()
        if day and day < today:
            self.stdout.write(_("Data contoh ini per %(day)s.") % {"day": _shown(day)})
            sys.exit(SAMPLE_DATA_ARE_OLD)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _shown(day: date) -> str:
    return date_format(day, "SHORT_DATE_FORMAT")

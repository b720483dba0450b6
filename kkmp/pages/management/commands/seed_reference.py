"""Adds the reference rows that are missing; safe in every installation, as often as one likes."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from kkmp.pages.reference import seed_reference


class Command(BaseCommand):
    help = "Menambahkan data acuan yang belum ada: wilayah, 65 koperasi, fakta publik, mitra, acara."

    def handle(self, *args: Any, **options: Any) -> None:
        added = [f"{count} {kind}" for kind, count in seed_reference().items() if count]
        if added:
            self.stdout.write(_("Data acuan ditambahkan: %(added)s.") % {"added": ", ".join(added)})
        else:
            self.stdout.write(_("Data acuan sudah lengkap."))

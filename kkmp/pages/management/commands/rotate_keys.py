"""Seal everything in the database that is encrypted under DATA_KEY_PREVIOUS anew under DATA_KEY."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kkmp.accounts import second_factors
from kkmp.crypto import UndecipherableError
from kkmp.imports import sealing
from kkmp.tabular.writing import Text
from members import national_ids

# Everything that lies sealed in the database: what it is, and what renews it in committed steps and tells how many.
RENEWERS: tuple[tuple[Text, Callable[[], int]], ...] = (
    (gettext_lazy("kode sekali pakai"), second_factors.renew_seals),
    (gettext_lazy("NIK anggota"), national_ids.renew_seals),
    (gettext_lazy("baris impor"), sealing.renew_seals),
)


class Command(BaseCommand):
    help = "Seal anew under DATA_KEY what bears DATA_KEY_PREVIOUS; may be stopped and run again."

    def handle(self, *args: Any, **options: Any) -> None:
        if len(settings.DATA_KEYS) == 1:
            self.stdout.write(_("DATA_KEY_PREVIOUS kosong: hanya memeriksa."))
        unread = [str(name) for name, renew in RENEWERS if not self._renew(name, renew)]
        if unread:
            told = _("Jangan hapus DATA_KEY_PREVIOUS: %(names)s memuat segel yang kuncinya tidak ada.")
            raise CommandError(told % {"names": ", ".join(unread)})
        # Somebody may have written under the former key until their process was restarted.
        if any(renew() for _name, renew in RENEWERS):
            told = _(
                "Masih ada yang menulis dengan kunci lama: mulai ulang semua proses, lalu jalankan lagi."
            )
            raise CommandError(told)
        self.stdout.write(_("Tidak ada lagi yang memakai kunci lama: DATA_KEY_PREVIOUS boleh dihapus."))

    def _renew(self, name: Text, renew: Callable[[], int]) -> bool:
        try:
            count = renew()
        except UndecipherableError as error:
            self.stderr.write(f"{name}: {error}")
            return False
        self.stdout.write(_("%(name)s: %(count)d disegel ulang.") % {"name": name, "count": count})
        return True

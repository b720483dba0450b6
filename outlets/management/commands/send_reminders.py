"""Sends each person one e-mail a day about monthly reports; meant for a timer."""

from collections import Counter
from datetime import date
from typing import Any

import structlog
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from kkmp.accounts.services import own_address
from kkmp.parsing import parse_day
from outlets.reminder_mail import Digest, Outcome, digests, send, was_reminded

log = structlog.get_logger(__name__)


class Command(BaseCommand):
    help = "Send one e-mail a person about monthly reports that are due; a second run on the same day sends nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say what would be sent, and send nothing")
        parser.add_argument("--on", help="as of this day, e.g. 2026-03-08; today when left out")
        parser.add_argument(
            "--address", help="where people reach this installation, e.g. https://kkmp.example.go.id"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            on = parse_day(options["on"] or "") or timezone.localdate()
        except ValueError as error:
            raise CommandError(str(error)) from error
        address = (options["address"] or own_address()).rstrip("/")
        # The office writes in its own language, whatever the terminal is set to.
        with override(settings.LANGUAGE_CODE):
            outcomes: Counter[Outcome | None] = Counter()
            for digest in digests(on=on, absolute=lambda path: address + path):
                outcome = self._foresee(digest, on=on) if options["dry_run"] else self._send(digest, on=on)
                outcomes[outcome] += 1
                self.stdout.write(f"{digest.to.username}: {self._in_words(digest, outcome)}")
                if options["dry_run"] and outcome == Outcome.SENT:
                    self.stdout.write(f"{digest.subject}\n\n{digest.text}\n")
            self._conclude(outcomes, is_dry=options["dry_run"])

    def _foresee(self, digest: Digest, *, on: date) -> Outcome:
        if not digest.to.email:
            return Outcome.NO_ADDRESS
        return Outcome.ALREADY if was_reminded(digest.to, on=on) else Outcome.SENT

    def _send(self, digest: Digest, *, on: date) -> Outcome | None:
        """None where it failed; one bad address does not keep the others waiting."""
        try:
            return send(digest, on=on)
        except Exception:
            log.exception("reminder was not sent", user=digest.to.pk)
            return None

    def _in_words(self, digest: Digest, outcome: Outcome | None) -> str:
        reports = _("%(count)d laporan") % {"count": digest.count}
        words = {
            Outcome.SENT: reports,
            Outcome.ALREADY: _("sudah diingatkan hari itu"),
            Outcome.NO_ADDRESS: _("%(reports)s, tanpa e-mail") % {"reports": reports},
        }
        return words[outcome] if outcome else _("gagal dikirim")

    def _conclude(self, outcomes: "Counter[Outcome | None]", *, is_dry: bool) -> None:
        said = {
            "sent": outcomes[Outcome.SENT],
            "already": outcomes[Outcome.ALREADY],
            "without": outcomes[Outcome.NO_ADDRESS],
            "failed": outcomes[None],
        }
        words = (
            _(
                "Tidak ada yang dikirim. Akan dikirim: %(sent)d; sudah diingatkan: %(already)d; tanpa e-mail: %(without)d."
            )
            if is_dry
            else _(
                "Dikirim: %(sent)d; sudah diingatkan: %(already)d; tanpa e-mail: %(without)d; gagal: %(failed)d."
            )
        )
        self.stdout.write(words % said)
        if outcomes[None]:
            raise CommandError(_("%(failed)d pengingat gagal dikirim; lihat log.") % said)

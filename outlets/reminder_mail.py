"""One e-mail a person and day about monthly reports: officers hear of theirs, Sudin of what waits and of all others."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import Enum

from django.core.mail import EmailMessage
from django.db import transaction
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cooperatives.models import Cooperative
from kkmp.accounts.models import AccessEvent, User, Verb
from kkmp.accounts.permissions import holders_of
from kkmp.accounts.services import record_access
from outlets.models import MonthlyReport
from outlets.reminders import Reminders, read_reminders, text_for_keeper


@dataclass(frozen=True)
class Digest:
    """What one person is told today; `count` is how many reports it names."""

    to: User
    subject: str
    text: str
    count: int


class Outcome(Enum):
    SENT = "sent"
    ALREADY = "already"
    NO_ADDRESS = "no_address"


def digests(*, on: date, absolute: Callable[[str], str]) -> Iterator[Digest]:
    """Everybody who has something to do, once; who is up to date is left in peace."""
    # As a whole: the command runs for the office, not for somebody who sees a part of it.
    found = read_reminders(Cooperative.objects.all(), on=on)
    day = date_format(on, "j F Y")
    for keeper, owed in found.by_keeper:
        text = text_for_keeper(owed, on=on, absolute=absolute)
        yield Digest(keeper, _("Laporan bulanan KKMP per %(day)s") % {"day": day}, text, len(owed))
    for person in holders_of("outlets.verify_report").order_by("full_name", "pk"):
        waiting = MonthlyReport.objects.visible_to(person).reviewable_by(person).count()
        if waiting or found.owed:
            text = _text_for_reviewer(found, waiting=waiting, absolute=absolute)
            subject = _("Laporan bulanan KKMP per %(day)s: yang menunggu Sudin") % {"day": day}
            yield Digest(person, subject, text, waiting + len(found.owed))


def _text_for_reviewer(found: Reminders, *, waiting: int, absolute: Callable[[str], str]) -> str:
    figures = found.figures
    lines = [
        _("Menunggu pemeriksaan Anda: %(count)d laporan.") % {"count": waiting},
        absolute(reverse("reports:queue")),
        "",
        _("Laporan %(month)s (paling lambat %(due)s): %(sent)d dari %(expected)d sudah dikirim.")
        % {
            "month": date_format(figures.month, "F Y"),
            "due": date_format(figures.due_on, "j F Y"),
            "sent": figures.sent,
            "expected": figures.expected,
        },
    ]
    for kecamatan, here, owed in found.by_kecamatan:
        names = ", ".join(f"{one.cooperative.kelurahan.name} ({one.in_words})" for one in owed)
        lines.append(f"- {kecamatan} {here.sent}/{here.expected}: {names}")
    lines += ["", absolute(reverse("reports:list"))]
    if alone := found.without_keeper:
        lines += ["", _("Tidak ada petugas yang memegang wilayahnya hari ini:")]
        lines += [
            f"- {one.cooperative.kelurahan.name}, {date_format(one.month, 'F Y')}: {one.in_words}"
            for one in alone
        ]
    return "\n".join(lines)


def send(digest: Digest, *, on: date) -> Outcome:
    """Once a person and day. The access log remembers: an append-only line that says who was reminded when.

    Raises what the mail server raises; then nothing is remembered, and the next run tries again.
    """
    if not digest.to.email:
        return Outcome.NO_ADDRESS
    with transaction.atomic():
        # Two runs at the same moment wait for each other here.
        User.objects.select_for_update().get(pk=digest.to.pk)
        if was_reminded(digest.to, on=on):
            return Outcome.ALREADY
        record_access(None, Verb.REMINDED, target=_target(on), user=digest.to)
        EmailMessage(digest.subject, digest.text, to=[digest.to.email]).send()
    return Outcome.SENT


def was_reminded(user: User, *, on: date) -> bool:
    return AccessEvent.objects.filter(user=user, verb=Verb.REMINDED, target=_target(on)).exists()


def _target(on: date) -> str:
    """Written the same in every language: it is looked up again."""
    return f"laporan bulanan {on.isoformat()}"

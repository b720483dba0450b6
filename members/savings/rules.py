"""What the ledger accepts: closed months, days of a membership, payable months, balances that never fall below zero."""

import calendar
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db.models import Max, Q
from django.db.models.functions import Length
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cooperatives.models import Cooperative
from kkmp.parsing import month_after
from kkmp.templatetags.ui import bulan, rupiah, tanggal
from members.models import (
    RECEIPT_LENGTH,
    Member,
    MonthLock,
    SavingsEntry,
    SavingsKind,
    SavingsRate,
)

# Somebody who pays further ahead has mistyped the year.
MONTHS_AHEAD = 12
# As `next_receipt_no` writes them. “2025-0000001” of an older book has another shape: counting on from it would meet
# numbers that are taken. Nine digits at most, so that the count always has a next one that the column holds.
_AUTOMATIC = re.compile(r"[0-9]{4}-(?P<count>[0-9]{5}|[1-9][0-9]{5,8})")


def first_of_month(day: date) -> date:
    return day.replace(day=1)


def last_of_month(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def months_between(first: date, last: date) -> Iterator[date]:
    """First days, from the month of the one to the month of the other."""
    month = first_of_month(first)
    while month <= last:
        yield month
        month = month_after(month)


def closed_through(cooperative: Cooperative) -> date | None:
    """The last day of the closed months; None while nothing is closed."""
    found: date | None = (
        MonthLock.objects.in_force().filter(cooperative=cooperative).aggregate(last=Max("through_on"))["last"]
    )
    return found


def check_day(cooperative: Cooperative, value_on: date) -> None:
    """Refuse days that have not come and days of closed months."""
    if value_on > timezone.localdate():
        raise ValidationError(_("Tanggal mutasi belum terjadi; paling akhir hari ini."))
    closed = closed_through(cooperative)
    if closed and value_on <= closed:
        raise ValidationError(
            _(
                "Buku simpanan sudah ditutup sampai %(day)s. Pakai tanggal sesudahnya, atau minta Sudin membuka lagi."
            )
            % {"day": tanggal(closed)}
        )


def check_member(member: Member, kinds: Iterable[str], value_on: date) -> None:
    """Who may pay on that day: members, and applicants their principal."""
    if member.voided_on:
        raise ValidationError(
            _("Keanggotaan %(member)s dibatalkan; tidak ada simpanan.") % {"member": member}
        )
    if member.ended_on and value_on > member.ended_on:
        raise ValidationError(
            _("%(member)s sudah keluar pada %(day)s; setoran hanya sampai hari itu.")
            % {"member": member, "day": tanggal(member.ended_on)}
        )
    if set(kinds) <= {SavingsKind.PRINCIPAL}:
        # Principal makes an applicant a member: it may be paid before.
        since = member.applied_on or member.joined_on
    elif member.joined_on is None:
        raise ValidationError(
            _("%(member)s masih calon anggota: baru simpanan pokok yang dapat disetor.") % {"member": member}
        )
    else:
        since = member.joined_on
    if since and value_on < since:
        raise ValidationError(
            _("Keanggotaan %(member)s baru mulai %(day)s.") % {"member": member, "day": tanggal(since)}
        )


@dataclass(frozen=True)
class Dues:
    """What a cooperative asks for a month, by the dated rates: the latest that had begun on its first day."""

    rates: list[tuple[date, int]]

    @classmethod
    def of(cls, cooperative: Cooperative) -> "Dues":
        rates = SavingsRate.objects.filter(cooperative=cooperative, kind=SavingsKind.MANDATORY)
        return cls(list(rates.order_by("-starts_on").values_list("starts_on", "amount_idr")))

    def of_month(self, month: date) -> int | None:
        return next((amount for start, amount in self.rates if start <= month), None)


@dataclass(frozen=True)
class Paid:
    """The months that count as paid for some members: by a payment, or by an opening balance."""

    months: set[tuple[int, date]]
    opened: dict[int, date]

    @classmethod
    def by(cls, members: Iterable[int]) -> "Paid":
        living = SavingsEntry.objects.filter(
            member__in=members, kind=SavingsKind.MANDATORY, reversed_by=None
        ).filter(Q(month__isnull=False) | Q(paid_until__isnull=False))
        rows = list(living.values_list("member", "month", "paid_until"))
        return cls(
            {(member, month) for member, month, _until in rows if month},
            {member: until for member, _month, until in rows if until},
        )

    def covers(self, member: int, month: date) -> bool:
        opened = self.opened.get(member)
        return (member, month) in self.months or (opened is not None and month <= opened)


def why_not_payable(member: Member, month: date, dues: Dues, *, today: date) -> str:
    """In words, why this month cannot be paid by this member; empty where it can."""
    if member.joined_on is None or month < first_of_month(member.joined_on):
        return _("%(month)s: sebelum menjadi anggota.") % {"month": bulan(month)}
    if member.voided_on or (member.ended_on and month > member.ended_on):
        return _("%(month)s: sesudah keanggotaan berakhir.") % {"month": bulan(month)}
    if month > month_after(first_of_month(today), MONTHS_AHEAD):
        return _("%(month)s: lebih dari setahun di muka.") % {"month": bulan(month)}
    if dues.of_month(month) is None:
        return _("%(month)s: besar simpanan wajib belum dicatat.") % {"month": bulan(month)}
    return ""


def check_takes(member: Member, kind: str, amount_idr: int, value_on: date) -> None:
    """Refuse what would take the balance below zero on the day or on any later one."""
    entries = SavingsEntry.objects.filter(member=member, kind=kind).order_by("value_on", "pk")
    # Also where nothing has effect by that day: what comes later was not there yet.
    by_day: dict[date, int] = {value_on: 0}
    for day, amount in entries.values_list("value_on", "amount_idr"):
        by_day[max(day, value_on)] = by_day.get(max(day, value_on), 0) + amount
    lowest = min(_running(by_day))
    if amount_idr > lowest:
        raise ValidationError(
            _("%(kind)s %(member)s sejak %(day)s paling banyak %(balance)s; tidak cukup untuk %(amount)s.")
            % {
                "kind": SavingsKind(kind).label,
                "member": member,
                "day": date_format(value_on, "d/m/Y"),
                "balance": rupiah(lowest),
                "amount": rupiah(amount_idr),
            }
        )


def _running(by_day: dict[date, int]) -> Iterator[int]:
    balance = 0
    for day in sorted(by_day):
        balance += by_day[day]
        yield balance


def next_receipt_no(cooperative: Cooperative, value_on: date) -> str:
    """The automatic number after the highest one of that year: “2026-00012”. Own numbers of another shape are left out."""
    start = f"{value_on.year}-"
    used = (
        SavingsEntry.objects.filter(cooperative=cooperative, receipt_no__startswith=start)
        .order_by(Length("receipt_no").desc(), "-receipt_no")
        .values_list("receipt_no", flat=True)
    )
    highest = next((match for number in used.iterator() if (match := _AUTOMATIC.fullmatch(number))), None)
    return f"{start}{int(highest['count']) + 1 if highest else 1:05}"


def receipt_after(number: str) -> str:
    year, count = number.split("-")
    return f"{year}-{int(count) + 1:05}"


def own_receipt_no(cooperative: Cooperative, text: str, value_on: date) -> str:
    """The number that somebody typed, if it is free; the next automatic one where nothing was typed."""
    number = " ".join(text.split())
    if not number:
        return next_receipt_no(cooperative, value_on)
    if len(number) > RECEIPT_LENGTH:
        raise ValidationError(_("Nomor bukti paling panjang %(length)d huruf.") % {"length": RECEIPT_LENGTH})
    if SavingsEntry.objects.filter(cooperative=cooperative, receipt_no=number).exists():
        raise ValidationError(
            _("Nomor bukti %(number)s sudah dipakai. Nomor berikutnya yang bebas: %(free)s.")
            % {"number": number, "free": next_receipt_no(cooperative, value_on)}
        )
    return number

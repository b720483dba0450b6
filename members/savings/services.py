"""What is written into the savings ledger: payments, withdrawals, refunds, opening balances, reversals.

All lock the cooperative's row first: one writer a cooperative at a time, so that receipt numbers never collide and the
second of two officers sees what the first one wrote.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cooperatives.models import Cooperative
from kkmp.accounts.models import User
from kkmp.templatetags.ui import bulan, tanggal
from members.models import Member, Movement, SavingsEntry, SavingsKind
from members.savings.rules import (
    Dues,
    Paid,
    check_day,
    check_member,
    check_takes,
    next_receipt_no,
    own_receipt_no,
    receipt_after,
    why_not_payable,
)
from members.services import lock_register


@transaction.atomic
def record_deposits(
    *,
    member: Member,
    value_on: date,
    by: User,
    principal_idr: int = 0,
    months: Iterable[date] = (),
    voluntary_idr: int = 0,
    receipt_no: str = "",
    note: str = "",
) -> list[SavingsEntry]:
    """One receipt of one member: an instalment of principal, mandatory months at the rate of each, voluntary saving.

    Raises ValidationError with a sentence for the page, also where a month is paid already.
    """
    lock_register(member.cooperative_id)
    check_day(member.cooperative, value_on)
    wanted = sorted(set(months))
    amounts: list[tuple[SavingsKind, int, date | None]] = []
    if principal_idr:
        amounts.append((SavingsKind.PRINCIPAL, principal_idr, None))
    amounts += [(SavingsKind.MANDATORY, amount, month) for month, amount in _payable(member, wanted)]
    if voluntary_idr:
        amounts.append((SavingsKind.VOLUNTARY, voluntary_idr, None))
    if not amounts:
        raise ValidationError(_("Isi setidaknya satu jumlah atau pilih satu bulan."))
    check_member(member, {kind for kind, _amount, _month in amounts}, value_on)
    number = own_receipt_no(member.cooperative, receipt_no, value_on)
    return _write(
        SavingsEntry(
            kind=kind,
            movement=Movement.DEPOSIT,
            amount_idr=amount,
            month=month,
            member=member,
            value_on=value_on,
            receipt_no=number,
            receipt_line=line,
            note=note.strip(),
            recorded_by=by,
        )
        for line, (kind, amount, month) in enumerate(amounts, start=1)
    )


def _payable(member: Member, months: Sequence[date]) -> list[tuple[date, int]]:
    """Each month with its amount; every one that cannot be paid is told at once."""
    dues, paid, today = Dues.of(member.cooperative), Paid.by([member.pk]), timezone.localdate()
    problems, found = [], []
    for month in months:
        if paid.covers(member.pk, month):
            problems.append(_("%(month)s: sudah dibayar.") % {"month": bulan(month)})
        elif problem := why_not_payable(member, month, dues, today=today):
            problems.append(problem)
        else:
            found.append((month, dues.of_month(month) or 0))
    if problems:
        raise ValidationError(problems)
    return found


@transaction.atomic
def withdraw(
    *, member: Member, amount_idr: int, value_on: date, by: User, receipt_no: str = "", note: str = ""
) -> SavingsEntry:
    """Pay out voluntary saving; principal and mandatory saving go out by `refund` alone (UU 25/1992)."""
    lock_register(member.cooperative_id)
    check_day(member.cooperative, value_on)
    check_takes(member, SavingsKind.VOLUNTARY, amount_idr, value_on)
    [entry] = _write(
        [
            SavingsEntry(
                kind=SavingsKind.VOLUNTARY,
                movement=Movement.WITHDRAWAL,
                amount_idr=-amount_idr,
                member=member,
                value_on=value_on,
                receipt_no=own_receipt_no(member.cooperative, receipt_no, value_on),
                note=note.strip(),
                recorded_by=by,
            )
        ]
    )
    return entry


@transaction.atomic
def refund(
    *, member: Member, value_on: date, by: User, receipt_no: str = "", note: str = ""
) -> list[SavingsEntry]:
    """Give back everything to somebody who has left: all three balances go to zero under one receipt."""
    lock_register(member.cooperative_id)
    member.refresh_from_db(fields=["ended_on", "voided_on"])
    check_day(member.cooperative, value_on)
    if member.ended_on is None and member.voided_on is None:
        raise ValidationError(
            _("%(member)s belum keluar. Catat dulu tanggal keluarnya di buku anggota.") % {"member": member}
        )
    if member.ended_on and value_on < member.ended_on:
        raise ValidationError(
            _("%(member)s baru keluar pada %(day)s.") % {"member": member, "day": tanggal(member.ended_on)}
        )
    balances = [
        (kind, SavingsEntry.objects.filter(member=member, kind=kind).total_idr()) for kind in SavingsKind
    ]
    held = [(kind, balance) for kind, balance in balances if balance]
    if not held:
        raise ValidationError(_("%(member)s tidak lagi memiliki simpanan.") % {"member": member})
    for kind, balance in held:
        check_takes(member, kind, balance, value_on)
    number = own_receipt_no(member.cooperative, receipt_no, value_on)
    return _write(
        SavingsEntry(
            kind=kind,
            movement=Movement.REFUND,
            amount_idr=-balance,
            member=member,
            value_on=value_on,
            receipt_no=number,
            receipt_line=line,
            note=note.strip(),
            recorded_by=by,
        )
        for line, (kind, balance) in enumerate(held, start=1)
    )


@transaction.atomic
def record_opening(
    *,
    member: Member,
    value_on: date,
    by: User,
    principal_idr: int = 0,
    mandatory_idr: int = 0,
    paid_until: date | None = None,
    voluntary_idr: int = 0,
    note: str = "",
) -> list[SavingsEntry]:
    """Take over balances from an older book; `paid_until` is the last month that counts as paid, with any amount."""
    lock_register(member.cooperative_id)
    check_day(member.cooperative, value_on)
    amounts = {
        SavingsKind.PRINCIPAL: principal_idr,
        SavingsKind.MANDATORY: mandatory_idr,
        SavingsKind.VOLUNTARY: voluntary_idr,
    }
    wanted = [kind for kind in SavingsKind if amounts[kind] or (kind == SavingsKind.MANDATORY and paid_until)]
    if not wanted:
        raise ValidationError(_("Isi setidaknya satu saldo atau “lunas sampai”."))
    check_member(member, wanted, value_on)
    living = SavingsEntry.objects.filter(member=member, movement=Movement.OPENING, reversed_by=None)
    if taken := [SavingsKind(kind).label for kind in living.values_list("kind", flat=True) if kind in wanted]:
        raise ValidationError(
            _("Saldo awal sudah tercatat: %(kinds)s. Batalkan dulu bila keliru.")
            % {"kinds": ", ".join(str(one) for one in taken)}
        )
    if paid_until and any(month <= paid_until for _member, month in Paid.by([member.pk]).months):
        raise ValidationError(_("Ada bulan yang sudah dibayar sampai dengan “lunas sampai” itu."))
    return _write(
        SavingsEntry(
            kind=kind,
            movement=Movement.OPENING,
            amount_idr=amounts[kind],
            paid_until=paid_until if kind == SavingsKind.MANDATORY else None,
            member=member,
            value_on=value_on,
            note=note.strip(),
            recorded_by=by,
        )
        for kind in wanted
    )


@transaction.atomic
def reverse_entry(*, entry: SavingsEntry, reason: str, value_on: date, by: User) -> SavingsEntry:
    """Take an entry back, once, by an entry of its own with the opposite amount and the reason as its note."""
    lock_register(entry.cooperative_id)
    stored = SavingsEntry.objects.select_related("member__cooperative").get(pk=entry.pk)
    check_day(stored.cooperative, value_on)
    if not reason.strip():
        raise ValidationError(_("Tulis sebab pembatalan."))
    if stored.movement == Movement.REVERSAL:
        raise ValidationError(_("Pembatalan tidak dapat dibatalkan; catat mutasi baru."))
    if stored.reversed_by_id is not None:
        raise ValidationError(_("Mutasi ini sudah dibatalkan."))
    if value_on < stored.value_on:
        raise ValidationError(_("Mutasi itu baru terjadi pada %(day)s.") % {"day": tanggal(stored.value_on)})
    if stored.amount_idr > 0:
        check_takes(stored.member, stored.kind, stored.amount_idr, value_on)
    [reversal] = _write(
        [
            SavingsEntry(
                kind=stored.kind,
                movement=Movement.REVERSAL,
                amount_idr=-stored.amount_idr,
                member=stored.member,
                value_on=value_on,
                receipt_no=next_receipt_no(stored.cooperative, value_on),
                note=reason.strip(),
                recorded_by=by,
            )
        ]
    )
    stored.reversed_by = reversal
    stored.save(update_fields=["reversed_by"])
    return reversal


@dataclass
class Collected:
    """What one submit of the collection grid did: written entries, and what somebody had paid already."""

    entries: list[SavingsEntry] = field(default_factory=list)
    already: list[tuple[Member, date]] = field(default_factory=list)

    @property
    def total_idr(self) -> int:
        return sum(entry.amount_idr for entry in self.entries)

    @property
    def receipts(self) -> list[str]:
        return list(dict.fromkeys(entry.receipt_no for entry in self.entries))


@transaction.atomic
def collect(
    *, cooperative: Cooperative, ticks: Iterable[tuple[int, date]], value_on: date, by: User
) -> Collected:
    """Record who paid which months, one receipt a member. A month that is paid already is told and written no second time.

    `ticks` are (key of a member, month); a member of another cooperative or a month that nobody owes is refused.
    """
    lock_register(cooperative.pk)
    check_day(cooperative, value_on)
    by_member: dict[int, set[date]] = defaultdict(set)
    for member_id, month in ticks:
        by_member[member_id].add(month)
    if not by_member:
        raise ValidationError(_("Belum ada yang dicentang."))
    members = Member.objects.filter(cooperative=cooperative, pk__in=by_member).order_by("pk")
    dues, paid, done = Dues.of(cooperative), Paid.by(by_member), Collected()
    if len(found := list(members)) != len(by_member):
        raise ValidationError(_("Ada anggota yang tidak tercatat di koperasi ini."))
    today, number, entries, problems = timezone.localdate(), "", [], []
    for member in found:
        wanted = sorted(by_member[member.pk])
        done.already += [(member, month) for month in wanted if paid.covers(member.pk, month)]
        new = [month for month in wanted if not paid.covers(member.pk, month)]
        reasons = [why for month in new if (why := why_not_payable(member, month, dues, today=today))]
        if reasons:
            problems += [f"{member} · {why}" for why in reasons]
        elif new:
            check_member(member, {SavingsKind.MANDATORY}, value_on)
            number = receipt_after(number) if number else next_receipt_no(cooperative, value_on)
            entries += [
                SavingsEntry(
                    kind=SavingsKind.MANDATORY,
                    movement=Movement.DEPOSIT,
                    amount_idr=dues.of_month(month) or 0,
                    month=month,
                    member=member,
                    value_on=value_on,
                    receipt_no=number,
                    receipt_line=line,
                    recorded_by=by,
                )
                for line, month in enumerate(new, start=1)
            ]
    if problems:
        raise ValidationError(problems)
    done.entries = _write(entries)
    return done


def _write(entries: Iterable[SavingsEntry]) -> list[SavingsEntry]:
    """Write them all; what the database refuses in spite of the checks becomes a sentence too."""
    rows = list(entries)
    for row in rows:
        row.cooperative_id = row.member.cooperative_id
    try:
        with transaction.atomic():
            return SavingsEntry.objects.bulk_create(rows)
    except IntegrityError as error:
        # Somebody wrote past the lock, from psql for instance, between the check and this.
        raise ValidationError(
            _("Orang lain baru saja mencatat simpanan di koperasi ini. Muat ulang halaman, lalu periksa.")
        ) from error

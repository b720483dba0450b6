"""Savings of the sample data: what each cooperative asks, who pays when, what was taken back, which months are closed."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby
from random import Random
from typing import NamedTuple

from kkmp.pages.demo import plan
from kkmp.pages.demo.members import FOUNDED_FROM, TAKEN_OVER_ON, Membership
from kkmp.pages.demo.story import next_month
from members.models import EndReason, MemberKind, Movement, SavingsKind

PRINCIPALS = (50_000, 100_000, 100_000, 100_000, 150_000)
MANDATORIES = (5_000, 10_000, 10_000, 10_000, 15_000, 20_000, 25_000)
FIRST_RATES_ON = date(2025, 6, 1)
# Every so many cooperatives ask for more each month, decided before anybody could pay ahead for that time.
RAISES, DECIDED_ON, RAISED_ON = 7, date(2026, 1, 25), date(2026, 4, 1)
# Of those without a ledger of their first months, balances were taken over on this day.
OPENED_ON = date(2025, 8, 31)
FIRST_CLOSED = date(2025, 9, 1)
# Shares of members by the way they pay each month, added up; the rest stopped after a while.
PUNCTUAL, AHEAD, QUARTERLY, SLOW = 0.46, 0.52, 0.6, 0.88
SAVES = 0.18
MISTYPED = 0.012
WHY_REVERSED = "Salah ketik jumlah; dicatat ulang."
WHY_REOPENED = "Bukti setoran tertinggal, dicatat atas persetujuan Sudin."


class Part(NamedTuple):
    kind: SavingsKind
    movement: Movement
    amount_idr: int
    month: date | None = None
    paid_until: date | None = None


class Visit(NamedTuple):
    """What one member brought or took on one day: the lines of one receipt."""

    value_on: date
    parts: tuple[Part, ...]
    note: str = ""
    # Recorded with this many times the amount first, and taken back at once.
    mistyped: int = 0


class Line(NamedTuple):
    """A line of the ledger; `member` is the place of the membership among those that were told."""

    member: int
    part: Part
    value_on: date
    receipt_no: str
    receipt_line: int
    minute: int
    note: str


@dataclass(frozen=True)
class Rate:
    code: str
    kind: SavingsKind
    amount_idr: int
    starts_on: date
    told_on: date
    basis: str


@dataclass(frozen=True)
class Closing:
    code: str
    through_on: date
    locked_on: date
    reopened_on: date | None = None


@dataclass
class Told:
    """`mistakes` are pairs of a wrong line and the one that takes it back."""

    rates: list[Rate] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    mistakes: list[tuple[Line, Line]] = field(default_factory=list)
    closings: list[Closing] = field(default_factory=list)


def tell_savings(members: Sequence[Membership], *, before: date) -> Told:
    """As far as it happened before that day."""
    told = Told()
    for code, theirs in groupby(enumerate(members), key=lambda pair: pair[1].code):
        rates = list(_rates(code))
        told.rates += (rate for rate in rates if rate.told_on < before)
        told.closings += _closings(code, before)
        _write_down(told, theirs, rates, before)
    return told


def keeps_books_from_the_start(code: str) -> bool:
    return code == plan.MELAWAI or plan.dice("books", code).random() < 0.5


def _rates(code: str) -> Iterator[Rate]:
    dice = plan.dice("rates", code)
    mandatory = dice.choice(MANDATORIES)
    first = {SavingsKind.PRINCIPAL: dice.choice(PRINCIPALS), SavingsKind.MANDATORY: mandatory}
    for kind, amount in first.items():
        yield Rate(code, kind, amount, FIRST_RATES_ON, FOUNDED_FROM, "Rapat pendirian (contoh)")
    if dice.randrange(RAISES) == 0:
        basis = "Rapat Anggota Tahunan 2026 (contoh)"
        yield Rate(code, SavingsKind.MANDATORY, mandatory + 5_000, RAISED_ON, DECIDED_ON, basis)


def _closings(code: str, before: date) -> Iterator[Closing]:
    dice = plan.dice("closings", code)
    closes = code == plan.MELAWAI or dice.random() < 0.55
    month = FIRST_CLOSED
    while closes and month < before:
        following = next_month(month, 1)
        locked_on = following + timedelta(days=dice.randint(7, 15))
        is_left_out, is_reopened = dice.random() < 0.08, dice.random() < 0.03
        through_on, month = following - timedelta(days=1), following
        if is_left_out or locked_on >= before:
            continue
        reopened_on = locked_on + timedelta(days=2)
        if is_reopened and reopened_on < before:
            yield Closing(code, through_on, locked_on, reopened_on)
            locked_on = reopened_on + timedelta(days=1)
        if locked_on < before:
            yield Closing(code, through_on, locked_on)


def _write_down(
    told: Told, members: Iterable[tuple[int, Membership]], rates: Sequence[Rate], before: date
) -> None:
    """Number the receipts of one cooperative in the order of their days."""
    visits = [
        (visit.value_on, member, number, visit)
        for member, membership in members
        for number, visit in enumerate(_visits(membership, rates, before))
        if visit.value_on < before
    ]
    visits.sort(key=lambda one: one[:3])
    given: dict[tuple[int, int], int] = defaultdict(int)

    def receipt(day: date) -> tuple[str, int]:
        given[day.year, day.month] += 1
        number = given[day.year, day.month]
        return f"{day:%y%m}-{number:04}", number % 400

    for value_on, member, _number, visit in visits:
        if visit.mistyped:
            [part] = visit.parts
            wrong = part._replace(amount_idr=part.amount_idr * visit.mistyped)
            back = wrong._replace(movement=Movement.REVERSAL, amount_idr=-wrong.amount_idr)
            (first, minute), (second, later) = receipt(value_on), receipt(value_on)
            told.mistakes.append(
                (
                    Line(member, wrong, value_on, first, 1, minute, ""),
                    Line(member, back, value_on, second, 1, later, WHY_REVERSED),
                )
            )
        is_opening = visit.parts[0].movement == Movement.OPENING
        number, minute = ("", 0) if is_opening else receipt(value_on)
        told.lines += (
            Line(member, part, value_on, number, line, minute, visit.note)
            for line, part in enumerate(visit.parts, start=1)
        )


def _visits(member: Membership, rates: Sequence[Rate], before: date) -> list[Visit]:
    """In no order; those on or after `before` are left to whoever asks."""
    begins_on = member.joined_on or member.applied_on
    if member.voided_on or begins_on is None or (member.joined_on is None and not member.pays_in_parts):
        return []
    dice = plan.dice("savings", member.code, member.place)
    is_opened = member.is_taken_over and not keeps_books_from_the_start(member.code)
    ends_on = min(before, member.ended_on or before)
    visits, paid_until = [], None
    principal = next(rate.amount_idr for rate in rates if rate.kind == SavingsKind.PRINCIPAL)
    if is_opened:
        opening, paid_until = _opening(dice, member, principal, _mandatory(rates, FIRST_RATES_ON))
        visits += opening
    else:
        visits += _principal(dice, member, principal)
    if member.joined_on:
        visits += _by_month(dice, member.joined_on, rates, paid_until=paid_until, ends_on=ends_on)
    visits = [visit for visit in visits if visit.value_on < ends_on]
    if member.ended_on and member.joined_on and member.end_reason != EndReason.UNKNOWN:
        visits += _refund(visits, member.ended_on + timedelta(days=dice_of_end(member).randint(0, 9)))
    return visits


def dice_of_end(member: Membership) -> Random:
    """Of its own: how long somebody paid must not change when the money comes back."""
    return plan.dice("refund", member.code, member.place)


def _mandatory(rates: Sequence[Rate], month: date) -> int:
    return [
        rate.amount_idr for rate in rates if rate.kind == SavingsKind.MANDATORY and rate.starts_on <= month
    ][-1]


def _opening(
    dice: Random, member: Membership, principal: int, mandatory: int
) -> tuple[list[Visit], date | None]:
    """Balances of a member of whom only the sums were known, and the last month they say was paid."""
    assert member.joined_on  # noqa: S101  # for the type checker: only of those who joined
    paid = principal if dice.random() < 0.85 else principal // 2
    parts = [Part(SavingsKind.PRINCIPAL, Movement.OPENING, paid)]
    joined_in = member.joined_on.replace(day=1)
    paid_until: date | None = OPENED_ON.replace(month=8 if dice.random() < 0.8 else 7, day=1)
    if paid_until and paid_until >= joined_in:
        months = paid_until.month - joined_in.month + 1
        parts.append(Part(SavingsKind.MANDATORY, Movement.OPENING, months * mandatory, paid_until=paid_until))
    else:
        paid_until = None
    visits = [Visit(OPENED_ON, tuple(parts), "Saldo buku lama")]
    rest_on = OPENED_ON + timedelta(days=dice.randint(20, 150))
    if paid < principal and dice.random() < 0.6:
        visits.append(
            Visit(rest_on, (Part(SavingsKind.PRINCIPAL, Movement.DEPOSIT, principal - paid),), "Pelunasan")
        )
    return visits, paid_until


def _principal(dice: Random, member: Membership, amount: int) -> Iterator[Visit]:
    """At once; or in parts, which a new regular member pays before joining and others some time after."""
    begins_on, share, count = member.joined_on or member.applied_on, amount // 5, 1
    assert begins_on  # noqa: S101  # for the type checker: every membership has a beginning
    days = 30
    may_owe = member.is_taken_over or member.kind == MemberKind.EXTRAORDINARY
    if member.pays_in_parts and member.applied_on:
        begins_on, days, count = member.applied_on, 35, 3
    elif may_owe and dice.random() < 0.2:
        count = dice.randint(2, 4)
        share = amount // count // 5_000 * 5_000
    stops_after = count - 1 if may_owe and count > 1 and dice.random() < 0.35 else count
    for number in range(stops_after):
        part = share if number < count - 1 else amount - share * (count - 1)
        note = f"Angsuran {number + 1} dari {count}" if count > 1 else ""
        visit_on = begins_on + timedelta(days=days * number)
        yield Visit(visit_on, (Part(SavingsKind.PRINCIPAL, Movement.DEPOSIT, part),), note)


def _by_month(
    dice: Random, joined_on: date, rates: Sequence[Rate], *, paid_until: date | None, ends_on: date
) -> Iterator[Visit]:
    """Mandatory and voluntary savings month by month; what comes later never changes what was told."""
    pays, saves = _Habit(dice), dice.random() < SAVES
    first = month = joined_on.replace(day=1)
    due: list[date] = []
    ahead, saved = paid_until or date.min, 0
    while month < ends_on:
        pay_on = max(month.replace(day=dice.randint(2, 25)), joined_on)
        if month > ahead:
            due.append(month)
        paid = [one for one in pays.of(due, month, is_first=month == first) if one > ahead]
        if paid and pay_on > (OPENED_ON if paid_until else date.min):
            yield Visit(pay_on, tuple(_month_paid(rates, one) for one in paid))
            ahead = paid[-1]
            due = [one for one in due if one > ahead]
        if saves and pay_on > TAKEN_OVER_ON + timedelta(days=20):
            for visit in _voluntary(dice, saved, pay_on):
                saved += visit.parts[0].amount_idr
                yield visit
        month = next_month(month, 1)


class _Habit:
    """How one member pays: each month, ahead or at the end of a quarter, late and little by little, or no longer."""

    def __init__(self, dice: Random) -> None:
        self.dice = dice
        self.kind, self.quarter = dice.random(), dice.randrange(3)
        self.stops_after = 1 + int(15 * dice.betavariate(1.2, 1.6))

    def of(self, due: list[date], month: date, *, is_first: bool) -> list[date]:
        """The months paid in this one; of what is due the oldest first."""
        chance = self.dice.random()
        self.stops_after -= 1
        if self.kind < PUNCTUAL or is_first:
            return due if chance < 0.93 else []
        if self.kind < QUARTERLY:
            if month.month % 3 != self.quarter:
                return []
            return [*due, *_following(month, 2)] if self.kind < AHEAD else due
        if self.kind < SLOW:
            return due[:2] if chance < 0.54 else []
        return due if self.stops_after > 0 and chance < 0.9 else []


def _following(month: date, count: int) -> list[date]:
    months = [next_month(month, 1)]
    while len(months) < count:
        months.append(next_month(months[-1], 1))
    return months


def _month_paid(rates: Sequence[Rate], month: date) -> Part:
    return Part(SavingsKind.MANDATORY, Movement.DEPOSIT, _mandatory(rates, month), month)


def _voluntary(dice: Random, saved: int, day: date) -> Iterator[Visit]:
    chance, amount = dice.random(), 10_000 * dice.randint(2, 20)
    if chance < 0.06 and saved >= 100_000:
        taken = 10_000 * dice.randint(2, saved // 20_000)
        yield Visit(day, (Part(SavingsKind.VOLUNTARY, Movement.WITHDRAWAL, -taken),))
    elif chance < 0.5:
        mistyped = 10 if dice.random() < MISTYPED else 0
        yield Visit(day, (Part(SavingsKind.VOLUNTARY, Movement.DEPOSIT, amount),), mistyped=mistyped)


def _refund(visits: Sequence[Visit], day: date) -> Iterator[Visit]:
    """All that was saved goes back to who leaves."""
    balances: dict[SavingsKind, int] = defaultdict(int)
    for visit in visits:
        for part in visit.parts:
            balances[part.kind] += part.amount_idr
    parts = [Part(kind, Movement.REFUND, -amount) for kind, amount in balances.items() if amount]
    if parts:
        yield Visit(day, tuple(parts), "Pengembalian saat keluar")

"""Puts members and their savings into the database, many rows at a time, each with the history it would have by hand."""

import uuid
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from cooperatives.models import Cooperative
from kkmp.pages.demo.members import Membership
from kkmp.pages.demo.people import People
from kkmp.pages.demo.savings import WHY_REOPENED, Closing, Line, Told, keeps_books_from_the_start
from kkmp.pages.demo.story import office_hour
from kkmp.pages.demo.write import PROFILES_ON, sign
from members.models import Member, MonthLock, SavingsEntry, SavingsRate
from members.national_ids import sealed

# Rows of the ledger that are in memory at a time.
CHUNK = 5_000
WITH_OFFICE = 120


def members(told: Sequence[Membership], of_code: dict[str, Cooperative], people: People) -> list[Member]:
    """Enter everybody on the day they joined or applied; ends and voided numbers on their days."""
    rows = [_member(one, of_code[one.code]) for one in told]
    pairs = list(zip(rows, told, strict=True))
    # Who returns bears the identity number of a membership that must have ended before.
    _enter([pair for pair in pairs if not pair[1].is_return], people)
    _enter([pair for pair in pairs if pair[1].is_return], people)
    return rows


def _enter(pairs: Sequence[tuple[Member, Membership]], people: People) -> None:
    for member, told in pairs:
        sign(member, people.officer_of(told.code), at=office_hour(_entered_on(told)))
    bulk_create_with_history([member for member, _told in pairs], Member)
    changed = []
    for member, told in pairs:
        if day := told.ended_on or told.voided_on:
            member.ended_on, member.end_reason = told.ended_on, told.end_reason
            member.voided_on, member.void_reason = told.voided_on, told.void_reason
            member.version += 1
            sign(member, people.officer_of(told.code), at=office_hour(day, WITH_OFFICE))
            changed.append(member)
    fields = ["ended_on", "end_reason", "voided_on", "void_reason", "version"]
    bulk_update_with_history(changed, Member, fields)


def _member(told: Membership, cooperative: Cooperative) -> Member:
    uid = uuid.uuid4()
    return Member(
        cooperative=cooperative,
        uid=uid,
        number=told.number,
        full_name=told.full_name,
        gender=told.gender,
        birth_date=told.birth_date,
        phone=told.phone,
        address=told.address,
        rt=told.rt,
        rw=told.rw,
        domicile=told.domicile,
        ktp_seen_on=told.ktp_seen_on,
        kind=told.kind,
        is_taken_over=told.is_taken_over,
        applied_on=told.applied_on,
        joined_on=told.joined_on,
        **sealed(told.national_id, uid=uid),
    )


def _entered_on(told: Membership) -> date:
    """Old books were copied in one go, where nobody had kept them here from the start."""
    is_copied = told.is_taken_over and not keeps_books_from_the_start(told.code)
    return max(PROFILES_ON, told.told_on) if is_copied else told.told_on


def savings(told: Told, rows: Sequence[Member], of_code: dict[str, Cooperative], people: People) -> None:
    """Rates, the ledger, and last the closed months: nothing is added to those any more."""
    rates = []
    for rate in told.rates:
        row = SavingsRate(
            cooperative=of_code[rate.code],
            kind=rate.kind,
            amount_idr=rate.amount_idr,
            starts_on=rate.starts_on,
            basis=rate.basis,
        )
        sign(row, people.officer_of(rate.code), at=office_hour(rate.told_on))
        rates.append(row)
    bulk_create_with_history(rates, SavingsRate)
    recorders = {cooperative.pk: people.officer_of(code).pk for code, cooperative in of_code.items()}
    mornings = {day: office_hour(day) for day in {line.value_on for line in told.lines}}

    def entry(line: Line) -> SavingsEntry:
        member = rows[line.member]
        # Keys instead of rows: setting a relation is half the cost of making an entry.
        return SavingsEntry(
            cooperative_id=member.cooperative_id,
            member_id=member.pk,
            kind=line.part.kind,
            movement=line.part.movement,
            amount_idr=line.part.amount_idr,
            value_on=line.value_on,
            month=line.part.month,
            paid_until=line.part.paid_until,
            receipt_no=line.receipt_no,
            receipt_line=line.receipt_line,
            note=line.note,
            recorded_at=mornings[line.value_on] + timedelta(minutes=line.minute),
            recorded_by_id=recorders[member.cooperative_id],
        )

    _mistakes(told, entry)
    for start in range(0, len(told.lines), CHUNK):
        SavingsEntry.objects.bulk_create([entry(line) for line in told.lines[start : start + CHUNK]])
    MonthLock.objects.bulk_create(_lock(one, of_code[one.code], people) for one in told.closings)


def _mistakes(told: Told, entry: Callable[[Line], SavingsEntry]) -> None:
    """Each wrong line, and the one that takes it back, before the right one: a ledger only grows."""
    wrong = SavingsEntry.objects.bulk_create([entry(line) for line, _back in told.mistakes])
    taken_back = SavingsEntry.objects.bulk_create([entry(back) for _line, back in told.mistakes])
    for one, back in zip(wrong, taken_back, strict=True):
        one.reversed_by = back
    SavingsEntry.objects.bulk_update(wrong, ["reversed_by"])


def _lock(told: Closing, cooperative: Cooperative, people: People) -> MonthLock:
    reopened_at: datetime | None = office_hour(told.reopened_on, WITH_OFFICE) if told.reopened_on else None
    return MonthLock(
        cooperative=cooperative,
        through_on=told.through_on,
        locked_at=office_hour(told.locked_on, WITH_OFFICE),
        locked_by=people.officer_of(told.code),
        reopened_at=reopened_at,
        reopened_by=people.users["sudin.satu"] if reopened_at else None,
        reopen_reason=WHY_REOPENED if reopened_at else "",
    )

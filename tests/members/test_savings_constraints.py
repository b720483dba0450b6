"""What the database itself refuses of savings, rates and closed months; no form or service is asked."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from members.models import Member, MonthLock, Movement, SavingsEntry, SavingsKind, SavingsRate
from tests.factories import CooperativeFactory, UserFactory
from tests.member_factories import MemberFactory, MonthLockFactory, SavingsEntryFactory, SavingsRateFactory
from tests.refusal import assert_refused, constraint_names

pytestmark = pytest.mark.django_db
MONTH = dt.date(2025, 9, 1)


def entry(member: Member, **fields: Any) -> Callable[[], SavingsEntry]:
    return lambda: SavingsEntryFactory.create(member=member, **fields)


ENTRIES: dict[str, dict[str, Any]] = {
    "receipt_line_once_a_cooperative": {"receipt_no": "B-1"},
    "mandatory_month_paid_once": {"mandatory": True},
    "opening_balance_once_a_kind": {"movement": Movement.OPENING, "receipt_no": ""},
    "savings_amount_bears_its_sign": {"amount_idr": 0},
    "savings_kind_is_known": {"kind": "other"},
    "mandatory_deposit_names_its_month": {"kind": SavingsKind.MANDATORY, "month": dt.date(2025, 9, 2)},
    "paid_until_only_in_a_mandatory_opening": {"paid_until": MONTH},
    "savings_entry_has_a_receipt": {"receipt_no": ""},
    "principal_and_mandatory_go_out_by_refund": {
        "kind": SavingsKind.PRINCIPAL,
        "movement": Movement.WITHDRAWAL,
        "amount_idr": -1,
    },
    "reversal_is_never_reversed": {},
}
RATES: dict[str, dict[str, Any]] = {
    "savings_rate_once_a_day": {},
    "savings_rate_is_positive": {"amount_idr": 0, "starts_on": dt.date(2026, 1, 1)},
    "savings_rate_of_principal_or_mandatory": {"kind": SavingsKind.VOLUNTARY},
    "mandatory_rate_starts_with_a_month": {"starts_on": dt.date(2026, 1, 2)},
}
LOCKS: dict[str, dict[str, Any]] = {
    "month_locked_once": {},
    "reopening_says_when_who_and_why": {"reopened": True, "reopen_reason": ""},
    "month_reopened_by_somebody_else": {"reopened": True},
}


def test_every_constraint_is_tried() -> None:
    assert constraint_names(SavingsEntry, SavingsRate, MonthLock) == {*ENTRIES, *RATES, *LOCKS}


@pytest.mark.parametrize("name", [name for name in ENTRIES if name != "reversal_is_never_reversed"])
def test_an_entry_that_breaks_a_rule_is_refused(name: str) -> None:
    member = MemberFactory.create()
    SavingsEntryFactory.create(member=member, kind=SavingsKind.PRINCIPAL, amount_idr=1)
    if name.endswith(("once", "once_a_kind", "once_a_cooperative")):
        SavingsEntryFactory.create(member=member, **ENTRIES[name])
    assert_refused(name, entry(member, **ENTRIES[name]))


def test_a_reversal_is_not_reversed() -> None:
    member = MemberFactory.create()
    deposit = SavingsEntryFactory.create(member=member)
    reversal = SavingsEntryFactory.create(member=member, movement=Movement.REVERSAL, amount_idr=-25_000)
    again = SavingsEntryFactory.create(member=member, movement=Movement.REVERSAL, amount_idr=25_000)
    deposit.reversed_by = reversal
    deposit.save(update_fields=["reversed_by"])
    reversal.reversed_by = again
    assert_refused("reversal_is_never_reversed", lambda: reversal.save(update_fields=["reversed_by"]))


@pytest.mark.parametrize("name", RATES)
def test_a_rate_that_breaks_a_rule_is_refused(name: str) -> None:
    cooperative = CooperativeFactory.create()
    SavingsRateFactory.create(cooperative=cooperative)
    assert_refused(name, lambda: SavingsRateFactory.create(cooperative=cooperative, **RATES[name]))


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_that_breaks_a_rule_is_refused(name: str) -> None:
    person = UserFactory.create(sudin=True)
    cooperative = CooperativeFactory.create()
    if name == "month_locked_once":
        MonthLockFactory.create(cooperative=cooperative)
    more = {"reopened_by": person} if name == "month_reopened_by_somebody_else" else {}
    assert_refused(
        name,
        lambda: MonthLockFactory.create(cooperative=cooperative, locked_by=person, **{**LOCKS[name], **more}),
    )


# --- triggers -----------------------------------------------------------------


def assert_trigger(message: str, write: Callable[[], object]) -> None:
    with pytest.raises(IntegrityError, match=message), transaction.atomic():
        write()


def test_entries_are_neither_changed_nor_deleted() -> None:
    row = SavingsEntryFactory.create()
    row.note = "lain"
    assert_trigger("append-only", row.save)
    assert_trigger("append-only", lambda: SavingsEntry.objects.all().delete())


def test_a_reversal_mirrors_what_it_reverses_and_stands_for_ever() -> None:
    member = MemberFactory.create()
    deposit, other = SavingsEntryFactory.create_batch(2, member=member)
    wrong = SavingsEntryFactory.create(member=member, movement=Movement.REVERSAL, amount_idr=-24_000)
    right = SavingsEntryFactory.create(member=member, movement=Movement.REVERSAL, amount_idr=-25_000)
    for reversal in (wrong, other):
        deposit.reversed_by = reversal
        assert_trigger("not its opposite", lambda: deposit.save(update_fields=["reversed_by"]))
    deposit.reversed_by = right
    deposit.save(update_fields=["reversed_by"])
    deposit.reversed_by = None
    assert_trigger("append-only", lambda: deposit.save(update_fields=["reversed_by"]))


def test_an_entry_belongs_to_the_cooperative_of_its_member() -> None:
    elsewhere = CooperativeFactory.create()
    assert_trigger("another cooperative", lambda: SavingsEntryFactory.create(cooperative=elsewhere))


def test_no_balance_falls_below_zero() -> None:
    member = MemberFactory.create()
    SavingsEntryFactory.create(member=member, amount_idr=5_000)
    SavingsEntryFactory.create(member=member, principal=True)
    assert_trigger("below zero", entry(member, withdrawal=True))


def test_nothing_is_added_to_a_closed_month() -> None:
    member = MemberFactory.create()
    lock = MonthLockFactory.create(cooperative=member.cooperative, through_on=dt.date(2025, 9, 30))
    MonthLockFactory.create(cooperative=member.cooperative, through_on=dt.date(2025, 10, 31), reopened=True)
    assert_trigger("closed month", entry(member, value_on=dt.date(2025, 9, 30)))
    SavingsEntryFactory.create(member=member, value_on=dt.date(2025, 10, 1))
    # A closed month of one cooperative is open in another.
    SavingsEntryFactory.create(value_on=dt.date(2025, 9, 30))
    lock.through_on = dt.date(2025, 1, 31)
    assert_trigger("append-only", lock.save)

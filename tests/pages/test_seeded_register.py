"""Members and savings of the sample data: believable as a whole, and nobody who could exist."""

import datetime as dt
from collections import Counter, defaultdict
from functools import cache
from itertools import pairwise

import pytest
import time_machine
from django.utils import timezone
from simple_history.utils import get_history_manager_for_model

from kkmp.pages.demo.members import Membership, tell_members
from kkmp.pages.demo.savings import Told, tell_savings
from kkmp.pages.demo.seed import seed_demo
from kkmp.pages.demo.story import next_month, office_hour
from kkmp.parsing import born_by_national_id, parse_national_id
from members.models import (
    Domicile,
    EndReason,
    Member,
    MemberKind,
    MemberState,
    MonthLock,
    Movement,
    SavingsEntry,
    SavingsKind,
)
from tests.seeded import AUTUMN, CODES, FEW

MARCH = dt.date(2026, 3, 16)
# So few are in arrears for longer than two months, and so many not at all.
TAIL, UP_TO_DATE = (0.05, 0.2), (0.6, 0.85)


@cache
def told(before: dt.date) -> tuple[list[Membership], Told]:
    """All of it; what is told here is what the database gets."""
    members = tell_members(CODES, before=before)
    return members, tell_savings(members, before=before)


def living(members: list[Membership]) -> list[tuple[int, Membership]]:
    return [
        (place, one)
        for place, one in enumerate(members)
        if one.joined_on and not one.ended_on and not one.voided_on
    ]


def test_about_six_thousand_are_members_today() -> None:
    members, savings = told(AUTUMN)
    assert 5_800 <= len(living(members)) <= 6_200
    sizes = Counter(one.code for one in members)
    assert (len(sizes), min(sizes.values()) >= 25, max(sizes.values()) <= 280) == (65, True, True)
    assert 60_000 <= len(savings.lines) <= 70_000
    assert min(line.value_on for line in savings.lines) < dt.date(2025, 7, 1)


def test_everybody_who_happens_in_a_register_is_there() -> None:
    members, _savings = told(AUTUMN)
    counted = {
        "applicants": sum(one.joined_on is None and one.ended_on is None for one in members),
        "turned away": sum(one.end_reason == EndReason.NOT_ADMITTED for one in members),
        "left": sum(one.joined_on is not None and one.ended_on is not None for one in members),
        "came back": sum(one.is_return for one in members),
        "voided": sum(one.voided_on is not None for one in members),
        "extraordinary": sum(one.kind == MemberKind.EXTRAORDINARY for one in members),
        "number to come": sum(not one.national_id for one in members),
        "from the old book": sum(one.is_taken_over for one in members),
    }
    expected = {
        "applicants": (40, 150),
        "turned away": (20, 120),
        "left": (100, 400),
        "came back": (5, 60),
        "voided": (10, 80),
        "extraordinary": (100, 400),
        "number to come": (300, 1_200),
        "from the old book": (700, 1_400),
    }
    assert {name: low <= counted[name] <= high for name, (low, high) in expected.items()} == dict.fromkeys(
        counted, True
    )
    assert {one.end_reason for one in members} == {"", *EndReason.values}


def test_identity_numbers_are_of_no_region_and_no_serial_that_is_given() -> None:
    members, _savings = told(AUTUMN)
    numbers = [one.national_id for one in members if one.national_id]
    assert all(number.startswith("317499") and number[12] == "9" for number in numbers)
    assert [parse_national_id(number) for number in numbers] == numbers
    of_living: dict[tuple[str, str], int] = Counter(
        (one.code, one.national_id) for one in members if one.national_id and not one.ended_on
    )
    assert set(of_living.values()) == {1}
    odd = 0
    for one in members:
        if one.national_id and one.gender and one.birth_date:
            born_on, is_woman = born_by_national_id(one.national_id, today=AUTUMN)
            odd += (born_on, is_woman) != (one.birth_date, one.gender == "female")
    assert 20 <= odd <= 150


def test_nobody_can_be_called_or_visited() -> None:
    members, _savings = told(AUTUMN)
    assert {one.phone[:10] for one in members} == {"", "0800-0000-"}
    assert all(one.address.endswith("(contoh)") for one in members)


def test_numbers_run_through_in_the_order_of_joining() -> None:
    members, _savings = told(AUTUMN)
    given: dict[str, list[Membership]] = defaultdict(list)
    for one in members:
        if one.joined_on:
            given[one.code].append(one)
    for joined in given.values():
        numbers = [int(one.number.lstrip("AKMP-/")) for one in joined]
        assert numbers == list(range(1, len(joined) + 1))
        assert all(a.joined_on <= b.joined_on for a, b in pairwise(joined) if a.joined_on and b.joined_on)
    assert {one.number for one in members if not one.joined_on} == {""}


def test_savings_are_paid_in_time_by_most_with_a_tail() -> None:
    members, savings = told(AUTUMN)
    paid: dict[int, set[dt.date]] = defaultdict(set)
    for line in savings.lines:
        if line.part.month:
            paid[line.member].add(line.part.month)
        if line.part.paid_until:
            paid[line.member] |= set(months(members[line.member], line.part.paid_until))
    last = AUTUMN.replace(month=AUTUMN.month - 1, day=1)
    behind = [len(set(months(one, last)) - paid[place]) for place, one in living(members)]
    shares = {
        "none": sum(count == 0 for count in behind) / len(behind),
        "more than two": sum(count > 2 for count in behind) / len(behind),
    }
    assert UP_TO_DATE[0] < shares["none"] < UP_TO_DATE[1]
    assert TAIL[0] < shares["more than two"] < TAIL[1]
    at_once = Counter((line.member, line.receipt_no) for line in savings.lines if line.part.month)
    assert sum(count == 3 for count in at_once.values()) > 500


def months(member: Membership, until: dt.date) -> list[dt.date]:
    assert member.joined_on
    month, found = member.joined_on.replace(day=1), []
    while month <= until:
        found.append(month)
        month = next_month(month, 1)
    return found


def test_principal_is_paid_by_most_and_no_balance_is_negative() -> None:
    members, savings = told(AUTUMN)
    asked = {rate.code: rate.amount_idr for rate in savings.rates if rate.kind == SavingsKind.PRINCIPAL}
    balances: dict[tuple[int, SavingsKind], int] = Counter()
    for line in savings.lines:
        balances[line.member, line.part.kind] += line.part.amount_idr
        assert balances[line.member, line.part.kind] >= 0
    owing = [
        place for place, one in living(members) if balances[place, SavingsKind.PRINCIPAL] < asked[one.code]
    ]
    assert 30 <= len(owing) <= 300
    # Who joins anew as a regular member has paid before (Juklak Menkop 1/2025).
    assert all(
        members[place].is_taken_over or members[place].kind == MemberKind.EXTRAORDINARY for place in owing
    )
    assert {(line.part.kind, line.part.movement) for line in savings.lines} == {
        (SavingsKind.PRINCIPAL, Movement.OPENING),
        (SavingsKind.PRINCIPAL, Movement.DEPOSIT),
        (SavingsKind.PRINCIPAL, Movement.REFUND),
        (SavingsKind.MANDATORY, Movement.OPENING),
        (SavingsKind.MANDATORY, Movement.DEPOSIT),
        (SavingsKind.MANDATORY, Movement.REFUND),
        (SavingsKind.VOLUNTARY, Movement.DEPOSIT),
        (SavingsKind.VOLUNTARY, Movement.WITHDRAWAL),
        (SavingsKind.VOLUNTARY, Movement.REFUND),
    }


def test_story_of_an_earlier_day_is_the_beginning_of_a_later_one() -> None:
    def persons(members: list[Membership]) -> dict[tuple[str, int], tuple[str, str, dt.date | None]]:
        return {(one.code, one.place): (one.full_name, one.national_id, one.applied_on) for one in members}

    def ledger(before: dt.date) -> set[object]:
        members, savings = told(before)
        pairs = [(members[line.member], line) for line in savings.lines]
        return {
            (one.code, one.place, *line[1:])
            for one, line in [*pairs, *((members[wrong.member], wrong) for wrong, _back in savings.mistakes)]
            if line.value_on < MARCH
        }

    early, late = persons(told(MARCH)[0]), persons(told(AUTUMN)[0])
    assert early == {key: late[key] for key in early}
    assert ledger(MARCH) == ledger(AUTUMN)


@pytest.mark.django_db
def test_register_is_stored_as_it_was_told() -> None:
    with time_machine.travel(office_hour(AUTUMN, 600), tick=False):
        seed_demo(today=AUTUMN, members=FEW)
    members = tell_members(CODES, before=AUTUMN, whole=FEW)
    savings = tell_savings(members, before=AUTUMN)
    asked = Member.objects.order_by("pk").values_list("cooperative__kelurahan", "number", "national_id_last")
    assert Counter(asked) == Counter((one.code, one.number, one.national_id[-4:]) for one in members)
    assert SavingsEntry.objects.count() == len(savings.lines) + 2 * len(savings.mistakes)
    assert SavingsEntry.objects.total_idr() == sum(line.part.amount_idr for line in savings.lines)
    states = Counter(one.state_on(AUTUMN) for one in Member.objects.all())
    assert set(states) == set(MemberState)
    assert Member.objects.exclude(domicile=Domicile.HERE).exists()
    # Months are closed, some were opened again, and nothing was recorded in a closed one.
    assert MonthLock.objects.in_force().count() > 100
    assert MonthLock.objects.filter(reopened_at__isnull=False).exists()
    for lock in MonthLock.objects.in_force():
        late = SavingsEntry.objects.filter(
            cooperative=lock.cooperative, value_on__lte=lock.through_on, recorded_at__gt=lock.locked_at
        )
        assert not late.exists()
    history = get_history_manager_for_model(Member).order_by("pk").values_list("id", flat=True)
    assert set(history) == set(Member.objects.values_list("pk", flat=True))
    assert timezone.localdate(SavingsEntry.objects.latest("recorded_at").recorded_at) < AUTUMN

import datetime as dt
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from cooperatives.models import Cooperative, Gender
from kkmp.accounts.models import User
from members.models import (
    Member,
    MemberCount,
    MemberKind,
    Movement,
    SavingsKind,
    count_members,
    with_member_count,
)
from tests.factories import CooperativeFactory, KecamatanFactory, UserFactory, officer_of
from tests.member_factories import MemberFactory, SavingsEntryFactory, SavingsRateFactory

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 2, 1)
BEFORE, AFTER = DAY - dt.timedelta(days=1), DAY + dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("joined_on", "ended_on", "is_member"),
    [
        (BEFORE, None, True),
        (DAY, None, True),
        (AFTER, None, False),
        (BEFORE, AFTER, True),
        (BEFORE, DAY, False),
        (BEFORE, BEFORE, False),
        (DAY, DAY, False),
    ],
)
def test_membership_runs_from_the_day_of_joining_to_the_day_before_leaving(
    joined_on: dt.date, ended_on: dt.date | None, is_member: object
) -> None:
    MemberFactory.create(joined_on=joined_on, ended_on=ended_on)
    assert Member.objects.as_of(DAY).exists() is is_member


def test_members_now_are_members_then_and_who_came_less_who_left() -> None:
    since = dt.date(2026, 1, 1)
    cooperative = CooperativeFactory.create()
    days = [since - dt.timedelta(days=1), since, since + dt.timedelta(days=1), DAY, AFTER]
    for joined_on in days:
        for ended_on in [None, *(day for day in days if day >= joined_on)]:
            MemberFactory.create(cooperative=cooperative, joined_on=joined_on, ended_on=ended_on)
    mine = Cooperative.objects.filter(pk=cooperative.pk)
    now, then = count_members(mine, on=DAY, since=since), count_members(mine, on=since)
    assert now.total == then.total + now.joined - now.left
    assert (now.joined, now.left) == (
        Member.objects.joined_between(since, DAY).count(),
        Member.objects.left_between(since, DAY).count(),
    )
    assert (now.joined, now.left, then.total) == (7, 7, 8)


def test_count_is_by_gender_and_of_these_cooperatives_only() -> None:
    mine, theirs = CooperativeFactory.create_batch(2)
    for gender, count in [(Gender.FEMALE, 3), (Gender.MALE, 2), ("", 1)]:
        MemberFactory.create_batch(count, cooperative=mine, gender=gender)
    MemberFactory.create(cooperative=mine, ended_on=DAY, gender=Gender.FEMALE)
    MemberFactory.create(cooperative=theirs, gender=Gender.FEMALE)
    counted = count_members(
        Cooperative.objects.filter(pk=mine.pk), on=DAY, since=dt.date(2025, 1, 1), with_paid=True
    )
    assert counted == MemberCount(
        total=6, female=3, male=2, unknown=1, joined=7, left=1,
        principal_paid=0, paying=0, applicants=0, without_national_id=6,
    )  # fmt: skip


def test_count_costs_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    MemberFactory.create_batch(3)
    with django_assert_num_queries(1):
        assert count_members(Cooperative.objects.all(), on=DAY).total == 3


def test_leader_gets_counts_and_no_rows() -> None:
    MemberFactory.create()
    leader = UserFactory.create(leader=True)
    assert count_members(Cooperative.objects.visible_to(leader), on=DAY).total == 1
    assert list(Member.objects.visible_to(leader)) == []


def test_annotated_count_is_the_same_figure() -> None:
    empty, full = CooperativeFactory.create_batch(2)
    MemberFactory.create_batch(2, cooperative=full)
    MemberFactory.create(cooperative=full, ended_on=DAY)
    rows = with_member_count(Cooperative.objects.order_by("pk"), on=DAY)
    assert [(row.pk, row.member_count) for row in rows] == [(empty.pk, 0), (full.pk, 2)]  # type: ignore[attr-defined]


def test_visible_rows_are_those_of_granted_areas() -> None:
    tebet = KecamatanFactory.create()
    mine = MemberFactory.create(cooperative__kelurahan__kecamatan=tebet)
    theirs = MemberFactory.create()
    everybody = sorted([mine.pk, theirs.pk])

    def seen_by(user: User) -> list[int]:
        return sorted(Member.objects.visible_to(user).values_list("pk", flat=True))

    assert {
        "officer": seen_by(officer_of(tebet)),
        "officer of one kelurahan": seen_by(officer_of(theirs.cooperative.kelurahan)),
        "officer without area": seen_by(officer_of()),
        "sudin": seen_by(UserFactory.create(sudin=True)),
        "leader": seen_by(UserFactory.create(leader=True)),
        "admin": seen_by(UserFactory.create(admin=True)),
        "locked out": seen_by(officer_of(tebet, is_active=False)),
    } == {
        "officer": [mine.pk],
        "officer of one kelurahan": [theirs.pk],
        "officer without area": [],
        "sudin": everybody,
        "leader": [],
        "admin": everybody,
        "locked out": [],
    }


@pytest.mark.parametrize(
    ("numbers", "following"),
    [
        ([], "001"),
        (["001", "002"], "003"),
        (["9"], "10"),
        (["099"], "100"),
        (["A-0009", "A-0002"], "A-0010"),
        (["A-01", "A-02", "17"], "A-03"),
        (["tanpa nomor"], "001"),
        (["9" * 20], ""),
    ],
)
def test_next_number_follows_the_way_the_others_are_written(numbers: list[str], following: str) -> None:
    for number in numbers:
        MemberFactory.create(number=number)
    assert Member.objects.next_number() == following


STARTED = dt.date(2025, 11, 10)


@pytest.mark.parametrize(
    ("rate", "deposits", "paid"),
    [
        (100_000, [100_000], True),
        (100_000, [60_000, 40_000], True),
        (100_000, [60_000, 39_999], False),
        (100_000, [], False),
        (None, [1], True),
        (None, [], False),
    ],
)
def test_principal_is_paid_up_to_the_rate_in_force(
    rate: int | None, deposits: list[int], paid: object
) -> None:
    member = MemberFactory.create(joined_on=STARTED)
    if rate:
        SavingsRateFactory.create(
            cooperative=member.cooperative, kind=SavingsKind.PRINCIPAL, amount_idr=rate, starts_on=BEFORE
        )
        # Not in force yet, and another cooperative's.
        SavingsRateFactory.create(
            cooperative=member.cooperative, kind=SavingsKind.PRINCIPAL, amount_idr=rate * 2, starts_on=AFTER
        )
    SavingsRateFactory.create(kind=SavingsKind.PRINCIPAL, amount_idr=1)
    for amount in deposits:
        SavingsEntryFactory.create(member=member, principal=True, amount_idr=amount)
    SavingsEntryFactory.create(member=member, principal=True, amount_idr=500_000, value_on=AFTER)
    SavingsEntryFactory.create(member=member, amount_idr=500_000)
    assert Member.objects.principal_paid_on(DAY).exists() is paid
    assert Member.objects.principal_unpaid_on(DAY).exists() is not paid


def month(number: int, year: int = 2025) -> dt.date:
    return dt.date(year, number, 1)


@pytest.mark.parametrize(
    ("day", "months", "paying"),
    [
        # Joined in November: on 1 February three months have ended.
        (DAY, [month(11), month(12), month(1, 2026)], True),
        (DAY, [month(11), month(12)], False),
        # One ahead does not stand for one that is missing; one before joining neither.
        (DAY, [month(11), month(12), month(2, 2026)], False),
        (DAY, [month(11), month(12), month(10)], False),
        (BEFORE, [month(11), month(12)], True),
        (dt.date(2025, 11, 30), [], True),
        (dt.date(2025, 12, 1), [], False),
    ],
)
def test_who_pays_has_every_month_that_ended(day: dt.date, months: list[dt.date], paying: object) -> None:
    member = MemberFactory.create(joined_on=STARTED)
    SavingsRateFactory.create(cooperative=member.cooperative)
    for one in months:
        SavingsEntryFactory.create(member=member, mandatory=True, month=one, value_on=STARTED)
    # Of somebody else, and too late.
    SavingsEntryFactory.create(mandatory=True, month=month(1, 2026), member__joined_on=AFTER)
    assert Member.objects.paying_on(day).filter(pk=member.pk).exists() is paying
    assert Member.objects.behind_on(day).filter(pk=member.pk).exists() is not paying


def test_opening_balance_says_until_when_was_paid_until_it_is_taken_back() -> None:
    member = MemberFactory.create(joined_on=dt.date(2020, 1, 1), is_taken_over=True)
    SavingsRateFactory.create(cooperative=member.cooperative, starts_on=dt.date(2020, 1, 1))
    opening = SavingsEntryFactory.create(
        member=member,
        kind=SavingsKind.MANDATORY,
        movement=Movement.OPENING,
        amount_idr=0,
        paid_until=month(12),
        value_on=month(12),
    )
    paying = [Member.objects.paying_on(day).exists() for day in (month(1, 2026), BEFORE, DAY)]
    assert paying == [True, True, False]
    SavingsEntryFactory.create(member=member, mandatory=True, month=month(1, 2026), value_on=BEFORE)
    assert Member.objects.paying_on(DAY).exists()
    opening.reversed_by = SavingsEntryFactory.create(
        member=member,
        kind=SavingsKind.MANDATORY,
        movement=Movement.REVERSAL,
        amount_idr=0,
        value_on=DAY,
    )
    opening.save()
    assert not Member.objects.paying_on(DAY).exists()
    assert Member.objects.paying_on(BEFORE).exists()


def test_only_regular_members_of_the_day_are_asked_for_months() -> None:
    MemberFactory.create(kind=MemberKind.EXTRAORDINARY, joined_on=DAY)
    MemberFactory.create(joined_on=AFTER)
    MemberFactory.create(joined_on=BEFORE, ended_on=DAY)
    MemberFactory.create(applicant=True)
    MemberFactory.create(voided=True, joined_on=DAY)
    regular, unjudged = MemberFactory.create_batch(2, joined_on=DAY)
    for member in Member.objects.exclude(pk=unjudged.pk):
        SavingsRateFactory.create(cooperative=member.cooperative)
    assert list(Member.objects.paying_on(DAY)) == [regular]
    assert list(Member.objects.behind_on(DAY)) == []


@pytest.mark.parametrize(
    ("values", "states"),
    [
        ({}, "member member"),
        ({"joined_on": DAY}, "applicant member"),
        ({"ended_on": DAY}, "member ended"),
        ({"number": "", "joined_on": None, "applied_on": BEFORE}, "applicant applicant"),
        (
            {"number": "", "joined_on": None, "applied_on": BEFORE, "ended_on": DAY},
            "applicant not_admitted",
        ),
        ({"voided": True}, "voided voided"),
    ],
)
def test_state_follows_from_the_dates_in_python_and_in_the_database(
    values: dict[str, object], states: str
) -> None:
    member = MemberFactory.create(**values)
    for day, state in zip((BEFORE, DAY), states.split(), strict=True):
        assert member.state_on(day) == state
        found: Any = Member.objects.with_state_on(day).get()
        assert found.state == state

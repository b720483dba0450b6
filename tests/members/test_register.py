import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries

from cooperatives.models import Cooperative, Gender
from kkmp.accounts.models import User
from members.models import Member, MemberCount, count_members, with_member_count
from tests.factories import CooperativeFactory, KecamatanFactory, UserFactory, officer_of
from tests.member_factories import MemberFactory

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
    counted = count_members(Cooperative.objects.filter(pk=mine.pk), on=DAY, since=dt.date(2025, 1, 1))
    assert counted == MemberCount(total=6, female=3, male=2, unknown=1, joined=7, left=1)


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


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("member_left_after_joining", {"joined_on": DAY, "ended_on": BEFORE}),
        ("member_has_a_number_and_a_name", {"number": ""}),
        ("member_has_a_number_and_a_name", {"full_name": ""}),
    ],
)
def test_database_refuses(constraint: str, values: dict[str, object]) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        MemberFactory.create(**values)


def test_database_refuses_a_number_twice_in_one_cooperative() -> None:
    first = MemberFactory.create(number="007")
    MemberFactory.create(number="007")
    with pytest.raises(IntegrityError), transaction.atomic():
        MemberFactory.create(cooperative=first.cooperative, number="007")
    assert Member.objects.filter(number="007").count() == 2

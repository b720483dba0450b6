"""Officers who write the ledger of one cooperative at the same time."""

import datetime as dt
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from members.models import Member, SavingsEntry
from members.savings.services import collect, record_deposits, withdraw
from tests.factories import CooperativeFactory, UserFactory
from tests.member_factories import MemberFactory, SavingsEntryFactory, SavingsRateFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("today")]
DAY = dt.date(2026, 2, 10)
MONTHS = [dt.date(2026, 1, 1), dt.date(2026, 2, 1)]
PEOPLE = 3


def at_once(*writes: Callable[[], object]) -> list[object]:
    """What each gives; a refusal is its messages."""
    together = threading.Barrier(len(writes))

    def run(write: Callable[[], object]) -> object:
        together.wait()
        try:
            return write()
        except ValidationError as error:
            return error.messages
        finally:
            connection.close()

    with ThreadPoolExecutor(len(writes)) as pool:
        return list(pool.map(run, writes))


@pytest.fixture
def members() -> list[Member]:
    cooperative = CooperativeFactory.create()
    SavingsRateFactory.create(cooperative=cooperative)
    return MemberFactory.create_batch(PEOPLE, cooperative=cooperative)


def test_receipts_never_collide(members: list[Member]) -> None:
    people = UserFactory.create_batch(PEOPLE)

    def pay(number: int) -> Callable[[], object]:
        return lambda: [
            record_deposits(member=members[number], value_on=DAY, by=people[number], voluntary_idr=1_000)
            for _turn in range(4)
        ]

    at_once(*(pay(number) for number in range(PEOPLE)))
    receipts = sorted(SavingsEntry.objects.values_list("receipt_no", flat=True))
    assert receipts == [f"2026-{number:05}" for number in range(1, 4 * PEOPLE + 1)]


def test_one_month_is_paid_once(members: list[Member]) -> None:
    people = UserFactory.create_batch(2)
    answers = at_once(
        *(
            lambda by=by: len(record_deposits(member=members[0], value_on=DAY, by=by, months=MONTHS[:1]))
            for by in people
        )
    )
    assert sorted(answers, key=str) == [1, ["Januari 2026: sudah dibayar."]]
    assert SavingsEntry.objects.count() == 1


def test_a_grid_sent_twice_at_once_is_written_once(members: list[Member]) -> None:
    people = UserFactory.create_batch(2)
    ticks = [(member.pk, month) for member in members for month in MONTHS]

    def send(by: int) -> tuple[int, int]:
        done = collect(cooperative=members[0].cooperative, ticks=ticks, value_on=DAY, by=people[by])
        return len(done.entries), len(done.already)

    assert sorted(at_once(lambda: send(0), lambda: send(1)), key=str) == [(0, 6), (6, 0)]
    rows = SavingsEntry.objects.order_by("pk").values_list("member", "month", "receipt_no", "receipt_line")
    assert list(rows) == [
        (member.pk, month, f"2026-{number:05}", line)
        for number, member in enumerate(members, start=1)
        for line, month in enumerate(MONTHS, start=1)
    ]


def test_one_balance_is_not_withdrawn_twice(members: list[Member]) -> None:
    by = UserFactory.create()
    SavingsEntryFactory.create(member=members[0], amount_idr=10_000)
    answers = at_once(
        *[lambda: withdraw(member=members[0], amount_idr=7_000, value_on=DAY, by=by).amount_idr] * 2
    )
    assert -7_000 in answers
    assert SavingsEntry.objects.total_idr() == 3_000

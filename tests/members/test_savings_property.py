"""Whatever the order of services: a balance is the sum of its entries, never below zero on any day, closed stays closed."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import time_machine
from django.core.exceptions import ValidationError
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from cooperatives.models import Cooperative
from kkmp.accounts.models import User
from members.models import EndReason, Member, MonthLock, Movement, SavingsEntry, SavingsKind
from members.savings.closing import close_months, reopen_months
from members.savings.figures import with_savings
from members.savings.services import collect, record_deposits, record_opening, refund, reverse_entry, withdraw
from tests.factories import CooperativeFactory, UserFactory
from tests.member_factories import MemberFactory, SavingsRateFactory

FIRST = dt.date(2026, 1, 1)
TODAY = dt.date(2026, 4, 20)
NOW = dt.datetime(2026, 4, 20, 3, tzinfo=dt.UTC)
days = st.dates(FIRST, TODAY + dt.timedelta(days=2))
months = st.sampled_from([dt.date(2026, number, 1) for number in range(1, 7)])
amounts = st.integers(0, 60)
people = st.integers(0, 1)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("deposit"), people, days, amounts, st.lists(months, max_size=3), amounts),
        st.tuples(st.just("withdraw"), people, days, st.integers(1, 80)),
        st.tuples(st.just("refund"), people, days),
        st.tuples(st.just("leave"), people),
        st.tuples(st.just("opening"), people, days, amounts, amounts, st.none() | months, amounts),
        st.tuples(st.just("reverse"), st.integers(0, 20), days),
        st.tuples(st.just("collect"), days, st.lists(st.tuples(people, months), min_size=1, max_size=4)),
        st.tuples(st.just("close"), months),
        st.tuples(
            st.just("reopen"),
        ),
    ),
    max_size=12,
)


class LedgerTest(TestCase):
    cooperative: Cooperative
    members: list[Member]
    officer: User
    sudin: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.cooperative = CooperativeFactory.create()
        cls.members = MemberFactory.create_batch(2, cooperative=cls.cooperative, joined_on=FIRST)
        cls.officer, cls.sudin = UserFactory.create(), UserFactory.create(sudin=True)
        SavingsRateFactory.create(cooperative=cls.cooperative, amount_idr=7)

    @given(steps)
    # Taken on the day before it came.
    @example([("deposit", 0, dt.date(2026, 1, 2), 0, [], 1), ("withdraw", 0, dt.date(2026, 1, 1), 1)])
    @settings(max_examples=60)
    def test_any_sequence_keeps_the_ledger_right(self, sequence: list[tuple[Any, ...]]) -> None:
        with time_machine.travel(NOW, tick=False):
            for verb, *arguments in sequence:
                before = set(SavingsEntry.objects.values_list("pk", flat=True))
                closed = self.closed()
                try:
                    self.steps()[verb](*arguments)
                except ValidationError as error:
                    refused = error.messages
                else:
                    refused = []
                new = SavingsEntry.objects.exclude(pk__in=before)
                assert not (refused and new)
                assert all(closed < entry.value_on <= TODAY for entry in new)
        self.check_ledger()

    def steps(self) -> dict[str, Callable[..., object]]:
        return {
            "deposit": self.deposit,
            "withdraw": lambda who, day, amount: withdraw(
                member=self.members[who], amount_idr=amount, value_on=day, by=self.officer
            ),
            "refund": lambda who, day: refund(member=self.members[who], value_on=day, by=self.officer),
            "leave": self.leave,
            "opening": self.opening,
            "reverse": self.reverse,
            "collect": self.collect,
            "close": lambda month: close_months(cooperative=self.cooperative, month=month, by=self.officer),
            "reopen": self.reopen,
        }

    def deposit(self, who: int, day: dt.date, principal: int, paid: list[dt.date], voluntary: int) -> None:
        record_deposits(
            member=self.stored(who),
            value_on=day,
            by=self.officer,
            principal_idr=principal,
            months=paid,
            voluntary_idr=voluntary,
        )

    def leave(self, who: int) -> None:
        member = self.stored(who)
        member.ended_on, member.end_reason = TODAY, EndReason.RESIGNED
        member.save()

    def opening(
        self, who: int, day: dt.date, principal: int, mandatory: int, until: dt.date | None, voluntary: int
    ) -> None:
        record_opening(
            member=self.stored(who),
            value_on=day,
            by=self.officer,
            principal_idr=principal,
            mandatory_idr=mandatory,
            paid_until=until,
            voluntary_idr=voluntary,
        )

    def reverse(self, which: int, day: dt.date) -> None:
        entries = list(SavingsEntry.objects.order_by("pk"))
        if entries:
            reverse_entry(
                entry=entries[which % len(entries)], reason="Salah catat", value_on=day, by=self.officer
            )

    def collect(self, day: dt.date, ticked: list[tuple[int, dt.date]]) -> None:
        ticks = [(self.members[who].pk, month) for who, month in ticked]
        paid = self.paid_months()
        done = collect(cooperative=self.cooperative, ticks=ticks, value_on=day, by=self.officer)
        assert {(entry.member_id, entry.month) for entry in done.entries}.isdisjoint(paid)
        again = collect(cooperative=self.cooperative, ticks=ticks, value_on=day, by=self.officer)
        assert (again.entries, len(again.already)) == ([], len(set(ticks)))

    def reopen(self) -> None:
        if last := MonthLock.objects.in_force().order_by("through_on").last():
            reopen_months(month_lock=last, reason="Bukti tertinggal", by=self.sudin)

    def stored(self, who: int) -> Member:
        return Member.objects.select_related("cooperative").get(pk=self.members[who].pk)

    def closed(self) -> dt.date:
        last = MonthLock.objects.in_force().order_by("through_on").last()
        return last.through_on if last else dt.date.min

    def paid_months(self) -> set[tuple[int, dt.date | None]]:
        living = SavingsEntry.objects.filter(month__isnull=False, reversed_by=None)
        return set(living.values_list("member", "month"))

    def check_ledger(self) -> None:
        entries = list(SavingsEntry.objects.order_by("value_on", "pk"))
        receipts: dict[str, set[int]] = defaultdict(set)
        for entry in entries:
            receipts[entry.receipt_no].add(entry.member_id)
        receipts.pop("", None)
        # One receipt number a member and submit.
        assert all(len(members) == 1 for members in receipts.values())
        for day in sorted({entry.value_on for entry in entries}):
            for row in with_savings(Member.objects.all(), on=day):
                for kind in SavingsKind:
                    own = [
                        e for e in entries if (e.member_id, e.kind) == (row.pk, kind) and e.value_on <= day
                    ]
                    balance = getattr(row, f"{kind.value}_idr")
                    assert balance == sum(entry.amount_idr for entry in own)
                    assert balance >= 0
        taken_back = [entry for entry in entries if entry.reversed_by_id]
        assert len(taken_back) == sum(entry.movement == Movement.REVERSAL for entry in entries)

"""Balances and arrears as of any day equal a naive re-computation, for any ledger and any rates."""

import datetime as dt
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from cooperatives.models import Cooperative
from kkmp.accounts.models import User
from members.models import Member, MemberKind, Movement
from members.models.arrears import month_index
from members.savings.figures import count_savings, with_savings, with_savings_totals
from tests.factories import CooperativeFactory, UserFactory
from tests.member_factories import MemberFactory, SavingsEntryFactory, SavingsRateFactory

# Few months around a change of year, so that payments, rates, leaving and days meet.
MONTHS = [dt.date(2025, 10 + n, 1) if n < 3 else dt.date(2026, n - 2, 1) for n in range(7)]
months = st.sampled_from(MONTHS)
days = st.dates(MONTHS[0], dt.date(2026, 5, 10))
KINDS = {"principal_idr": "principal", "mandatory_idr": "mandatory", "voluntary_idr": "voluntary"}


@dataclass
class Line:
    """One entry of the naive ledger."""

    kind: str
    amount: int
    value_on: dt.date
    month: dt.date | None = None
    paid_until: dt.date | None = None
    reversed_on: dt.date | None = None

    def is_in_force(self, day: dt.date) -> bool:
        return self.value_on <= day and (self.reversed_on is None or self.reversed_on > day)


@dataclass
class Person:
    joined_on: dt.date | None
    ended_on: dt.date | None
    kind: str
    is_voided: bool
    lines: list[Line] = field(default_factory=list)

    def balance(self, day: dt.date, kind: str) -> int:
        return sum(line.amount for line in self.lines if line.kind == kind and line.is_in_force(day))

    def unpaid(self, day: dt.date, rates: dict[dt.date, int]) -> list[int]:
        """The amount of each owed month that nobody paid."""
        if self.joined_on is None or self.is_voided or self.kind == MemberKind.EXTRAORDINARY:
            return []
        in_force = [line for line in self.lines if line.is_in_force(day)]
        paid = {line.month for line in in_force}
        opened = [line.paid_until for line in in_force if line.paid_until]
        return [
            rates[max(start for start in rates if start <= month)]
            for month in MONTHS
            if month_index(self.joined_on) <= month_index(month) < month_index(day)
            and (self.ended_on is None or month_index(month) <= month_index(self.ended_on))
            and all(month > until for until in opened)
            and month not in paid
            and any(start <= month for start in rates)
        ]

    def is_member(self, day: dt.date) -> bool:
        return (
            not self.is_voided
            and self.joined_on is not None
            and self.joined_on <= day
            and (self.ended_on is None or self.ended_on > day)
        )


people = st.builds(
    Person,
    joined_on=st.none() | days,
    ended_on=st.none() | days,
    kind=st.sampled_from([MemberKind.REGULAR, MemberKind.REGULAR, MemberKind.EXTRAORDINARY]),
    is_voided=st.sampled_from([False, False, False, True]),
)
lines = st.one_of(
    st.builds(
        Line,
        kind=st.sampled_from(["principal", "voluntary"]),
        amount=st.integers(1, 50),
        value_on=days,
        reversed_on=st.none() | days,
    ),
    st.builds(
        Line,
        kind=st.just("mandatory"),
        amount=st.integers(1, 50),
        value_on=days,
        month=months,
        reversed_on=st.none() | days,
    ),
    st.builds(
        Line,
        kind=st.just("mandatory"),
        amount=st.integers(0, 50),
        value_on=days,
        paid_until=months,
        reversed_on=st.none() | days,
    ),
)
rates = st.dictionaries(months, st.integers(1, 9), max_size=3)


class FiguresTest(TestCase):
    cooperatives: list[Cooperative]
    user: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.cooperatives = CooperativeFactory.create_batch(2)
        cls.user = UserFactory.create(sudin=True)

    @given(
        st.lists(st.tuples(st.integers(0, 1), people, st.lists(lines, max_size=8)), max_size=4), rates, days
    )
    @settings(max_examples=40)
    def test_equal_naive_recomputation(
        self, register: list[tuple[int, Person, list[Line]]], asked: dict[dt.date, int], day: dt.date
    ) -> None:
        # The second cooperative has its one rate from the start, whatever the first one asks.
        by_owner = [asked, {MONTHS[0]: 7}]
        for cooperative, its_rates in zip(self.cooperatives, by_owner, strict=True):
            for start, amount in its_rates.items():
                SavingsRateFactory.create(cooperative=cooperative, starts_on=start, amount_idr=amount)
        kept = [(owner, person, self.member(owner, person, wanted)) for owner, person, wanted in register]
        expected = {}
        for owner, person, member in kept:
            unpaid = person.unpaid(day, by_owner[owner])
            balances = {name: person.balance(day, kind) for name, kind in KINDS.items()}
            expected[member.pk] = {
                **balances,
                "savings_idr": sum(balances.values()),
                "months_behind": len(unpaid),
                "arrears_idr": sum(unpaid),
            }
        names = [*KINDS, "savings_idr", "months_behind", "arrears_idr"]
        rows = with_savings(Member.objects.all(), on=day).values("pk", *names)
        assert {row.pop("pk"): row for row in rows} == expected
        totals = [self.totals(kept, expected, owner, day) for owner in range(2)]
        cooperatives = Cooperative.objects.order_by("pk")
        assert list(with_savings_totals(cooperatives, on=day).values(*totals[0])) == totals
        count = count_savings(cooperatives, on=day)
        assert {name: getattr(count, name) for name in totals[0]} == {
            name: totals[0][name] + totals[1][name] for name in totals[0]
        }

    def totals(
        self,
        kept: list[tuple[int, Person, Member]],
        expected: dict[int, dict[str, int]],
        owner: int,
        day: dt.date,
    ) -> dict[str, int]:
        mine = [expected[member.pk] for its, _person, member in kept if its == owner]
        here = [expected[member.pk] for its, person, member in kept if its == owner and person.is_member(day)]
        return {
            **{name: sum(row[name] for row in mine) for name in (*KINDS, "savings_idr")},
            "members_behind": sum(row["months_behind"] > 0 for row in here),
            "arrears_idr": sum(row["arrears_idr"] for row in here),
        }

    def member(self, owner: int, person: Person, wanted: list[Line]) -> Member:
        if person.ended_on and person.joined_on and person.ended_on < person.joined_on:
            person.ended_on = person.joined_on
        dates: dict[str, dt.date | None] = {"joined_on": person.joined_on, "ended_on": person.ended_on}
        if person.joined_on is None:
            dates["applied_on"] = MONTHS[0]
        member = MemberFactory.create(
            cooperative=self.cooperatives[owner], kind=person.kind, voided=person.is_voided, **dates
        )
        person.lines = []
        for line in wanted:
            self.add(member, person, line)
        return member

    def add(self, member: Member, person: Person, line: Line) -> None:
        """What the ledger itself would refuse is left out of both records."""
        living = [one for one in person.lines if one.reversed_on is None]
        if line.month and any(one.month == line.month for one in living):
            return
        if line.paid_until and any(one.paid_until for one in living):
            return
        if line.reversed_on:
            line.reversed_on = max(line.reversed_on, line.value_on)
        shared = {"member": member, "kind": line.kind, "recorded_by": self.user}
        entry = SavingsEntryFactory.create(
            **shared,
            movement=Movement.OPENING if line.paid_until else Movement.DEPOSIT,
            amount_idr=line.amount,
            value_on=line.value_on,
            month=line.month,
            paid_until=line.paid_until,
        )
        if line.reversed_on:
            entry.reversed_by = SavingsEntryFactory.create(
                **shared, movement=Movement.REVERSAL, amount_idr=-line.amount, value_on=line.reversed_on
            )
            entry.save(update_fields=["reversed_by"])
        person.lines.append(line)

"""Any supports, money and own money give the gap that plain Python gives; only grants that arrived reduce it."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pytest
from django.db.models import Sum
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from cooperatives.models import Cooperative
from outlets.models import CapitalNeed, Outlet
from partners.capital_totals import CapitalTotal, totals_by_capital
from partners.flags import with_flags
from partners.gap import GapTotal, gap_by, gap_total, needs_with_gap, open_gap_total
from partners.models import Disbursement, Stage, Support, SupportKind
from tests.factories import CapitalNeedFactory, OutletFactory, SetAsideFactory, UserFactory
from tests.partner_factories import DisbursementFactory, PartnerFactory, StageChangeFactory, SupportFactory

# Few days, few needs and small sums, so that money meets its day and its need, and goes beyond it.
START = dt.date(2026, 1, 1)
DAYS = 4
MOMENT = dt.datetime(2026, 1, 20, tzinfo=dt.UTC)
# Own words, not those of the code under test.
CAPITAL = {
    "cash_grant": "own",
    "goods_grant": "own",
    "loan": "borrowed",
    "consignment": "neither",
    "lend_use": "neither",
}
GRANTS = {kind for kind, capital in CAPITAL.items() if capital == "own"}
AGREED = {"committed", "disbursed", "verified", "completed"}

Days = st.integers(0, DAYS - 1)
Sums = st.integers(1, 9)


@dataclass
class Money:
    amount: int
    day: int
    is_verified: bool
    is_withdrawn: bool

    def counts(self, day: int) -> bool:
        return self.day <= day and self.is_verified and not self.is_withdrawn


@dataclass
class Help:
    """A support: for which need (or none), its stages in the order in which they were recorded, its money."""

    need: int | None
    kind: str
    committed: int | None
    stages: list[tuple[int, str]]
    money: list[Money]

    def stage(self, day: int) -> str:
        """Of the latest day by then; of one day the one recorded last."""
        reached = [(on, number, stage) for number, (on, stage) in enumerate(self.stages) if on <= day]
        return max(reached)[2] if reached else ""

    def arrived(self, day: int) -> int:
        return sum(one.amount for one in self.money if one.counts(day))


@dataclass
class Lack:
    """A need, with the cooperative's own money for it: sum, from, until."""

    amount: int
    since: int
    closed: int | None
    kept: list[tuple[int, int, int | None]]

    def is_open(self, day: int) -> bool:
        return self.since <= day and (self.closed is None or self.closed > day)


money = st.builds(Money, Sums, Days, st.booleans(), st.booleans())
helps = st.builds(
    Help,
    st.one_of(st.none(), st.integers(0, 2)),
    st.sampled_from(SupportKind.values),
    st.one_of(st.none(), Sums),
    st.lists(st.tuples(Days, st.sampled_from(Stage.values)), max_size=3),
    st.lists(money, max_size=2),
)


@st.composite
def periods(draw: st.DrawFn) -> tuple[int, int | None]:
    begin = draw(Days)
    return begin, draw(st.one_of(st.none(), st.integers(begin, DAYS)))


lacks = st.builds(
    lambda amount, period, kept: Lack(amount, period[0], period[1], [(one, *when) for one, when in kept]),
    Sums,
    periods(),
    st.lists(st.tuples(Sums, periods()), max_size=1),
)


def on(day: int) -> dt.date:
    return START + dt.timedelta(days=day)


def told(lack: Lack, given: list[Help], day: int) -> tuple[int, int, int, int]:
    """Granted, set aside, gap and the promised part of it, as the rule says in words (design: Gap)."""
    grants = [one for one in given if one.kind in GRANTS]
    granted = min(lack.amount, sum(one.arrived(day) for one in grants))
    held = sum(amount for amount, begin, end in lack.kept if begin <= day and (end is None or end > day))
    kept = min(lack.amount - granted, held)
    gap = lack.amount - granted - kept
    promised = sum(
        max(0, one.committed - one.arrived(day))
        for one in grants
        if one.committed is not None and one.stage(day) in AGREED
    )
    return granted, kept, gap, min(gap, promised)


@pytest.mark.slow
class GapEqualsItsRule(TestCase):
    @settings(max_examples=40)
    @given(st.lists(lacks, min_size=3, max_size=3), st.lists(helps, max_size=5))
    def test_gap_is_what_the_rule_says(self, needs: list[Lack], supports: list[Help]) -> None:
        rows = self.write(needs, supports)
        before: list[tuple[int, int, int, int]] = []
        for day in range(DAYS):
            expected = {
                row.pk: told(lack, [one for one in supports if one.need == number], day)
                for number, (row, lack) in enumerate(zip(rows, needs, strict=True))
                if lack.is_open(day)
            }
            items: Any = needs_with_gap(CapitalNeed.objects.all(), on=on(day))
            found = {
                item.pk: (item.granted_idr, item.set_aside_idr, item.gap_idr, item.promised_idr)
                for item in items
            }
            assert found == expected, f"day {day}, after {before}"
            self.sums_equal_the_rows(rows, needs, expected, day)
            before = list(expected.values())
        self.kinds_equal_their_rows(supports)

    def write(self, needs: list[Lack], supports: list[Help]) -> list[CapitalNeed]:
        """Two outlets of one cooperative, the first with two of the needs."""
        first = OutletFactory.create()
        outlets = [first, first, OutletFactory.create(cooperative=first.cooperative)]
        people = UserFactory.create_batch(2, sudin=True)
        partner = PartnerFactory.create()
        rows = []
        for outlet, lack in zip(outlets, needs, strict=True):
            closed_on = None if lack.closed is None else on(lack.closed)
            row = CapitalNeedFactory.create(
                outlet=outlet, amount_idr=lack.amount, since_on=on(lack.since), closed_on=closed_on
            )
            rows.append(row)
            for amount, begin, end in lack.kept:
                released = {} if end is None else {"released": True, "released_on": on(end)}
                SetAsideFactory.create(
                    need=row, amount_idr=amount, set_on=on(begin), by=people[0], **released
                )
        for one in supports:
            need = None if one.need is None else rows[one.need]
            support = SupportFactory.create(
                partner=partner,
                cooperative=first.cooperative,
                outlet=need.outlet if need else None,
                need=need,
                kind=one.kind,
                committed_idr=one.committed,
            )
            for begin, stage in one.stages:
                StageChangeFactory.create(
                    support=support, stage=stage, effective_on=on(begin), reason="Alasan", by=people[0]
                )
            for paid in one.money:
                checked = {"verified_by": people[1], "verified_at": MOMENT} if paid.is_verified else {}
                DisbursementFactory.create(
                    support=support,
                    amount_idr=paid.amount,
                    paid_on=on(paid.day),
                    recorded_by=people[0],
                    withdrawn=paid.is_withdrawn,
                    **checked,
                )
        return rows

    def sums_equal_the_rows(
        self,
        rows: list[CapitalNeed],
        needs: list[Lack],
        expected: dict[int, tuple[int, int, int, int]],
        day: int,
    ) -> None:
        """Of the outlets and of the whole."""
        by_outlet: dict[int, GapTotal] = {}
        for outlet in Outlet.objects.order_by("pk"):
            chosen = [
                (lack.amount, *expected[row.pk])
                for row, lack in zip(rows, needs, strict=True)
                if row.outlet_id == outlet.pk and row.pk in expected
            ]
            if chosen:
                by_outlet[outlet.pk] = GapTotal(len(chosen), 1, 1, *map(sum, zip(*chosen, strict=True)))
        assert gap_by(CapitalNeed.objects.all(), "outlet", on=on(day)) == by_outlet
        fields = ("need_count", "amount_idr", "granted_idr", "set_aside_idr", "gap_idr", "promised_idr")
        summed = {name: sum(getattr(one, name) for one in by_outlet.values()) for name in fields}
        whole = GapTotal(outlet_count=len(by_outlet), cooperative_count=bool(by_outlet), **summed)
        assert gap_total(CapitalNeed.objects.all(), on=on(day)) == whole
        assert open_gap_total(Cooperative.objects.all(), on=on(day)) == whole

    def kinds_equal_their_rows(self, supports: list[Help]) -> None:
        """What was promised and what arrived, by kind of help and by kind of capital, is the sum of those rows."""
        last = DAYS - 1
        agreed = Support.objects.as_of(on(last)).agreed()
        counted = Disbursement.objects.counted(on(last))
        for kind in SupportKind.values:
            chosen = [one for one in supports if one.kind == kind]
            promised = sum(one.committed or 0 for one in chosen if one.stage(last) in AGREED)
            arrived = sum(one.arrived(last) for one in chosen)
            assert agreed.filter(kind=kind).worth().idr == promised
            paid = counted.filter(support__kind=kind).aggregate(total=Sum("amount_idr", default=0))
            assert paid["total"] == arrived
        for total in totals_by_capital(with_flags(Support.objects.as_of(on(last)), on=on(last))):
            chosen = [one for one in supports if CAPITAL.get(one.kind, "service") == total.capital]
            chosen = [one for one in chosen if one.stage(last)]
            due = [
                max(0, one.committed - one.arrived(last))
                for one in chosen
                if one.committed is not None and one.stage(last) in AGREED
            ]
            assert total == CapitalTotal(
                total.capital,
                count=len(chosen),
                idr=sum(one.committed or 0 for one in chosen),
                unknown_count=sum(one.committed is None for one in chosen),
                paid_idr=sum(one.arrived(last) for one in chosen),
                due_idr=sum(due),
            )

"""What a sum opens: outlets in an order, each wholly or not at all, and what a person changes of it by hand.

Pure: no database, no clock. Who is idle and what each lacks comes from `partners.idle`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import cached_property


class Order(StrEnum):
    """Who is asked first. Equal ones follow in the other order, then by key: one question has one answer."""

    SMALLEST = "smallest"
    LONGEST = "longest"


class Outcome(StrEnum):
    """What becomes of an outlet. Only the first opens it."""

    OPENS = "opens"
    PARTLY = "partly"
    NOT_REACHED = "not_reached"
    LEFT_OUT = "left_out"


@dataclass(frozen=True)
class Candidate:
    """An idle outlet (its key), what must be covered so that it opens, and since when it stands idle."""

    key: int
    needs_idr: int
    idle_since: date


@dataclass(frozen=True)
class Row:
    """What a candidate gets. `planned_idr` is what the order alone gives: its whole need, or nothing."""

    candidate: Candidate
    planned_idr: int = 0
    gets_idr: int = 0

    @property
    def opens(self) -> bool:
        return self.gets_idr >= self.candidate.needs_idr

    @property
    def lacks_idr(self) -> int:
        """What it still lacks after what it gets."""
        return max(0, self.candidate.needs_idr - self.gets_idr)

    @property
    def outcome(self) -> Outcome:
        if self.opens:
            return Outcome.OPENS
        if self.gets_idr:
            return Outcome.PARTLY
        return Outcome.LEFT_OUT if self.planned_idr else Outcome.NOT_REACHED


@dataclass(frozen=True)
class Allocation:
    """A sum over candidates, in order. Those whose need is beyond the limit an outlet are apart: it never opens them."""

    budget_idr: int
    rows: tuple[Row, ...]
    beyond_limit: tuple[Candidate, ...] = ()

    @cached_property
    def given_idr(self) -> int:
        return sum(row.gets_idr for row in self.rows)

    @property
    def remaining_idr(self) -> int:
        """Below zero where a person gave more by hand than there is."""
        return self.budget_idr - self.given_idr

    @property
    def over_idr(self) -> int:
        """How much more than the budget is given."""
        return max(0, -self.remaining_idr)

    @property
    def given(self) -> list[Row]:
        return [row for row in self.rows if row.gets_idr]

    @cached_property
    def opened_count(self) -> int:
        return sum(row.opens for row in self.rows)

    @property
    def following(self) -> Row | None:
        """The first in order that does not open and was not left out by hand."""
        return next((row for row in self.rows if not row.opens and row.outcome != Outcome.LEFT_OUT), None)

    @property
    def following_takes_idr(self) -> int:
        """How much more than what remains would open the following one; 0 where what remains is enough."""
        return max(0, self.following.lacks_idr - max(0, self.remaining_idr)) if self.following else 0


def in_order(candidates: Iterable[Candidate], order: Order) -> list[Candidate]:
    if order == Order.SMALLEST:
        return sorted(candidates, key=lambda one: (one.needs_idr, one.idle_since, one.key))
    return sorted(candidates, key=lambda one: (one.idle_since, one.needs_idr, one.key))


def allocate(
    candidates: Iterable[Candidate], budget: int, order: Order, per_outlet_limit: int | None = None
) -> Allocation:
    """Open one outlet after the other as long as the budget covers its whole need.

    An outlet that what is left does not cover is passed over, and later ones that fit still open: the longest idle
    one never waits for money that is not enough for it, and never holds up the others. Smallest first opens as many
    outlets as any choice could. Rupiah; what a candidate needs is more than 0.
    """
    rows: list[Row] = []
    beyond: list[Candidate] = []
    left = budget
    for one in in_order(candidates, order):
        if per_outlet_limit is not None and one.needs_idr > per_outlet_limit:
            beyond.append(one)
            continue
        gets = one.needs_idr if one.needs_idr <= left else 0
        left -= gets
        rows.append(Row(one, planned_idr=gets, gets_idr=gets))
    return Allocation(budget, tuple(rows), tuple(beyond))


def adjust(allocation: Allocation, changes: Mapping[int, int]) -> Allocation:
    """What a person gives by hand, by the candidate's key; below 1 takes it out. The other rows stay as they are."""
    rows = tuple(
        replace(row, gets_idr=max(0, changes[row.candidate.key])) if row.candidate.key in changes else row
        for row in allocation.rows
    )
    return replace(allocation, rows=rows)

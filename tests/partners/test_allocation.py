"""What a sum opens, as pure arithmetic: against brute force, and in words of small examples."""

import datetime as dt
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from partners.allocation import Allocation, Candidate, Order, Outcome, Row, adjust, allocate

FIRST = dt.date(2025, 1, 1)
LONG, SHORT, MIDDLE = (
    Candidate(1, 90, FIRST),
    Candidate(2, 20, dt.date(2025, 9, 1)),
    Candidate(3, 40, dt.date(2025, 5, 1)),
)
THREE = [SHORT, LONG, MIDDLE]

CANDIDATES = st.lists(
    st.tuples(st.integers(1, 30), st.integers(0, 6)),
    max_size=8,
).map(
    lambda found: [
        Candidate(key, needs, FIRST + dt.timedelta(days)) for key, (needs, days) in enumerate(found)
    ]
)
LIMITS = st.none() | st.integers(1, 30)


def opened(allocation: Allocation) -> list[int]:
    return [row.candidate.key for row in allocation.rows if row.opens]


def most_by_trying_all(candidates: list[Candidate], budget: int, limit: int | None) -> int:
    """The most outlets that any choice opens."""
    allowed = [one.needs_idr for one in candidates if limit is None or one.needs_idr <= limit]
    return max(
        count
        for count in range(len(allowed) + 1)
        for chosen in combinations(allowed, count)
        if sum(chosen) <= budget
    )


@given(CANDIDATES, st.integers(0, 120), LIMITS)
def test_smallest_first_opens_as_many_as_any_choice(
    candidates: list[Candidate], budget: int, limit: int | None
) -> None:
    found = allocate(candidates, budget, Order.SMALLEST, limit)
    assert found.opened_count == most_by_trying_all(candidates, budget, limit)


def best_in_order_by_trying_all(candidates: list[Candidate], budget: int, limit: int | None) -> list[int]:
    """Of all choices that the budget covers: the one that has the longest idle, of these the second longest."""
    ordered = sorted(candidates, key=lambda one: (one.idle_since, one.needs_idr, one.key))
    allowed = [one for one in ordered if limit is None or one.needs_idr <= limit]
    choices = [
        tuple(one in chosen for one in allowed)
        for count in range(len(allowed) + 1)
        for chosen in combinations(allowed, count)
        if sum(one.needs_idr for one in chosen) <= budget
    ]
    return [one.key for one, is_in in zip(allowed, max(choices), strict=True) if is_in]


@given(CANDIDATES, st.integers(0, 120), LIMITS)
def test_longest_first_prefers_whoever_waits_longest_and_skips_nobody_that_fits(
    candidates: list[Candidate], budget: int, limit: int | None
) -> None:
    found = allocate(candidates, budget, Order.LONGEST, limit)
    assert opened(found) == best_in_order_by_trying_all(candidates, budget, limit)


@given(CANDIDATES, st.integers(0, 120), st.sampled_from(Order), LIMITS, st.randoms(use_true_random=False))
def test_every_candidate_is_told_once_and_sums_agree(
    candidates: list[Candidate], budget: int, order: Order, limit: int | None, chance: object
) -> None:
    found = allocate(candidates, budget, order, limit)
    shuffled = list(candidates)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]  # a random.Random
    assert allocate(shuffled, budget, order, limit) == found
    told = [row.candidate for row in found.rows] + list(found.beyond_limit)
    assert sorted(told, key=lambda one: one.key) == candidates
    assert {row.gets_idr for row in found.rows} <= {0} | {one.needs_idr for one in candidates}
    assert 0 <= found.remaining_idr == budget - sum(row.gets_idr for row in found.rows)
    # Whoever is not reached needs more than what remains.
    assert all(row.candidate.needs_idr > found.remaining_idr for row in found.rows if not row.opens)
    assert [one for one in found.beyond_limit if limit is None or one.needs_idr <= limit] == []


def test_orders_in_small() -> None:
    smallest = allocate(THREE, 100, Order.SMALLEST)
    assert smallest == Allocation(100, (Row(SHORT, 20, 20), Row(MIDDLE, 40, 40), Row(LONG, 0, 0)))
    assert (smallest.opened_count, smallest.remaining_idr) == (2, 40)
    assert (smallest.following, smallest.following_takes_idr) == (Row(LONG), 50)
    longest = allocate(THREE, 100, Order.LONGEST)
    assert longest == Allocation(100, (Row(LONG, 90, 90), Row(MIDDLE, 0, 0), Row(SHORT, 0, 0)))
    assert (longest.following, longest.following_takes_idr) == (Row(MIDDLE), 30)
    # Too little for the longest idle: it is passed over, the next ones open.
    assert opened(allocate(THREE, 60, Order.LONGEST)) == [3, 2]
    everything = allocate(THREE, 150, Order.LONGEST)
    assert (everything.following, everything.following_takes_idr) == (None, 0)


def test_beyond_the_limit_an_outlet_is_apart_and_takes_nothing() -> None:
    found = allocate(THREE, 100, Order.LONGEST, per_outlet_limit=40)
    assert found == Allocation(100, (Row(MIDDLE, 40, 40), Row(SHORT, 20, 20)), (LONG,))
    assert found.following is None


def test_by_hand_only_the_changed_rows_change() -> None:
    plan = allocate(THREE, 100, Order.SMALLEST)
    found = adjust(plan, {2: 0, 1: 70, 77: 5})
    assert found.rows == (Row(SHORT, 20, 0), Row(MIDDLE, 40, 40), Row(LONG, 0, 70))
    assert [row.outcome for row in found.rows] == [Outcome.LEFT_OUT, Outcome.OPENS, Outcome.PARTLY]
    assert (found.given_idr, found.remaining_idr, found.over_idr, found.opened_count) == (110, -10, 10, 1)
    assert [row.lacks_idr for row in found.rows] == [20, 0, 20]
    # Taken out by hand is nobody's turn; over the budget, the next one takes all that it lacks.
    assert (found.following, found.following_takes_idr) == (Row(LONG, 0, 70), 20)
    assert found.given == [Row(MIDDLE, 40, 40), Row(LONG, 0, 70)]
    assert adjust(plan, {}) == plan
    kept = adjust(plan, {1: -30})
    assert kept == plan
    assert kept.rows[2].outcome == Outcome.NOT_REACHED

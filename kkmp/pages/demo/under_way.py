"""Help that is under way on the day of the sample: each state and each flag of a support has something to show."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from kkmp.pages.demo import plan
from kkmp.pages.demo.story import (
    Change,
    Need,
    NeedKey,
    Paid,
    Place,
    Promise,
    Step,
    Story,
    by_first_word,
    office_hour,
)
from outlets.models import CapitalNeed, Reason, Status
from partners.models import Stage, SupportKind

MILLION = 1_000_000
_SPOKEN = (Stage.PROSPECT, Stage.OFFERED, Stage.COMMITTED, Stage.DISBURSED, Stage.VERIFIED)
# So many outlets there must be before they are told apart.
FEWEST = 4
# What arrived, of the whole sum, with the stages so far, on the day of the sample.
Part = Callable[[int, Sequence[Step], date], Paid]


@dataclass(frozen=True)
class Idea:
    """What a partner is to do: its stages so many days before today, and what arrived."""

    partner: str
    kind: SupportKind
    amount_idr: int | None
    days_before: tuple[int, ...]
    parts: tuple[Part, ...] = ()


def add_help_under_way(story: Story, needs: Mapping[NeedKey, CapitalNeed], *, today: date) -> None:
    """Promises for outlets that lack capital today, and for some that run; none of before the first event."""
    lacking = list(_lacking(story, needs))
    running = list(_running(story))
    told = [*_grants(lacking, today), *_others(lacking, running, today)]
    story.promises += [promise for promise in told if promise]
    story.promises.sort(key=by_first_word)


def _latest(story: Story) -> dict[Place, Change]:
    """How each place stands, by the code."""
    latest = {
        change.place: change
        for change in sorted(story.changes, key=lambda change: change.effective_on)
        if change.place and not change.retracted_at
    }
    return dict(sorted(latest.items(), key=lambda item: (item[0].code, item[0].number)))


def _lacking(story: Story, needs: Mapping[NeedKey, CapitalNeed]) -> Iterator[Need]:
    """The first open need of each outlet that is idle for capital, the longest idle first."""
    still_open = set(CapitalNeed.objects.filter(closed_on=None).values_list("pk", flat=True))
    stands = sorted(_latest(story).items(), key=lambda item: (item[1].effective_on, item[0].code))
    for place, change in stands:
        if (change.status, change.reason) != (Status.IDLE, Reason.CAPITAL):
            continue
        of_place = [need for need in story.needs if need.place == place and need.key in needs]
        first = next((need for need in of_place if needs[need.key].pk in still_open), None)
        if first:
            yield first


def _running(story: Story) -> Iterator[Place]:
    return (place for place, change in _latest(story).items() if change.status == Status.RUNNING)


def _grants(lacking: Sequence[Need], today: date) -> Iterator[Promise | None]:
    """Two for one need; money that waits for its check, that was checked, that came in part; a first word."""
    if len(lacking) < FEWEST:
        return
    shared, waiting, partly, proposed, *_rest = lacking
    half, cash, goods = shared.amount_idr // 2, SupportKind.CASH_GRANT, SupportKind.GOODS_GRANT
    yield _for_need(Idea(plan.MANDIRI, cash, half, (84, 74, 63)), shared, today)
    yield _for_need(Idea(plan.PERTAMINA, goods, half + 5 * MILLION, (40, 33, 21)), shared, today)
    idea = Idea(plan.FOOD_STATION, goods, waiting.amount_idr, (95, 84, 66, 6), (_mistyped, _half_unchecked))
    yield _for_need(idea, waiting, today)
    idea = Idea(plan.MANDIRI, cash, partly.amount_idr, (80, 71, 52, 31), (_first_part, _second_part))
    yield _for_need(idea, partly, today)
    yield _for_need(Idea(plan.PERTAMINA, cash, proposed.amount_idr, (4,)), proposed, today)


def _others(lacking: Sequence[Need], running: Sequence[Place], today: date) -> Iterator[Promise | None]:
    """What never closes a gap: a loan, goods that should be back, an agreement that ends, a payer in between."""
    if lacking:
        loan = Idea(
            plan.MANDIRI, SupportKind.LOAN, lacking[-1].amount_idr, (90, 75, 58, 24, 17), (_all_of_it,)
        )
        yield _for_need(loan, lacking[-1], today)
    first_outlets = [place for place in running if place.number == 1]
    if len(first_outlets) < FEWEST:
        return
    lent, supplied, helped, *_rest = first_outlets
    days = (210, 195, 180, 162, 150)
    idea = Idea(plan.FOOD_STATION, SupportKind.CONSIGNMENT, 20 * MILLION, days, (_all_of_it,))
    yield _for_place(idea, lent, lent.made_at, today)
    idea = Idea(plan.FOOD_STATION, SupportKind.SUPPLY, None, (360, 345, 325, 310))
    yield _for_place(idea, supplied, supplied.made_at, today)
    idea = Idea(plan.PERTAMINA, SupportKind.GOODS_GRANT, 15 * MILLION, (150, 139, 120, 98, 90), (_all_of_it,))
    through = _for_place(idea, helped, helped.made_at, today)
    yield replace(through, payer=plan.MANDIRI) if through else None


def _for_need(idea: Idea, need: Need, today: date) -> Promise | None:
    promise = _for_place(idea, need.place, max(need.told_at, need.place.made_at), today)
    return replace(promise, need=need.key) if promise else None


def _for_place(idea: Idea, place: Place, known_at: datetime, today: date) -> Promise | None:
    """The stages come closer together where the place is not known for so long."""
    before, room = idea.days_before, (today - max(known_at.date(), plan.START)).days - 1
    if room < before[0]:
        before = tuple(days * room // before[0] for days in before)
    if room < 1 or before[-1] < 1 or len(set(before)) < len(before):
        return None
    days = [today - timedelta(days=number) for number in before]
    steps = [
        Step(stage, day, office_hour(day, 90 + 7 * number))
        for number, (stage, day) in enumerate(zip(_SPOKEN, days, strict=False))
    ]
    paid = [part(idea.amount_idr or 0, steps, today) for part in idea.parts]
    return Promise(idea.partner, place.code, idea.kind, idea.amount_idr, steps, place, None, paid)


# What arrived: of the whole sum, with the stages so far.


def _all_of_it(amount_idr: int, steps: Sequence[Step], _today: date) -> Paid:
    arrived, verified = steps[-2:]
    return Paid(amount_idr, arrived.effective_on, arrived.recorded_at, verified.recorded_at)


def _mistyped(amount_idr: int, steps: Sequence[Step], _today: date) -> Paid:
    day, at = steps[-1].effective_on, steps[-1].recorded_at
    earlier, later = at - timedelta(minutes=25), at - timedelta(minutes=10)
    return Paid(amount_idr // 20, day, earlier, withdrawn_at=later)


def _half_unchecked(amount_idr: int, steps: Sequence[Step], _today: date) -> Paid:
    return Paid(amount_idr // 2, steps[-1].effective_on, steps[-1].recorded_at)


def _first_part(amount_idr: int, steps: Sequence[Step], _today: date) -> Paid:
    day, at = steps[-1].effective_on, steps[-1].recorded_at
    return Paid(amount_idr * 4 // 10, day, at, verified_at=at + timedelta(hours=2))


def _second_part(amount_idr: int, _steps: Sequence[Step], today: date) -> Paid:
    day = today - timedelta(days=1)
    return Paid(amount_idr * 3 // 10, day, office_hour(day, 310))

"""What partners do in the sample data: what lets an outlet open, what helps one that runs, what came to nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from kkmp.pages.demo import plan
from kkmp.pages.demo.story import Need, Paid, Place, Promise, Step, Story, office_hour
from partners.models import GRANTS, Stage, SupportKind

# Of the promises to a running outlet so many are kept, and of those so many are told to their end.
KEPT = 0.75
COMPLETED = 0.6
UNTIL_DISBURSED = (Stage.PROSPECT, Stage.OFFERED, Stage.COMMITTED, Stage.DISBURSED)
# Four stages need four days.
SHORTEST = 3
# Of what arrived so much came in two parts, and so much was first mistyped and taken back.
IN_PARTS, MISTYPED = 0.3, 0.12


def add_help_that_opens(
    story: Story,
    dice: Random,
    *,
    code: str,
    partner: str,
    kind: SupportKind,
    needs: Sequence[Need],
    day: date,
) -> None:
    """Disbursed some days before the outlet opens on `day`, first spoken of months before.

    A grant is a promise for each need; what is no grant names the first of them.
    """
    disbursed_on = max(plan.START + timedelta(days=6), day - timedelta(days=dice.randint(3, 9)))
    lead = min(dice.randint(70, 120), _longest(disbursed_on, needs=needs))
    steps = _until_disbursed(dice, disbursed_on, lead=lead)
    steps += _afterwards(dice, day)
    shares = [(need, need.amount_idr) for need in needs]
    if kind not in GRANTS:
        shares = [(need, sum(one.amount_idr for one in needs)) for need in needs[:1]]
    if kind not in plan.WITH_WORTH:
        shares = [(need, 0) for need, _amount in shares]
    for number, (need, amount) in enumerate(shares):
        paid = _paid(steps, amount, plan.dice("paid", code, day, number))
        story.promises.append(Promise(partner, code, kind, amount or None, steps, need.place, need.key, paid))


def add_help_for_running(story: Story, dice: Random, *, first: date, running: Mapping[str, Place]) -> None:
    """Two promises a month for cooperatives whose outlet runs; the first two are Melawai's."""
    made = (first.year - 2025) * 12 + first.month - 10
    chosen = dice.sample(list(running), 2) if made else [plan.MELAWAI, plan.MELAWAI]
    for number, code in enumerate(chosen):
        partner, kind = plan.RUNNING_HELP[(2 * made + number) % len(plan.RUNNING_HELP)]
        disbursed_on = first + timedelta(days=dice.randint(10, 24))
        place: Place | None = running[code]
        lead, longest = dice.randint(30, 60), _longest(disbursed_on, place=place)
        if longest < SHORTEST:
            place, longest = None, lead
        steps = _until_disbursed(dice, disbursed_on, lead=min(lead, longest))
        steps += _afterwards(dice, disbursed_on)
        length = len(steps) if dice.random() < KEPT else dice.randint(2, 3)
        own_dice = plan.dice("worth", code, first, number)
        worth = own_dice.randint(8, 25) * 1_000_000 if kind in plan.WITH_WORTH else 0
        paid = _paid(steps[:length], worth, own_dice)
        story.promises.append(Promise(partner, code, kind, worth or None, steps[:length], place, None, paid))


def add_cancelled(story: Story, dice: Random, *, code: str, day: date, needs: Sequence[Need] = ()) -> None:
    """Somebody offered help, and it came to nothing on that day."""
    number = sum(1 for promise in story.promises if promise.steps[-1].stage == Stage.CANCELLED)
    partner, kind = plan.OPENING_HELP[number % len(plan.OPENING_HELP)]
    amount = dice.randint(20, 70) * 1_000_000 if kind in plan.WITH_A_SUM else None
    reason = plan.WHY_CANCELLED[number % len(plan.WHY_CANCELLED)]
    steps = _until_disbursed(dice, day, lead=min(60, _longest(day, needs=needs)))[:-1]
    steps.append(Step(Stage.CANCELLED, day, office_hour(day, 180), reason))
    story.promises.append(_for_first(Promise(partner, code, kind, amount, steps), needs))


def add_promises_that_wait(story: Story, dice: Random, *, needs: Mapping[str, Sequence[Need]]) -> None:
    """Promises of the event of 22 September 2025 that never went further, each at another stage."""
    waiting = (
        (plan.BPJS, SupportKind.INSURANCE, None, "31.74.06.1002", 1),
        (plan.TOCO, SupportKind.DIGITAL, None, "31.74.10.1003", 2),
        (plan.PERTAMINA, SupportKind.AGENCY, None, "31.74.01.1002", 3),
        (plan.PERTAMINA, SupportKind.CASH_GRANT, 40_000_000, "31.74.04.1007", 2),
        (plan.MANDIRI, SupportKind.CASH_GRANT, 60_000_000, "31.74.07.1008", 3),
    )
    for partner, kind, amount_idr, code, length in waiting:
        disbursed_on = plan.START + timedelta(days=40)
        lead = min(40, _longest(disbursed_on, needs=needs[code]))
        steps = _until_disbursed(dice, disbursed_on, lead=lead)[:length]
        story.promises.append(_for_first(Promise(partner, code, kind, amount_idr, steps), needs[code]))
    for day, code in ((date(2026, 1, 22), "31.74.05.1006"), (date(2026, 8, 27), "31.74.01.1007")):
        add_cancelled(story, dice, code=code, day=day)


def _for_first(promise: Promise, needs: Sequence[Need]) -> Promise:
    """For the outlet and the first of its needs, where there are any."""
    return replace(promise, place=needs[0].place, need=needs[0].key) if needs else promise


def _longest(disbursed_on: date, *, place: Place | None = None, needs: Sequence[Need] = ()) -> int:
    """Days from the first word about this place and these needs until the money: both were in the books before it."""
    told = [need.told_at for need in needs] + [need.place.made_at for need in needs]
    told += [place.made_at] if place else []
    begun = max([plan.START, *(at.date() + timedelta(days=1) for at in told)])
    return (disbursed_on - begun).days


def _paid(steps: Sequence[Step], amount_idr: int, dice: Random) -> list[Paid]:
    """What arrived with the stage “disbursed”, and was checked with the stage “verified”."""
    arrived = next((step for step in steps if step.stage == Stage.DISBURSED), None)
    if arrived is None or not amount_idr:
        return []
    checked_at = next((step.recorded_at for step in steps if step.stage == Stage.VERIFIED), None)
    day, at = arrived.effective_on, arrived.recorded_at
    first = amount_idr * 6 // 10 if dice.random() < IN_PARTS else amount_idr
    paid = [Paid(first, day, at, verified_at=checked_at)]
    if first < amount_idr:
        next_day = timedelta(days=1)
        paid.append(Paid(amount_idr - first, day + next_day, at + next_day, verified_at=checked_at))
    if dice.random() < MISTYPED:
        mistyped_at = at - timedelta(minutes=20)
        paid.insert(0, Paid(first // 10, day, mistyped_at, withdrawn_at=at - timedelta(minutes=8)))
    return paid


def _until_disbursed(dice: Random, disbursed_on: date, *, lead: int) -> list[Step]:
    """Four stages over `lead` days; none before the event where partners and cooperatives met."""
    lead = min(lead, (disbursed_on - plan.START).days)
    return [
        _step(dice, stage, disbursed_on - timedelta(days=lead * part // 10))
        for stage, part in zip(UNTIL_DISBURSED, (10, 7, 4, 0), strict=True)
    ]


def _afterwards(dice: Random, day: date) -> list[Step]:
    steps = [_step(dice, Stage.VERIFIED, day + timedelta(days=dice.randint(14, 30)))]
    if dice.random() < COMPLETED:
        steps.append(_step(dice, Stage.COMPLETED, day + timedelta(days=dice.randint(45, 75))))
    return steps


def _step(dice: Random, stage: Stage, day: date) -> Step:
    return Step(stage, day, office_hour(day, dice.randint(60, 420)))

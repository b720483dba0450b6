"""What partners do in the sample data: what lets an outlet open, what helps one that runs, what came to nothing."""

from datetime import date, timedelta
from random import Random

from kkmp.pages.demo import plan
from kkmp.pages.demo.story import Promise, Step, Story, office_hour
from partners.models import Stage, SupportKind

# Of the promises to a running outlet so many are kept, and of those so many are told to their end.
KEPT = 0.75
COMPLETED = 0.6
UNTIL_DISBURSED = (Stage.PROSPECT, Stage.OFFERED, Stage.COMMITTED, Stage.DISBURSED)


def add_help_that_opens(
    story: Story, dice: Random, *, code: str, partner: str, kind: SupportKind, amount_idr: int, day: date
) -> None:
    """Disbursed some days before the outlet opens on `day`, first spoken of months before."""
    disbursed_on = max(plan.START + timedelta(days=6), day - timedelta(days=dice.randint(3, 9)))
    steps = _until_disbursed(dice, disbursed_on, lead=dice.randint(70, 120))
    steps += _afterwards(dice, day)
    amount = amount_idr if kind in plan.WITH_A_SUM and amount_idr else None
    story.promises.append(Promise(partner, code, kind, amount, steps))


def add_help_for_running(story: Story, dice: Random, *, first: date, running: list[str]) -> None:
    """Two promises a month for cooperatives whose outlet runs; the first two are Melawai's."""
    made = (first.year - 2025) * 12 + first.month - 10
    chosen = dice.sample(running, 2) if made else [plan.MELAWAI, plan.MELAWAI]
    for number, code in enumerate(chosen):
        partner, kind = plan.RUNNING_HELP[(2 * made + number) % len(plan.RUNNING_HELP)]
        disbursed_on = first + timedelta(days=dice.randint(10, 24))
        steps = _until_disbursed(dice, disbursed_on, lead=dice.randint(30, 60))
        steps += _afterwards(dice, disbursed_on)
        length = len(steps) if dice.random() < KEPT else dice.randint(2, 3)
        story.promises.append(Promise(partner, code, kind, None, steps[:length]))


def add_cancelled(story: Story, dice: Random, *, code: str, day: date) -> None:
    """Somebody offered help, and it came to nothing on that day."""
    number = sum(1 for promise in story.promises if promise.steps[-1].stage == Stage.CANCELLED)
    partner, kind = plan.OPENING_HELP[number % len(plan.OPENING_HELP)]
    amount = dice.randint(20, 70) * 1_000_000 if kind in plan.WITH_A_SUM else None
    reason = plan.WHY_CANCELLED[number % len(plan.WHY_CANCELLED)]
    steps = _until_disbursed(dice, day, lead=60)[:-1]
    steps.append(Step(Stage.CANCELLED, day, office_hour(day, 180), reason))
    story.promises.append(Promise(partner, code, kind, amount, steps))


def add_promises_that_wait(story: Story, dice: Random) -> None:
    """Promises of the event of 22 September 2025 that never went further, each at another stage."""
    waiting = (
        (plan.BPJS, SupportKind.INSURANCE, None, "31.74.06.1002", 1),
        (plan.TOCO, SupportKind.DIGITAL, None, "31.74.10.1003", 2),
        (plan.PERTAMINA, SupportKind.AGENCY, None, "31.74.01.1002", 3),
        (plan.PERTAMINA, SupportKind.CASH_GRANT, 40_000_000, "31.74.04.1007", 2),
        (plan.MANDIRI, SupportKind.CASH_GRANT, 60_000_000, "31.74.07.1008", 3),
    )
    for partner, kind, amount_idr, code, length in waiting:
        steps = _until_disbursed(dice, plan.START + timedelta(days=40), lead=40)[:length]
        story.promises.append(Promise(partner, code, kind, amount_idr, steps))
    for day, code in ((date(2026, 1, 22), "31.74.05.1006"), (date(2026, 8, 27), "31.74.01.1007")):
        add_cancelled(story, dice, code=code, day=day)


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

"""The cooperatives' own side of capital in the sample: stated assets, and own money set aside for needs."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from simple_history.utils import bulk_create_with_history

from cooperatives.models import AssetStatement, Cooperative
from kkmp.pages.demo import plan
from kkmp.pages.demo.people import People
from kkmp.pages.demo.story import Need, NeedKey, Story, office_hour
from kkmp.pages.demo.write import sign
from outlets.models import CapitalNeed, SetAside

MILLION = 1_000_000
BALANCE_DAYS = (date(2025, 12, 31), date(2026, 6, 30))
STATED_AFTER = timedelta(days=24)
STATED = 0.55
# Of the needs so many are met in part with own money, some weeks after they were told; some of it was used otherwise.
KEPT, RELEASED = 0.2, 0.25
KEPT_AFTER, RELEASED_AFTER = timedelta(days=18), timedelta(days=40)
WHY_RELEASED = "Contoh; dipakai untuk perbaikan listrik gerai."


def assets(people: People, *, before: date) -> None:
    """Enter the balance sheets that had been told before that day, of about half of the cooperatives."""
    rows = []
    for cooperative in Cooperative.objects.select_related("kelurahan").order_by("kelurahan"):
        code = cooperative.kelurahan_id
        dice = plan.dice("assets", code)
        if dice.random() > STATED and code != plan.MELAWAI:
            continue
        amount = dice.randint(60, 420)
        for number, day in enumerate(BALANCE_DAYS):
            amount += dice.randint(-15, 60)
            if day + STATED_AFTER >= before or (number and dice.random() > STATED):
                continue
            row = AssetStatement(
                cooperative=cooperative, on=day, amount_idr=amount * MILLION, source="Contoh; neraca koperasi"
            )
            sign(row, people.officer_of(code), at=office_hour(day + STATED_AFTER, 100))
            rows.append(row)
    bulk_create_with_history(rows, AssetStatement)


def set_asides(story: Story, needs: Mapping[NeedKey, CapitalNeed], people: People, *, before: date) -> None:
    """Own money for a few needs that stayed open long enough."""
    SetAside.objects.bulk_create(_kept(story, needs, people, before))


def _kept(
    story: Story, needs: Mapping[NeedKey, CapitalNeed], people: People, before: date
) -> Iterator[SetAside]:
    for need in story.needs:
        dice = plan.dice("own money", need.place.code, need.purpose, need.since_on)
        share = dice.randint(5, 25)
        set_on = need.told_at.date() + KEPT_AFTER
        if dice.random() > KEPT or not _is_open(need, set_on) or set_on >= before:
            continue
        row = SetAside(
            need=needs[need.key],
            amount_idr=need.amount_idr * share // 100,
            set_on=set_on,
            by=people.officer_of(need.place.code),
            recorded_at=office_hour(set_on, 130),
        )
        released_on = set_on + RELEASED_AFTER
        if dice.random() < RELEASED and _is_open(need, released_on) and released_on < before:
            row.released_on, row.released_by = released_on, row.by
            row.release_reason = WHY_RELEASED
        yield row


def _is_open(need: Need, day: date) -> bool:
    return need.closed_on is None or need.closed_on > day

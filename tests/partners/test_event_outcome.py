"""What became of an event 30, 60 and 90 days later, by partner that came."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from cooperatives.models import Cooperative
from kkmp.accounts.models import User
from partners.event_outcome import EventOutcome, event_outcome
from partners.models import Attendance, Capital, Event, Partner, Stage
from tests.factories import CooperativeFactory, officer_of
from tests.partner_factories import (
    DisbursementFactory,
    EventFactory,
    OfferFactory,
    PartnerFactory,
    StageChangeFactory,
    support_at,
)
from tests.reading import page_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
HELD, TODAY = dt.date(2025, 12, 1), dt.date(2026, 3, 16)


def after(days: int) -> dt.date:
    return HELD + dt.timedelta(days=days)


def outcome_of(
    event: Event, came: list[Partner], user: User, *, on: dt.date = TODAY, **kwargs: Any
) -> EventOutcome:
    cooperatives = kwargs.get("cooperatives", Cooperative.objects.all())
    return event_outcome(event, came, cooperatives=cooperatives, on=on, user=user)


def told(outcome: EventOutcome) -> dict[str, list[Any]]:
    """By partner, after each milestone: offers, promises, promised, arrived; of kinds of capital those with a sum."""
    return {
        row.partner.name: [
            one
            and (
                one.offer_count,
                one.committed_count,
                {capital.value: amount for capital, amount in one.committed_idr.items() if amount},
                {capital.value: amount for capital, amount in one.arrived_idr.items() if amount},
            )
            for one in row.after
        ]
        for row in outcome.rows
    }


NOTHING: tuple[int, int, dict[str, int], dict[str, int]] = (0, 0, {}, {})


def test_offers_promises_and_money_count_from_their_day_on(sudin: User) -> None:
    event = EventFactory.create(held_on=HELD)
    alpha, beta = PartnerFactory.create(name="Alpha"), PartnerFactory.create(name="Beta")
    offer = OfferFactory.create(partner=alpha, event=event, open_from=after(30))
    OfferFactory.create(partner=alpha, open_from=after(1))
    # By the offer of the event, and by the event itself; the last day of a milestone counts.
    grant = support_at(Stage.COMMITTED, on=after(31), partner=alpha, offer=offer, committed_idr=100)
    DisbursementFactory.create(support=grant, amount_idr=40, paid_on=after(60), verified=True)
    DisbursementFactory.create(support=grant, amount_idr=7, paid_on=after(60))
    loan = support_at(
        Stage.COMMITTED, on=after(10), partner=alpha, event=event, kind="loan", committed_idr=30
    )
    StageChangeFactory.create(support=loan, stage=Stage.CANCELLED, effective_on=after(61), reason="Batal")
    lent = support_at(
        Stage.DISBURSED, on=after(90), partner=alpha, event=event, kind="lend_use", committed_idr=5
    )
    DisbursementFactory.create(support=lent, amount_idr=5, paid_on=after(91), verified=True)
    support_at(Stage.OFFERED, on=after(5), partner=alpha, event=event, committed_idr=1_000)
    support_at(Stage.COMMITTED, on=after(5), partner=beta, committed_idr=1_000)
    outcome = outcome_of(event, [alpha, beta], sudin)
    assert told(outcome) == {
        "Alpha": [
            (1, 1, {"borrowed": 30}, {}),
            (1, 2, {"own": 100, "borrowed": 30}, {"own": 40}),
            (1, 2, {"own": 100, "neither": 5}, {"own": 40}),
        ],
        "Beta": [NOTHING] * 3,
    }
    assert [[part.value for part in parts] for _milestone, parts in outcome.bars] == [
        [0, 1, 0, 1],
        [1, 0, 0, 1],
        [1, 0, 0, 1],
    ]


def test_totals_are_the_sums_of_the_rows_and_hold_partners_that_did_not_come(sudin: User) -> None:
    event = EventFactory.create(held_on=HELD)
    came, absent = PartnerFactory.create(name="Hadir"), PartnerFactory.create(name="Tidak")
    for partner, amount in ((came, 10), (came, None), (absent, 300)):
        support = support_at(Stage.COMMITTED, on=after(1), partner=partner, event=event, committed_idr=amount)
        DisbursementFactory.create(support=support, amount_idr=2, paid_on=after(2), verified=True)
    OfferFactory.create(partner=absent, event=event, open_from=after(1))
    outcome = outcome_of(event, [came], sudin)
    assert [(row.partner.name, row.came) for row in outcome.rows] == [("Hadir", True), ("Tidak", False)]
    _milestone, total = outcome.totals[0]
    assert total is not None
    assert (total.offer_count, total.committed_count, total.unknown_count) == (1, 3, 1)
    assert (total.committed_idr[Capital.OWN], total.arrived_idr[Capital.OWN]) == (310, 6)
    assert total.lines == [
        "1 penawaran",
        "3 komitmen (1 tanpa nilai)",
        "Modal sendiri: dijanjikan Rp\u00a0310, diterima Rp\u00a06",
    ]
    # The bar is of those that came.
    assert [sum(part.value for part in parts) for _milestone, parts in outcome.bars] == [1, 1, 1]


@pytest.mark.parametrize(("days", "reached"), [(29, 0), (30, 1), (59, 1), (60, 2), (89, 2), (90, 3)])
def test_a_milestone_that_has_not_come_says_nothing(sudin: User, days: int, reached: int) -> None:
    event, partner = EventFactory.create(held_on=HELD), PartnerFactory.create(name="Alpha")
    support_at(Stage.COMMITTED, on=after(1), partner=partner, event=event, committed_idr=10)
    outcome = outcome_of(event, [partner], sudin, on=after(days))
    known: tuple[object, ...] = (0, 1, {"own": 10}, {})
    assert told(outcome) == {"Alpha": [known] * reached + [None] * (3 - reached)}
    assert [total is None for _milestone, total in outcome.totals] == [False] * reached + [True] * (
        3 - reached
    )


def test_the_page_says_what_is_not_known_yet_and_only_the_own_area(client: Client) -> None:
    event = EventFactory.create(held_on=dt.date(2026, 1, 20))
    partner, cooperative = PartnerFactory.create(name="Alpha"), CooperativeFactory.create()
    Attendance.objects.create(event=event, partner=partner)
    for where, amount in ((cooperative, 10), (CooperativeFactory.create(), 700)):
        support_at(
            Stage.COMMITTED, on=dt.date(2026, 2, 1), partner=partner, event=event, cooperative=where, committed_idr=amount
        )  # fmt: skip
    client.force_login(officer_of(cooperative.kelurahan))
    rows = [
        [cell.get_text(" ", strip=True).replace("\u00a0", " ") for cell in row.select("th, td")]
        for row in page_of(client, event.get_absolute_url()).select("[data-outcome] tr")
    ]
    known = "1 komitmen Modal sendiri: dijanjikan Rp 10, diterima Rp 0"
    assert rows == [
        ["Mitra", "30 hari 19 Februari 2026", "60 hari 21 Maret 2026", "90 hari 20 April 2026"],
        ["Alpha", known, "belum 60 hari", "belum 90 hari"],
        ["Jumlah", known, "belum 60 hari", "belum 90 hari"],
    ]


@pytest.mark.parametrize("rows", [1, 3])
def test_outcome_costs_the_same_for_any_number_of_rows(
    sudin: User, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    event, came = EventFactory.create(held_on=HELD), []
    for _number in range(rows):
        partner = PartnerFactory.create()
        came.append(partner)
        for one in (partner, PartnerFactory.create()):
            OfferFactory.create(partner=one, event=event, open_from=after(1))
            support = support_at(Stage.COMMITTED, on=after(1), partner=one, event=event)
            DisbursementFactory.create(support=support, paid_on=after(2), verified=True)
    # Offers, partners that did not come, and promises and money once a milestone.
    with django_assert_num_queries(8):
        outcome_of(event, came, sudin)

"""Supports proposed in bulk: a grant is split over what the outlet still lacks, everything else is one row an outlet."""

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from kkmp.accounts.models import User
from outlets.models import CapitalNeed, Outlet
from partners.models import Offer, Stage, StageChange, Support, SupportKind
from partners.proposals import Proposal, propose_supports
from tests.factories import CapitalNeedFactory, OutletFactory, SetAsideFactory, officer_of
from tests.partner_factories import (
    DisbursementFactory,
    EventFactory,
    OfferFactory,
    PartnerFactory,
    SupportFactory,
    support_at,
)
from tests.planted import without_chance

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
TODAY = dt.date(2026, 3, 16)
MILLION = 1_000_000


def lacking(*millions: int, outlet: Outlet | None = None) -> Outlet:
    """An outlet with needs of so many millions, the oldest first."""
    outlet = outlet or OutletFactory.create()
    for number, amount in enumerate(millions):
        since_on = dt.date(2025, 10, 1) + dt.timedelta(days=number)
        CapitalNeedFactory.create(outlet=outlet, amount_idr=amount * MILLION, since_on=since_on)
    return outlet


def propose(
    *proposals: Proposal, by: User, kind: str = SupportKind.CASH_GRANT, offer: Offer | None = None
) -> list[Support]:
    return propose_supports(
        proposals,
        partner=offer.partner if offer else PartnerFactory.create(),
        kind=kind,
        offer=offer,
        note="Usul contoh",
        on=TODAY,
        by=by,
    )


def split_of(supports: list[Support]) -> list[tuple[str, int | None, int | None]]:
    """Outlet, need in millions, sum in millions."""
    return [
        (
            str(support.outlet and support.outlet.name),
            support.need.amount_idr // MILLION if support.need else None,
            support.committed_idr // MILLION if support.committed_idr else None,
        )
        for support in supports
    ]


def test_a_grant_is_split_over_the_needs_the_oldest_first(sudin: User) -> None:
    first, second = OutletFactory.create(name="Satu"), OutletFactory.create(name="Dua")
    lacking(30, 20, 40, outlet=first)
    lacking(60, outlet=second)
    oldest = first.needs.get(amount_idr=30 * MILLION)
    grant = SupportFactory.create(cooperative=first.cooperative, outlet=first, need=oldest)
    DisbursementFactory.create(support=grant, amount_idr=10 * MILLION, verified=True)
    SetAsideFactory.create(need=first.needs.get(amount_idr=20 * MILLION), amount_idr=20 * MILLION)
    lacking(5)
    supports = propose(Proposal(first, 35 * MILLION), Proposal(second, 60 * MILLION), by=sudin)
    # Of 30 million 10 have arrived, and 20 are set aside for the second: 20, nothing, and the rest for the third.
    assert split_of(supports) == [("Satu", 30, 20), ("Satu", 40, 15), ("Dua", 60, 60)]
    kept = Support.objects.exclude(pk=grant.pk).order_by("pk")
    assert list(kept) == supports
    assert set(kept.values_list("note", "kind")) == {("Usul contoh", "cash_grant")}


@pytest.mark.parametrize(
    ("millions", "asked", "message"),
    [
        ((30, 20), 51, "Untuk gerai “Contoh” jumlahnya lebih dari kekurangannya."),
        (
            (),
            1,
            "Gerai “Contoh” tidak punya kebutuhan modal yang masih kurang; hibah perlu kebutuhan.",
        ),
    ],
)
def test_more_than_the_outlet_lacks_is_refused_whole(
    sudin: User, millions: tuple[int, ...], asked: int, message: str
) -> None:
    fine, wrong = lacking(90), lacking(*millions, outlet=OutletFactory.create(name="Contoh"))
    CapitalNeedFactory.create(outlet=wrong, amount_idr=99 * MILLION, closed_on=TODAY)
    CapitalNeedFactory.create(outlet=wrong, amount_idr=99 * MILLION, since_on=TODAY + dt.timedelta(days=1))
    with pytest.raises(ValidationError) as refusal:
        propose(Proposal(fine, MILLION), Proposal(wrong, asked * MILLION), by=sudin)
    assert refusal.value.messages == [message]
    assert (Support.objects.count(), StageChange.objects.count(), Support.history.count()) == (0, 0, 0)


def test_exactly_what_the_outlet_lacks_is_taken(sudin: User) -> None:
    outlet = lacking(30, 20)
    assert [row[1:] for row in split_of(propose(Proposal(outlet, 50 * MILLION), by=sudin))] == [
        (30, 30),
        (20, 20),
    ]


def test_a_grant_without_a_sum_names_the_oldest_need(sudin: User) -> None:
    assert [row[1:] for row in split_of(propose(Proposal(lacking(30, 20), None), by=sudin))] == [(30, None)]


@pytest.mark.parametrize("kind", [SupportKind.LOAN, SupportKind.CONSIGNMENT, SupportKind.TRAINING])
def test_what_is_no_grant_is_one_support_an_outlet(sudin: User, kind: SupportKind) -> None:
    supports = propose(
        Proposal(lacking(30, 20), 500 * MILLION), Proposal(OutletFactory.create(), None), kind=kind, by=sudin
    )
    assert [row[1:] for row in split_of(supports)] == [(None, 500), (None, None)]


def test_nothing_chosen_is_refused(sudin: User) -> None:
    with pytest.raises(ValidationError, match="Pilih sedikitnya satu gerai"):
        propose(by=sudin)


def test_each_support_begins_as_a_prospect_with_its_history(sudin: User) -> None:
    offer = OfferFactory.create(event=EventFactory.create())
    outlet = lacking(30, 20)
    [one, other] = propose(Proposal(outlet, 40 * MILLION), offer=offer, by=sudin)
    for support in (one, other):
        support.refresh_from_db()
        assert (support.partner, support.offer, support.event) == (offer.partner, offer, offer.event)
        assert (support.cooperative, support.outlet, support.version) == (outlet.cooperative, outlet, 1)
        [stage] = support.stage_changes.all()
        assert (stage.stage, stage.effective_on, stage.by) == (Stage.PROSPECT, TODAY, sudin)
        assert stage.reason == "Usul contoh"
        [told] = support.history.all()
        assert (told.history_type, told.history_user, told.history_change_reason) == ("+", sudin, "Diusulkan")
        fields = ("cooperative_id", "outlet_id", "need_id", "offer_id", "event_id", "committed_idr", "kind")
        assert [getattr(told, name) for name in fields] == [getattr(support, name) for name in fields]


@pytest.mark.parametrize("count", [1, 3])
def test_proposals_cost_the_same_for_any_number(
    sudin: User, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    partner: Any = PartnerFactory.create()
    proposals = [Proposal(lacking(10, 20), 25 * MILLION) for _number in range(count)]
    # A savepoint of its own around the whole and around the history, needs, supports, history, stages.
    with django_assert_num_queries(8):
        supports = propose_supports(
            proposals,
            partner=partner,
            kind=SupportKind.GOODS_GRANT,
            offer=None,
            note="",
            on=TODAY,
            by=sudin,
        )
    assert len(supports) == 2 * count
    assert CapitalNeed.objects.count() == 2 * count


def test_what_other_areas_were_promised_holds_an_officer_back_and_is_not_told(client: Client) -> None:
    mine, theirs = lacking(90), lacking(90)
    offer = OfferFactory.create(ceiling_idr=100 * MILLION, per_outlet_idr=None)
    officer = officer_of(mine.cooperative.kelurahan)
    client.force_login(officer)
    pages = [f"/partners/allocate/?offer={offer.pk}", f"/partners/match/?offer={offer.pk}"]
    before = [without_chance(client.get(page).content.decode()) for page in pages]
    agreed: dict[str, Any] = {
        "partner": offer.partner,
        "offer": offer,
        "cooperative": theirs.cooperative,
        "outlet": theirs,
    }
    support_at(Stage.COMMITTED, dt.date(2026, 2, 1), committed_idr=70 * MILLION, **agreed)
    assert [without_chance(client.get(page).content.decode()) for page in pages] == before
    with pytest.raises(ValidationError, match="Jumlahnya melebihi sisa penawaran"):
        propose(Proposal(mine, 31 * MILLION), by=officer, offer=offer)
    assert [one.committed_idr for one in propose(Proposal(mine, 30 * MILLION), by=officer, offer=offer)] == [
        30 * MILLION
    ]

"""The facts that matching asks about, read from dated rows, in as many queries for one outlet as for many."""

import datetime as dt
from datetime import UTC
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from cooperatives.models import Cooperative, PaperKind
from members.models import Member, count_members, principal_paid_by_cooperative
from outlets.models import Outlet, OutletQuerySet, Status
from partners.candidates import (
    MAY_OPEN,
    Candidate,
    Neighbours,
    Proposed,
    largest_gaps,
    read_candidates,
)
from partners.models import Stage
from tests.factories import (
    CapitalNeedFactory,
    CooperativeFactory,
    KelurahanFactory,
    MonthlyReportFactory,
    OutletFactory,
    PaperFactory,
    SetAsideFactory,
    StatusChangeFactory,
)
from tests.member_factories import MemberFactory, SavingsEntryFactory, SavingsRateFactory
from tests.partner_factories import OfferFactory, support_at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
TODAY = dt.date(2026, 3, 16)
ALL_STATUSES = (*Status, None)


def read(outlets: OutletQuerySet | None = None, on: dt.date = TODAY) -> list[Candidate]:
    rows = Outlet.objects.all() if outlets is None else outlets
    return read_candidates(
        rows.order_by("pk"), neighbours=Cooperative.objects.all(), on=on, statuses=ALL_STATUSES
    )


def idle(since: dt.date = dt.date(2025, 9, 22), **kwargs: object) -> Outlet:
    outlet = OutletFactory.create(**kwargs)
    StatusChangeFactory.create(outlet=outlet, idle=True, effective_on=since)
    return outlet


def test_status_gap_and_days_are_those_of_the_day() -> None:
    outlet = idle(dt.date(2026, 3, 1))
    need = CapitalNeedFactory.create(outlet=outlet, amount_idr=40_000_000, since_on=dt.date(2026, 3, 2))
    SetAsideFactory.create(need=need, amount_idr=15_000_000, set_on=dt.date(2026, 3, 10))
    shown = {}
    for on in (dt.date(2026, 2, 28), dt.date(2026, 3, 1), dt.date(2026, 3, 9), TODAY):
        [one] = read(on=on)
        shown[on.isoformat()] = (one.outlet.status, one.days_idle, one.gap and one.gap.gap_idr)
    assert shown == {
        "2026-02-28": (None, None, None),
        "2026-03-01": ("idle", 0, None),
        "2026-03-09": ("idle", 8, 40_000_000),
        "2026-03-16": ("idle", 15, 25_000_000),
    }


def test_only_outlets_with_the_wanted_status_are_read() -> None:
    waiting = idle()
    unknown = OutletFactory.create()
    preparing = OutletFactory.create()
    StatusChangeFactory.create(outlet=preparing, status=Status.PREPARING)
    for status in (Status.RUNNING, Status.CLOSED):
        StatusChangeFactory.create(status=status)
    everybody = Cooperative.objects.all()
    found = read_candidates(Outlet.objects.all(), neighbours=everybody, on=TODAY, statuses=MAY_OPEN)
    assert {one.key for one in found} == {waiting.pk, unknown.pk, preparing.pk}
    known = read_candidates(Outlet.objects.all(), neighbours=everybody, on=TODAY, statuses=[Status.IDLE])
    assert [one.key for one in known] == [waiting.pk]


def test_papers_are_held_from_their_issue_until_their_last_day() -> None:
    cooperative = idle().cooperative
    other = CooperativeFactory.create()
    PaperFactory.create(cooperative=cooperative, kind=PaperKind.NIB, expires_on=TODAY)
    PaperFactory.create(cooperative=cooperative, kind=PaperKind.NPWP, expires_on=dt.date(2026, 3, 15))
    PaperFactory.create(cooperative=cooperative, kind=PaperKind.DEED, issued_on=dt.date(2026, 3, 17))
    PaperFactory.create(cooperative=cooperative, kind=PaperKind.AHU_DECREE, issued_on=None)
    PaperFactory.create(cooperative=other, kind=PaperKind.MINUTES)
    [today], [later] = read(), read(on=dt.date(2026, 3, 17))
    assert (today.papers, later.papers) == (
        frozenset({"nib", "ahu_decree"}),
        frozenset({"deed", "ahu_decree"}),
    )


def test_paying_members_are_those_whom_the_page_of_the_cooperative_counts() -> None:
    cooperative, other = idle().cooperative, CooperativeFactory.create()
    SavingsRateFactory.create(cooperative=cooperative, kind="principal", amount_idr=100_000)
    for _number in range(3):
        SavingsEntryFactory.create(member=MemberFactory.create(cooperative=cooperative), principal=True)
    part, gone = (
        MemberFactory.create(cooperative=cooperative),
        MemberFactory.create(cooperative=cooperative, ended=True),
    )
    SavingsEntryFactory.create(member=part, principal=True, amount_idr=50_000)
    SavingsEntryFactory.create(member=gone, principal=True)
    MemberFactory.create(cooperative=cooperative)
    SavingsEntryFactory.create(member=MemberFactory.create(cooperative=other), principal=True)
    [one] = read()
    mine = Cooperative.objects.filter(pk=cooperative.pk)
    counted = count_members(mine, on=TODAY, with_paid=True).principal_paid
    assert (one.paying_members, counted, Member.objects.count()) == (3, 3, 7)
    everybody = principal_paid_by_cooperative(Cooperative.objects.all(), on=TODAY)
    assert everybody == {cooperative.pk: 3, other.pk: 1}


def test_the_last_report_is_one_that_was_sent_by_the_day_and_not_returned() -> None:
    cooperative = idle().cooperative
    for month, sent, state in [
        (1, dt.datetime(2026, 2, 3, 3, tzinfo=UTC), "verified"),
        # 18.00 UTC is the next day in Jakarta.
        (2, dt.datetime(2026, 3, 4, 18, tzinfo=UTC), "submitted"),
        (3, dt.datetime(2026, 3, 12, 3, tzinfo=UTC), "returned"),
    ]:
        MonthlyReportFactory.create(
            cooperative=cooperative, month=dt.date(2026, month, 1), submitted_at=sent, **{state: True}
        )
    MonthlyReportFactory.create(verified=True, submitted_at=dt.datetime(2026, 3, 14, 3, tzinfo=UTC))
    shown = [read(on=on)[0].last_report_on for on in (dt.date(2026, 2, 2), dt.date(2026, 3, 4), TODAY)]
    assert shown == [None, dt.date(2026, 2, 3), dt.date(2026, 3, 5)]


def test_neighbours_are_cooperatives_of_the_kecamatan_as_far_as_they_are_seen() -> None:
    cooperative = idle().cooperative
    here = cooperative.kelurahan.kecamatan
    near = [
        CooperativeFactory.create(kelurahan=KelurahanFactory.create(kecamatan=here)) for _number in range(2)
    ]
    for one in [near[0], CooperativeFactory.create()]:
        StatusChangeFactory.create(outlet=OutletFactory.create(cooperative=one))
    mine = Outlet.objects.filter(cooperative=cooperative)
    [seen] = read(mine)
    [unseen] = read_candidates(
        mine, neighbours=Cooperative.objects.exclude(pk=near[0].pk), on=TODAY, statuses=ALL_STATUSES
    )
    assert (seen.neighbours, unseen.neighbours) == (Neighbours(1, 3), Neighbours(0, 2))


def test_supports_out_of_offers_are_known_with_their_stage() -> None:
    outlet, offer = idle(), OfferFactory.create()
    of_this: dict[str, Any] = {"outlet": outlet, "cooperative": outlet.cooperative, "partner": offer.partner}
    agreed = support_at(Stage.COMMITTED, offer=offer, **of_this)
    support_at(Stage.CANCELLED, offer=offer, **of_this)
    support_at(Stage.COMMITTED, dt.date(2026, 3, 17), offer=offer, **of_this)
    support_at(Stage.COMMITTED, **of_this)
    [one] = read()
    assert one.supports == (Proposed(offer.pk, agreed.pk, Stage.COMMITTED),)
    assert (one.supports_of(offer.pk + 1), one.supports_of(offer.pk)[0].is_agreed) == ([], True)


def test_facts_of_three_cost_as_many_queries_as_of_one(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _number in range(3):
        outlet = idle()
        CapitalNeedFactory.create(outlet=outlet)
        PaperFactory.create(cooperative=outlet.cooperative)
        MonthlyReportFactory.create(cooperative=outlet.cooperative, verified=True)
        SavingsEntryFactory.create(
            member=MemberFactory.create(cooperative=outlet.cooperative), principal=True
        )
        offer = OfferFactory.create()
        support_at(
            Stage.OFFERED,
            outlet=outlet,
            cooperative=outlet.cooperative,
            offer=offer,
            partner=offer.partner,
        )
        with django_assert_num_queries(7):
            found = read()
    assert [(one.gap_idr, one.kecamatan.name, one.paying_members, len(one.supports)) for one in found] == [
        (50_000_000, one.outlet.cooperative.kelurahan.kecamatan.name, 1, 1) for one in found
    ]


def test_the_largest_gaps_come_first(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    small, large, middle = idle(), idle(), idle()
    for outlet, amount in ((small, 1), (large, 9), (middle, 5), (idle(), 3)):
        CapitalNeedFactory.create(outlet=outlet, amount_idr=amount)
    CapitalNeedFactory.create(outlet=StatusChangeFactory.create().outlet, amount_idr=100)
    idle()
    with django_assert_num_queries(2):
        found = largest_gaps(Outlet.objects.all(), on=TODAY, most=2)
    assert [(outlet.pk, gap.gap_idr) for outlet, gap in found] == [(large.pk, 9), (middle.pk, 5)]

"""The figures that dashboard, lists and pages share: each has one definition, tried here with rows that could leak."""

import datetime as dt

import pytest
from pytest_django import DjangoAssertNumQueries

from cooperatives.models import Cooperative
from kkmp.charts import Lane, Segment
from outlets.capital import (
    NeedTotal,
    idle_without_need,
    need_total,
    open_needs_of,
    with_outlet_needs,
)
from outlets.models import CapitalNeed, Outlet, Reason, Status
from outlets.outlet_class import (
    OutletClass,
    flow,
    flow_counts,
    idle_because_of,
    with_idle_reason,
    with_status,
)
from outlets.standing import Standing, class_counts, histories, standing
from outlets.timeline import changed_since_effect, outlet_changed_since_effect, outlet_timeline, timeline
from tests.factories import (
    CapitalNeedFactory,
    CooperativeFactory,
    OutletFactory,
    StatusChangeFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

MAY, JULY, SEPTEMBER, TODAY = (dt.date(2026, month, 1) for month in (5, 7, 9, 11))
EVERYTHING = Cooperative.objects.all()


def jakarta(year: int, month: int, day: int, hour: int = 12) -> dt.datetime:
    return dt.datetime(year, month, day, hour - 7, tzinfo=dt.UTC)


# --- capital ------------------------------------------------------------------


def test_open_needs_are_those_arisen_and_not_yet_met() -> None:
    outlet = OutletFactory.create()
    CapitalNeedFactory.create(outlet=outlet, since_on=MAY, amount_idr=10)
    CapitalNeedFactory.create(outlet=outlet, since_on=MAY, closed_on=JULY, amount_idr=200)
    CapitalNeedFactory.create(since_on=JULY, amount_idr=3_000)
    needs = CapitalNeed.objects.all()
    april = dt.date(2026, 4, 30)
    eve_of_july = dt.date(2026, 6, 30)
    assert [need_total(needs.open_on(day)) for day in (april, eve_of_july, JULY)] == [
        NeedTotal(count=0, cooperative_count=0, outlet_count=0, amount_idr=0),
        NeedTotal(count=2, cooperative_count=1, outlet_count=1, amount_idr=210),
        NeedTotal(count=2, cooperative_count=2, outlet_count=2, amount_idr=3_010),
    ]
    assert need_total(needs.filter(outlet=outlet).open_on(JULY)) == NeedTotal(1, 1, 1, 10)


def test_open_needs_sum_by_outlet() -> None:
    for outlet in OutletFactory.create_batch(2):
        CapitalNeedFactory.create_batch(2, outlet=outlet, amount_idr=7)
    OutletFactory.create()
    by_outlet = with_outlet_needs(Outlet.objects.order_by("pk"), on=TODAY)
    assert [row.open_need_idr for row in by_outlet] == [14, 14, None]


def test_idle_for_capital_without_an_open_need_is_a_contradiction() -> None:
    contradiction = StatusChangeFactory.create(idle=True, outlet__name="Tanpa kebutuhan").outlet
    met = StatusChangeFactory.create(idle=True, outlet__name="Sudah terpenuhi").outlet
    CapitalNeedFactory.create(outlet=met, closed_on=JULY)
    CapitalNeedFactory.create(outlet=StatusChangeFactory.create(idle=True).outlet)
    StatusChangeFactory.create(status=Status.IDLE, reason=Reason.STAFF)
    StatusChangeFactory.create()
    found = idle_without_need(with_status(Outlet.objects.order_by("pk"), on=TODAY), on=TODAY)
    assert list(found) == [contradiction, met]
    before = dt.date(2026, 6, 30)
    assert list(idle_without_need(with_status(Outlet.objects.all(), on=before), on=before)) == [contradiction]


# --- status and class ---------------------------------------------------------


def test_idle_since_the_unbroken_run_began_not_since_the_reason_changed() -> None:
    first = StatusChangeFactory.create(idle=True, effective_on=MAY)
    StatusChangeFactory.create(
        outlet=first.outlet, status=Status.IDLE, reason=Reason.STAFF, effective_on=JULY
    )
    found = with_status(Outlet.objects.all(), on=TODAY).get()
    assert (found.status, found.status_reason, found.status_since) == ("idle", "staff", MAY)
    StatusChangeFactory.create(outlet=first.outlet, effective_on=dt.date(2026, 6, 1))
    found = with_status(Outlet.objects.all(), on=TODAY).get()
    assert (found.status, found.status_reason, found.status_since) == ("idle", "staff", JULY)


def test_standing_tells_of_the_outlet_idle_the_longest(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    old = StatusChangeFactory.create(idle=True, effective_on=MAY)
    # The cooperative's second outlet is idle for less time and for another reason.
    StatusChangeFactory.create(
        outlet__cooperative=old.cooperative, status=Status.IDLE, reason=Reason.STAFF, effective_on=JULY
    )
    running = StatusChangeFactory.create(idle=True, effective_on=MAY)
    StatusChangeFactory.create(outlet__cooperative=running.cooperative, effective_on=MAY)
    empty = CooperativeFactory.create()
    with django_assert_num_queries(1):
        found = histories(EVERYTHING, until=TODAY)
    assert {pk: standing(history, TODAY) for pk, history in found.items()} == {
        old.cooperative_id: Standing(OutletClass.IDLE, MAY, "capital", frozenset({"capital", "staff"})),
        running.cooperative_id: Standing(OutletClass.RUNNING, MAY, "capital", frozenset({"capital"})),
        empty.pk: Standing(OutletClass.UNRECORDED, None, "", frozenset()),
    }
    assert standing(found[old.cooperative_id], dt.date(2026, 6, 1)).idle_reasons == {"capital"}


def test_open_needs_of_some_cooperatives() -> None:
    need = CapitalNeedFactory.create(amount_idr=5_000, since_on=MAY)
    CapitalNeedFactory.create(outlet=need.outlet, amount_idr=7_000, since_on=JULY)
    CapitalNeedFactory.create(outlet=need.outlet, amount_idr=9_000, since_on=MAY, closed_on=JULY)
    CapitalNeedFactory.create(since_on=MAY)
    cooperative = need.outlet.cooperative_id
    keys = [cooperative, CooperativeFactory.create().pk]
    assert open_needs_of(keys, on=TODAY) == {cooperative: 12_000}
    assert open_needs_of(keys, on=MAY) == {cooperative: 14_000}
    assert open_needs_of(keys, on=MAY - dt.timedelta(days=1)) == {}


def test_idle_because_of_any_of_its_outlets() -> None:
    capital = StatusChangeFactory.create(idle=True, effective_on=MAY).cooperative
    StatusChangeFactory.create(
        outlet__cooperative=capital, status=Status.IDLE, reason=Reason.STOCK, effective_on=MAY
    )
    running = StatusChangeFactory.create(idle=True, effective_on=MAY).cooperative
    StatusChangeFactory.create(outlet__cooperative=running, effective_on=MAY)
    assert list(idle_because_of(EVERYTHING, Reason.CAPITAL, on=TODAY)) == [capital]
    assert list(idle_because_of(EVERYTHING, Reason.STOCK, on=TODAY)) == [capital]
    assert list(idle_because_of(EVERYTHING, Reason.PERMIT, on=TODAY)) == []
    assert [row.idle_reason for row in with_idle_reason(EVERYTHING, on=MAY - dt.timedelta(days=1))] == [
        None,
        None,
    ]


def test_flow_counts_pairs_of_classes_in_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    opened = StatusChangeFactory.create(idle=True, effective_on=MAY)
    StatusChangeFactory.create(outlet=opened.outlet, effective_on=JULY)
    StatusChangeFactory.create(none=True, effective_on=MAY)
    StatusChangeFactory.create(none=True, effective_on=JULY)
    CooperativeFactory.create()
    with django_assert_num_queries(1):
        counts = flow_counts(EVERYTHING, since=MAY, on=JULY)
    assert counts == {
        ("idle", "running"): 1,
        ("none", "none"): 1,
        ("unrecorded", "none"): 1,
        ("unrecorded", "unrecorded"): 1,
    }
    rows = flow(EVERYTHING.filter(pk=opened.cooperative_id), since=MAY, on=JULY)
    assert [(row.class_before, row.class_after) for row in rows] == [("idle", "running")]


def test_class_counts_take_any_queryset_and_many_days(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    running = StatusChangeFactory.create(effective_on=MAY)
    StatusChangeFactory.create(none=True, effective_on=JULY)
    # As pages have it: joined, ordered, annotated, narrowed.
    rows = with_idle_reason(
        Cooperative.objects.select_related("kelurahan").order_by("kelurahan__name"), on=TODAY
    )
    days = [TODAY - dt.timedelta(days=number) for number in range(120)]
    with django_assert_num_queries(1):
        counts = class_counts(rows, [*days, MAY])
    assert counts[MAY] == {"running": 1, "idle": 0, "none": 0, "unrecorded": 1}
    assert counts[TODAY] == {"running": 1, "idle": 0, "none": 1, "unrecorded": 0}
    assert len(counts) == 121
    one = rows.filter(pk=running.cooperative_id)
    assert class_counts(one, [TODAY]) == {TODAY: {"running": 1, "idle": 0, "none": 0, "unrecorded": 0}}
    assert class_counts(rows, []) == {}
    assert sum(counts[TODAY].values()) == rows.count() == 2


# --- what changed since -------------------------------------------------------


def test_past_day_says_when_its_records_changed() -> None:
    day = dt.date(2026, 3, 10)
    kept = StatusChangeFactory.create(effective_on=day, recorded_at=jakarta(2026, 3, 10, 20))
    here = Cooperative.objects.filter(pk=kept.cooperative_id)
    assert changed_since_effect(here, on=day) is None
    # Recorded within the day or about a later day: yesterday's page stays as it was.
    StatusChangeFactory.create(
        outlet=kept.outlet,
        effective_on=day + dt.timedelta(days=1),
        idle=True,
        recorded_at=jakarta(2026, 3, 12),
    )
    assert changed_since_effect(here, on=day) is None
    late = StatusChangeFactory.create(
        outlet__cooperative=kept.cooperative,
        effective_on=day,
        recorded_at=jakarta(2026, 3, 15),
        retracted_at=jakarta(2026, 3, 20),
        retracted_by=UserFactory.create(sudin=True),
        retract_note="Salah catat",
    )
    assert changed_since_effect(here, on=day) == jakarta(2026, 3, 20)
    assert changed_since_effect(here, on=day, known_at=jakarta(2026, 3, 16)) == jakarta(2026, 3, 15)
    assert changed_since_effect(here, on=day, known_at=jakarta(2026, 3, 14)) is None
    assert changed_since_effect(here, on=day - dt.timedelta(days=1)) is None
    assert late.outlet is not None
    assert kept.outlet is not None
    assert outlet_changed_since_effect(late.outlet, on=day) == jakarta(2026, 3, 20)
    assert outlet_changed_since_effect(kept.outlet, on=day) is None
    assert changed_since_effect(Cooperative.objects.exclude(pk=kept.cooperative_id), on=day) is None


# --- timeline -----------------------------------------------------------------


def test_timeline_has_the_class_and_one_lane_for_each_outlet(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    cooperative = CooperativeFactory.create()
    first, second, silent = (
        OutletFactory.create(cooperative=cooperative, name=name) for name in ("Satu", "Dua", "Tiga")
    )
    StatusChangeFactory.create(none=True, cooperative=cooperative, effective_on=MAY)
    StatusChangeFactory.create(outlet=first, idle=True, effective_on=JULY)
    StatusChangeFactory.create(outlet=first, status=Status.RUNNING, effective_on=SEPTEMBER)
    StatusChangeFactory.create(outlet=second, status=Status.PREPARING, effective_on=JULY)
    StatusChangeFactory.create(idle=True, effective_on=MAY)
    with django_assert_num_queries(2):
        drawn = timeline(cooperative, until=TODAY, link=lambda address: f"{address}?on=2026-11-01")
    eve_of_july, eve_of_september = dt.date(2026, 6, 30), dt.date(2026, 8, 31)
    assert (drawn.first, drawn.last, drawn.is_empty) == (MAY, TODAY, False)
    assert drawn.lanes == [
        Lane(
            "Koperasi",
            [
                Segment("none", "Belum ada gerai", MAY, eve_of_july),
                Segment("idle", "Ada, belum berjalan", JULY, eve_of_september),
                Segment("running", "Sudah berjalan", SEPTEMBER),
            ],
        ),
        Lane(
            "Satu",
            [
                Segment("idle", "Ada, belum berjalan", JULY, eve_of_september, "Modal usaha"),
                Segment("running", "Berjalan", SEPTEMBER),
            ],
            "Sembako",
            f"/outlets/{first.pk}/?on=2026-11-01",
        ),
        Lane(
            "Dua",
            [Segment("preparing", "Disiapkan", JULY)],
            "Sembako",
            f"/outlets/{second.pk}/?on=2026-11-01",
        ),
        Lane("Tiga", [], "Sembako", f"/outlets/{silent.pk}/?on=2026-11-01"),
    ]
    until_may = timeline(cooperative, until=MAY)
    assert [lane.segments for lane in until_may.lanes] == [
        [Segment("none", "Belum ada gerai", MAY)],
        [],
        [],
        [],
    ]
    assert until_may.first == MAY - dt.timedelta(days=30)
    assert timeline(cooperative, until=dt.date(2026, 4, 1)).is_empty
    [lane] = outlet_timeline(first, until=TODAY).lanes
    assert lane.segments == drawn.lanes[1].segments

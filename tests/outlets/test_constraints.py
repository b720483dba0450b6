import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from outlets.models import CapitalNeed, ChangeSource, Outlet, Reason, Status, StatusChange
from tests.factories import (
    CapitalNeedFactory,
    MonthlyReportFactory,
    OutletFactory,
    StatusChangeFactory,
    UserFactory,
)
from tests.refusal import assert_refused, constraint_names

pytestmark = pytest.mark.django_db

OUTLETS: list[tuple[str, dict[str, Any]]] = [
    ("outlet_place_has_both_coordinates", {"lat": Decimal("-6.2")}),
    ("outlet_place_has_both_coordinates", {"lon": Decimal("106.8")}),
    ("outlet_place_is_on_earth", {"lat": Decimal("-90.1"), "lon": Decimal("106.8")}),
    ("outlet_place_is_on_earth", {"lat": Decimal("-6.2"), "lon": Decimal("180.1")}),
    ("outlet_area_is_positive", {"area_m2": 0}),
]
NEEDS: list[tuple[str, dict[str, Any]]] = [
    ("need_amount_is_positive", {"amount_idr": 0}),
    ("need_amount_is_positive", {"amount_idr": -1}),
    ("need_closes_after_it_opens", {"closed_on": dt.date(2025, 9, 21)}),
]
CHANGES: list[tuple[str, dict[str, Any]]] = [
    ("idle_has_a_reason_and_others_none", {"status": Status.IDLE, "reason": ""}),
    ("idle_has_a_reason_and_others_none", {"status": Status.RUNNING, "reason": Reason.STOCK}),
    ("idle_has_a_reason_and_others_none", {"none": True, "reason": Reason.STOCK}),
    ("outlet_is_empty_exactly_for_none", {"status": Status.NONE}),
    ("outlet_is_empty_exactly_for_none", {"none": True, "status": Status.RUNNING}),
    ("decision_says_why", {"note": ""}),
    ("status_is_known", {"status": "open"}),
    ("status_is_known", {"status": Status.IDLE, "reason": "weather"}),
    ("retraction_is_whole_or_absent", {"retracted_at": timezone.now() + dt.timedelta(days=1)}),
    ("report_is_named_exactly_for_its_changes", {"source": ChangeSource.REPORT}),
    ("retraction_is_whole_or_absent", {"retract_note": "Salah catat"}),
]
# One constraint needs rows of its own, see below.
APART = {
    "one_live_change_per_outlet_and_day",
    "one_live_none_per_cooperative_and_day",
    "retracted_after_recorded",
    "only_a_closed_need_was_closed_by_a_change",
    "only_a_closed_need_was_met_by_money",
}


def test_every_constraint_is_tried() -> None:
    tried = {name for name, _values in (*OUTLETS, *NEEDS, *CHANGES)} | APART
    assert tried == constraint_names(Outlet, CapitalNeed, StatusChange)


@pytest.mark.parametrize(("constraint", "values"), OUTLETS)
def test_database_refuses_outlet(constraint: str, values: dict[str, Any]) -> None:
    assert_refused(constraint, lambda: OutletFactory.create(**values))
    assert not Outlet.objects.exists()


@pytest.mark.parametrize(("constraint", "values"), NEEDS)
def test_database_refuses_need(constraint: str, values: dict[str, Any]) -> None:
    assert_refused(constraint, lambda: CapitalNeedFactory.create(**values))
    assert not CapitalNeed.objects.exists()


@pytest.mark.parametrize(("constraint", "values"), CHANGES)
def test_database_refuses_change(constraint: str, values: dict[str, Any]) -> None:
    assert_refused(constraint, lambda: StatusChangeFactory.create(**values))
    assert not StatusChange.objects.exists()


def retracted_by_somebody(**values: Any) -> StatusChange:
    return StatusChangeFactory.create(
        retracted_at=timezone.now() + dt.timedelta(minutes=1),
        retracted_by=UserFactory.create(sudin=True),
        retract_note="Salah catat",
        **values,
    )


def test_retraction_does_not_come_before_its_record() -> None:
    past = {"retracted_at": timezone.now() - dt.timedelta(days=1), "retract_note": "Salah catat"}
    assert_refused(
        "retracted_after_recorded",
        lambda: StatusChangeFactory.create(retracted_by=UserFactory.create(sudin=True), **past),
    )


def test_one_live_change_per_outlet_and_day() -> None:
    retracted = retracted_by_somebody()
    StatusChangeFactory.create(outlet=retracted.outlet)
    again = {"outlet": retracted.outlet, "idle": True, "source": ChangeSource.OPENING}
    assert_refused("one_live_change_per_outlet_and_day", lambda: StatusChangeFactory.create(**again))
    StatusChangeFactory.create(effective_on=dt.date(2025, 9, 23), **again)
    assert StatusChange.objects.live().count() == 2


def test_one_live_none_per_cooperative_and_day() -> None:
    retracted = retracted_by_somebody(none=True)
    StatusChangeFactory.create(none=True, cooperative=retracted.cooperative)
    again = {"none": True, "cooperative": retracted.cooperative}
    assert_refused("one_live_none_per_cooperative_and_day", lambda: StatusChangeFactory.create(**again))
    StatusChangeFactory.create(effective_on=dt.date(2025, 9, 23), **again)
    assert StatusChange.objects.live().count() == 2


def test_only_a_closed_need_was_met_by_money() -> None:
    constraint = "only_a_closed_need_was_met_by_money"
    change = StatusChangeFactory.create()
    closed = {"outlet": change.outlet, "closed_on": change.effective_on, "is_met_by_money": True}
    assert_refused(constraint, lambda: CapitalNeedFactory.create(is_met_by_money=True))
    assert_refused(constraint, lambda: CapitalNeedFactory.create(closed_by_change=change, **closed))
    assert CapitalNeedFactory.create(**closed).is_met_by_money


def test_only_a_closed_need_was_closed_by_a_change() -> None:
    change = StatusChangeFactory.create()
    values = {"outlet": change.outlet, "closed_by_change": change}
    assert_refused("only_a_closed_need_was_closed_by_a_change", lambda: CapitalNeedFactory.create(**values))
    need = CapitalNeedFactory.create(closed_on=change.effective_on, **values)
    assert list(change.closed_needs.all()) == [need]


def test_change_of_a_decision_names_no_report() -> None:
    report = MonthlyReportFactory.create()
    values = {"outlet": OutletFactory.create(cooperative=report.cooperative), "report": report}
    assert_refused("report_is_named_exactly_for_its_changes", lambda: StatusChangeFactory.create(**values))
    StatusChangeFactory.create(source=ChangeSource.REPORT, **values)
    assert report.status_changes.count() == 1

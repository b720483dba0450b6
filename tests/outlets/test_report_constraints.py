import datetime as dt
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from cooperatives.models import Parameter, ParameterKey
from outlets.models import Evidence, MonthlyReport, Reason, ReportLine, ReportState, ReportStep, Status
from tests.factories import (
    EvidenceFactory,
    MonthlyReportFactory,
    OutletFactory,
    ParameterFactory,
    ReportLineFactory,
    ReportStepFactory,
    UserFactory,
)
from tests.refusal import assert_refused, constraint_names

pytestmark = pytest.mark.django_db
NOW = timezone.now()

REPORTS: list[tuple[str, dict[str, Any]]] = [
    ("report_month_is_a_first_day", {"month": dt.date(2025, 10, 2)}),
    ("report_month_is_a_first_day", {"month": dt.date(2025, 10, 11)}),
    ("report_state_has_its_people", {"state": "lost"}),
    ("later_revision_says_why", {"revision": 2}),
    ("later_revision_says_why", {"correction_reason": "Salah"}),
    ("report_state_has_its_people", {"submitted_at": NOW}),
    ("report_state_has_its_people", {"state": ReportState.SUBMITTED}),
    ("report_state_has_its_people", {"submitted": True, "submitted_at": None}),
    ("report_state_has_its_people", {"submitted": True, "state": ReportState.VERIFIED}),
    ("report_state_has_its_people", {"verified": True, "reviewed_at": None}),
    ("report_state_has_its_people", {"verified": True, "state": ReportState.SUBMITTED}),
    ("returned_report_says_why", {"returned": True, "return_reason": ""}),
    ("returned_report_says_why", {"verified": True, "return_reason": "Salah"}),
    ("only_verified_reports_are_superseded", {"superseded_at": NOW}),
    ("only_verified_reports_are_superseded", {"submitted": True, "superseded_at": NOW}),
]
LINES: list[tuple[str, dict[str, Any]]] = [
    ("idle_line_has_a_reason_and_others_none", {"status": Status.IDLE}),
    ("idle_line_has_a_reason_and_others_none", {"reason": Reason.STOCK}),
    ("line_without_outlet_says_none", {"status": Status.NONE}),
    ("line_without_outlet_says_none", {"outlet": None}),
    ("line_status_is_known", {"status": "open"}),
    ("line_status_is_known", {"status": Status.IDLE, "reason": "weather"}),
    ("line_has_status_and_day_or_neither", {"changed_on": None}),
    ("line_has_status_and_day_or_neither", {"status": ""}),
    ("line_figures_are_not_negative", {"turnover_idr": -1}),
    ("line_figures_are_not_negative", {"procurement_idr": -1}),
]
PHOTOS: list[tuple[str, dict[str, Any]]] = [
    ("photo_has_a_file", {"sha256": "", "image": "x"}),
    ("photo_has_a_file", {"image": ""}),
    ("photo_is_of_a_line_or_a_visit", {"line": None}),
    ("photo_place_has_both_coordinates", {"lat": Decimal("-6.2")}),
    ("photo_place_has_both_coordinates", {"lat": Decimal("-96.2"), "lon": Decimal("106.8")}),
]
STEPS: list[tuple[str, dict[str, Any]]] = [
    ("report_step_is_known", {"state": "lost"}),
    ("return_step_says_why", {"state": ReportState.RETURNED}),
]
PARAMETERS: list[tuple[str, dict[str, Any]]] = [
    ("parameter_day_lies_in_every_month", {"value": 0}),
    ("parameter_day_lies_in_every_month", {"value": 29}),
    ("parameter_days_are_within_a_year", {"key": "unseen_days", "value": 0}),
    ("parameter_days_are_within_a_year", {"key": "back_again_days", "value": 367}),
    ("parameter_days_are_within_a_year", {"key": "back_again_shown_days", "value": -1}),
    ("parameter_days_are_within_a_year", {"key": "agreement_ends_days", "value": 0}),
    ("parameter_share_is_of_a_hundred", {"key": "grant_meeting_percent", "value": 101}),
    ("parameter_share_is_of_a_hundred", {"key": "match_gap", "value": -1}),
    ("parameter_limit_is_positive", {"key": "loan_most_idr", "value": 0}),
    ("parameter_limit_is_positive", {"key": "loan_most_months", "value": -1}),
    ("parameter_names_its_source", {"source": ""}),
    ("reporting_begins_by_its_day", {"key": ParameterKey.REPORT_SINCE, "value": 2}),
]
# They need rows of their own, see below.
APART = {
    "report_revision_once_a_month",
    "one_open_report_a_month",
    "one_standing_report_a_month",
    "submitter_never_reviews",
    "one_line_per_report_and_outlet",
    "one_none_line_per_report",
    "photo_once_a_line",
    "photo_once_a_visit",
    "parameter_once_a_day",
    "reporting_begins_once",
}


def test_every_constraint_is_tried() -> None:
    tried = {name for name, _values in (*REPORTS, *LINES, *PHOTOS, *STEPS, *PARAMETERS)} | APART
    # PositiveIntegerField brings checks without a name of ours.
    assert tried == constraint_names(MonthlyReport, ReportLine, Evidence, ReportStep, Parameter)


@pytest.mark.parametrize(("constraint", "values"), REPORTS)
def test_database_refuses_report(constraint: str, values: dict[str, Any]) -> None:
    assert_refused(constraint, lambda: MonthlyReportFactory.create(**values))
    assert not MonthlyReport.objects.exists()


@pytest.mark.parametrize(("constraint", "values"), LINES)
def test_database_refuses_line(constraint: str, values: dict[str, Any]) -> None:
    assert_refused(constraint, lambda: ReportLineFactory.create(**values))
    assert not ReportLine.objects.exists()


@pytest.mark.parametrize(("constraint", "values"), PHOTOS)
def test_database_refuses_photo(constraint: str, values: dict[str, Any]) -> None:
    assert_refused(constraint, lambda: EvidenceFactory.create(**values))
    assert not Evidence.objects.exists()


@pytest.mark.parametrize(("constraint", "values"), STEPS)
def test_database_refuses_step(constraint: str, values: dict[str, Any]) -> None:
    assert_refused(constraint, lambda: ReportStepFactory.create(**values))
    assert not ReportStep.objects.exists()


@pytest.mark.parametrize(("constraint", "values"), PARAMETERS)
def test_database_refuses_parameter(constraint: str, values: dict[str, Any]) -> None:
    assert_refused(constraint, lambda: ParameterFactory.create(**values))
    assert not Parameter.objects.exists()


def test_submitter_never_reviews() -> None:
    person = UserFactory.create(sudin=True)
    for state in ("returned", "verified"):
        values = {state: True, "submitted_by": person, "reviewed_by": person}
        assert_refused("submitter_never_reviews", partial(MonthlyReportFactory.create, **values))
    assert not MonthlyReport.objects.exists()


def test_one_open_and_one_standing_report_a_month() -> None:
    first = MonthlyReportFactory.create(verified=True)
    same: dict[str, Any] = {"cooperative": first.cooperative, "correction": True}
    assert_refused("one_standing_report_a_month", lambda: MonthlyReportFactory.create(verified=True, **same))
    MonthlyReportFactory.create(**same)
    for state in ({}, {"submitted": True}, {"returned": True}):
        third = {**same, **state, "revision": 3}
        assert_refused("one_open_report_a_month", partial(MonthlyReportFactory.create, **third))
    MonthlyReportFactory.create(verified=True, superseded_at=timezone.now(), **{**same, "revision": 4})
    MonthlyReportFactory.create(month=dt.date(2025, 11, 1), cooperative=first.cooperative)
    MonthlyReportFactory.create()
    assert MonthlyReport.objects.count() == 5


def test_a_revision_is_there_once() -> None:
    first = MonthlyReportFactory.create(verified=True)
    assert_refused(
        "report_revision_once_a_month", lambda: MonthlyReportFactory.create(cooperative=first.cooperative)
    )


def test_an_outlet_is_told_of_once_a_report() -> None:
    line = ReportLineFactory.create()
    again = {"report": line.report, "outlet": line.outlet}
    assert_refused("one_line_per_report_and_outlet", lambda: ReportLineFactory.create(**again))
    none = ReportLineFactory.create(none=True, report=line.report)
    assert_refused(
        "one_none_line_per_report", lambda: ReportLineFactory.create(none=True, report=none.report)
    )
    ReportLineFactory.create(
        report=line.report, outlet=OutletFactory.create(cooperative=line.report.cooperative)
    )
    assert ReportLine.objects.count() == 3


def test_a_photo_is_there_once_a_line() -> None:
    photo = EvidenceFactory.create()
    again = {"sha256": photo.sha256}
    assert_refused("photo_once_a_line", lambda: EvidenceFactory.create(line=photo.line, **again))
    EvidenceFactory.create(**again)
    assert Evidence.objects.count() == 2


def test_a_photo_is_there_once_a_visit_and_has_one_parent() -> None:
    photo = EvidenceFactory.create(of_visit=True)
    again = {"sha256": photo.sha256, "visit": photo.visit}
    assert_refused("photo_once_a_visit", lambda: EvidenceFactory.create(line=None, **again))
    assert_refused(
        "photo_is_of_a_line_or_a_visit", lambda: EvidenceFactory.create(visit=photo.visit, sha256="f" * 64)
    )
    EvidenceFactory.create(of_visit=True, sha256=photo.sha256)
    assert Evidence.objects.count() == 2


@pytest.mark.parametrize("value", [1, 366])
def test_a_number_of_days_may_be_longer_than_a_month(value: int) -> None:
    ParameterFactory.create(key="unseen_days", value=value)
    assert Parameter.objects.count() == 1


def test_a_parameter_has_one_value_from_a_day_on() -> None:
    ParameterFactory.create()
    assert_refused("parameter_once_a_day", ParameterFactory.create)


def test_reporting_begins_once() -> None:
    begin = partial(ParameterFactory.create, key=ParameterKey.REPORT_SINCE, value=1)
    begin()
    assert_refused("reporting_begins_once", partial(begin, starts_on=dt.date(2026, 1, 1)))

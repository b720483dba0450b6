"""What a verified report holds cannot change, tried past Django in each database's own driver."""

from typing import Any

import pytest
from django.db import connection, models

from outlets.models import Evidence, MonthlyReport, ReportLine, ReportState, StatusChange
from tests.factories import (
    CapitalNeedFactory,
    EvidenceFactory,
    MonthlyReportFactory,
    OutletFactory,
    ReportLineFactory,
    StatusChangeFactory,
    UserFactory,
)
from tests.past_django import Execute, execute, refused

# Fixtures count where they are named.
__all__ = ["execute"]
IS_POSTGRESQL = connection.vendor == "postgresql"
committed = pytest.mark.django_db(transaction=True)


def columns_of(model: type[models.Model]) -> list[str]:
    return [str(field.column) for field in model._meta.concrete_fields]


@pytest.fixture
def locked(transactional_db: None) -> MonthlyReport:
    """A verified report with a line and a photo; it becomes verified last, as in life."""
    report = MonthlyReportFactory.create(submitted=True)
    EvidenceFactory.create(line=ReportLineFactory.create(report=report))
    report.state = ReportState.VERIFIED
    report.reviewed_by, report.reviewed_at = UserFactory.create(sudin=True), report.submitted_at
    report.save()
    return report


def rows_of(*of: type[models.Model]) -> list[list[dict[str, Any]]]:
    return [list(model._base_manager.order_by("pk").values()) for model in of]


@committed
def test_a_verified_report_and_all_it_holds_is_locked(locked: MonthlyReport, execute: Execute) -> None:
    draft_line = ReportLineFactory.create()
    before = rows_of(MonthlyReport, ReportLine, Evidence)
    photo = Evidence.objects.get()
    line_columns = ", ".join(c for c in columns_of(ReportLine) if c not in {"id", "report_id", "outlet_id"})
    other = OutletFactory.create(cooperative=locked.cooperative)
    photo_columns = ", ".join(c for c in columns_of(Evidence) if c not in {"id", "sha256"})
    statements = [
        f"UPDATE outlets_monthlyreport SET {fields} WHERE id = {locked.pk}"
        for fields in (
            "plan = 'lain'",
            "state = 'submitted', reviewed_by_id = NULL, reviewed_at = NULL",
            "superseded_at = '2099-01-01 00:00:00', plan = 'lain'",
            "id = id",
        )
    ]
    statements += [
        f"DELETE FROM outlets_monthlyreport WHERE id = {locked.pk}",
        f"UPDATE outlets_reportline SET status = 'closed' WHERE report_id = {locked.pk}",
        f"UPDATE outlets_reportline SET report_id = {locked.pk} WHERE id = {draft_line.pk}",
        f"DELETE FROM outlets_reportline WHERE report_id = {locked.pk}",
        f"INSERT INTO outlets_reportline (report_id, outlet_id, {line_columns}) SELECT report_id, {other.pk}, {line_columns} FROM outlets_reportline WHERE report_id = {locked.pk}",
        f"UPDATE outlets_evidence SET sha256 = 'x' WHERE id = {photo.pk}",
        f"UPDATE outlets_evidence SET line_id = {draft_line.pk} WHERE id = {photo.pk}",
        f"DELETE FROM outlets_evidence WHERE id = {photo.pk}",
        f"INSERT INTO outlets_evidence (sha256, {photo_columns}) SELECT 'x', {photo_columns} FROM outlets_evidence",
    ]
    if IS_POSTGRESQL:
        statements += [
            f"TRUNCATE {table} CASCADE" for table in ("outlets_monthlyreport", "outlets_reportline")
        ]
    else:
        statements += [
            f"REPLACE INTO {table} SELECT * FROM {table} WHERE {key} = {value}"
            for table, key, value in (
                ("outlets_monthlyreport", "id", locked.pk),
                ("outlets_reportline", "report_id", locked.pk),
                ("outlets_evidence", "id", photo.pk),
            )
        ]
    assert [statement for statement in statements if not refused(execute, statement)] == []
    assert rows_of(MonthlyReport, ReportLine, Evidence) == before


@committed
def test_a_verified_report_is_superseded_once(locked: MonthlyReport, execute: Execute) -> None:
    supersede = (
        f"UPDATE outlets_monthlyreport SET superseded_at = '2099-01-01 00:00:00' WHERE id = {locked.pk}"
    )
    execute(supersede)
    assert refused(execute, supersede)
    assert refused(execute, "UPDATE outlets_monthlyreport SET superseded_at = NULL")
    assert MonthlyReport.objects.get().superseded_at is not None


@committed
def test_a_report_in_writing_is_free(execute: Execute) -> None:
    photo = EvidenceFactory.create()
    execute("UPDATE outlets_monthlyreport SET plan = 'lain'")
    execute("UPDATE outlets_reportline SET customers = 3")
    execute("DELETE FROM outlets_evidence")
    execute("DELETE FROM outlets_reportline")
    assert photo.line is not None
    report = photo.line.report
    report.refresh_from_db()
    assert (report.plan, report.lines.count()) == ("lain", 0)


@committed
def test_rows_of_a_report_belong_to_its_cooperative(execute: Execute) -> None:
    line, other = ReportLineFactory.create(), OutletFactory.create()
    change = StatusChangeFactory.create()
    need = CapitalNeedFactory.create()
    statements = [
        f"UPDATE outlets_reportline SET outlet_id = {other.pk}",
        f"UPDATE outlets_monthlyreport SET cooperative_id = {other.cooperative_id}",
        f"UPDATE outlets_capitalneed SET closed_on = since_on, closed_by_change_id = {change.pk} WHERE id = {need.pk}",
    ]
    columns = ", ".join(c for c in columns_of(ReportLine) if c not in {"id", "outlet_id"})
    statements.append(
        f"INSERT INTO outlets_reportline (outlet_id, {columns}) SELECT {other.pk}, {columns} FROM outlets_reportline"
    )
    told = ", ".join(
        c for c in columns_of(StatusChange) if c not in {"id", "report_id", "source", "effective_on"}
    )
    statements.append(
        f"INSERT INTO outlets_statuschange (report_id, source, effective_on, {told}) "
        f"SELECT {line.report_id}, 'report', '2025-01-01', {told} FROM outlets_statuschange"
    )
    assert [statement for statement in statements if not refused(execute, statement)] == []

"""Outlets, what they need to open, their status in time, and the monthly reports that tell of them."""

from outlets.models.needs import CapitalNeed, CapitalNeedQuerySet, NeedPurpose
from outlets.models.outlets import Outlet, OutletKind, OutletQuerySet, Premises, Tenure
from outlets.models.reports import (
    OPEN,
    WRITABLE,
    Evidence,
    EvidenceQuerySet,
    MonthlyReport,
    MonthlyReportQuerySet,
    ReportLine,
    ReportLineQuerySet,
    ReportState,
    ReportStep,
    ReportStepQuerySet,
    month_end,
)
from outlets.models.status import (
    ChangeSource,
    Reason,
    Status,
    StatusChange,
    StatusChangeQuerySet,
    live_condition,
)

__all__ = [
    "OPEN",
    "WRITABLE",
    "CapitalNeed",
    "CapitalNeedQuerySet",
    "ChangeSource",
    "Evidence",
    "EvidenceQuerySet",
    "MonthlyReport",
    "MonthlyReportQuerySet",
    "NeedPurpose",
    "Outlet",
    "OutletKind",
    "OutletQuerySet",
    "Premises",
    "Reason",
    "ReportLine",
    "ReportLineQuerySet",
    "ReportState",
    "ReportStep",
    "ReportStepQuerySet",
    "Status",
    "StatusChange",
    "StatusChangeQuerySet",
    "Tenure",
    "live_condition",
    "month_end",
]

"""Outlets, what they need to open, their status in time, the monthly reports that tell of them, and visits."""

from outlets.models.evidence import Evidence, EvidenceQuerySet
from outlets.models.needs import CapitalNeed, CapitalNeedQuerySet, NeedPurpose
from outlets.models.outlets import Outlet, OutletKind, OutletQuerySet, Premises, Tenure
from outlets.models.reports import (
    OPEN,
    WRITABLE,
    MonthlyReport,
    MonthlyReportQuerySet,
    ReportLine,
    ReportLineQuerySet,
    ReportState,
    ReportStep,
    ReportStepQuerySet,
    month_end,
)
from outlets.models.set_asides import SetAside, SetAsideQuerySet
from outlets.models.status import (
    ChangeSource,
    Reason,
    Status,
    StatusChange,
    StatusChangeQuerySet,
    live_condition,
)
from outlets.models.visits import Seen, Visit, VisitQuerySet

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
    "Seen",
    "SetAside",
    "SetAsideQuerySet",
    "Status",
    "StatusChange",
    "StatusChangeQuerySet",
    "Tenure",
    "Visit",
    "VisitQuerySet",
    "live_condition",
    "month_end",
]

"""CSR partners, what they promised to which cooperative and how far it has come, and the events where they met."""

from partners.models.events import Attendance, AttendanceQuerySet, Event, EventQuerySet
from partners.models.partners import Partner, PartnerCategory, PartnerQuerySet
from partners.models.supports import (
    AGREED,
    Stage,
    StageChange,
    StageChangeQuerySet,
    Support,
    SupportKind,
    SupportQuerySet,
    SupportTotals,
    Worth,
    support_totals,
)

__all__ = [
    "AGREED",
    "Attendance",
    "AttendanceQuerySet",
    "Event",
    "EventQuerySet",
    "Partner",
    "PartnerCategory",
    "PartnerQuerySet",
    "Stage",
    "StageChange",
    "StageChangeQuerySet",
    "Support",
    "SupportKind",
    "SupportQuerySet",
    "SupportTotals",
    "Worth",
    "support_totals",
]

"""CSR partners: what they offer, what they promised to which cooperative, what arrived, and the events where they met."""

from partners.models.disbursements import Disbursement, DisbursementQuerySet
from partners.models.events import Attendance, AttendanceQuerySet, Event, EventQuerySet
from partners.models.follow_ups import FOLLOW_UP_DAYS, Answer, FollowUp, FollowUpQuerySet
from partners.models.kinds import GRANTS, LOANS, TO_GIVE_BACK, Capital, SupportKind, capital_of
from partners.models.letters import Letter, LetterQuerySet, reference_of
from partners.models.offers import Offer, OfferQuerySet, OfferState
from partners.models.partners import Partner, PartnerCategory, PartnerQuerySet
from partners.models.supports import (
    AGREED,
    Stage,
    StageChange,
    StageChangeQuerySet,
    Support,
    SupportQuerySet,
    SupportTotals,
    Worth,
    support_totals,
)

__all__ = [
    "AGREED",
    "FOLLOW_UP_DAYS",
    "GRANTS",
    "LOANS",
    "TO_GIVE_BACK",
    "Answer",
    "Attendance",
    "AttendanceQuerySet",
    "Capital",
    "Disbursement",
    "DisbursementQuerySet",
    "Event",
    "EventQuerySet",
    "FollowUp",
    "FollowUpQuerySet",
    "Letter",
    "LetterQuerySet",
    "Offer",
    "OfferQuerySet",
    "OfferState",
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
    "capital_of",
    "reference_of",
    "support_totals",
]

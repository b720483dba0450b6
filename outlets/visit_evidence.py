"""Visits beside other records: with the report of a month, and in the history of an outlet or a cooperative."""

from datetime import date
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import DateTimeField, OuterRef, Q, Subquery
from django.utils.translation import gettext as _
from simple_history.utils import get_history_manager_for_model

from kkmp.accounts.models import User
from kkmp.history import SHOWN, Entry, Step
from kkmp.templatetags.ui import tanggal
from outlets.models import MonthlyReport, Visit, VisitQuerySet

# The block of a page shows so many, and looks that far back for what still waits.
_SHOWN, _LOOKED_AT = 3, 50


def visits_beside(report: MonthlyReport, *, user: User | AnonymousUser) -> list[Visit]:
    """Those of the report's month, and the last one before it; the newest first."""
    mine = Visit.objects.visible_to(user).kept().filter(cooperative=report.cooperative_id)
    before = mine.filter(visited_on__lt=report.month).order_by("-visited_on", "-pk")
    within = Q(visited_on__range=(report.month, report.last_day))
    found = mine.filter(within | Q(pk__in=before.values("pk")[:1]))
    return list(
        found.select_related("outlet", "cooperative__kelurahan", "visited_by").order_by("-visited_on", "-pk")
    )


def latest_visits(visits: VisitQuerySet, *, on: date) -> list[dict[str, object]]:
    """The last ones by a day, and older ones whose follow-up still waits; each with how that stands. One query."""
    known = visits.known_on(on).select_related("outlet", "cooperative__kelurahan")
    rows = list(known.order_by("-visited_on", "-pk")[:_LOOKED_AT])
    shown = [*rows[:_SHOWN], *(visit for visit in rows[_SHOWN:] if visit.waits_on(on))]
    return [
        {"visit": visit, "waits": visit.waits_on(on), "is_overdue": visit.is_overdue_on(on)}
        for visit in shown
    ]


def visit_entries(visits: VisitQuerySet) -> list[Entry]:
    """Visits as lines of a history, at the moment when they were written down."""
    told = get_history_manager_for_model(Visit).filter(id=OuterRef("pk"), history_type="+")
    rows: Any = visits.select_related("visited_by", "outlet", "cooperative__kelurahan").annotate(
        recorded_at=Subquery(told.values("history_date")[:1], output_field=DateTimeField())
    )
    return [
        Entry(
            at=visit.recorded_at,
            title=_("Kunjungan: %(seen)s") % {"seen": str(visit.get_seen_display()).lower()},
            who=str(visit.visited_by),
            note=_("dikunjungi %(day)s") % {"day": tanggal(visit.visited_on)},
            reason=visit.finding,
            tone=visit.seen,
            steps=(Step(_("Buka"), visit.get_absolute_url(), _("Buka %(visit)s") % {"visit": visit}),),
        )
        for visit in rows.order_by("-visited_on", "-pk")[:SHOWN]
    ]

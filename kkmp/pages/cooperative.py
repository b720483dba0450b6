"""The page of one cooperative: its class on a day, outlets, needs, supports, members, facts."""

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from cooperatives.asof import View, read_view
from cooperatives.completeness import look
from cooperatives.models import AssetStatement, BoardTerm, Cooperative, Paper, PublicFact
from cooperatives.views.board import by_body
from kkmp.history import read_history
from members.models import count_members, with_member_count
from members.savings.figures import count_savings
from outlets.capital import idle_without_need
from outlets.contradiction_list import Rows
from outlets.contradictions import contradictions
from outlets.history import status_entries
from outlets.models import CapitalNeed, MonthlyReport, Outlet, ReportState, StatusChange, Visit
from outlets.outlet_class import with_idle_reason, with_outlet_class, with_status
from outlets.report_cycle import first_of_month, previous_month
from outlets.report_effect import differences_of
from outlets.timeline import changed_since_effect, timeline
from outlets.visit_evidence import latest_visits
from partners.gap import gap_total, needs_with_gap, with_cooperative_gap
from partners.models import Support

# Half a year of months, some with a revision.
REPORTS_SHOWN = 8


def with_figures(cooperatives: QuerySet[Cooperative], view: View) -> QuerySet[Cooperative]:
    """What both the list and the page of one say of each cooperative on the day."""
    rows = with_outlet_class(cooperatives, on=view.on, known_at=view.known_at)
    rows = with_idle_reason(rows, on=view.on, known_at=view.known_at)
    rows = with_cooperative_gap(rows, on=view.on)
    return with_member_count(rows, on=view.on).select_related("kelurahan__kecamatan")


def papers_and_board(cooperative: Cooperative, view: View) -> dict[str, object]:
    """What is missing, what ends, and who holds which post on the day, from today's records."""
    papers = Paper.objects.visible_to(view.user).kept().filter(cooperative=cooperative)
    terms = list(BoardTerm.objects.visible_to(view.user).kept().filter(cooperative=cooperative))
    return {
        "completeness": look(cooperative, papers=papers, terms=terms, on=view.on, user=view.user),
        "bodies": by_body([term for term in terms if term.holds_on(view.on)]),
    }


def reports_told(cooperative: Cooperative, view: View) -> dict[str, object]:
    """What waits of this cooperative's reports with what it would change, and the months told of lately."""
    mine = MonthlyReport.objects.visible_to(view.user).filter(cooperative=cooperative)
    reports = list(mine.select_related("submitted_by", "cooperative__kelurahan")[:REPORTS_SHOWN])
    waiting = [report for report in reports if report.state == ReportState.SUBMITTED]
    found = differences_of(waiting) if waiting else {}
    return {
        "reports": reports,
        "waiting": [(report, [one for one in found[report.pk] if not one.is_nothing]) for report in waiting],
        "month_to_write": first_of_month(view.today),
        "month_before": previous_month(view.today),
    }


def seen_in_the_field(mine: QuerySet[Cooperative], view: View) -> dict[str, object]:
    """What visits saw, and what the records contradict on the day."""
    visits = Visit.objects.visible_to(view.user).filter(cooperative__in=mine.values("pk"))
    return {
        "visits": latest_visits(visits, on=view.on),
        "contradictions": Rows.of(contradictions(mine, on=view.on), view.user),
    }


def cooperative_page(request: HttpRequest, code: str) -> HttpResponse:
    view = read_view(request)
    mine = Cooperative.objects.visible_to(view.user).filter(kelurahan=code)
    cooperative = get_object_or_404(with_figures(mine, view))
    outlets = with_status(
        Outlet.objects.visible_to(view.user).filter(cooperative=cooperative),
        on=view.on,
        known_at=view.known_at,
    )
    needs = CapitalNeed.objects.visible_to(view.user).filter(outlet__cooperative=cooperative)
    changes = StatusChange.objects.visible_to(view.user).filter(cooperative=cooperative)
    may_change = view.user.has_perm("cooperatives.change_cooperative")
    context = {
        "view": view,
        "cooperative": cooperative,
        "timeline": timeline(cooperative, until=view.on, known_at=view.known_at, link=view.link),
        "outlets": outlets,
        "lacks_need": idle_without_need(outlets, on=view.on).exists(),
        "needs": needs_with_gap(needs, on=view.on).select_related("outlet"),
        "gap": gap_total(needs, on=view.on),
        "supports": Support.objects.visible_to(view.user)
        .filter(cooperative=cooperative)
        .as_of(view.on)
        .select_related("partner"),
        "assets": AssetStatement.objects.visible_to(view.user)
        .filter(cooperative=cooperative)
        .by(view.on)
        .first(),
        "members": count_members(mine, on=view.on),
        "savings": count_savings(mine, on=view.on),
        **reports_told(cooperative, view),
        **papers_and_board(cooperative, view),
        **seen_in_the_field(mine, view),
        "facts": PublicFact.objects.visible_to(view.user).filter(cooperative=cooperative),
        "history": read_history(
            request,
            cooperative,
            facts=status_entries(changes, user=view.user, names_outlet=True),
            edit_href=reverse("cooperatives:edit", args=[code]) if may_change else "",
        ),
        "changed_since": changed_since_effect(mine, on=view.on),
    }
    return render(request, "cooperatives/detail.html", context)

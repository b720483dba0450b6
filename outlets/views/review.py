"""Sudin's side: the queue of submitted reports, one of them, and those that change nothing together."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cooperatives.models import Cooperative
from cooperatives.views.profile import permitted
from kkmp.accounts.models import User
from kkmp.edited import save_form
from outlets.contradiction_list import Rows
from outlets.contradictions import contradictions
from outlets.models import MonthlyReport, MonthlyReportQuerySet, ReportState
from outlets.report_effect import differences_of, is_unchanged
from outlets.report_forms import ReasonForm
from outlets.report_services import return_report, verify, verify_many
from outlets.views.reports import visible_report, what_it_says
from outlets.visit_evidence import visits_beside


def _waiting_for(request: HttpRequest) -> MonthlyReportQuerySet:
    by = permitted(request, "outlets.verify_report")
    mine = MonthlyReport.objects.visible_to(by).reviewable_by(by)
    names = ("cooperative__kelurahan__kecamatan", "submitted_by")
    return mine.select_related(*names).order_by("submitted_at", "pk")


def _with_differences(reports: MonthlyReportQuerySet) -> list[dict[str, object]]:
    rows = list(reports)
    found = differences_of(rows)
    return [
        {
            "report": report,
            "differences": [one for one in found[report.pk] if not one.is_nothing],
            "is_unchanged": is_unchanged(found[report.pk]),
        }
        for report in rows
    ]


@permission_required("outlets.verify_report", raise_exception=True)
def queue(request: HttpRequest) -> HttpResponse:
    """What waits for this person, the longest first; whoever submitted a report does not find it here."""
    rows = _with_differences(_waiting_for(request))
    by = permitted(request, "outlets.verify_report")
    own = MonthlyReport.objects.visible_to(by).awaiting_review().filter(submitted_by=by)
    context = {
        "rows": rows,
        "unchanged_count": sum(bool(row["is_unchanged"]) for row in rows),
        "own": own.select_related("cooperative__kelurahan").order_by("pk"),
    }
    return render(request, "reports/queue.html", context)


@permission_required("outlets.verify_report", raise_exception=True)
def verify_chosen(request: HttpRequest) -> HttpResponse:
    """Names the chosen reports that change nothing, and accepts exactly those that were named."""
    asked = request.POST if request.method == "POST" else request.GET
    keys = [int(key) for key in asked.getlist("report") if key.isascii() and key.isdigit() and len(key) < 19]
    reports = _waiting_for(request).filter(pk__in=keys)
    if request.method == "POST":
        done = verify_many(reports=reports, by=permitted(request, "outlets.verify_report"))
        if done.accepted:
            count = len(done.accepted)
            text = ngettext("%(count)d laporan diverifikasi.", "%(count)d laporan diverifikasi.", count)
            messages.success(request, text % {"count": count})
        for report, why in done.refused:
            messages.warning(request, f"{report}: {why}")
        if missing := len(set(keys)) - len(done.accepted) - len(done.refused):
            text = ngettext(
                "%(count)d laporan sudah tidak menunggu pemeriksaan Anda.",
                "%(count)d laporan sudah tidak menunggu pemeriksaan Anda.",
                missing,
            )
            messages.warning(request, text % {"count": missing})
        return redirect("reports:queue")
    rows = _with_differences(reports)
    context = {
        "chosen": [row["report"] for row in rows if row["is_unchanged"]],
        "changing": [row["report"] for row in rows if not row["is_unchanged"]],
    }
    return render(request, "reports/verify_many.html", context)


def review(request: HttpRequest, pk: int) -> HttpResponse:
    """One report with what it would change; verify it, or return it with a reason."""
    report = visible_report(request, pk)
    by = permitted(request, "outlets.verify_report")
    if report.state != ReportState.SUBMITTED or report.submitted_by == by:
        why = (
            _("Anda yang mengajukan laporan ini; orang lain yang memeriksanya.")
            if report.state == ReportState.SUBMITTED
            else _("Laporan ini sudah tidak menunggu pemeriksaan: %(state)s.")
            % {"state": str(report.get_state_display()).lower()}
        )
        messages.warning(request, why)
        return redirect(report)
    is_return = request.POST.get("action") == "return"
    form = ReasonForm(
        request.POST if is_return else None, help_text=_("Petugas membacanya, lalu memperbaiki laporannya.")
    )

    def send_back() -> None:
        return_report(report=report, reason=form.cleaned_data["reason"], by=by)

    if is_return and save_form(form, send_back):
        messages.success(request, _("%(report)s dikembalikan kepada petugasnya.") % {"report": report})
        return redirect("reports:queue")
    if request.POST.get("action") == "verify":
        try:
            verify(report=report, by=by)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect(request.path)
        messages.success(request, _("%(report)s diverifikasi dan terkunci.") % {"report": report})
        return redirect("reports:queue")
    context = {**what_it_says(request, report), "form": form, **_evidence(report, by)}
    return render(request, "reports/review.html", context)


def _evidence(report: MonthlyReport, by: User) -> dict[str, object]:
    """What others saw, and what the records contradict today: to be read before the report is believed."""
    mine = Cooperative.objects.visible_to(by).filter(pk=report.cooperative_id)
    return {
        "visits": visits_beside(report, user=by),
        "contradictions": Rows.of(contradictions(mine, on=timezone.localdate()), by),
    }

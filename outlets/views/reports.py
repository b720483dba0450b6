"""Monthly reports to read: who has reported, one report, its photos; and taking one back or correcting it."""

import re
from datetime import date

import structlog
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cooperatives.asof import View, read_view
from cooperatives.models import Cooperative
from cooperatives.views.profile import permitted
from kkmp.edited import save_form
from outlets.evidence import warnings_of
from outlets.models import Evidence, MonthlyReport, ReportState
from outlets.report_cycle import (
    IN_WRITING,
    due_on,
    first_of_month,
    next_month,
    previous_month,
    with_report_state,
)
from outlets.report_effect import Difference, differences
from outlets.report_forms import ReasonForm
from outlets.report_services import start_correction, withdraw

log = structlog.get_logger(__name__)
_MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")
# Until then the office is after the reports of the month before.
LAST_DAY_OF_COLLECTING = 15


@permission_required("outlets.view_monthlyreport", raise_exception=True)
def report_list(request: HttpRequest) -> HttpResponse:
    """How the report of a month stood with each cooperative in view, on the day that the page is asked about."""
    view = read_view(request)
    month = _asked_month(request, view)
    rows = with_report_state(view.cooperatives, month=month, on=view.on).select_related(
        "kelurahan__kecamatan"
    )
    following = next_month(month)
    context = {
        "view": view,
        "month": month,
        "due_on": due_on(month),
        "rows": rows,
        "keep": [*view.keep, ("month", f"{month:%Y-%m}")],
        "earlier": f"{previous_month(month):%Y-%m}",
        "later": f"{following:%Y-%m}" if following <= view.on else "",
        "waiting": _waiting(view),
        "in_writing": IN_WRITING,
    }
    return render(request, "reports/list.html", context)


def _waiting(view: View) -> int:
    """How many reports this person could review now."""
    if not view.user.has_perm("outlets.verify_report"):
        return 0
    return MonthlyReport.objects.visible_to(view.user).reviewable_by(view.user).count()


def _asked_month(request: HttpRequest, view: View) -> date:
    asked = request.GET.get("month", "")
    this_month = first_of_month(view.on)
    if _MONTH.fullmatch(asked) and (month := date.fromisoformat(f"{asked}-01")) <= this_month:
        return month
    return previous_month(this_month) if view.on.day <= LAST_DAY_OF_COLLECTING else this_month


def visible_report(request: HttpRequest, pk: int) -> MonthlyReport:
    mine = MonthlyReport.objects.visible_to(request.user)
    names = ("cooperative__kelurahan__kecamatan", "submitted_by", "reviewed_by", "saved_by")
    return get_object_or_404(mine.select_related(*names), pk=pk)


def detail(request: HttpRequest, pk: int) -> HttpResponse:
    report = visible_report(request, pk)
    user = request.user
    may_write = user.has_perm("outlets.change_monthlyreport")
    others = MonthlyReport.objects.visible_to(user).of_month(report.month)
    others = others.filter(cooperative=report.cooperative_id).exclude(pk=report.pk)
    is_latest = not others.filter(revision__gt=report.revision).exists()
    context = {
        **what_it_says(request, report),
        "others": others.order_by("revision"),
        "changes": report.status_changes.select_related("outlet"),
        "may_write": may_write and report.is_writable,
        "may_withdraw": may_write
        and report.state == ReportState.SUBMITTED
        and report.submitted_by == request.user,
        "may_correct": may_write and report.is_locked and is_latest,
        "may_review": user.has_perm("outlets.verify_report")
        and report.state == ReportState.SUBMITTED
        and report.submitted_by != request.user,
    }
    return render(request, "reports/detail.html", context)


def what_it_says(request: HttpRequest, report: MonthlyReport) -> dict[str, object]:
    """For the page of a report and for its review: lines with photos, steps, and what it would change."""
    by = request.user
    photos = list(
        Evidence.objects.visible_to(by)
        .filter(line__report=report)
        .with_parents()
        .order_by("pk")
    )
    warnings = warnings_of(photos, user=by) if photos and by.is_authenticated else {}
    found: list[Difference] = [] if report.is_locked else differences(report)
    by_line = {one.line.pk: one for one in found if one.line}
    lines = [
        {
            "line": line,
            "photos": [(photo, warnings[photo.pk]) for photo in photos if photo.line_id == line.pk],
            "difference": by_line.get(line.pk),
        }
        for line in report.lines.select_related("outlet", "report__cooperative__kelurahan").order_by("pk")
    ]
    return {
        "report": report,
        "cooperative": report.cooperative,
        "lines": lines,
        "differences": [one for one in found if not one.is_nothing],
        "steps": report.steps.select_related("by"),
        "due_on": due_on(report.month),
    }


def photo(request: HttpRequest, pk: int) -> FileResponse:
    """The stored copy, of a report or of a visit; it holds nothing but the picture."""
    mine = Evidence.objects.of_cooperatives(Cooperative.objects.visible_to(request.user))
    row = get_object_or_404(mine, pk=pk)
    permitted(request, "outlets.view_evidence")
    try:
        stored = row.image.open()
    except FileNotFoundError:
        log.exception("file of a photo is not in the storage", photo=row.pk)
        raise Http404 from None
    answer = FileResponse(stored, content_type="image/jpeg", filename=f"foto-{row.pk}.jpg")
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["Cache-Control"] = "private, max-age=86400"
    return answer


@require_POST
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    report = visible_report(request, pk)
    by = permitted(request, "outlets.change_monthlyreport")
    try:
        withdraw(report=report, by=by)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect(report)
    messages.success(request, _("Laporan ditarik kembali menjadi draf. Perbaiki, lalu ajukan sekali lagi."))
    return redirect("reports:form", code=report.cooperative.kelurahan_id, month=report.month)


def correct(request: HttpRequest, pk: int) -> HttpResponse:
    report = visible_report(request, pk)
    by = permitted(request, "outlets.change_monthlyreport")
    if not report.is_locked:
        messages.warning(request, _("Hanya laporan terverifikasi yang dikoreksi lewat revisi."))
        return redirect(report)
    words = _(
        "Apa yang keliru dan dari mana diketahui. Sampai revisi diverifikasi, laporan ini tetap berlaku."
    )
    form = ReasonForm(request.POST or None, help_text=words)

    def write() -> None:
        start_correction(report=report, reason=form.cleaned_data["reason"], by=by)

    if request.method == "POST" and save_form(form, write):
        messages.success(
            request, _("Revisi dibuka dengan isi laporan sebelumnya. Ubah yang keliru, lalu ajukan.")
        )
        return redirect("reports:form", code=report.cooperative.kelurahan_id, month=report.month)
    return render(
        request, "reports/correct.html", {"report": report, "form": form, "today": timezone.localdate()}
    )

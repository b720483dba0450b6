"""The officer's page of a month: one page, one submit; what is typed is kept on the way."""

from datetime import date

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from cooperatives.models import Cooperative
from cooperatives.views.profile import permitted, visible_cooperative
from kkmp.accounts.models import User
from outlets.capital import capital_met_on
from outlets.evidence import add_photos, remove_photo, warnings_of
from outlets.models import Evidence, MonthlyReport, Reason, ReportLine, Status
from outlets.report_cycle import due_on
from outlets.report_forms import LineForm, WholeForm
from outlets.report_prefill import prefilled_lines, texts_of_last_report
from outlets.report_services import LineValues, open_report, save_draft, submit
from outlets.services import add_outlet

PIECE = "saved-state"


def report_form(request: HttpRequest, code: str, month: date) -> HttpResponse:
    cooperative = visible_cooperative(request, code)
    by = permitted(request, "outlets.change_monthlyreport")
    stored = (
        MonthlyReport.objects.visible_to(by)
        .of_month(month)
        .filter(cooperative=cooperative)
        .select_related("reviewed_by", "saved_by")
        .order_by("-revision")
        .first()
    )
    if stored is not None and not stored.is_writable:
        if request.method == "POST":
            messages.warning(request, _("Laporan ini sudah diajukan; isinya tidak bisa diubah di sini."))
        return redirect(stored)
    today = timezone.localdate()
    if month > today:
        return _not_yet(request, cooperative, month)
    if request.method == "POST":
        return _posted(request, cooperative, month, stored, by)
    report, lines = _as_begun(cooperative, month, stored, today=today)
    form = WholeForm(report, lines, last=min(report.last_day, today))
    _ask_whether_it_runs(form, request.GET.get("runs", ""), on=min(report.last_day, today))
    return _page(request, report, form, by)


def _ask_whether_it_runs(form: WholeForm, said: str, *, on: date) -> None:
    """Of outlets that stood idle for capital and lack none any more; `said` is the key of one that runs."""
    waiting = {
        part.line.outlet_id: part
        for part in form.lines
        if part.line.status == Status.IDLE and part.line.reason == Reason.CAPITAL and part.line.outlet_id
    }
    for outlet, day in capital_met_on(waiting, on=on).items() if waiting else ():
        waiting[outlet].capital_met_on = day
        if said == str(outlet):
            waiting[outlet].say_it_runs()


def _as_begun(
    cooperative: Cooperative, month: date, stored: MonthlyReport | None, *, today: date
) -> tuple[MonthlyReport, list[ReportLine]]:
    """The stored report, or what it would begin with: looking at a page writes nothing."""
    if stored is not None:
        stored.cooperative = cooperative
        return stored, list(stored.lines.select_related("outlet").order_by("pk"))
    obstacle, plan = texts_of_last_report(cooperative, before=month)
    report = MonthlyReport(cooperative=cooperative, month=month, obstacle=obstacle, plan=plan, version=0)
    return report, prefilled_lines(report, today=today)


def _posted(
    request: HttpRequest, cooperative: Cooperative, month: date, stored: MonthlyReport | None, by: User
) -> HttpResponse:
    today = timezone.localdate()
    is_autosave = request.headers.get("HX-Target") == PIECE
    begun, lines = _as_begun(cooperative, month, stored, today=today)
    form = WholeForm(begun, lines, last=min(begun.last_day, today), request=request)
    action = request.POST.get("action", "save")
    try:
        with transaction.atomic():
            if is_autosave:
                return _autosaved(request, cooperative, month, form, by)
            if action == "no_change" and "version" not in request.POST:
                # The button of another page: nothing was typed.
                report = open_report(cooperative=cooperative, month=month, by=by)
                report = submit(report=report, by=by, no_change=True)
            elif form.is_valid():
                report = _kept(request, cooperative, month, form, by)
                if action in {"submit", "no_change"}:
                    report = submit(report=report, by=by, no_change=action == "no_change")
            else:
                _ask_for_photos_again(request, form)
                return _page(request, begun, form, by)
    except ValidationError as error:
        if is_autosave:
            return render(request, "reports/_saved.html", {"problem": " ".join(error.messages)})
        form.refuse(error)
        _ask_for_photos_again(request, form)
        return _page(request, begun, form, by)
    if report.is_writable:
        messages.success(request, _("Tersimpan, belum terkirim. Ajukan bila sudah lengkap."))
        return redirect("reports:form", code=cooperative.kelurahan_id, month=month)
    messages.success(
        request,
        format_html(
            '{} <a href="{}">{}</a>',
            _("Laporan %(report)s diajukan. Sudin memeriksanya; sampai itu Anda bisa menariknya kembali.")
            % {"report": report},
            report.get_absolute_url(),
            _("Lihat laporan"),
        ),
    )
    back = request.POST.get("next", "")
    # Only a place of ours: without hosts that are allowed, none may be named.
    return redirect(back if back and url_has_allowed_host_and_scheme(back, allowed_hosts=None) else report)


def _version_of(form: WholeForm, report: MonthlyReport) -> int:
    """What the page knew. A page opened before the report was begun knows what it begins with."""
    known: int | None = form.texts.cleaned_data.get("version") if form.texts.is_valid() else None
    return report.version if not known and report.version == 1 else known or 0


def _kept(
    request: HttpRequest, cooperative: Cooperative, month: date, form: WholeForm, by: User
) -> MonthlyReport:
    report = open_report(cooperative=cooperative, month=month, by=by)
    values = form.values(complete=True)
    if form.new.is_filled:
        values = [value for value in values if value.outlet is not None]
        values.append(_new_outlet(form, report, by))
    report = _saved(form, report, values, by)
    chosen = request.POST.getlist("remove_photo")
    keys = [int(key) for key in chosen if key.isascii() and key.isdigit() and len(key) < 19]
    for photo in Evidence.objects.filter(pk__in=keys, line__report=report):
        remove_photo(photo)
    rows = {line.outlet_id: line for line in report.lines.all()}
    for line, photos in form.photos():
        if photos:
            add_photos(to=rows[line.outlet_id], photos=photos, by=by)
    return report


def _saved(form: WholeForm, report: MonthlyReport, values: list[LineValues], by: User) -> MonthlyReport:
    typed = form.texts.cleaned_data
    return save_draft(
        report=report,
        version=_version_of(form, report),
        obstacle=typed["obstacle"],
        plan=typed["plan"],
        lines=values,
        by=by,
    )


def _new_outlet(form: WholeForm, report: MonthlyReport, by: User) -> LineValues:
    typed = form.new.cleaned_data
    outlet = add_outlet(cooperative=report.cooperative, name=typed["name"], kind=typed["kind"], by=by)
    return LineValues(outlet, typed["status"], typed["reason"], typed["changed_on"])


def _autosaved(
    request: HttpRequest, cooperative: Cooperative, month: date, form: WholeForm, by: User
) -> HttpResponse:
    """Keep the parts that are whole; photos and a new outlet wait for the person's own save."""
    if not form.texts.is_valid():
        problem = _("Belum tersimpan: kendala atau rencana terlalu panjang.")
        return render(request, "reports/_saved.html", {"problem": problem})
    report = open_report(cooperative=cooperative, month=month, by=by)
    report = _saved(form, report, form.values(complete=False), by)
    waiting = sum(not part.is_valid() for part in form.lines)
    return render(request, "reports/_saved.html", {"report": report, "waiting": waiting, "is_answer": True})


def _ask_for_photos_again(request: HttpRequest, form: WholeForm) -> None:
    """A browser keeps what was typed and forgets the chosen photos."""
    if any(request.FILES.values()):
        form.problems.append(_("Pilih fotonya sekali lagi; peramban tidak mengingat foto yang dipilih."))


def _not_yet(request: HttpRequest, cooperative: Cooperative, month: date) -> HttpResponse:
    messages.warning(
        request,
        _("Laporan %(month)s baru bisa ditulis mulai %(day)s.")
        % {"month": date_format(month, "F Y"), "day": date_format(month, "j F Y")},
    )
    return redirect(cooperative)


def _page(request: HttpRequest, report: MonthlyReport, form: WholeForm, by: User) -> HttpResponse:
    photos = (
        Evidence.objects.visible_to(by).filter(line__report=report.pk)
        if report.pk
        else Evidence.objects.none()
    )
    photos = photos.with_parents().order_by("pk")
    warnings = warnings_of(photos, user=by) if report.pk else {}
    context = {
        "report": report,
        "cooperative": report.cooperative,
        "form": form,
        "parts": [_part(line, list(photos), warnings) for line in form.lines],
        "due_on": due_on(report.month),
        "may_be_unchanged": bool(form.lines or (form.none and form.none.line))
        and all(line.initial["status"] for line in form.lines),
    }
    return render(request, "reports/form.html", context, status=200)


def _part(form: LineForm, photos: list[Evidence], warnings: dict[int, list[str]]) -> dict[str, object]:
    mine = [(photo, warnings.get(photo.pk, [])) for photo in photos if photo.line_id == form.line.pk]
    return {"form": form, "line": form.line, "photos": mine}

"""Who has not reported: cooperatives × twelve months, one month as a list, and figures by kecamatan."""

import re
from datetime import date
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import slugify
from django.utils.translation import gettext as _

from cooperatives.asof import View, read_view
from kkmp.accounts.models import Verb
from kkmp.accounts.services import record_access
from kkmp.list_answers import Register, answer, copy_of
from kkmp.listing import FILE_KINDS, as_file, list_columns
from outlets.models import MonthlyReport
from outlets.report_cycle import (
    Cycle,
    first_of_month,
    last_ended_month,
    months_until,
    next_month,
    previous_month,
    read_cycle,
    with_report_state,
)
from outlets.report_figures import Completeness, Months, read_months
from outlets.report_filters import ReportListForm
from outlets.report_grid import (
    areas_of,
    by_area,
    head,
    month_href,
    month_parts,
    signs_of,
    table_headings,
    table_rows,
)

MONTHS_SHOWN = 12
_MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")


@permission_required("outlets.view_monthlyreport", raise_exception=True)
def report_list(request: HttpRequest) -> HttpResponseBase:
    """The grid; with `?month=` or as a copy, the list of that month."""
    view = read_view(request)
    form = ReportListForm.read(request.GET, view=view)
    month = _asked_month(request.GET.get("month", ""), view)
    cycle = read_cycle()
    if "month" in request.GET or "print" in request.GET:
        return _list(request, view, form, month=month or last_ended_month(view.on), cycle=cycle)
    return _grid(request, view, form, cycle=cycle)


def _asked_month(asked: str, view: View) -> date | None:
    """A month that has begun by the day of the page; whatever else is asked is none."""
    if _MONTH.fullmatch(asked) and (month := date.fromisoformat(f"{asked}-01")) <= view.on:
        return month
    return None


def _list(
    request: HttpRequest, view: View, form: ReportListForm, *, month: date, cycle: Cycle
) -> HttpResponseBase:
    rows = with_report_state(view.cooperatives, month=month, on=view.on, cycle=cycle)
    title = _("Laporan bulanan %(month)s") % {"month": date_format(month, "F Y")}
    register = Register(title, f"laporan-{month:%Y-%m}")
    if copy := copy_of(request, register, form, rows, question=view):
        return copy
    following = next_month(month)
    figures = read_months(view.cooperatives, months=[month], on=view.on, cycle=cycle).completeness(month)
    context = {
        **_about(view, figures),
        "title": title,
        "earlier": f"{previous_month(month):%Y-%m}",
        "later": f"{following:%Y-%m}" if following <= view.on else "",
        "keep": [*view.keep, ("month", f"{month:%Y-%m}")],
        "reset_href": view.link(reverse("reports:list"), month=f"{month:%Y-%m}"),
    }
    listing = list_columns(form, rows, request.GET.get("page"), question=view)
    return answer(request, "reports/month.html", "reports/_month_list.html", listing, context)


def _grid(request: HttpRequest, view: View, form: ReportListForm, *, cycle: Cycle) -> HttpResponseBase:
    this_month = first_of_month(view.on)
    until = _asked_month(request.GET.get("until", ""), view) or this_month
    months = months_until(until, MONTHS_SHOWN)
    # The last one that is over, as far as it is shown.
    month = min(until, last_ended_month(view.on))
    told = read_months(view.cooperatives, months=months, on=view.on, cycle=cycle)
    shown = _shown(view, form, month=month, cycle=cycle)
    if (kind := request.GET.get("format")) in FILE_KINDS:
        return _grid_file(request, view, told, shown, kind=kind)
    figures = told.completeness(month)
    areas = areas_of(view, told, shown)
    signs, late_count = signs_of(areas)
    context = {
        **_about(view, figures),
        "form": form,
        "heads": [head(view, told.completeness(one), is_asked_about=one == month) for one in months],
        "areas": areas,
        "shown_count": sum(len(area.lines) for area in areas),
        "by_area": by_area(view, told, month) if len(view.kecamatan_list) > 1 and not view.kecamatan else [],
        "signs": signs,
        "late_count": late_count,
        "earlier": f"{previous_month(months[0]):%Y-%m}",
        "later": f"{min(_year_later(until), this_month):%Y-%m}" if until < this_month else "",
        "keep": [*view.keep, *([("until", f"{until:%Y-%m}")] if until < this_month else [])],
        "reset_href": view.link(reverse("reports:list")),
    }
    return render(request, "reports/grid.html", context)


def _grid_file(
    request: HttpRequest, view: View, told: Months, shown: set[int] | None, *, kind: str
) -> HttpResponse:
    """The grid in words: a row a cooperative, a column a month."""
    rows = table_rows(told, shown)
    target = _("%(list)s per %(day)s, %(area)s: %(count)d baris") % {
        "list": _("Laporan bulanan"),
        "day": date_format(view.on, "d/m/Y"),
        "area": view.area_in_words,
        "count": len(rows),
    }
    record_access(request, Verb.EXPORTED, target=target)
    name = f"laporan-{view.on.isoformat()}-{slugify(view.area_in_words)}"
    return as_file(kind, table_headings(told), rows, name=name, sheet=_("Laporan bulanan"))


def _year_later(month: date) -> date:
    return month.replace(year=month.year + 1)


def _shown(view: View, form: ReportListForm, *, month: date, cycle: Cycle) -> set[int] | None:
    """Keys of what search and filter leave; None where nothing is filtered."""
    if not form.is_filtered:
        return None
    rows: QuerySet[Any] = with_report_state(view.cooperatives, month=month, on=view.on, cycle=cycle)
    return set(form.rows(rows).values_list("pk", flat=True))


def _about(view: View, figures: Completeness) -> dict[str, Any]:
    """What every page about a month says first."""
    return {
        "view": view,
        "figures": figures,
        "month": figures.month,
        "parts": month_parts(figures, view),
        "missing_href": month_href(view, figures.month, which="missing"),
        "waiting": _waiting(view),
    }


def _waiting(view: View) -> int:
    """How many reports this person could review now."""
    if not view.user.has_perm("outlets.verify_report"):
        return 0
    return MonthlyReport.objects.visible_to(view.user).reviewable_by(view.user).count()

"""What a sum opens: the page, its files and its print, changes by hand, and the step to proposed supports."""

from dataclasses import dataclass, replace

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.forms import BoundField
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cooperatives.asof import View, read_view
from cooperatives.views.profile import permitted
from kkmp.accounts.models import Verb
from kkmp.accounts.services import record_access
from kkmp.columns import Cell, Column
from kkmp.edited import save_form
from kkmp.list_answers import Register, copy_in_log
from kkmp.listing import FILE_KINDS, PER_PAGE, as_file
from partners.allocation_columns import ALLOCATION_COLUMNS, OUTLET, PROPOSED_COLUMNS, RESULT, SAID_OF_OUTLET
from partners.allocation_forms import AllocationForm, ProposeForm, RowsForm, read_changes, write_changes
from partners.allocation_plan import Line, Plan, Table, propose_plan, read_plan
from partners.models import Stage, Support

ALLOCATION = Register(gettext_lazy("Alokasi dana"), "alokasi")
# What stands beside the boxes of a row; what is promised stands below what is lacking.
BY_HAND = (OUTLET, *SAID_OF_OUTLET)
# Names of a group that stands apart; the rest is a number.
MOST_NAMED = 50


@permission_required("partners.view_support", raise_exception=True)
def allocate(request: HttpRequest) -> HttpResponse:
    plan = _plan(request)
    if request.method == "GET" and (copy := _copy(request, plan)):
        return copy
    may_propose = request.user.has_perm("partners.propose_support")
    page = Paginator(plan.lines, PER_PAGE).get_page(request.GET.get("page"))
    form = RowsForm(None, rows=[line.row for line in page], changes=plan.changes)
    if request.method == "POST":
        if not may_propose:
            raise PermissionDenied
        form = RowsForm(request.POST, rows=plan.allocation.rows, changes=plan.changes)
        if form.is_valid():
            return redirect(_address(request, changed=write_changes(form.changed_by_hand)))
    context = {
        **_context(plan),
        "page": page,
        "may_propose": may_propose,
        "rows_form": form,
        "rows": _rows(plan, form),
        "columns": BY_HAND,
        "table": Table(ALLOCATION_COLUMNS, list(page), plan.view),
        "most_named": MOST_NAMED,
        "everything_href": _address(request, budget=str(plan.everything_idr)),
        "automatic_href": _address(request, changed=""),
        "today_href": _address(request, on="", known=""),
        "propose_href": _address(request, name="partners:allocate_propose"),
    }
    return render(request, "partners/allocate.html", context)


@dataclass(frozen=True)
class EditedRow:
    """One row with its boxes: in or out, and how much."""

    line: Line
    cells: list[tuple[Column, Cell]]
    result: Cell
    is_in: BoundField
    amount: BoundField


def _rows(plan: Plan, form: RowsForm) -> list[EditedRow]:
    asked = {row.candidate.key for row in form.rows}
    return [
        EditedRow(
            line,
            [(one, one.show(line, plan.view)) for one in BY_HAND],
            RESULT.show(line, plan.view),
            *form.boxes(line.pk),
        )
        for line in plan.lines
        if line.pk in asked
    ]


def _copy(request: HttpRequest, plan: Plan) -> HttpResponse | None:
    """The same rows as a file or to be printed, logged; None where the address asks for a page."""
    kind = request.GET.get("format", "")
    is_print = "print" in request.GET
    if not (kind in FILE_KINDS or is_print):
        return None
    table = Table(ALLOCATION_COLUMNS, plan.lines, plan.view)
    target = copy_in_log(
        ALLOCATION.title, on=plan.view.on, area=lambda: plan.area_in_words, count=len(plan.lines)
    )
    record_access(request, Verb.PRINTED if is_print else Verb.EXPORTED, target=target)
    if not is_print:
        name = f"{ALLOCATION.slug}-{plan.view.on.isoformat()}-{slugify(plan.area_in_words)[:60]}"
        return as_file(kind, table.headings, table.cells, name=name, sheet=str(ALLOCATION.title))
    context = {
        **_context(plan),
        "table": table,
        "register": ALLOCATION,
        "back_href": _address(request),
    }
    return render(request, "partners/allocate_print.html", context)


def propose(request: HttpRequest) -> HttpResponse:
    """Names what would be proposed, and proposes exactly that."""
    by = permitted(request, "partners.propose_support")
    plan = _plan(request)
    back = _address(request)
    if not plan.given or any(plan.obstacles()):
        messages.warning(request, _("Rencana ini belum dapat diusulkan; sebabnya ada di bawah."))
        return redirect(back)
    data = request.POST if request.method == "POST" else None
    form = ProposeForm(data, user=by, offer=plan.offer, seen=plan.mark)
    written: list[Support] = []

    def write() -> None:
        typed = form.cleaned_data
        written[:] = propose_plan(
            plan,
            partner=form.whose,
            kind=form.support_kind,
            note=typed["note"],
            is_repeat_meant=typed["again"],
            by=by,
        )

    if request.method == "POST":
        if save_form(form, write):
            messages.success(
                request, _done_words(len(written), may_cancel=by.has_perm("partners.add_stagechange"))
            )
            query = {"partner": form.whose.pk, "stage": Stage.PROSPECT}
            return redirect(reverse("partners:supports", query=query))
        form.show_newest()
    context = {**_context(plan), "form": form, "back_href": back}
    context["table"] = Table(PROPOSED_COLUMNS, plan.given, plan.view)
    return render(request, "partners/allocate_propose.html", context)


def _done_words(count: int, *, may_cancel: bool) -> str:
    done = ngettext("%(count)d usulan bantuan tercatat.", "%(count)d usulan bantuan tercatat.", count)
    undo = (
        _("Bila keliru, catat tahap Batal dengan alasannya.")
        if may_cancel
        else _("Bila keliru, minta Sudin PPKUKM mencatat tahap Batal dengan alasannya.")
    )
    return f"{done % {'count': count}} {undo}"


def _plan(request: HttpRequest) -> Plan:
    view = _view(request)
    form = AllocationForm.read(request.GET, view=view)
    return read_plan(view, form, read_changes(request.GET.get("changed", "")))


def _view(request: HttpRequest) -> View:
    """As every page reads it; of several kecamatan none is the one of the page."""
    view = read_view(request)
    several = len(request.GET.getlist("kecamatan")) > 1
    return replace(view, kecamatan=None) if several else view


def _address(request: HttpRequest, *, name: str = "partners:allocate", **changed: str) -> str:
    """This question with some of its parameters changed; empty ones are left out."""
    query: QueryDict = request.GET.copy()
    for key, value in {"format": "", "print": "", **changed}.items():
        query.pop(key, None)
        if value:
            query[key] = value
    address = reverse(name)
    return f"{address}?{query.urlencode()}" if query else address


def _context(plan: Plan) -> dict[str, object]:
    return {
        "plan": plan,
        "view": plan.view,
        "form": plan.form,
        "allocation": plan.allocation,
        "obstacles": list(plan.obstacles()) if plan.given else [],
        "reset_href": reverse("partners:allocate"),
    }

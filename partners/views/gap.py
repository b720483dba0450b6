"""What outlets lack: the list of needs item by item, and the page of one outlet with everything that comes to it."""

from collections import defaultdict
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy

from cooperatives.asof import View, read_view
from kkmp.list_answers import Register, answer, copy_of
from kkmp.listing import list_columns
from outlets.models import CapitalNeed, CapitalNeedQuerySet, Outlet
from outlets.outlet_class import with_status
from partners.gap import gap_total, needs_with_gap, with_idle_reason, with_outstanding
from partners.gap_groups import gap_groups, parts_of
from partners.gap_list import GapListForm
from partners.models import Capital, Stage, Support

GAPS = Register(gettext_lazy("Kekurangan modal"), "kekurangan-modal")


def needs_in(view: View) -> CapitalNeedQuerySet:
    """Needs of the cooperatives in view, open on the day, with what each lacks."""
    needs = CapitalNeed.objects.visible_to(view.user).filter(outlet__cooperative__in=view.cooperatives)
    return with_idle_reason(needs_with_gap(needs, on=view.on), on=view.on, known_at=view.known_at)


@permission_required("outlets.view_capitalneed", raise_exception=True)
def gap_list(request: HttpRequest) -> HttpResponseBase:
    view = read_view(request)
    form = GapListForm.read(request.GET, view=view)
    needs = needs_in(view)
    if copy := copy_of(request, GAPS, form, needs, question=view):
        return copy
    shown: Any = form.rows(needs)
    chosen = CapitalNeed.objects.filter(pk__in=shown.order_by().values("pk"))
    gap = gap_total(chosen, on=view.on)
    context = {
        "view": view,
        "gap": gap,
        "gap_parts": parts_of(gap),
        "gap_groups": gap_groups(view, chosen, **form.filters),
        "reset_href": reverse("partners:gap"),
    }
    listing = list_columns(form, needs, request.GET.get("page"), question=view)
    return answer(request, "partners/gap.html", "partners/_gap.html", listing, context)


@permission_required("outlets.view_capitalneed", raise_exception=True)
def outlet_gap(request: HttpRequest, pk: int) -> HttpResponse:
    view = read_view(request)
    outlets = with_status(Outlet.objects.visible_to(request.user), on=view.on)
    outlet = get_object_or_404(outlets.select_related("cooperative__kelurahan__kecamatan"), pk=pk)
    needs = CapitalNeed.objects.visible_to(request.user).filter(outlet=outlet)
    context = {
        "view": view,
        "outlet": outlet,
        "needs": needs_with_gap(needs, on=view.on).order_by("since_on", "pk"),
        "gap": gap_total(needs, on=view.on),
        "capitals": _by_capital(view, outlet),
    }
    return render(request, "partners/outlet_gap.html", context)


def _by_capital(view: View, outlet: Outlet) -> list[tuple[Capital, list[Any]]]:
    """What partners do for the outlet, own capital, borrowed and neither kept apart; cancelled ones left out."""
    mine: Any = Support.objects.visible_to(view.user).filter(outlet=outlet).as_of(view.on)
    rows = with_outstanding(mine.exclude(stage=Stage.CANCELLED), on=view.on)
    found: dict[Capital, list[Any]] = defaultdict(list)
    for support in rows.select_related("partner", "payer", "need").newest_stage_first():
        found[support.capital].append(support)
    return [(capital, found[capital]) for capital in Capital if capital in found]

"""The register: list of outlets on a day, the page of one, add and edit."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cooperatives.asof import View, read_view
from cooperatives.models import Cooperative
from kkmp.accounts.models import User
from kkmp.edited import save_form
from kkmp.history import read_history
from kkmp.list_answers import Register, answer, copy_of
from kkmp.listing import list_columns
from outlets.capital import idle_without_need, with_outlet_needs
from outlets.forms import OutletForm, OutletListForm
from outlets.history import status_entries
from outlets.models import CapitalNeed, Outlet, StatusChange, Visit
from outlets.outlet_class import AnnotatedRows, with_status
from outlets.tabs import outlet_tabs
from outlets.timeline import changed_since_effect, outlet_changed_since_effect, outlet_timeline
from outlets.views.set_asides import own_money_of
from outlets.visit_evidence import latest_visits, visit_entries


def outlets_in(view: View) -> AnnotatedRows:
    """Outlets the page counts, with their status on its day."""
    mine = Outlet.objects.visible_to(view.user)
    if view.kecamatan:
        mine = mine.filter(cooperative__kelurahan__kecamatan=view.kecamatan)
    return with_status(mine, on=view.on, known_at=view.known_at)


OUTLETS = Register(gettext_lazy("Daftar gerai"), "gerai")


@permission_required("outlets.view_outlet", raise_exception=True)
def outlet_list(request: HttpRequest) -> HttpResponseBase:
    view = read_view(request)
    form = OutletListForm.read(request.GET, view=view)
    outlets = with_outlet_needs(outlets_in(view), on=view.on)
    if copy := copy_of(request, OUTLETS, form, outlets, question=view):
        return copy
    listing = list_columns(form, outlets, request.GET.get("page"), question=view)
    context = {
        "view": view,
        "tabs": outlet_tabs(view, current="outlets:list"),
        "changed_at": changed_since_effect(view.cooperatives, on=view.on, known_at=view.known_at),
        "reset_href": reverse("outlets:list"),
        "add_href": _add_href(request.user),
    }
    return answer(request, "outlets/list.html", "outlets/_list.html", listing, context)


def _add_href(user: User | AnonymousUser) -> str:
    """Where a new outlet begins: with the only cooperative of this person, or with the choice of one."""
    if not user.has_perm("outlets.add_outlet"):
        return ""
    mine = list(Cooperative.objects.visible_to(user).order_by("pk").values_list("kelurahan", flat=True)[:2])
    return reverse("outlets:add", args=mine) if len(mine) == 1 else reverse("cooperatives:list")


@permission_required("outlets.view_outlet", raise_exception=True)
def outlet_detail(request: HttpRequest, pk: int) -> HttpResponse:
    view = read_view(request)
    outlets = with_status(Outlet.objects.visible_to(request.user), on=view.on, known_at=view.known_at)
    outlet = get_object_or_404(outlets.select_related("cooperative__kelurahan__kecamatan"), pk=pk)
    changes = StatusChange.objects.visible_to(request.user).filter(outlet=outlet)
    visits = Visit.objects.visible_to(request.user).kept().filter(outlet=outlet)
    may_change = request.user.has_perm("outlets.change_outlet")
    needs = CapitalNeed.objects.visible_to(request.user).filter(outlet=outlet).known_on(view.on)
    context = {
        "view": view,
        "outlet": outlet,
        "timeline": outlet_timeline(outlet, until=view.on, known_at=view.known_at),
        "changed_at": outlet_changed_since_effect(outlet, on=view.on, known_at=view.known_at),
        "needs": needs.order_by("closed_on", "-amount_idr", "pk"),
        "own_money": own_money_of(needs, request.user, on=view.on),
        "lacks_need": idle_without_need(outlets.filter(pk=pk), on=view.on).exists(),
        "visits": latest_visits(visits, on=view.on),
        "add_visit_href": reverse(
            "visits:add", args=[outlet.cooperative.kelurahan_id], query={"outlet": outlet.pk}
        )
        if request.user.has_perm("outlets.add_visit")
        else "",
        "history": read_history(
            request,
            outlet,
            facts=[*status_entries(changes, user=request.user), *visit_entries(visits)],
            edit_href=reverse("outlets:edit", args=[pk]) if may_change else "",
        ),
    }
    return render(request, "outlets/detail.html", context)


def outlet_add(request: HttpRequest, code: str) -> HttpResponse:
    mine = Cooperative.objects.visible_to(request.user).select_related("kelurahan__kecamatan")
    cooperative = get_object_or_404(mine, kelurahan=code)
    if not request.user.has_perm("outlets.add_outlet"):
        raise PermissionDenied
    form = OutletForm(request.POST or None, instance=Outlet(cooperative=cooperative))
    if request.method == "POST" and _save_one_at_a_time(form, cooperative):
        messages.success(request, _("Gerai “%(name)s” tersimpan.") % {"name": form.instance.name})
        return redirect(form.instance)
    return render(request, "outlets/form.html", {"form": form, "cooperative": cooperative, "name": ""})


@transaction.atomic
def _save_one_at_a_time(form: OutletForm, cooperative: Cooperative) -> bool:
    """The second of two quick clicks waits here, and then finds the name taken."""
    Cooperative.objects.select_for_update().get(pk=cooperative.pk)
    return save_form(form, form.save)


def outlet_edit(request: HttpRequest, pk: int) -> HttpResponse:
    mine = Outlet.objects.visible_to(request.user).select_related("cooperative__kelurahan__kecamatan")
    outlet = get_object_or_404(mine, pk=pk)
    if not request.user.has_perm("outlets.change_outlet"):
        raise PermissionDenied
    cooperative, name = outlet.cooperative, outlet.name
    form = OutletForm(request.POST or None, instance=outlet, restore=request.GET.get("restore", ""))
    if request.method == "POST" and save_form(form, form.save):
        messages.success(request, _("Data gerai “%(name)s” tersimpan.") % {"name": outlet.name})
        return redirect(outlet)
    return render(request, "outlets/form.html", {"form": form, "cooperative": cooperative, "name": name})

"""Capital needs: the list on a day with its sum, add, edit and close."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cooperatives.asof import read_view
from kkmp.edited import save_form
from kkmp.history import read_history
from kkmp.list_answers import Register, answer, copy_of
from kkmp.listing import list_columns
from outlets.capital import idle_without_need, need_total
from outlets.models import CapitalNeed, CapitalNeedQuerySet, Outlet
from outlets.need_forms import NeedForm, NeedListForm
from outlets.views.outlets import outlets_in
from outlets.views.set_asides import own_money_of

NEEDS = Register(gettext_lazy("Kebutuhan modal"), "kebutuhan-modal")


@permission_required("outlets.view_capitalneed", raise_exception=True)
def need_list(request: HttpRequest) -> HttpResponseBase:
    view = read_view(request)
    form = NeedListForm.read(request.GET, view=view)
    needs = CapitalNeed.objects.visible_to(request.user)
    if view.kecamatan:
        needs = needs.filter(outlet__cooperative__kelurahan__kecamatan=view.kecamatan)
    if copy := copy_of(request, NEEDS, form, needs, question=view):
        return copy
    filtered = form.rows(needs)
    assert isinstance(filtered, CapitalNeedQuerySet)  # noqa: S101  # for the type checker: ListForm knows no model
    context = {
        "view": view,
        "total": need_total(filtered),
        "unnamed_count": idle_without_need(outlets_in(view), on=view.on).count(),
        "reset_href": reverse("outlets:needs"),
    }
    listing = list_columns(form, needs, request.GET.get("page"), question=view)
    return answer(request, "outlets/needs.html", "outlets/_needs.html", listing, context)


def need_add(request: HttpRequest, pk: int) -> HttpResponse:
    mine = Outlet.objects.visible_to(request.user).select_related("cooperative__kelurahan")
    outlet = get_object_or_404(mine, pk=pk)
    if not request.user.has_perm("outlets.add_capitalneed"):
        raise PermissionDenied
    form = NeedForm(request.POST or None, instance=CapitalNeed(outlet=outlet))
    if request.method == "POST" and save_form(form, form.save):
        messages.success(request, _("Kebutuhan modal gerai “%(name)s” tersimpan.") % {"name": outlet.name})
        return redirect(outlet)
    return render(request, "outlets/need_form.html", {"form": form, "outlet": outlet, "need": None})


def need_edit(request: HttpRequest, pk: int) -> HttpResponse:
    mine = CapitalNeed.objects.visible_to(request.user).select_related("outlet__cooperative__kelurahan")
    need = get_object_or_404(mine, pk=pk)
    if not request.user.has_perm("outlets.change_capitalneed"):
        raise PermissionDenied
    closed_before = need.closed_on
    asked = request.GET
    form = NeedForm(
        request.POST or None,
        instance=need,
        is_closing="close" in asked,
        restore=asked.get("restore", ""),
    )
    if request.method == "POST" and save_form(form, form.save):
        messages.success(request, _saved_words(need, was_open=closed_before is None))
        return redirect(need.outlet)
    context = {
        "form": form,
        "outlet": need.outlet,
        "need": need,
        "open_need": [need] if closed_before is None else [],
        "own_money": own_money_of(CapitalNeed.objects.filter(pk=pk), request.user, on=timezone.localdate()),
        "history": read_history(request, need, edit_href=need.get_absolute_url()),
    }
    return render(request, "outlets/need_form.html", context)


def _saved_words(need: CapitalNeed, *, was_open: bool) -> str:
    if need.closed_on and was_open:
        return _(
            "Kebutuhan itu terpenuhi pada %(day)s dan sejak hari itu tidak lagi dihitung terbuka. "
            "Bila keliru, buka kembali dengan mengosongkan tanggalnya."
        ) % {"day": date_format(need.closed_on, "j F Y")}
    if need.closed_on is None and not was_open:
        return _("Kebutuhan itu terbuka kembali.")
    return _("Kebutuhan modal gerai “%(name)s” tersimpan.") % {"name": need.outlet.name}

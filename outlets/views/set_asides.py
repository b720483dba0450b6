"""Own money of a cooperative: set aside for a need of its outlet, and released again."""

from dataclasses import dataclass, field
from datetime import date

from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from kkmp.accounts.models import User
from kkmp.edited import save_form
from kkmp.templatetags.ui import rupiah
from outlets.models import CapitalNeed, CapitalNeedQuerySet, SetAside
from outlets.set_aside_forms import ReleaseForm, SetAsideForm
from outlets.set_aside_services import release, room_for, set_aside


@dataclass(frozen=True)
class OwnMoney:
    """What is known by a day of money set aside for some needs: each time, and what is held for those still open then."""

    rows: list[SetAside] = field(default_factory=list)
    on: date = date.min

    @property
    def held_idr(self) -> int:
        return sum(
            row.amount_idr
            for row in self.rows
            if row.is_held_on(self.on) and not (row.need.closed_on and row.need.closed_on <= self.on)
        )


def own_money_of(needs: CapitalNeedQuerySet, user: User | AnonymousUser, *, on: date) -> OwnMoney:
    """Of these needs, the newest first; one query."""
    mine = SetAside.objects.visible_to(user).known_on(on).filter(need__in=needs.order_by().values("pk"))
    rows = mine.select_related("need", "by", "released_by").order_by("-set_on", "-pk")
    return OwnMoney(list(rows), on)


def add(request: HttpRequest, pk: int) -> HttpResponse:
    mine = CapitalNeed.objects.visible_to(request.user).select_related("outlet__cooperative__kelurahan")
    need = get_object_or_404(mine, pk=pk)
    user = request.user
    if not (isinstance(user, User) and user.has_perm("outlets.add_setaside")):
        raise PermissionDenied
    room = room_for(need, from_day=need.since_on)
    form = SetAsideForm(request.POST or None, room_idr=room)

    def write() -> SetAside:
        typed = form.cleaned_data
        return set_aside(need=need, amount_idr=typed["amount_idr"], set_on=typed["set_on"], by=user)

    if request.method == "POST" and save_form(form, write):
        messages.success(
            request,
            _("%(sum)s dana sendiri tercatat untuk kebutuhan ini. Bila keliru, lepas dengan alasannya.")
            % {"sum": rupiah(form.cleaned_data["amount_idr"])},
        )
        return redirect(need.outlet)
    context = {"form": form, "need": need, "outlet": need.outlet, "room_idr": room}
    return render(request, "outlets/set_aside_form.html", context)


def let_go(request: HttpRequest, pk: int) -> HttpResponse:
    mine = SetAside.objects.visible_to(request.user).select_related("need__outlet__cooperative__kelurahan")
    held = get_object_or_404(mine, pk=pk)
    user = request.user
    if not (isinstance(user, User) and user.has_perm("outlets.change_setaside")):
        raise PermissionDenied
    form = ReleaseForm(request.POST or None)

    def write() -> SetAside:
        typed = form.cleaned_data
        return release(held=held, released_on=typed["released_on"], reason=typed["reason"], by=user)

    if request.method == "POST" and save_form(form, write):
        messages.success(
            request,
            _("%(sum)s dana sendiri dilepas sejak %(day)s.")
            % {"sum": rupiah(held.amount_idr), "day": date_format(form.cleaned_data["released_on"])},
        )
        return redirect(held.need.outlet)
    context = {"form": form, "held": held, "outlet": held.need.outlet}
    return render(request, "outlets/set_aside_release.html", context)

"""Status: Sudin decides it, corrects a change, or takes one back; each page says what that does to past days."""

from datetime import date

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cooperatives.models import Cooperative
from kkmp.accounts.models import User
from kkmp.edited import save_form
from outlets.consequences import DAY, reach_of
from outlets.forms import DecisionForm, NoneForm, RetractForm
from outlets.models import Outlet, Status, StatusChange
from outlets.outlet_class import with_outlet_class, with_status
from outlets.services import decide_status, retract_change


def _user_with(request: HttpRequest, *rights: str) -> User:
    if not isinstance(request.user, User) or not request.user.has_perms(rights):
        raise PermissionDenied
    return request.user


def decide(request: HttpRequest, pk: int) -> HttpResponse:
    today = timezone.localdate()
    mine = with_status(Outlet.objects.visible_to(request.user), on=today)
    outlet = get_object_or_404(mine.select_related("cooperative__kelurahan__kecamatan"), pk=pk)
    by = _user_with(request, "outlets.decide_status")
    form = DecisionForm(request.POST or None, cooperative=outlet.cooperative, outlet=outlet)
    if request.method == "POST":
        change = _decided(form, by)
        if change:
            messages.success(request, _decided_words(change, today))
            return redirect(outlet)
    return render(request, "outlets/decide.html", {"form": form, "outlet": outlet})


def decide_none(request: HttpRequest, code: str) -> HttpResponse:
    today = timezone.localdate()
    mine = with_outlet_class(Cooperative.objects.visible_to(request.user), on=today)
    cooperative = get_object_or_404(mine.select_related("kelurahan__kecamatan"), kelurahan=code)
    by = _user_with(request, "outlets.decide_status")
    form = NoneForm(request.POST or None, cooperative=cooperative)
    if request.method == "POST":
        change = _decided(form, by)
        if change:
            messages.success(request, _decided_words(change, today))
            return redirect(cooperative)
    return render(request, "outlets/decide_none.html", {"form": form, "cooperative": cooperative})


def correct(request: HttpRequest, pk: int) -> HttpResponse:
    today = timezone.localdate()
    change = _scoped_change(request, pk)
    by = _user_with(request, "outlets.decide_status", "outlets.retract_change")
    if not change.is_live:
        return _already_retracted(request, change)
    form_class = DecisionForm if change.outlet else NoneForm
    form = form_class(
        request.POST or None, cooperative=change.cooperative, outlet=change.outlet, replaces=change
    )
    reach = reach_of(change, today=today)
    if request.method == "POST":
        corrected = _decided(form, by)
        if corrected:
            messages.success(
                request,
                _("Koreksi tersimpan; catatan lama tetap terbaca sebagai dicabut. %(decided)s")
                % {"decided": _decided_words(corrected, today)},
            )
            return redirect(change.outlet or change.cooperative)
    return render(request, "outlets/correct.html", {"form": form, "change": change, "reach": reach})


def retract(request: HttpRequest, pk: int) -> HttpResponse:
    change = _scoped_change(request, pk)
    by = _user_with(request, "outlets.retract_change")
    if not change.is_live:
        return _already_retracted(request, change)
    form = RetractForm(request.POST or None)
    reach = reach_of(change, today=timezone.localdate())

    def write() -> None:
        retract_change(change, note=form.cleaned_data["note"], by=by)

    if request.method == "POST" and save_form(form, write):
        messages.success(request, _("Perubahan status dicabut. %(reach)s") % {"reach": reach.in_words()})
        return redirect(change.outlet or change.cooperative)
    return render(request, "outlets/retract.html", {"form": form, "change": change, "reach": reach})


def _scoped_change(request: HttpRequest, pk: int) -> StatusChange:
    mine = StatusChange.objects.visible_to(request.user)
    names = ("outlet", "cooperative__kelurahan", "recorded_by", "retracted_by")
    return get_object_or_404(mine.select_related(*names), pk=pk)


def _already_retracted(request: HttpRequest, change: StatusChange) -> HttpResponse:
    messages.warning(
        request,
        _("Perubahan itu sudah dicabut oleh %(who)s: %(why)s")
        % {"who": change.retracted_by, "why": change.retract_note},
    )
    return redirect(change.outlet or change.cooperative)


def _decided(form: NoneForm, by: User) -> StatusChange | None:
    """The change that the form asks for; None when it was refused, and then the form says why."""
    written: list[StatusChange] = []

    def write() -> None:
        typed = form.cleaned_data
        change = decide_status(
            cooperative=form.cooperative,
            outlet=form.outlet,
            status=Status(typed.get("status", Status.NONE)),
            reason=typed.get("reason", ""),
            note=typed["note"],
            effective_on=typed["effective_on"],
            by=by,
            replaces=form.replaces,
        )
        written.append(change)

    return written[0] if save_form(form, write) else None


def _decided_words(change: StatusChange, today: date) -> str:
    reason = change.get_reason_display()
    status = change.get_status_display()
    return _("%(subject)s: “%(status)s” sejak %(day)s. %(reach)s") % {
        "subject": change.outlet or change.cooperative,
        "status": f"{status} ({reason})" if reason else status,
        "day": date_format(change.effective_on, DAY),
        "reach": reach_of(change, today=today).in_words(),
    }

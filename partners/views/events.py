"""Pages of events: what took place by a day, and who was there."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from cooperatives.asof import read_view
from kkmp.accounts.models import User
from kkmp.edited import save_form
from kkmp.history import read_history
from kkmp.list_answers import Register, answer, copy_of
from kkmp.listing import list_columns
from partners.event_outcome import event_outcome
from partners.forms import AttendanceForm, EventForm, EventListForm
from partners.models import Attendance, Event
from partners.services import record_attendance

EVENTS = Register(gettext_lazy("Daftar acara"), "acara")


@permission_required("partners.view_event", raise_exception=True)
def event_list(request: HttpRequest) -> HttpResponseBase:
    view = read_view(request)
    form = EventListForm.read(request.GET)
    attendances = Attendance.objects.visible_to(request.user).of_partners_and(view.cooperatives)
    events = Event.objects.visible_to(request.user).held_by(view.on).with_attendance(attendances)
    if copy := copy_of(request, EVENTS, form, events, question=view):
        return copy
    listing = list_columns(form, events, request.GET.get("page"), question=view)
    context = {"view": view, "reset_href": reverse("partners:events")}
    return answer(request, "partners/events.html", "partners/_events.html", listing, context)


def add(request: HttpRequest) -> HttpResponse:
    if not request.user.has_perm("partners.add_event"):
        raise PermissionDenied
    form = EventForm(request.POST or None)
    if request.method == "POST" and save_form(form, form.save):
        messages.success(request, _("Acara tercatat. Sekarang catat siapa yang hadir."))
        return redirect(form.instance)
    return render(request, "partners/event_form.html", {"form": form, "event": None})


@permission_required("partners.view_event", raise_exception=True)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    event = get_object_or_404(Event.objects.visible_to(request.user), pk=pk)
    return render(request, "partners/event_detail.html", _page(request, event))


def _page(request: HttpRequest, event: Event) -> dict[str, Any]:
    """The page of one event; its form for attendance is shown to whoever may record it."""
    view = read_view(request)
    attendances = (
        Attendance.objects.visible_to(request.user)
        .filter(event=event)
        .select_related("partner", "cooperative__kelurahan__kecamatan")
        .order_by("partner__name", "cooperative__kelurahan__name", "pk")
    )
    partners = [attendance for attendance in attendances if attendance.partner]
    may_add = request.user.has_perm("partners.add_attendance")
    return {
        "view": view,
        "event": event,
        "partners": partners,
        "outcome": event_outcome(
            event,
            [attendance.partner for attendance in partners if attendance.partner],
            cooperatives=view.cooperatives,
            on=view.on,
            user=view.user,
        ),
        "cooperatives": [attendance for attendance in attendances if attendance.cooperative],
        "may_remove": request.user.has_perm("partners.delete_attendance"),
        "form": AttendanceForm(None, event=event, user=view.user) if may_add else None,
        "history": read_history(
            request,
            event,
            edit_href=reverse("partners:event_edit", args=[event.pk])
            if request.user.has_perm("partners.change_event")
            else "",
        ),
    }


def edit(request: HttpRequest, pk: int) -> HttpResponse:
    event = get_object_or_404(Event.objects.visible_to(request.user), pk=pk)
    if not request.user.has_perm("partners.change_event"):
        raise PermissionDenied
    title = event.title
    form = EventForm(request.POST or None, instance=event, restore=request.GET.get("restore", ""))
    if request.method == "POST" and save_form(form, form.save):
        messages.success(request, _("Data acara tersimpan."))
        return redirect(event)
    return render(request, "partners/event_form.html", {"form": form, "event": event, "title": title})


@require_POST
def attendance_add(request: HttpRequest, pk: int) -> HttpResponse:
    event = get_object_or_404(Event.objects.visible_to(request.user), pk=pk)
    user = request.user
    if not (isinstance(user, User) and user.has_perm("partners.add_attendance")):
        raise PermissionDenied
    form = AttendanceForm(request.POST, event=event, user=user)
    if not form.is_valid():
        return render(request, "partners/event_detail.html", {**_page(request, event), "form": form})
    chosen = form.cleaned_data
    count = record_attendance(
        event=event, partners=chosen.get("partners", []), cooperatives=chosen.get("cooperatives", [])
    )
    messages.success(
        request,
        ngettext("%(count)d kehadiran tercatat.", "%(count)d kehadiran tercatat.", count) % {"count": count},
    )
    return redirect(event)


def attendance_remove(request: HttpRequest, pk: int) -> HttpResponse:
    attendance = get_object_or_404(
        Attendance.objects.visible_to(request.user).select_related(
            "event", "partner", "cooperative__kelurahan"
        ),
        pk=pk,
    )
    if not request.user.has_perm("partners.delete_attendance"):
        raise PermissionDenied
    event = attendance.event
    if request.method == "POST":
        # Of two people who remove it at once, both see it gone.
        Attendance.objects.filter(pk=attendance.pk).delete()
        messages.success(request, _("Kehadiran dihapus. Bila keliru, catat lagi di halaman ini."))
        return redirect(event)
    return render(request, "partners/attendance_remove.html", {"attendance": attendance, "event": event})

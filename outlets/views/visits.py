"""Visits: the list, one of them with its photos, recording and editing it, and what was agreed."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from cooperatives.asof import read_view
from cooperatives.models import CooperativeQuerySet
from cooperatives.services import remove, restore
from cooperatives.views.profile import permitted, visible_cooperative
from kkmp.edited import save_form
from kkmp.history import read_history
from kkmp.list_answers import Register, answer, copy_of
from kkmp.listing import list_columns
from outlets.evidence import warnings_of
from outlets.models import Evidence, Visit
from outlets.tabs import outlet_tabs
from outlets.visit_forms import VisitForm, VisitListForm
from outlets.visit_services import keep_visit, set_follow_up_done

# Who looks for an older one asks the admin.
MOST_REMOVED = 20
VISITS = Register(gettext_lazy("Kunjungan lapangan"), "kunjungan")


@permission_required("outlets.view_visit", raise_exception=True)
def visit_list(request: HttpRequest) -> HttpResponseBase:
    view = read_view(request)
    form = VisitListForm.read(request.GET, view=view)
    visits = Visit.objects.visible_to(view.user)
    if view.kecamatan:
        visits = visits.filter(cooperative__kelurahan__kecamatan=view.kecamatan)
    if copy := copy_of(request, VISITS, form, visits, question=view):
        return copy
    may_change = view.user.has_perm("outlets.change_visit")
    removed = visits.exclude(removed_at=None).select_related("outlet", "cooperative__kelurahan", "removed_by")
    context = {
        "view": view,
        "tabs": outlet_tabs(view, current="visits:list"),
        "removed": removed[:MOST_REMOVED] if may_change else [],
        "reset_href": reverse("visits:list"),
        "add_href": _add_href(view.cooperatives) if view.user.has_perm("outlets.add_visit") else "",
    }
    listing = list_columns(form, visits, request.GET.get("page"), question=view)
    return answer(request, "visits/list.html", "visits/_list.html", listing, context)


def _add_href(mine: CooperativeQuerySet) -> str:
    """Where a new visit begins: with the only cooperative in view, or with the choice of one."""
    codes = list(mine.order_by("pk").values_list("kelurahan", flat=True)[:2])
    return reverse("visits:add", args=codes) if len(codes) == 1 else reverse("cooperatives:list")


def add(request: HttpRequest, code: str) -> HttpResponse:
    """`?outlet=` chooses one of the cooperative's outlets beforehand."""
    cooperative = visible_cooperative(request, code)
    by = permitted(request, "outlets.add_visit")
    asked = request.GET.get("outlet", "")
    initial = {"outlet": asked} if asked.isascii() and asked.isdigit() else {}
    form = VisitForm(
        request.POST or None,
        request.FILES or None,
        instance=Visit(cooperative=cooperative, visited_by=by),
        initial=initial,
    )
    if request.method == "POST":
        if save_form(form, lambda: keep_visit(visit=form.instance, by=by, photos=form.new_photos())):
            messages.success(request, _("%(visit)s tersimpan.") % {"visit": form.instance})
            return redirect(form.instance)
        form.ask_for_photos_again()
    context = {"form": form, "cooperative": cooperative, "photos": [], "visit": None, "title": ""}
    return render(request, "visits/form.html", context)


def edit(request: HttpRequest, pk: int) -> HttpResponse:
    visit = _visible(request, pk)
    by = permitted(request, "outlets.change_visit")
    # The title keeps the stored day while the form holds the typed one.
    context = {"visit": visit, "cooperative": visit.cooperative, "title": str(visit)}
    form = VisitForm(
        request.POST or None,
        request.FILES or None,
        instance=visit,
        restore=request.GET.get("restore", ""),
    )

    def write() -> None:
        keep_visit(visit=visit, by=by, photos=form.new_photos(), without=form.unwanted())

    if request.method == "POST":
        if save_form(form, write):
            messages.success(request, _("%(visit)s tersimpan.") % {"visit": visit})
            return redirect(visit)
        form.ask_for_photos_again()
    return render(request, "visits/form.html", {**context, "form": form, "photos": _photos(request, pk)})


def detail(request: HttpRequest, pk: int) -> HttpResponse:
    view = read_view(request)
    visit = _visible(request, pk)
    may_change = view.user.has_perm("outlets.change_visit")
    context = {
        "view": view,
        "visit": visit,
        "waits": visit.waits_on(view.on),
        "is_overdue": visit.is_overdue_on(view.on),
        "photos": _photos(request, pk),
        "photo_count": visit.photos.count(),
        "history": read_history(
            request, visit, edit_href=reverse("visits:edit", args=[pk]) if may_change else ""
        ),
    }
    return render(request, "visits/detail.html", context)


@require_POST
def follow_up(request: HttpRequest, pk: int) -> HttpResponse:
    """One tap: what was agreed is done today; another one takes that back."""
    visit = _visible(request, pk)
    by = permitted(request, "outlets.change_visit")
    is_done = request.POST.get("action") != "undo"
    try:
        set_follow_up_done(visit=visit, on=timezone.localdate() if is_done else None, by=by)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        done, undone = _("Tindak lanjut ditandai selesai hari ini."), _("Tindak lanjut terbuka kembali.")
        messages.success(request, done if is_done else undone)
    return redirect(visit)


def take_away(request: HttpRequest, pk: int) -> HttpResponse:
    visit = _visible(request, pk)
    by = permitted(request, "outlets.change_visit")
    if request.method == "POST":
        remove(row=visit, by=by)
        messages.success(
            request,
            _("%(visit)s dihapus. Bila keliru, kembalikan lewat “Kunjungan yang dihapus” di bawah.")
            % {"visit": visit},
        )
        return redirect("visits:list")
    return render(request, "visits/remove.html", {"visit": visit})


@require_POST
def bring_back(request: HttpRequest, pk: int) -> HttpResponse:
    mine = Visit.objects.visible_to(request.user).select_related("outlet", "cooperative__kelurahan")
    visit = get_object_or_404(mine, pk=pk)
    restore(row=visit, by=permitted(request, "outlets.change_visit"))
    messages.success(request, _("%(visit)s dikembalikan.") % {"visit": visit})
    return redirect(visit)


def _visible(request: HttpRequest, pk: int) -> Visit:
    mine = Visit.objects.visible_to(request.user).kept()
    names = ("outlet", "visited_by", "cooperative__kelurahan__kecamatan")
    return get_object_or_404(mine.select_related(*names), pk=pk)


def _photos(request: HttpRequest, pk: int) -> list[tuple[Evidence, list[str]]]:
    """The visit's photos with what is odd about them, for whoever may see photos."""
    by = request.user
    photos = list(Evidence.objects.visible_to(by).filter(visit=pk).with_parents().order_by("pk"))
    warnings = warnings_of(photos, user=by) if photos and by.is_authenticated else {}
    return [(photo, warnings[photo.pk]) for photo in photos]

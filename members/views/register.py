"""The members' register: the list as it stood on a day, the search by a whole identity number, and months in numbers."""

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters

from cooperatives.asof import View, read_view
from cooperatives.models import Cooperative
from kkmp.accounts.models import Verb
from kkmp.accounts.services import record_access
from kkmp.languages import in_office_language
from kkmp.list_answers import Register, answer, copy_of
from kkmp.listing import list_columns
from members.list_forms import FindForm, MemberListForm
from members.models import Member, count_members
from members.months import months_of_members, series_of
from members.tabs import member_tabs
from members.throttle import consume, too_often
from members.who_saw import named_in_log

MEMBERS = Register(gettext_lazy("Daftar anggota"), "anggota")


@permission_required("members.view_member", raise_exception=True)
def member_list(request: HttpRequest) -> HttpResponseBase:
    view = read_view(request)
    form = MemberListForm.read(request.GET, view=view)
    members = Member.objects.visible_to(request.user).filter(cooperative__in=view.cooperatives)
    if copy := copy_of(request, MEMBERS, form, members, question=view):
        return copy
    chosen = form.cooperative_chosen
    counted = view.cooperatives.filter(pk=chosen.pk) if chosen else view.cooperatives
    context = {
        "view": view,
        "tabs": member_tabs(request, "members:list"),
        "chosen": chosen,
        "count": count_members(counted, on=view.on, since=view.since, with_paid=True),
        "add_code": _add_code(request, view, chosen),
        "find_form": FindForm(),
        "reset_href": reverse("members:list"),
    }
    listing = list_columns(form, members, request.GET.get("page"), question=view)
    return answer(request, "members/list.html", "members/_list.html", listing, context)


def _add_code(request: HttpRequest, view: View, chosen: Cooperative | None) -> str:
    """A member belongs to a cooperative: the chosen one, or the only one there is; else it must be chosen first."""
    if not request.user.has_perm("members.add_member"):
        return ""
    candidates = [chosen] if chosen else list(view.cooperatives[:2])
    return candidates[0].kelurahan_id if len(candidates) == 1 else ""


@sensitive_post_parameters("national_id")
@permission_required("members.view_member", raise_exception=True)
def find(request: HttpRequest) -> HttpResponse:
    """Whose whole NIK it is, among those in scope. It comes in the body: an address is kept in too many places."""
    view = read_view(request)
    form = FindForm(request.POST or None)
    found: list[Member] | None = None
    if request.method == "POST" and form.is_valid():
        if not consume(request, action="find_national_id"):
            return too_often(request)
        rows = Member.objects.visible_to(request.user).with_national_id(form.cleaned_data["national_id"])
        found = list(rows.select_related("cooperative__kelurahan__kecamatan"))
        _record_search(request, found)
    context = {
        "view": view,
        "form": form,
        "found": [(one, one.state_on(view.today)) for one in found or []],
        "is_asked": found is not None,
    }
    return render(request, "members/find.html", context)


def _record_search(request: HttpRequest, found: list[Member]) -> None:
    """Whom it found by name, since their pages need not be opened any more; that nobody was found is a fact too."""
    with in_office_language():
        purpose, nobody = _("pencarian NIK"), _("NIK tidak ditemukan")
    for target in [named_in_log(member) for member in found] or [nobody]:
        record_access(request, Verb.PERSON_VIEWED, target=target, purpose=purpose)


def months(request: HttpRequest) -> HttpResponse:
    """Who came and left month by month, in numbers: for everybody who sees the cooperatives."""
    view = read_view(request)
    asked = request.GET.get("cooperative", "")
    chosen = view.cooperatives.select_related("kelurahan").filter(kelurahan=asked).first() if asked else None
    counted = view.cooperatives.filter(pk=chosen.pk) if chosen else view.cooperatives
    told = months_of_members(counted, on=view.on)
    context = {
        "view": view,
        "tabs": member_tabs(request, "members:months"),
        "chosen": chosen,
        "keep": [*view.keep, *([("cooperative", chosen.kelurahan_id)] if chosen else [])],
        "months": told,
        "series": series_of(told),
        "count": count_members(counted, on=view.on, since=view.since, with_paid=True),
        "reset_href": reverse("members:months"),
    }
    return render(request, "members/months.html", context)

"""Pages of the members' register: the list as it stood on a day, and one membership."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cooperatives.asof import View, read_view
from cooperatives.models import Cooperative
from kkmp.accounts.models import Verb
from kkmp.accounts.services import record_access
from kkmp.edited import save_form
from kkmp.history import read_history
from kkmp.list_answers import Register, answer, copy_of
from kkmp.listing import list_columns
from members.forms import MemberForm, MemberListForm
from members.models import Member, count_members

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
        "chosen": chosen,
        "count": count_members(counted, on=view.on, since=view.since),
        "add_href": _add_href(request, view, chosen),
        "reset_href": reverse("members:list"),
    }
    listing = list_columns(form, members, request.GET.get("page"), question=view)
    return answer(request, "members/list.html", "members/_list.html", listing, context)


def _add_href(request: HttpRequest, view: View, chosen: Cooperative | None) -> str:
    """A member belongs to a cooperative: the chosen one, or the only one there is; else it must be chosen first."""
    if not request.user.has_perm("members.add_member"):
        return ""
    candidates = [chosen] if chosen else list(view.cooperatives[:2])
    return reverse("members:add", args=[candidates[0].kelurahan_id]) if len(candidates) == 1 else ""


def add(request: HttpRequest, code: str) -> HttpResponse:
    cooperative = get_object_or_404(
        Cooperative.objects.visible_to(request.user).select_related("kelurahan__kecamatan"), kelurahan=code
    )
    if not request.user.has_perm("members.add_member"):
        raise PermissionDenied
    member = Member(cooperative=cooperative)
    proposed = {"number": Member.objects.filter(cooperative=cooperative).next_number()}
    form = MemberForm(request.POST or None, instance=member, initial=proposed)
    if request.method == "POST" and save_form(form, form.save):
        messages.success(
            request,
            _(
                "%(name)s tercatat sebagai anggota nomor %(number)s. Bila keliru, buka namanya di daftar dan ubah."
            )
            % {"name": member.full_name, "number": member.number},
        )
        for warning in form.warnings:
            messages.warning(request, warning)
        return _after_adding(request, cooperative)
    return render(request, "members/add.html", {"cooperative": cooperative, "form": form})


def _after_adding(request: HttpRequest, cooperative: Cooperative) -> HttpResponse:
    if "again" in request.POST:
        return redirect("members:add", cooperative.kelurahan_id)
    return redirect(reverse("members:list", query={"cooperative": cooperative.kelurahan_id}))


@permission_required("members.view_member", raise_exception=True)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    member = get_object_or_404(
        Member.objects.visible_to(request.user).select_related("cooperative__kelurahan__kecamatan"), pk=pk
    )
    if not request.user.has_perm("members.change_member"):
        raise PermissionDenied
    was_member = member.ended_on is None
    # The title keeps the stored name while the form holds the typed one.
    title = str(member)
    form = MemberForm(request.POST or None, instance=member, restore=request.GET.get("restore", ""))
    if request.method == "POST" and save_form(form, form.save):
        messages.success(request, _saved_words(member, was_member=was_member))
        for warning in form.warnings:
            messages.warning(request, warning)
        return redirect(reverse("members:list", query={"cooperative": member.cooperative.kelurahan_id}))
    if request.method == "GET":
        target = _("anggota %(number)s, %(cooperative)s")
        record_access(
            request,
            Verb.PERSON_VIEWED,
            target=target % {"number": member.number, "cooperative": member.cooperative},
        )
    context = {
        "member": member,
        "title": title,
        "form": form,
        "history": read_history(request, member, edit_href=member.get_absolute_url()),
    }
    return render(request, "members/edit.html", context)


def _saved_words(member: Member, *, was_member: bool) -> str:
    if was_member and member.ended_on:
        return _(
            "Keanggotaan %(name)s berakhir per %(day)s. Bila keliru, buka lagi namanya lewat saringan "
            "“Semua yang sudah keluar” dan kosongkan tanggal keluarnya."
        ) % {"name": member.full_name, "day": date_format(member.ended_on)}
    if not was_member and member.ended_on is None:
        return _("%(name)s tercatat lagi sebagai anggota; tanggal keluarnya dihapus.") % {
            "name": member.full_name
        }
    return _("Data %(name)s tersimpan.") % {"name": member.full_name}

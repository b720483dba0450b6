"""One membership: the page of a person, an application, a row of an existing register, and changes to either."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from cooperatives.asof import read_view
from cooperatives.views.profile import permitted, visible_cooperative
from kkmp.accounts.models import Verb
from kkmp.accounts.services import record_access
from kkmp.edited import save_form
from kkmp.history import read_history
from members.admission import conditions_of
from members.columns import STATE_TONES
from members.forms import ApplicationForm, MemberForm, PersonForm, TakeOverForm
from members.life import lanes_of, memberships_of
from members.models import Member, MemberState
from members.national_ids import masked
from members.persons import visible_member
from members.services import apply_for_membership, return_member, take_over
from members.tabs import person_links
from members.who_saw import named_in_log

# What a person who returns is not asked for again.
CARRIED = ("full_name", "gender", "birth_date", "phone", "address", "rt", "rw", "domicile")


def detail(request: HttpRequest, pk: int) -> HttpResponse:
    view = read_view(request)
    member = visible_member(request, pk)
    _record_view(request, member)
    state = member.state_on(view.on)
    may_change = view.user.has_perm("members.change_member") and not is_closed(member)
    others = memberships_of(member, view.user)
    context = {
        "view": view,
        "member": member,
        "state": state,
        "state_tone": STATE_TONES[state],
        "is_applicant": state == MemberState.APPLICANT,
        "national_id": masked(member.national_id_last),
        "conditions": conditions_of(member, on=view.on) if state == MemberState.APPLICANT else [],
        "timeline": lanes_of(others, until=view.on),
        "others": [(one, one.state_on(view.on)) for one in others if one.pk != member.pk],
        "links": person_links(request, member),
        "steps": _steps(request, member) if may_change else {},
        "history": read_history(
            request, member, edit_href=reverse("members:edit", args=[pk]) if may_change else ""
        ),
    }
    return render(request, "members/detail.html", context)


def is_closed(member: Member) -> bool:
    """A voided number and an anonymised person stay as they are."""
    return bool(member.voided_on or member.anonymised_on)


def _steps(request: HttpRequest, member: Member) -> dict[str, str]:
    """Which steps may come next, as addresses by name; what is stored today decides, not the day of the view."""
    state = member.state_on(timezone.localdate())
    offered = {
        "edit": ("members:edit", True),
        "admit": ("members:admit", state == MemberState.APPLICANT),
        "end": ("members:end", member.ended_on is None),
        "return": (
            "members:return",
            state == MemberState.ENDED and request.user.has_perm("members.add_member"),
        ),
        "void": ("members:void", bool(member.number)),
    }
    return {key: reverse(name, args=[member.pk]) for key, (name, is_offered) in offered.items() if is_offered}


@sensitive_post_parameters("national_id")
def add(request: HttpRequest, code: str) -> HttpResponse:
    """An application; the row of an existing register has a form of its own."""
    cooperative = visible_cooperative(request, code)
    by = permitted(request, "members.add_member")
    member = Member(cooperative=cooperative)
    form = ApplicationForm(
        request.POST or None, instance=member, initial={"applied_on": timezone.localdate()}
    )
    if request.method == "POST" and save_form(form, lambda: apply_for_membership(member=member, by=by)):
        told = _("Permohonan %(name)s tercatat. Terima sebagai anggota bila syaratnya sudah lengkap.")
        messages.success(request, told % {"name": member.full_name})
        return _after_adding(request, form, "members:add")
    context = {"cooperative": cooperative, "form": form, "is_taken_over": False}
    return render(request, "members/add.html", context)


@sensitive_post_parameters("national_id")
def add_taken_over(request: HttpRequest, code: str) -> HttpResponse:
    cooperative = visible_cooperative(request, code)
    by = permitted(request, "members.add_member")
    member = Member(cooperative=cooperative, is_taken_over=True)
    proposed = {"number": Member.objects.filter(cooperative=cooperative).next_number()}
    form = TakeOverForm(request.POST or None, instance=member, initial=proposed)
    if request.method == "POST" and save_form(form, lambda: take_over(member=member, by=by)):
        told = _(
            "%(name)s tercatat sebagai anggota nomor %(number)s. Bila keliru, buka namanya di daftar dan ubah."
        )
        messages.success(request, told % {"name": member.full_name, "number": member.number})
        return _after_adding(request, form, "members:take_over")
    return render(
        request, "members/add.html", {"cooperative": cooperative, "form": form, "is_taken_over": True}
    )


def _after_adding(request: HttpRequest, form: PersonForm, again: str) -> HttpResponse:
    for warning in form.warnings:
        messages.warning(request, warning)
    if "again" in request.POST:
        return redirect(again, form.instance.cooperative.kelurahan_id)
    return redirect(form.instance)


@sensitive_post_parameters("national_id")
def come_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody who left applies again; the form knows what the former membership says."""
    former = visible_member(request, pk)
    by = permitted(request, "members.add_member")
    if former.state_on(timezone.localdate()) != MemberState.ENDED or is_closed(former):
        messages.warning(request, _("Hanya yang sudah keluar dari koperasi ini dapat kembali."))
        return redirect(former)
    member = Member(cooperative=former.cooperative)
    known: dict[str, Any] = {name: getattr(former, name) for name in CARRIED}
    form = ApplicationForm(
        request.POST or None, instance=member, initial={**known, "applied_on": timezone.localdate()}
    )
    if former.national_id_last:
        form.fields["national_id"].help_text = _(
            "Dari keanggotaan lama: %(masked)s. Biarkan kosong bila tidak berubah."
        ) % {"masked": masked(former.national_id_last)}
    if request.method == "POST" and save_form(
        form, lambda: return_member(former=former, member=member, by=by)
    ):
        told = _("Permohonan %(name)s untuk kembali tercatat; nomornya baru saat diterima.")
        messages.success(request, told % {"name": member.full_name})
        return _after_adding(request, form, "members:add")
    if request.method == "GET":
        _record_view(request, former)
    return render(request, "members/return.html", {"former": former, "form": form})


@sensitive_post_parameters("national_id")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    member = visible_member(request, pk)
    permitted(request, "members.change_member")
    if is_closed(member):
        messages.warning(request, _("Data ini sudah ditutup dan tidak dapat diubah."))
        return redirect(member)
    # The title keeps the stored name while the form holds the typed one.
    title = str(member)
    form_class = MemberForm if member.joined_on else ApplicationForm
    form = form_class(request.POST or None, instance=member, restore=request.GET.get("restore", ""))
    if request.method == "POST" and save_form(form, form.save):
        messages.success(request, _("Data %(name)s tersimpan.") % {"name": member.full_name})
        for warning in form.warnings:
            messages.warning(request, warning)
        return redirect(member)
    if request.method == "GET":
        _record_view(request, member)
    context = {
        "member": member,
        "title": title,
        "form": form,
        "history": read_history(request, member, edit_href=reverse("members:edit", args=[pk])),
    }
    return render(request, "members/edit.html", context)


def _record_view(request: HttpRequest, member: Member) -> None:
    record_access(request, Verb.PERSON_VIEWED, target=named_in_log(member))

"""The steps of a membership: admission, its end, a voided number, and an identity number that is opened."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cooperatives.views.profile import permitted
from kkmp.accounts.models import Verb
from kkmp.accounts.services import record_access
from kkmp.edited import save_form
from kkmp.templatetags.ui import rupiah
from members.admission import conditions_of
from members.models import EndReason, MemberKind
from members.national_ids import open_national_id
from members.persons import visible_member
from members.services import admit, end_membership, savings_left_idr, void_membership
from members.step_forms import AdmitForm, EndForm, RevealForm, VoidForm
from members.throttle import consume, too_often
from members.views.person import is_closed
from members.who_saw import named_in_log


def admission(request: HttpRequest, pk: int) -> HttpResponse:
    member = visible_member(request, pk)
    by = permitted(request, "members.change_member")
    if member.joined_on or member.ended_on or is_closed(member):
        messages.warning(
            request, _("Permohonan ini sudah selesai. Muat ulang halaman untuk melihat keadaannya.")
        )
        return redirect(member)
    today = timezone.localdate()
    conditions = conditions_of(member, on=today)
    lacks = any(one.is_met is False for one in conditions)
    proposed = {"joined_on": today, "kind": MemberKind.EXTRAORDINARY if lacks else MemberKind.REGULAR}
    form = AdmitForm(request.POST or None, initial=proposed)

    def write() -> None:
        typed = form.cleaned_data
        admit(
            member=member,
            on=typed["joined_on"],
            kind=MemberKind(typed["kind"]),
            number=typed["number"],
            by=by,
        )

    if request.method == "POST" and save_form(form, write):
        told = _("%(name)s diterima sebagai %(kind)s dengan nomor %(number)s.") % {
            "name": member.full_name,
            "kind": member.get_kind_display().lower(),
            "number": member.number,
        }
        messages.success(request, told)
        if member.kind == MemberKind.REGULAR and any(one.is_met is None for one in conditions):
            unknown = _("Simpanan pokok belum dinilai: besarnya belum dicatat untuk koperasi ini.")
            messages.warning(request, unknown)
        return redirect(member)
    context = {"member": member, "form": form, "conditions": conditions, "lacks": lacks}
    return render(request, "members/admit.html", context)


def end(request: HttpRequest, pk: int) -> HttpResponse:
    member = visible_member(request, pk)
    by = permitted(request, "members.change_member")
    if member.ended_on or is_closed(member):
        messages.warning(
            request, _("Keanggotaan ini sudah berakhir. Muat ulang halaman untuk melihat keadaannya.")
        )
        return redirect(member)
    form = EndForm(request.POST or None, member=member, initial={"ended_on": timezone.localdate()})
    left_idr = savings_left_idr(member)

    def write() -> None:
        typed = form.cleaned_data
        end_membership(member=member, on=typed["ended_on"], reason=EndReason(typed["end_reason"]), by=by)

    if request.method == "POST" and save_form(form, write):
        day = {"name": member.full_name, "day": date_format(form.cleaned_data["ended_on"])}
        if member.joined_on:
            told = _("Keanggotaan %(name)s berakhir per %(day)s. Bila keliru, ubah datanya dan kosongkan.")
        else:
            told = _("Permohonan %(name)s selesai per %(day)s tanpa penerimaan.")
        messages.success(request, told % day)
        if left_idr:
            unpaid = _("Simpanan %(amount)s belum dikembalikan.") % {"amount": rupiah(left_idr)}
            messages.warning(request, unpaid)
        return redirect(member)
    context = {"member": member, "form": form, "savings_left_idr": left_idr}
    return render(request, "members/end.html", context)


def void(request: HttpRequest, pk: int) -> HttpResponse:
    member = visible_member(request, pk)
    by = permitted(request, "members.change_member")
    if not member.number or is_closed(member):
        messages.warning(request, _("Nomor ini tidak dapat dibatalkan."))
        return redirect(member)
    form = VoidForm(request.POST or None)
    write = _with_reason(form, lambda reason: void_membership(member=member, reason=reason, by=by))
    if request.method == "POST" and save_form(form, write):
        told = _("Nomor %(number)s dibatalkan; tetap tampil di buku anggota dan tidak dihitung.")
        messages.success(request, told % {"number": member.number})
        return redirect(member)
    return render(request, "members/void.html", {"member": member, "form": form})


def _with_reason(form: forms.Form, write: Callable[[str], object]) -> Callable[[], object]:
    return lambda: write(form.cleaned_data["reason"])


def reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole identity number, once, on the answer to a POST with a purpose, which stays in the access log."""
    member = visible_member(request, pk)
    permitted(request, "members.reveal_national_id")
    if not member.national_id_last:
        messages.info(request, _("NIK belum tercatat."))
        return redirect(member)
    form = RevealForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not consume(request, action="reveal_national_id"):
            return too_often(request)
        digits = open_national_id(member)
        # First the log: nobody sees a number that nobody will know of.
        record_access(request, Verb.REVEALED, target=named_in_log(member), purpose=form.in_words())
        context = {"member": member, "digits": digits, "purpose": form.in_words()}
        return render(request, "members/revealed.html", context)
    return render(request, "members/reveal.html", {"member": member, "form": form})

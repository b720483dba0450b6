"""Pages that write one member's savings: payment, withdrawal, refund, opening balance, and taking an entry back."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cooperatives.views.profile import permitted
from kkmp.accounts.models import User
from kkmp.edited import save_form
from kkmp.parsing import month_after
from kkmp.templatetags.ui import rupiah, tanggal
from members.models import Member, SavingsEntry
from members.persons import visible_member
from members.savings.forms import DepositForm, OpeningForm, ReasonForm, ReceiptForm, WithdrawalForm
from members.savings.rules import (
    MONTHS_AHEAD,
    Dues,
    Paid,
    months_between,
    why_not_payable,
)
from members.savings.services import record_deposits, record_opening, refund, reverse_entry, withdraw


def _member(request: HttpRequest, pk: int) -> tuple[Member, User]:
    return visible_member(request, pk), permitted(request, "members.add_savingsentry")


@permission_required("members.view_savingsentry", raise_exception=True)
def record(request: HttpRequest, pk: int) -> HttpResponse:
    member, by = _member(request, pk)
    form = DepositForm(request.POST or None, payable=_payable(member), is_member=member.joined_on is not None)

    def write() -> list[SavingsEntry]:
        typed = form.cleaned_data
        return record_deposits(
            member=member,
            value_on=typed["value_on"],
            by=by,
            principal_idr=typed["principal_idr"] or 0,
            months=typed.get("months") or [],
            voluntary_idr=typed.get("voluntary_idr") or 0,
            receipt_no=typed["receipt_no"],
            note=typed["note"],
        )

    return _answer(request, member, form, write, title=_("Catat setoran"), submit=_("Simpan setoran"))


def _payable(member: Member) -> list[tuple[date, int]]:
    """The months this member has not paid yet, up to a year ahead, with the amount of each."""
    if member.joined_on is None:
        return []
    today = timezone.localdate()
    dues, paid = Dues.of(member.cooperative), Paid.by([member.pk])
    months = months_between(member.joined_on, month_after(today, MONTHS_AHEAD))
    return [
        (month, dues.of_month(month) or 0)
        for month in months
        if not paid.covers(member.pk, month) and not why_not_payable(member, month, dues, today=today)
    ]


@permission_required("members.view_savingsentry", raise_exception=True)
def withdrawal(request: HttpRequest, pk: int) -> HttpResponse:
    member, by = _member(request, pk)
    form = WithdrawalForm(request.POST or None)

    def write() -> list[SavingsEntry]:
        return [withdraw(member=member, by=by, **form.cleaned_data)]

    lead = _("Hanya simpanan sukarela yang dapat ditarik; pokok dan wajib kembali saat anggota keluar.")
    return _answer(
        request, member, form, write, title=_("Catat penarikan"), submit=_("Simpan penarikan"), text=lead
    )


@permission_required("members.view_savingsentry", raise_exception=True)
def refund_all(request: HttpRequest, pk: int) -> HttpResponse:
    member, by = _member(request, pk)
    form = ReceiptForm(request.POST or None)
    total = SavingsEntry.objects.filter(member=member).total_idr()
    text = _("Seluruh simpanan, %(total)s, dikembalikan; saldo ketiga jenisnya menjadi nol.") % {
        "total": rupiah(total)
    }

    def write() -> list[SavingsEntry]:
        return refund(member=member, by=by, **form.cleaned_data)

    return _answer(
        request,
        member,
        form,
        write,
        title=_("Kembalikan simpanan"),
        submit=_("Kembalikan seluruhnya"),
        text=text,
        is_danger=True,
    )


@permission_required("members.view_savingsentry", raise_exception=True)
def opening(request: HttpRequest, pk: int) -> HttpResponse:
    member, by = _member(request, pk)
    form = OpeningForm(request.POST or None)

    def write() -> list[SavingsEntry]:
        typed = form.cleaned_data
        amounts = {name: typed[name] or 0 for name in ("principal_idr", "mandatory_idr", "voluntary_idr")}
        return record_opening(
            member=member,
            value_on=typed["value_on"],
            by=by,
            paid_until=typed["paid_until"],
            note=typed["note"],
            **amounts,
        )

    text = _("Saldo dari buku lama, sekali saja untuk tiap jenis simpanan.")
    return _answer(
        request, member, form, write, title=_("Catat saldo awal"), submit=_("Simpan saldo awal"), text=text
    )


def _answer(
    request: HttpRequest,
    member: Member,
    form: forms.Form,
    write: Callable[[], list[SavingsEntry]],
    **words: Any,
) -> HttpResponse:
    written: list[SavingsEntry] = []
    if request.method == "POST" and save_form(form, lambda: written.extend(write())):
        messages.success(request, _written_in_words(member, written))
        return redirect("savings:card", member.pk)
    context = {
        "member": member,
        "form": form,
        "card_href": reverse("savings:card", args=[member.pk]),
        **words,
    }
    return render(request, "savings/form.html", context)


def _written_in_words(member: Member, entries: list[SavingsEntry]) -> str:
    total = rupiah(abs(sum(entry.amount_idr for entry in entries)))
    receipt = entries[0].receipt_no
    if not receipt:
        return _("%(member)s: saldo awal %(total)s tercatat.") % {"member": member, "total": total}
    words = {"member": member, "total": total, "receipt": receipt}
    return _("%(member)s: %(total)s tercatat dengan bukti %(receipt)s.") % words


@permission_required("members.view_savingsentry", raise_exception=True)
def reverse_one(request: HttpRequest, pk: int) -> HttpResponse:
    mine = SavingsEntry.objects.visible_to(request.user)
    entry = get_object_or_404(mine.select_related("member", "cooperative__kelurahan__kecamatan"), pk=pk)
    by = permitted(request, "members.reverse_savingsentry")
    form = ReasonForm(request.POST or None)

    def write() -> None:
        reason = form.cleaned_data["reason"]
        reverse_entry(entry=entry, reason=reason, value_on=timezone.localdate(), by=by)

    if request.method == "POST" and save_form(form, write):
        messages.success(request, _("Mutasi dibatalkan; pembatalannya tercatat per hari ini."))
        return redirect("savings:card", entry.member_id)
    text = _("%(entry)s, %(amount)s pada %(day)s, milik %(member)s. Pembatalan tidak dapat dibatalkan.") % {
        "entry": entry,
        "amount": rupiah(entry.amount_idr),
        "day": tanggal(entry.value_on),
        "member": entry.member,
    }
    context = {"form": form, "text": text, "cancel_href": reverse("savings:card", args=[entry.member_id])}
    return render(request, "savings/reverse.html", context)

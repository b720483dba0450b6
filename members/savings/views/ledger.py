"""Pages that read savings: the ledger, members with balances and arrears, and one member's card."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.db.models import Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cooperatives.asof import read_view
from kkmp.accounts.models import Verb
from kkmp.accounts.services import record_access
from kkmp.list_answers import Register, answer, copy_of
from kkmp.listing import list_columns
from members.models import Member, Movement, SavingsEntry, SavingsKind
from members.savings.figures import with_savings
from members.savings.forms import BalanceListForm, EntryListForm
from members.tabs import member_tabs, savings_tabs
from members.who_saw import named_in_log

LEDGER = Register(gettext_lazy("Mutasi simpanan"), "simpanan")
BALANCES = Register(gettext_lazy("Saldo dan tunggakan"), "tunggakan")


def tabs_of(request: HttpRequest, current: str) -> dict[str, Any]:
    """Both rows of tabs above every page of savings."""
    return {
        "tabs": member_tabs(request, "savings:list"),
        "savings_tabs": savings_tabs(request, current),
    }


@permission_required("members.view_savingsentry", raise_exception=True)
def entry_list(request: HttpRequest) -> HttpResponseBase:
    view = read_view(request)
    form = EntryListForm.read(request.GET, view=view)
    entries = SavingsEntry.objects.visible_to(view.user).by(view.on).filter(cooperative__in=view.cooperatives)
    if copy := copy_of(request, LEDGER, form, entries, question=view):
        return copy
    context = {
        "view": view,
        **tabs_of(request, "savings:list"),
        "sums": _sums(form.rows(entries)),
        "reset_href": reverse("savings:list"),
    }
    listing = list_columns(form, entries, request.GET.get("page"), question=view)
    return answer(request, "savings/list.html", "savings/_list.html", listing, context)


def _sums(entries: QuerySet[SavingsEntry]) -> list[tuple[str, int]]:
    """The listed rows in sum, by kind and in all."""
    names = {kind.value: Sum("amount_idr", filter=Q(kind=kind)) for kind in SavingsKind}
    found = entries.order_by().aggregate(**names)
    by_kind = [(str(kind.label), int(found[kind.value] or 0)) for kind in SavingsKind]
    return [*by_kind, (_("Jumlah"), sum(amount for _label, amount in by_kind))]


@permission_required("members.view_savingsentry", raise_exception=True)
def balance_list(request: HttpRequest) -> HttpResponseBase:
    view = read_view(request)
    form = BalanceListForm.read(request.GET, view=view)
    mine = Member.objects.visible_to(view.user).filter(cooperative__in=view.cooperatives)
    members = with_savings(mine, on=view.on)
    if copy := copy_of(request, BALANCES, form, members, question=view):
        return copy
    context = {
        "view": view,
        **tabs_of(request, "savings:arrears"),
        "reset_href": reverse("savings:arrears"),
    }
    listing = list_columns(form, members, request.GET.get("page"), question=view)
    return answer(request, "savings/arrears.html", "savings/_balances.html", listing, context)


@dataclass(frozen=True)
class Line:
    """A line of the card with the member's whole balance after it."""

    entry: SavingsEntry
    balance_idr: int
    may_reverse: bool


@permission_required("members.view_savingsentry", raise_exception=True)
def card(request: HttpRequest, pk: int) -> HttpResponse:
    view = read_view(request)
    mine = Member.objects.visible_to(view.user).select_related("cooperative__kelurahan__kecamatan")
    member = get_object_or_404(with_savings(mine, on=view.on), pk=pk)
    entries = SavingsEntry.objects.filter(member=member).by(view.on).select_related("recorded_by")
    lines = list(_lines(entries, may_reverse=view.user.has_perm("members.reverse_savingsentry")))
    record_access(request, Verb.PERSON_VIEWED, target=f"simpanan, {named_in_log(member)}")
    context = {
        "view": view,
        **tabs_of(request, "savings:arrears"),
        "member": member,
        "lines": lines[::-1],
        "has_left": bool(member.ended_on and member.ended_on <= view.today),
        "may_record": view.user.has_perm("members.add_savingsentry") and member.voided_on is None,
    }
    return render(request, "savings/card.html", context)


def _lines(entries: QuerySet[SavingsEntry], *, may_reverse: bool) -> Iterator[Line]:
    balance = 0
    for entry in entries.order_by("value_on", "pk"):
        balance += entry.amount_idr
        can_be = entry.reversed_by_id is None and entry.movement != Movement.REVERSAL
        yield Line(entry, balance, may_reverse and can_be)

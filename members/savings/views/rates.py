"""What each cooperative asks for, and which months it has closed."""

from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cooperatives.asof import View, read_view
from cooperatives.models import Cooperative
from cooperatives.views.profile import permitted, visible_cooperative
from kkmp.edited import save_form
from kkmp.history import read_history
from kkmp.parsing import month_after
from kkmp.templatetags.ui import bulan
from members.models import MonthLock, SavingsRate
from members.savings.closing import close_months, reopen_months
from members.savings.forms import CloseForm, RateForm, ReasonForm
from members.savings.rules import closed_through, first_of_month
from members.savings.views.ledger import tabs_of

# Who closes later than two years after the fact asks for the last of them and so closes all.
MONTHS_OFFERED = 24


def _listed(view: View) -> list[Cooperative]:
    return list(view.cooperatives.select_related("kelurahan__kecamatan"))


@permission_required("members.view_savingsrate", raise_exception=True)
def rates(request: HttpRequest) -> HttpResponse:
    view = read_view(request)
    found = SavingsRate.objects.visible_to(view.user).select_related("cooperative__kelurahan")
    by_cooperative: dict[int, list[SavingsRate]] = {}
    for rate in found.filter(cooperative__in=view.cooperatives).order_by("kind", "-starts_on", "pk"):
        by_cooperative.setdefault(rate.cooperative_id, []).append(rate)
    rows = [(one, by_cooperative.get(one.pk, [])) for one in _listed(view)]
    context = {"view": view, **tabs_of(request, "savings:rates"), "rows": rows}
    return render(request, "savings/rates.html", context)


def add_rate(request: HttpRequest, code: str) -> HttpResponse:
    cooperative = visible_cooperative(request, code)
    permitted(request, "members.add_savingsrate")
    form = RateForm(request.POST or None, instance=SavingsRate(cooperative=cooperative))
    return _save_rate(request, form, cooperative, _("Tambah besar simpanan"))


@permission_required("members.view_savingsrate", raise_exception=True)
def edit_rate(request: HttpRequest, pk: int) -> HttpResponse:
    mine = SavingsRate.objects.visible_to(request.user).select_related("cooperative__kelurahan__kecamatan")
    rate = get_object_or_404(mine, pk=pk)
    permitted(request, "members.change_savingsrate")
    form = RateForm(request.POST or None, instance=rate, restore=request.GET.get("restore", ""))
    return _save_rate(request, form, rate.cooperative, _("Ubah besar simpanan"))


def _save_rate(request: HttpRequest, form: RateForm, cooperative: Cooperative, title: str) -> HttpResponse:
    if request.method == "POST" and save_form(form, form.save):
        messages.success(request, _("%(rate)s tersimpan.") % {"rate": form.instance})
        return redirect("savings:rates")
    context = {
        "title": title,
        "form": form,
        "cooperative": cooperative,
        "rates_href": reverse("savings:rates"),
        "history": read_history(
            request, form.instance, edit_href=reverse("savings:rate_edit", args=[form.instance.pk])
        )
        if form.instance.pk
        else None,
    }
    return render(request, "savings/rate_form.html", context)


@permission_required("members.view_monthlock", raise_exception=True)
def months(request: HttpRequest) -> HttpResponse:
    view = read_view(request)
    found = MonthLock.objects.visible_to(view.user).select_related(
        "locked_by", "reopened_by", "cooperative__kelurahan"
    )
    by_cooperative: dict[int, list[MonthLock]] = {}
    for lock in found.filter(cooperative__in=view.cooperatives).order_by("-through_on", "-pk"):
        by_cooperative.setdefault(lock.cooperative_id, []).append(lock)
    rows = []
    for cooperative in _listed(view):
        locks = by_cooperative.get(cooperative.pk, [])
        closed = next((lock for lock in locks if lock.reopened_at is None), None)
        rows.append((cooperative, closed, locks))
    context = {"view": view, **tabs_of(request, "savings:months"), "rows": rows}
    return render(request, "savings/months.html", context)


def _closable(cooperative: Cooperative) -> list[date]:
    """Months that are over and not closed yet, the latest first."""
    this_month = first_of_month(timezone.localdate())
    closed = closed_through(cooperative)
    past = [month_after(this_month, -count) for count in range(1, MONTHS_OFFERED + 1)]
    return [month for month in past if closed is None or month > closed]


def close(request: HttpRequest, code: str) -> HttpResponse:
    cooperative = visible_cooperative(request, code)
    by = permitted(request, "members.add_monthlock")
    form = CloseForm(request.POST or None, months=_closable(cooperative))

    def write() -> None:
        close_months(cooperative=cooperative, month=form.cleaned_data["month"], by=by)

    if request.method == "POST" and save_form(form, write):
        messages.success(
            request,
            _("Simpanan %(cooperative)s ditutup sampai dengan %(month)s.")
            % {"cooperative": cooperative, "month": bulan(form.cleaned_data["month"])},
        )
        return redirect("savings:months")
    return render(request, "savings/close.html", {"form": form, "cooperative": cooperative})


@permission_required("members.view_monthlock", raise_exception=True)
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    mine = MonthLock.objects.visible_to(request.user)
    lock = get_object_or_404(mine.select_related("cooperative__kelurahan", "locked_by"), pk=pk)
    by = permitted(request, "members.reopen_month")
    form = ReasonForm(request.POST or None)

    def write() -> None:
        reopen_months(month_lock=lock, reason=form.cleaned_data["reason"], by=by)

    if request.method == "POST" and save_form(form, write):
        messages.success(request, _("%(lock)s dibuka lagi.") % {"lock": lock})
        return redirect("savings:months")
    return render(request, "savings/reopen.html", {"form": form, "lock": lock})

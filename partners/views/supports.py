"""Pages of supports: the list by stage on a day, the page of one with its dated stages, and the next stage."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cooperatives.asof import read_view
from kkmp.accounts.models import User
from kkmp.edited import save_form
from kkmp.history import read_history
from kkmp.list_answers import Register, answer, copy_of
from kkmp.listing import list_columns
from partners.capital_totals import totals_by_capital
from partners.columns import AGREED_CHOICE
from partners.flags import flags_of, with_flags
from partners.follow_ups import answers_to
from partners.forms import StageForm, SupportListForm
from partners.gap import with_outstanding
from partners.history import stage_entries
from partners.models import Stage, Support, Worth, support_totals
from partners.services import record_stage, start_support
from partners.support_forms import NewSupportForm, SupportForm, asked_of
from partners.views.disbursements import disbursements_of
from partners.views.partners import supports_in

WITH_NAMES = ("partner", "cooperative__kelurahan__kecamatan")
WITH_AGREED = ("payer", "outlet", "need", "offer", "event")


SUPPORTS = Register(gettext_lazy("Daftar bantuan"), "bantuan")


@permission_required("partners.view_support", raise_exception=True)
def support_list(request: HttpRequest) -> HttpResponseBase:
    view = read_view(request)
    form = SupportListForm.read(request.GET, view=view)
    supports = with_flags(supports_in(view), on=view.on)
    if copy := copy_of(request, SUPPORTS, form, supports, question=view):
        return copy
    capital = totals_by_capital(form.rows(supports))
    context = {
        "view": view,
        "capital": capital,
        "worth": Worth(sum(one.idr for one in capital), sum(one.unknown_count for one in capital)),
        "totals": support_totals(view.cooperatives, on=view.on),
        "agreed": AGREED_CHOICE,
        "chosen_stage": form.cleaned_data.get("stage", ""),
        "reset_href": reverse("partners:supports"),
    }
    listing = list_columns(form, supports, request.GET.get("page"), question=view)
    return answer(request, "partners/supports.html", "partners/_supports.html", listing, context)


def add(request: HttpRequest) -> HttpResponse:
    """Sudin records a support at any stage; an officer proposes one for the own area."""
    user = request.user
    decides = user.has_perms(["partners.add_support", "partners.add_stagechange"])
    if not (isinstance(user, User) and (decides or user.has_perm("partners.propose_support"))):
        raise PermissionDenied
    form = NewSupportForm(request.POST or None, user=user, initial=asked_of(request.GET, user))

    def write() -> Support:
        typed = form.cleaned_data
        return start_support(
            support=form.instance,
            stage=Stage(typed["stage"]) if decides else Stage.PROSPECT,
            effective_on=typed["effective_on"] if decides else timezone.localdate(),
            reason=typed["reason"] if decides else "",
            by=user,
        )

    if request.method == "POST" and save_form(form, write):
        messages.success(request, _added_words(decides=decides))
        return redirect(form.instance)
    context = {"form": form, "decides": decides, "cancel_href": reverse("partners:supports")}
    return render(request, "partners/support_add.html", context)


def _added_words(*, decides: bool) -> str:
    if decides:
        return _("Bantuan tercatat. Bila keliru, ubah isiannya atau catat tahap Batal dengan alasannya.")
    return _("Usulan tercatat di tahap Penjajakan. Sudin yang memutuskan tahap berikutnya.")


@permission_required("partners.view_support", raise_exception=True)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    view = read_view(request)
    mine = with_outstanding(Support.objects.visible_to(request.user).with_stage(on=view.on), on=view.on)
    support = get_object_or_404(mine.select_related(*WITH_NAMES, *WITH_AGREED), pk=pk)
    changes = support.stage_changes.select_related("by")
    may_change = request.user.has_perm("partners.change_support")
    context = {
        "view": view,
        "support": support,
        "flags": flags_of([support], view.on).get(pk, []),
        "changes": [change for change in changes if change.effective_on <= view.on],
        **disbursements_of(support, view),
        "later_count": sum(change.effective_on > view.on for change in changes),
        "follow_ups": answers_to(support, on=view.on),
        "may_record_stage": request.user.has_perm("partners.add_stagechange"),
        "history": read_history(
            request,
            support,
            facts=stage_entries(changes),
            edit_href=reverse("partners:support_edit", args=[pk]) if may_change else "",
        ),
    }
    return render(request, "partners/support_detail.html", context)


def edit(request: HttpRequest, pk: int) -> HttpResponse:
    support = get_object_or_404(Support.objects.visible_to(request.user).select_related(*WITH_NAMES), pk=pk)
    user = request.user
    if not (isinstance(user, User) and user.has_perm("partners.change_support")):
        raise PermissionDenied
    form = SupportForm(
        request.POST or None,
        user=user,
        instance=support,
        restore=request.GET.get("restore", ""),
    )
    if request.method == "POST" and save_form(form, form.save):
        messages.success(request, _("Data bantuan tersimpan."))
        return redirect(support)
    return render(request, "partners/support_edit.html", {"form": form, "support": support})


def stage(request: HttpRequest, pk: int) -> HttpResponse:
    today = read_view(request).today
    support = get_object_or_404(
        Support.objects.visible_to(request.user).with_stage(on=today).select_related(*WITH_NAMES), pk=pk
    )
    user = request.user
    if not (isinstance(user, User) and user.has_perm("partners.add_stagechange")):
        raise PermissionDenied
    form = StageForm(request.POST or None, support=support)

    def write() -> None:
        typed = form.cleaned_data
        record_stage(
            support=support,
            stage=Stage(typed["stage"]),
            effective_on=typed["effective_on"],
            reason=typed["reason"],
            by=user,
            last_seen=typed["last_seen"],
            is_step_back_meant=typed["step_back"],
        )

    if request.method == "POST":
        if save_form(form, write):
            messages.success(request, _stage_words(form))
            return redirect(support)
        form.show_newest()
    return render(request, "partners/support_stage.html", {"form": form, "support": support})


def _stage_words(form: StageForm) -> str:
    typed = form.cleaned_data
    return _("Tahap “%(stage)s” tercatat sejak %(day)s; halaman hari-hari sesudahnya ikut berubah.") % {
        "stage": Stage(typed["stage"]).label,
        "day": date_format(typed["effective_on"]),
    }

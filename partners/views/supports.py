"""Pages of supports: the list by stage on a day, the page of one with its dated stages, and the next stage."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cooperatives.asof import read_view
from kkmp.accounts.models import User, Verb
from kkmp.accounts.services import record_access
from kkmp.edited import save_form
from kkmp.history import read_history
from kkmp.listing import FILE_KINDS, as_file, paginate
from partners.exports import SUPPORT_HEADINGS, support_rows
from partners.forms import AGREED_CHOICE, NewSupportForm, StageForm, SupportForm, SupportListForm
from partners.history import stage_entries
from partners.models import Stage, Support, SupportQuerySet, support_totals
from partners.services import record_stage, start_support
from partners.views.partners import supports_in

WITH_NAMES = ("partner", "cooperative__kelurahan__kecamatan")


@permission_required("partners.view_support", raise_exception=True)
def support_list(request: HttpRequest) -> HttpResponse:
    view = read_view(request)
    form = SupportListForm.read(request.GET, view=view)
    supports = supports_in(view).select_related(*WITH_NAMES)
    if request.GET.get("format") in FILE_KINDS:
        rows = list(support_rows(form.rows(supports)))
        record_access(
            request, Verb.EXPORTED, target=_("daftar bantuan, %(count)d baris") % {"count": len(rows)}
        )
        name = f"bantuan-{view.on.isoformat()}"
        return as_file(request.GET["format"], SUPPORT_HEADINGS, rows, name=name, sheet=_("Bantuan"))
    filtered = form.rows(supports)
    assert isinstance(filtered, SupportQuerySet)  # noqa: S101  # for the type checker: ListForm knows no model
    context = {
        "view": view,
        "listing": paginate(form, supports, request.GET.get("page")),
        "worth": filtered.worth(),
        "totals": support_totals(view.cooperatives, on=view.on),
        "agreed": AGREED_CHOICE,
        "chosen_stage": form.cleaned_data.get("stage", ""),
        "reset_href": reverse("partners:supports"),
    }
    return render(request, "partners/supports.html", context)


def add(request: HttpRequest) -> HttpResponse:
    user = request.user
    if not (isinstance(user, User) and user.has_perms(["partners.add_support", "partners.add_stagechange"])):
        raise PermissionDenied
    asked = {name: request.GET[name] for name in ("partner", "cooperative") if name in request.GET}
    form = NewSupportForm(request.POST or None, user=user, initial=asked)

    def write() -> Support:
        typed = form.cleaned_data
        return start_support(
            support=form.instance,
            stage=Stage(typed["stage"]),
            effective_on=typed["effective_on"],
            reason=typed["reason"],
            by=user,
        )

    if request.method == "POST" and save_form(form, write):
        messages.success(
            request,
            _("Bantuan tercatat. Bila keliru, ubah isiannya atau catat tahap Batal dengan alasannya."),
        )
        return redirect(form.instance)
    return render(
        request, "partners/support_add.html", {"form": form, "cancel_href": reverse("partners:supports")}
    )


@permission_required("partners.view_support", raise_exception=True)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    view = read_view(request)
    mine = Support.objects.visible_to(request.user).with_stage(on=view.on)
    support = get_object_or_404(mine.select_related(*WITH_NAMES), pk=pk)
    changes = support.stage_changes.select_related("by")
    may_change = request.user.has_perm("partners.change_support")
    context = {
        "view": view,
        "support": support,
        "changes": [change for change in changes if change.effective_on <= view.on],
        "later_count": sum(change.effective_on > view.on for change in changes),
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
    if not request.user.has_perm("partners.change_support"):
        raise PermissionDenied
    form = SupportForm(request.POST or None, instance=support, restore=request.GET.get("restore", ""))
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

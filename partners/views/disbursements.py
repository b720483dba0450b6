"""Money and goods that arrived: the list, a new record with its evidence, the check by a second person, the withdrawal."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.db.models import Sum
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cooperatives.asof import View, read_view
from cooperatives.views.profile import permitted
from kkmp.accounts.models import Verb
from kkmp.accounts.services import record_access
from kkmp.edited import save_form
from kkmp.files import as_attachment, in_megabytes
from kkmp.languages import in_office_language
from kkmp.list_answers import Register, answer, copy_of
from kkmp.listing import list_columns
from kkmp.templatetags.ui import rupiah
from partners.disbursement_forms import DisbursementForm, DisbursementListForm, WithdrawForm
from partners.disbursement_services import record_disbursement, verify_disbursement, withdraw_disbursement
from partners.gap import gap_total
from partners.models import Disbursement, Support

DISBURSEMENTS = Register(gettext_lazy("Daftar penyaluran"), "penyaluran")
WITH_NAMES = (
    *("support__partner", "support__need", "support__outlet", "support__cooperative__kelurahan__kecamatan"),
    *("recorded_by", "verified_by", "withdrawn_by"),
)


def disbursements_of(support: Support, view: View) -> dict[str, Any]:
    """Template context for the page of a support: what arrived by the day, and what this person may do about it."""
    rows = Disbursement.objects.visible_to(view.user).filter(support=support, paid_on__lte=view.on)
    told = list(rows.select_related("recorded_by", "verified_by", "withdrawn_by"))
    return {
        "disbursements": told,
        "awaiting_idr": sum(row.amount_idr for row in told if row.is_standing and not row.is_verified),
        "may_record": view.user.has_perm("partners.add_disbursement"),
        "may_verify": view.user.has_perm("partners.verify_disbursement"),
        "may_withdraw": view.user.has_perm("partners.withdraw_disbursement"),
        "may_download": view.user.has_perm("partners.download_evidence"),
    }


@permission_required("partners.view_disbursement", raise_exception=True)
def disbursement_list(request: HttpRequest) -> HttpResponseBase:
    view = read_view(request)
    form = DisbursementListForm.read(request.GET, view=view)
    rows = Disbursement.objects.visible_to(request.user).filter(support__cooperative__in=view.cooperatives)
    rows = rows.filter(paid_on__lte=view.on).with_state()
    if copy := copy_of(request, DISBURSEMENTS, form, rows, question=view):
        return copy
    context = {
        "view": view,
        "sum_idr": form.rows(rows).order_by().aggregate(total=Sum("amount_idr", default=0))["total"],
        "reset_href": reverse("partners:disbursements"),
    }
    listing = list_columns(form, rows, request.GET.get("page"), question=view)
    return answer(request, "partners/disbursements.html", "partners/_disbursements.html", listing, context)


def add(request: HttpRequest, pk: int) -> HttpResponse:
    mine = Support.objects.visible_to(request.user)
    support = get_object_or_404(mine.select_related("partner", "cooperative__kelurahan", "need"), pk=pk)
    by = permitted(request, "partners.add_disbursement")
    form = DisbursementForm(request.POST or None, request.FILES or None)

    def write() -> Disbursement:
        typed = form.cleaned_data
        return record_disbursement(support=support, by=by, **typed)

    if request.method == "POST":
        if save_form(form, write):
            amount = rupiah(form.cleaned_data["amount_idr"])
            told = _("%(amount)s tercatat. Dihitung setelah diperiksa orang lain dari Sudin.")
            messages.success(request, told % {"amount": amount})
            return redirect(support)
        form.ask_for_the_file_again()
    return render(request, "partners/disbursement_form.html", {"form": form, "support": support})


def verify(request: HttpRequest, pk: int) -> HttpResponse:
    """The record beside its evidence, and what the check changes."""
    row = _visible(request, pk)
    by = permitted(request, "partners.verify_disbursement")
    if request.method == "GET" and not (row.is_standing and not row.is_verified):
        messages.info(request, _("Penyaluran ini sudah diperiksa atau dibatalkan; keadaannya ada di bawah."))
        return redirect(row)
    problem = ""
    if request.method == "POST":
        try:
            verify_disbursement(row, by=by)
        except ValidationError as error:
            problem = " ".join(error.messages)
        else:
            messages.success(request, _verified_words(row))
            return redirect(row)
    context = {
        "row": row,
        "support": row.support,
        "size": in_megabytes(row.size),
        "problem": problem,
        "is_own": row.recorded_by_id == by.pk,
        "may_download": by.has_perm("partners.download_evidence"),
    }
    return render(request, "partners/disbursement_verify.html", context)


def _verified_words(row: Disbursement) -> str:
    need = row.support.need
    if need is None:
        return _("Penyaluran diperiksa.")
    need.refresh_from_db()
    if need.is_met_by_money:
        return _(
            "Penyaluran diperiksa. Kebutuhannya terpenuhi; laporan bulanan berikutnya menanyakan apakah gerai berjalan."
        )
    needs = type(need).objects.filter(pk=need.pk)
    gap = rupiah(gap_total(needs, on=timezone.localdate()).gap_idr)
    return _("Penyaluran diperiksa. Kekurangan kebutuhan ini kini %(gap)s.") % {"gap": gap}


def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    row = _visible(request, pk)
    by = permitted(request, "partners.withdraw_disbursement")
    if request.method == "GET" and not row.is_standing:
        messages.info(request, _("Penyaluran ini sudah diperiksa atau dibatalkan; keadaannya ada di bawah."))
        return redirect(row)
    form = WithdrawForm(request.POST or None)

    def write() -> None:
        withdraw_disbursement(row, reason=form.cleaned_data["reason"], by=by)

    if request.method == "POST" and save_form(form, write):
        messages.success(request, _("Penyaluran dibatalkan dan tidak dihitung lagi. Catat ulang bila perlu."))
        return redirect(row)
    return render(request, "partners/disbursement_withdraw.html", {"row": row, "form": form})


def evidence(request: HttpRequest, pk: int) -> FileResponse:
    """The evidence as it was stored. Every download is logged."""
    row = _visible(request, pk)
    permitted(request, "partners.download_evidence")
    reply = as_attachment(row.file.open, name=row.file_name, media_type=row.media_type)
    with in_office_language():
        words = {
            "partner": row.support.partner,
            "cooperative": row.support.cooperative,
            "name": row.file_name,
        }
        target = _("Bukti penyaluran %(partner)s, %(cooperative)s: %(name)s") % words
    record_access(request, Verb.DOWNLOADED, target=target)
    return reply


def _visible(request: HttpRequest, pk: int) -> Disbursement:
    return get_object_or_404(Disbursement.objects.visible_to(request.user).select_related(*WITH_NAMES), pk=pk)

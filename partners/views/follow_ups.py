"""The page on which somebody answers whether an outlet still runs after the money arrived."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cooperatives.asof import read_view
from cooperatives.views.profile import permitted
from kkmp.accounts.models import User
from kkmp.edited import save_form
from outlets.report_cycle import first_of_month
from partners.follow_up_forms import FollowUpForm
from partners.follow_ups import (
    answers_to,
    contradicts,
    milestones,
    outlet_on,
    record_follow_up,
    unanswered,
    with_last_paid,
)
from partners.models import Answer, Support
from partners.views.supports import WITH_NAMES


def follow_up(request: HttpRequest, pk: int) -> HttpResponse:
    """After an answer the page stays: it says whether the record agrees, and where to mend it."""
    today = read_view(request).today
    mine = with_last_paid(Support.objects.visible_to(request.user), on=today)
    support = get_object_or_404(mine.select_related(*WITH_NAMES), pk=pk)
    user = permitted(request, "partners.add_followup")
    answers = list(answers_to(support, on=today))
    found = milestones(support, answers, on=today)
    form = FollowUpForm(request.POST or None, found=found)

    def write() -> None:
        typed = {**form.cleaned_data, "answer": Answer(form.cleaned_data["answer"])}
        record_follow_up(support=support, by=user, **typed)

    if request.method == "POST" and save_form(form, write):
        messages.success(request, _("Tindak lanjut tercatat."))
        return redirect("partners:follow_up", pk=pk)
    outlet = outlet_on(support, on=today)
    newest = answers[0] if answers else None
    context = {
        "support": support,
        "outlet": outlet,
        "form": form if any(unanswered(found)) or form.is_bound else None,
        "answers": answers,
        "is_reached": bool(found),
        "contradicting": newest if newest and outlet and contradicts(newest, outlet) else None,
        "mend_href": _mend_href(user, outlet) if outlet else "",
        "may_decide": user.has_perm("outlets.decide_status"),
    }
    return render(request, "partners/follow_up.html", context)


def _mend_href(user: User, outlet: Any) -> str:
    """Where this person may set the record right: a decision, or this month's report."""
    if user.has_perm("outlets.decide_status"):
        return reverse("outlets:decide", args=[outlet.pk])
    month = f"{first_of_month(timezone.localdate()):%Y-%m}"
    return reverse("reports:form", args=[outlet.cooperative.kelurahan_id, month])

"""Matching: where to begin, outlets for an offer, offers for an outlet, and proposing an offer to the outlets that were ticked."""

import re
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from cooperatives.asof import View, read_view
from cooperatives.views.profile import permitted
from kkmp.accounts.models import Verb
from kkmp.accounts.permissions import sees_whole_city
from kkmp.accounts.services import record_access
from kkmp.edited import save_form
from kkmp.list_answers import MOST_PRINTED, copy_in_log
from kkmp.listing import FILE_KINDS, PER_PAGE, as_file
from outlets.models import Outlet
from outlets.outlet_class import with_status
from partners.candidates import largest_gaps
from partners.gap import GapTotal
from partners.match_columns import cells, headings
from partners.match_forms import MatchForm
from partners.matching import (
    Ranking,
    offers_for,
    offers_on,
    offers_seen,
    outlets_for,
    propose_matches,
)
from partners.models import Offer, Stage, Support
from partners.offer_conditions import conditions_in_words

TITLE = gettext_lazy("Pencocokan")
# Outlets to begin with; those who do not fit, until all are asked for; supports that a message names.
MOST_OUTLETS, MOST_EXCLUDED, MOST_NAMED = 20, 20, 10
_KEY = re.compile(r"[0-9]{1,18}")


@permission_required(["partners.view_offer", "outlets.view_outlet"], raise_exception=True)
def match(request: HttpRequest) -> HttpResponse:
    view = read_view(request)
    if request.GET.get("offer"):
        offer = _offer(request, view)
        ranking = outlets_for(offer, view)
        return _copy(request, view, ranking, offer) or _offer_page(request, view, ranking, offer)
    if request.GET.get("outlet"):
        outlet = _outlet(request, view)
        ranking = offers_for(outlet, view)
        return _copy(request, view, ranking, outlet) or _outlet_page(request, view, ranking, outlet)
    outlets = Outlet.objects.visible_to(view.user).filter(cooperative__in=view.cooperatives)
    context = {
        "view": view,
        "offers": offers_on(view),
        "outlets": largest_gaps(outlets, on=view.on, most=MOST_OUTLETS),
        "most": MOST_OUTLETS,
    }
    return render(request, "partners/match.html", context)


@require_POST
@transaction.atomic
def propose(request: HttpRequest) -> HttpResponse:
    """Shown on the ranking again where something is wrong, with everything that was typed."""
    by = permitted(request, "partners.propose_support")
    if not request.GET.get("offer"):
        return redirect("partners:match")
    view = read_view(request)
    # One proposal out of an offer at a time: the second of two quick clicks waits, and reads what the first wrote.
    get_object_or_404(Offer.objects.visible_to(by).select_for_update(), pk=_key(request, "offer"))
    offer = _offer(request, view)
    ranking = outlets_for(offer, view)
    form = MatchForm(request.POST, matches=ranking.fitting)
    if not view.is_today:
        messages.warning(
            request, _("Usulan dicatat menurut keadaan hari ini; lihat halaman ini per hari ini.")
        )
        return redirect(_here(view, offer))
    written: list[Support] = []

    def write() -> None:
        written[:] = propose_matches(
            form.chosen,
            offer=offer,
            note=form.cleaned_data["note"],
            on=view.today,
            is_repeat_meant=form.cleaned_data["again"],
            by=by,
        )

    if save_form(form, write):
        messages.success(request, _done(written, may_cancel=by.has_perm("partners.add_stagechange")))
        return redirect(_here(view, offer))
    return _offer_page(request, view, ranking, offer, form)


def _key(request: HttpRequest, name: str) -> str:
    asked = request.GET.get(name, "")
    if not _KEY.fullmatch(asked):
        raise Http404
    return asked


def _offer(request: HttpRequest, view: View) -> Offer:
    offer: Offer = get_object_or_404(offers_seen(view), pk=_key(request, "offer"))
    return offer


def _outlet(request: HttpRequest, view: View) -> Outlet:
    mine = with_status(Outlet.objects.visible_to(view.user), on=view.on)
    outlet: Outlet = get_object_or_404(
        mine.select_related("cooperative__kelurahan__kecamatan"), pk=_key(request, "outlet")
    )
    return outlet


def _here(view: View, subject: Offer | Outlet, **extra: object) -> str:
    return view.link(reverse("partners:match"), **{_asked(subject): subject.pk, **extra})


def _asked(subject: Offer | Outlet) -> str:
    return "offer" if isinstance(subject, Offer) else "outlet"


def _offer_page(
    request: HttpRequest, view: View, ranking: Ranking, offer: Offer, form: MatchForm | None = None
) -> HttpResponse:
    page = Paginator(ranking.fitting, PER_PAGE).get_page(request.GET.get("page"))
    may_propose = request.user.has_perm("partners.propose_support") and view.is_today
    context = {
        **_context(request, view, ranking, offer),
        "page": page,
        "form": form or MatchForm(None, matches=list(page)),
        "may_propose": may_propose,
        "propose_href": _here(view, offer, page=page.number if page.number > 1 else "").replace(
            reverse("partners:match"), reverse("partners:match_propose"), 1
        ),
    }
    return render(request, "partners/match_offer.html", context)


def _outlet_page(request: HttpRequest, view: View, ranking: Ranking, outlet: Outlet) -> HttpResponse:
    return render(request, "partners/match_outlet.html", _context(request, view, ranking, outlet))


def _context(request: HttpRequest, view: View, ranking: Ranking, subject: Offer | Outlet) -> dict[str, Any]:
    is_whole = request.GET.get("excluded") == "all"
    asked = _asked(subject)
    candidate = next((one.candidate for one in [*ranking.fitting, *ranking.excluded]), None)
    gap = (candidate.gap if candidate else None) or GapTotal()
    return {
        "view": view,
        "asked": asked,
        "subject": subject,
        asked: subject,
        "conditions": conditions_in_words(subject) if isinstance(subject, Offer) else [],
        "gap": gap,
        "ranking": ranking,
        "excluded": ranking.excluded if is_whole else ranking.excluded[:MOST_EXCLUDED],
        "all_excluded_href": "" if is_whole else _here(view, subject, excluded="all"),
        # What is left tells what was agreed with others: for those who see them too.
        "shows_left": sees_whole_city(view.user),
        "keep": [*view.keep, (asked, subject.pk)],
        "today_href": f"{reverse('partners:match')}?{asked}={subject.pk}",
        "back_href": view.link(reverse("partners:match")),
        "page_href": _here(view, subject),
        "csv_href": _here(view, subject, format="csv"),
        "xlsx_href": _here(view, subject, format="xlsx"),
        "print_href": _here(view, subject, print=1),
    }


def _copy(request: HttpRequest, view: View, ranking: Ranking, subject: Offer | Outlet) -> HttpResponse | None:
    """The whole ranking as a file or to be printed, logged; None where the address asks for a page."""
    kind, is_print = request.GET.get("format", ""), "print" in request.GET
    if not (kind in FILE_KINDS or is_print):
        return None
    count = len(ranking.fitting) + len(ranking.excluded)
    title = f"{TITLE}: {subject}"
    target = copy_in_log(title, on=view.on, area=lambda: view.area_in_words, count=count)
    record_access(request, Verb.PRINTED if is_print else Verb.EXPORTED, target=target)
    if not is_print:
        name = f"pencocokan-{view.on.isoformat()}-{slugify(str(subject))[:60]}"
        asked = _asked(subject)
        return as_file(kind, headings(asked), cells(ranking, asked), name=name, sheet=str(TITLE))
    context = {
        **_context(request, view, ranking, subject),
        "fitting": ranking.fitting[:MOST_PRINTED],
        "excluded": ranking.excluded[:MOST_PRINTED],
        "most": MOST_PRINTED,
    }
    return render(request, "partners/match_print.html", context)


def _done(written: list[Support], *, may_cancel: bool) -> SafeString:
    count = len(written)
    done = ngettext("%(count)d usulan bantuan tercatat:", "%(count)d usulan bantuan tercatat:", count)
    undo = (
        _("Bila keliru, catat tahap Batal dengan alasannya.")
        if may_cancel
        else _("Bila keliru, minta Sudin PPKUKM mencatat tahap Batal dengan alasannya.")
    )
    links = format_html_join(
        ", ",
        '<a href="{}">{}</a>',
        ((one.get_absolute_url(), one.outlet) for one in written[:MOST_NAMED]),
    )
    query = {"partner": written[0].partner_id, "stage": Stage.PROSPECT}
    return format_html(
        '{} {}. <a href="{}">{}</a>. {}',
        done % {"count": count},
        links,
        reverse("partners:supports", query=query),
        _("Semua usulan mitra ini"),
        undo,
    )

"""The page of the collection grid: tick who pays, one submit."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Q
from django.db.models.functions import Length
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cooperatives.asof import View, read_view
from cooperatives.models import Cooperative
from kkmp.fields import DayField
from kkmp.templatetags.ui import number, rupiah
from members.models import Member
from members.savings.collection import grid_of, months_in_words, read_ticks
from members.savings.forms import CollectForm
from members.savings.services import Collected, collect
from members.savings.views.ledger import tabs_of

# Twelve boxes each: below the thousand fields that one submit may have.
MEMBERS_A_PAGE = 80
YEARS_BACK = 5


@permission_required("members.add_savingsentry", raise_exception=True)
def collection(request: HttpRequest) -> HttpResponse:
    view = read_view(request)
    form = _asked(request, view)
    if request.method == "POST":
        return _submit(request, view, form)
    return _page(request, view, form, form.cleaned_data.get("cooperative"))


def _asked(request: HttpRequest, view: View) -> CollectForm:
    """The question of the address; this year, and the only cooperative there is, where it does not say."""
    asked = request.GET.copy()
    if not asked.get("year"):
        asked["year"] = str(view.today.year)
    if not asked.get("cooperative"):
        codes = list(view.cooperatives.order_by("pk").values_list("kelurahan", flat=True)[:2])
        asked["cooperative"] = codes[0] if len(codes) == 1 else ""
    form = CollectForm(asked, view=view, years=_years(view))
    form.is_valid()
    return form


def _years(view: View) -> range:
    return range(view.today.year + 1, view.today.year - YEARS_BACK, -1)


def _members(view: View, cooperative: Cooperative, year: int) -> Any:
    """Who was a member at some time of that year."""
    mine = Member.objects.visible_to(view.user).filter(cooperative=cooperative, voided_on=None)
    there = mine.filter(joined_on__year__lte=year).filter(Q(ended_on=None) | Q(ended_on__year__gte=year))
    return there.order_by(Length("number"), "number", "pk")


def _submit(request: HttpRequest, view: View, form: CollectForm) -> HttpResponse:
    posted = request.POST
    mine = view.cooperatives.select_related("kelurahan__kecamatan")
    chosen = get_object_or_404(mine, kelurahan=posted.get("cooperative", ""))
    try:
        value_on = DayField(is_past=True).clean(posted.get("value_on", ""))
        ticks = read_ticks(posted.getlist("paid"))
        done = collect(cooperative=chosen, ticks=ticks, value_on=value_on, by=view.user)
    except ValidationError as error:
        problems = error.messages
    except ValueError as error:
        problems = [str(error)]
    else:
        _tell(request, done)
        return redirect(request.get_full_path())
    return _page(request, view, form, chosen, problems=problems, posted=posted)


def _tell(request: HttpRequest, done: Collected) -> None:
    if done.entries:
        people = len(done.receipts)
        words = ngettext(
            "%(count)s bulan dari %(people)s anggota tercatat, %(total)s. Bukti %(first)s s.d. %(last)s.",
            "%(count)s bulan dari %(people)s anggota tercatat, %(total)s. Bukti %(first)s s.d. %(last)s.",
            len(done.entries),
        )
        messages.success(
            request,
            words
            % {
                "count": number(len(done.entries)),
                "people": number(people),
                "total": rupiah(done.total_idr),
                "first": done.receipts[0],
                "last": done.receipts[-1],
            },
        )
    if done.already:
        words = _("Sudah dibayar sebelumnya, tidak dicatat dua kali: %(months)s.")
        messages.warning(request, words % {"months": months_in_words(done.already)})


def _page(
    request: HttpRequest,
    view: View,
    form: CollectForm,
    cooperative: Cooperative | None,
    *,
    problems: list[str] | None = None,
    posted: QueryDict | None = None,
) -> HttpResponse:
    year = form.cleaned_data.get("year") or view.today.year
    context: dict[str, Any] = {
        "view": view,
        **tabs_of(request, "savings:collect"),
        "form": form,
        "cooperative": cooperative,
        "year": year,
        "years": [one for one in (year - 1, year + 1) if one in _years(view)],
        "problems": [*(problems or []), *form.errors.get("cooperative", [])],
        "value_on": posted.get("value_on", "") if posted else view.today.isoformat(),
        "reset_href": reverse("savings:collect"),
        "grid": None,
        "page": None,
    }
    if cooperative:
        members = _members(view, cooperative, year)
        if text := form.cleaned_data.get("q"):
            members = members.search(" ".join(text.split()))
        page = Paginator(members, MEMBERS_A_PAGE).get_page(request.GET.get("page"))
        ticked = set(posted.getlist("paid")) if posted else ()
        context["page"] = page
        context["grid"] = grid_of(
            cooperative, list(page.object_list), year=year, today=view.today, ticked=ticked
        )
    else:
        context["choices"] = view.cooperatives.select_related("kelurahan__kecamatan")
    return render(request, "savings/collect.html", context)

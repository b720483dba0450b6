"""Contradictions on a day: each rule with its definition and count, and what it found with where to mend it."""

from collections import Counter
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy

from cooperatives.asof import read_view
from kkmp.list_answers import Register, answer, copy_of
from kkmp.listing import list_columns
from outlets.contradiction_list import ContradictionListForm, Rows
from outlets.contradictions import Rule, contradictions, days_on, definition_of
from outlets.tabs import outlet_tabs

CONTRADICTIONS = Register(gettext_lazy("Kontradiksi catatan"), "kontradiksi")


@permission_required("outlets.view_outlet", raise_exception=True)
def contradiction_list(request: HttpRequest) -> HttpResponseBase:
    view = read_view(request)
    form = ContradictionListForm.read(request.GET, view=view)
    days = days_on(view.on)
    found = Rows.of(contradictions(view.cooperatives, on=view.on, days=days), view.user)
    # The engine asks of its rows what these answer, too.
    rows: Any = found
    if copy := copy_of(request, CONTRADICTIONS, form, rows, question=view):
        return copy
    counts = Counter(row.rule for row in form.in_area(found))
    here = reverse("outlets:contradictions")
    chosen = form.cleaned_data.get("cooperative")
    code = chosen.kelurahan_id if chosen else ""
    context = {
        "view": view,
        "tabs": outlet_tabs(view, current="outlets:contradictions"),
        "rules": [
            {
                "label": rule.label,
                "definition": definition_of(rule, days),
                "count": counts[rule.value],
                "href": view.link(here, rule=rule.value, cooperative=code),
                "is_chosen": form.cleaned_data.get("rule") == rule,
            }
            for rule in Rule
        ],
        "reset_href": here,
    }
    listing = list_columns(form, rows, request.GET.get("page"), question=view)
    return answer(request, "contradictions/list.html", "contradictions/_list.html", listing, context)

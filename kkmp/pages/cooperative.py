"""The list of cooperatives with their class on a day, and the page of one: outlets, needs, supports, members, facts."""

from typing import Any

from django import forms
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from cooperatives.asof import View, read_view
from cooperatives.models import Cooperative, PublicFact
from kkmp.history import read_history
from kkmp.listing import ListForm, paginate
from members.models import count_members, with_member_count
from outlets.capital import idle_without_need, need_total, with_open_needs
from outlets.history import status_entries
from outlets.models import CapitalNeed, Outlet, Reason, StatusChange
from outlets.outlet_class import (
    OutletClass,
    idle_because_of,
    with_idle_reason,
    with_outlet_class,
    with_status,
)
from outlets.timeline import changed_since_effect, timeline
from partners.models import Support

MOVES = {
    f"{before}-{after}": (before, after) for before in OutletClass.values for after in OutletClass.values
}


class CooperativeListForm(ListForm):
    """Filters of the list; `moved` comes from the dashboard's flow: the class at `since`, a dash, the class at `on`."""

    sorts = {
        "area": (_("Kecamatan, kelurahan"), ("kelurahan__kecamatan__name", "kelurahan__name", "pk")),
        "name": (_("Kelurahan"), ("kelurahan__name", "pk")),
        "idle": (
            _("Paling lama menganggur"),
            (F("idle_since").asc(nulls_last=True), "kelurahan__name", "pk"),
        ),
        "members": (_("Anggota terbanyak"), ("-member_count", "kelurahan__name", "pk")),
    }
    reason = forms.ChoiceField(
        label=_("Sebab"), required=False, choices=[("", _("Semua sebab")), *Reason.choices]
    )
    moved = forms.ChoiceField(
        required=False, choices=[(move, move) for move in MOVES], widget=forms.HiddenInput
    )

    def __init__(self, data: QueryDict, *, view: View) -> None:
        super().__init__(data)
        self.view = view
        # `class` is a word of the language, so the field cannot be written as an attribute.
        self.fields["class"] = forms.ChoiceField(
            label=_("Status"), required=False, choices=[("", _("Semua status")), *OutletClass.choices]
        )
        self.order_fields(["q", "class", "reason", "sort", "moved"])

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        wanted, view = self.cleaned_data, self.view
        if wanted.get("class"):
            rows = rows.filter(outlet_class=wanted["class"])
        if wanted.get("reason"):
            rows = idle_because_of(rows, wanted["reason"], on=view.on, known_at=view.known_at)
        if wanted.get("moved"):
            before, after = MOVES[wanted["moved"]]
            rows = with_outlet_class(rows, on=view.since, known_at=view.known_at, name="class_before")
            rows = rows.filter(class_before=before, outlet_class=after)
        return rows

    def moved_in_words(self) -> str:
        """“Pindah dari … ke … antara … dan …”; empty where that filter is off."""
        if not self.cleaned_data.get("moved"):
            return ""
        before, after = (OutletClass(value).label for value in MOVES[self.cleaned_data["moved"]])
        return _("Pindah dari “%(before)s” ke “%(after)s” antara %(since)s dan %(on)s.") % {
            "before": before,
            "after": after,
            "since": date_format(self.view.since),
            "on": date_format(self.view.on),
        }


def listed(view: View) -> QuerySet[Cooperative]:
    """Every cooperative the page counts, with what a row of the list shows."""
    return _with_figures(view.cooperatives, view)


def _with_figures(cooperatives: QuerySet[Cooperative], view: View) -> QuerySet[Cooperative]:
    rows = with_outlet_class(cooperatives, on=view.on, known_at=view.known_at)
    rows = with_idle_reason(rows, on=view.on, known_at=view.known_at)
    rows = with_open_needs(rows, on=view.on)
    return with_member_count(rows, on=view.on).select_related("kelurahan__kecamatan")


def cooperative_list(request: HttpRequest) -> HttpResponse:
    view = read_view(request)
    form = CooperativeListForm.read(request.GET, view=view)
    listing = paginate(form, listed(view), request.GET.get("page"))
    context = {
        "view": view,
        "listing": listing,
        "moved": form.moved_in_words(),
        "reset_href": reverse("cooperatives:list"),
    }
    return render(request, "cooperatives/list.html", context)


def cooperative_page(request: HttpRequest, code: str) -> HttpResponse:
    view = read_view(request)
    mine = Cooperative.objects.visible_to(view.user).filter(kelurahan=code)
    cooperative = get_object_or_404(_with_figures(mine, view))
    outlets = with_status(
        Outlet.objects.visible_to(view.user).filter(cooperative=cooperative),
        on=view.on,
        known_at=view.known_at,
    )
    needs = CapitalNeed.objects.visible_to(view.user).filter(outlet__cooperative=cooperative).open_on(view.on)
    changes = StatusChange.objects.visible_to(view.user).filter(cooperative=cooperative)
    changes = changes.select_related("outlet", "recorded_by", "retracted_by")
    may_change = view.user.has_perm("cooperatives.change_cooperative")
    context = {
        "view": view,
        "cooperative": cooperative,
        "timeline": timeline(cooperative, until=view.on, known_at=view.known_at, link=view.link),
        "outlets": outlets,
        "lacks_need": idle_without_need(outlets, on=view.on).exists(),
        "changes": changes,
        "needs": needs.select_related("outlet"),
        "needs_total": need_total(needs),
        "supports": Support.objects.visible_to(view.user)
        .filter(cooperative=cooperative)
        .as_of(view.on)
        .select_related("partner"),
        "members": count_members(mine, on=view.on),
        "facts": PublicFact.objects.visible_to(view.user).filter(cooperative=cooperative),
        "history": read_history(
            request,
            cooperative,
            facts=status_entries(changes, names_outlet=True),
            edit_href=reverse("cooperatives:edit", args=[code]) if may_change else "",
        ),
        "changed_since": changed_since_effect(mine, on=view.on),
    }
    return render(request, "cooperatives/detail.html", context)

"""One search over everything a person may see: cooperatives, outlets, members, partners and what they promised."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When, Window
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from cooperatives.asof import View, read_view
from members.models import Member
from outlets.models import Outlet
from partners.models import Partner, Support

SHORTEST = 2
LONGEST = 100
ON_PAGE = 10
WHILE_TYPING = 3
# Where suggestions are put; htmx names it.
SUGGESTIONS = "search-suggestions"


class SearchForm(forms.Form):
    q = forms.CharField(
        label=gettext_lazy("Cari"),
        min_length=SHORTEST,
        max_length=LONGEST,
        widget=forms.SearchInput,
        help_text=gettext_lazy("Nama kelurahan, gerai, anggota, atau mitra. Ejaan tidak harus persis."),
        error_messages={"min_length": gettext_lazy("Ketik sedikitnya %(limit_value)d huruf.")},
    )


@dataclass(frozen=True)
class Hit:
    """One row that was found: its page, and a line that tells it from its namesakes."""

    label: str
    sub: str
    href: str


@dataclass(frozen=True)
class Group:
    """What was found of one kind: the first rows, how many there are, and the list with all of them."""

    title: str
    icon: str
    total: int
    hits: list[Hit]
    href: str

    @property
    def has_more(self) -> bool:
        return self.total > len(self.hits)


def search(request: HttpRequest) -> HttpResponse:
    view = read_view(request)
    form = SearchForm(request.GET if "q" in request.GET else None)
    is_typing = request.headers.get("HX-Target") == SUGGESTIONS
    found = (
        list(groups(view, form.cleaned_data["q"], most=WHILE_TYPING if is_typing else ON_PAGE))
        if form.is_valid()
        else []
    )
    context = {
        "view": view,
        "form": form,
        "q": form.cleaned_data.get("q", "") if form.is_bound else "",
        "groups": found,
        "total": sum(group.total for group in found),
    }
    if is_typing:
        return render(request, "search/_suggestions.html", context)
    return render(request, "search/search.html", context)


def groups(view: View, text: str, *, most: int) -> Iterator[Group]:
    """What the person may see, one query a kind; kinds in which nothing was found are left out."""
    for permission, make in _KINDS:
        if view.user.has_perm(permission):
            group = make(view, text, most)
            if group.total:
                yield group


def _cooperatives(view: View, text: str, most: int) -> Group:
    named = Q(kelurahan__name__istartswith=text)
    rows = _ranked(view.cooperatives.search(text), named, "kelurahan__name")
    return _group(
        pgettext("plural", "Koperasi"),
        "building-library",
        list(rows.select_related("kelurahan__kecamatan")[:most]),
        lambda row: Hit(str(row), row.kelurahan.kecamatan.name, view.link(row.get_absolute_url())),
        view.link(reverse("cooperatives:list"), q=text),
    )


def _outlets(view: View, text: str, most: int) -> Group:
    mine = Outlet.objects.visible_to(view.user).filter(cooperative__in=view.cooperatives)
    rows = _ranked(mine.search(text), Q(name__icontains=text), "name")
    return _group(
        pgettext("plural", "Gerai"),
        "building-storefront",
        list(rows.select_related("cooperative__kelurahan__kecamatan")[:most]),
        lambda row: Hit(row.name, _of(row.cooperative), view.link(row.get_absolute_url())),
        view.link(reverse("outlets:list"), q=text),
    )


def _members(view: View, text: str, most: int) -> Group:
    """Those who left too: somebody looks for them to see when."""
    mine = Member.objects.visible_to(view.user).filter(cooperative__in=view.cooperatives).ever_by(view.on)
    named = Q(full_name__icontains=text) | Q(number__iexact=text)
    rows = _ranked(mine.search(text), named, "full_name")
    everybody = view.link(reverse("members:list"), q=text, state="all")

    def hit(row: Member) -> Hit:
        gone = row.ended_on and row.ended_on <= view.on
        sub = _("%(cooperative)s, sudah keluar") if gone else "%(cooperative)s"
        return Hit(
            str(row),
            sub % {"cooperative": row.cooperative},
            row.get_absolute_url(),
        )

    shown = list(rows.select_related("cooperative__kelurahan")[:most])
    return _group(_("Anggota"), "users", shown, hit, everybody)


def _partners(view: View, text: str, most: int) -> Group:
    mine = Partner.objects.visible_to(view.user)
    rows = _ranked(mine.search(text), Q(name__icontains=text), "name")
    return _group(
        pgettext("plural", "Mitra"),
        "hand-raised",
        list(rows[:most]),
        lambda row: Hit(row.name, str(row.get_category_display()), view.link(row.get_absolute_url())),
        view.link(reverse("partners:list"), q=text),
    )


def _supports(view: View, text: str, most: int) -> Group:
    mine = Support.objects.visible_to(view.user).filter(cooperative__in=view.cooperatives).as_of(view.on)
    rows = _ranked(mine.search(text), Q(partner__name__icontains=text), "partner__name")
    return _group(
        _("Bantuan"),
        "gift",
        list(rows.select_related("partner", "cooperative__kelurahan")[:most]),
        lambda row: Hit(
            str(row), f"{row.get_kind_display()}, {row.stage_label}", view.link(row.get_absolute_url())
        ),
        view.link(reverse("partners:supports"), q=text),
    )


_KINDS: tuple[tuple[str, Callable[[View, str, int], Group]], ...] = (
    ("cooperatives.view_cooperative", _cooperatives),
    ("outlets.view_outlet", _outlets),
    ("members.view_member", _members),
    ("partners.view_partner", _partners),
    ("partners.view_support", _supports),
)


def _ranked(found: QuerySet[Any], named: Q, name: str) -> QuerySet[Any]:
    """What was found, those that bear the words in their own name before the rest.

    Each row knows how many there are in all (`found_count`), so that one query answers both.
    """
    rank = Case(When(named, then=Value(0)), default=Value(1), output_field=IntegerField())
    ranked: QuerySet[Any] = found.annotate(found_count=Window(Count("pk")), rank=rank)
    return ranked.order_by("rank", name, "pk")


def _group(title: str, icon: str, rows: list[Any], hit: Callable[[Any], Hit], href: str) -> Group:
    return Group(title, icon, rows[0].found_count if rows else 0, [hit(row) for row in rows], href)


def _of(cooperative: Any) -> str:
    return f"{cooperative}, {cooperative.kelurahan.kecamatan.name}"

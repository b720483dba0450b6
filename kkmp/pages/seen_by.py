"""Who sees what, by cooperative: each with its officers on a day, and everybody who sees one of them."""

from typing import Any

from django import forms
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cooperatives.asof import View, read_view
from cooperatives.grants import area_in_words
from cooperatives.models import Cooperative
from kkmp.accounts.models import User
from kkmp.columns import Cell, Column, Kind, Part, column
from kkmp.list_answers import Register, answer, copy_of
from kkmp.listing import ListForm, list_columns
from kkmp.pages.sight import MAY_READ, Sight, access_tabs, grants_on


def _cooperative_cell(row: Any, sight: Sight) -> Cell:
    href = sight.view.link(reverse("access:cooperative", args=[row.kelurahan]))
    return Cell(f"KKMP {row.kelurahan__name}", href=href, sub=row.kelurahan__kecamatan__name)


def _keepers_in_words(code: str, sight: Sight) -> str:
    return "; ".join(
        _("%(who)s (%(area)s)") % {"who": grant.user, "area": area_in_words(grant)}
        for grant in sight.keepers_of(code)
    )


def _keepers_cell(row: Any, sight: Sight) -> Cell:
    words = _keepers_in_words(row.kelurahan, sight)
    return Cell(words) if words else Cell(_("tanpa petugas"), tone="error")


COOPERATIVE_COLUMNS = (
    Column(
        "cooperative",
        gettext_lazy("Koperasi"),
        (
            Part(gettext_lazy("Kode kelurahan"), "kelurahan"),
            Part(gettext_lazy("Kelurahan"), "kelurahan__name", width=24),
            Part(gettext_lazy("Kecamatan"), "kelurahan__kecamatan__name", width=24),
        ),
        cell=_cooperative_cell,
        order=("kelurahan__name",),
    ),
    column(
        "keepers",
        gettext_lazy("Petugas dan lewat wilayah mana"),
        "kelurahan",
        value=_keepers_in_words,
        cell=_keepers_cell,
        width=64,
    ),
    column(
        "keeper_count",
        gettext_lazy("Jumlah petugas"),
        "kelurahan",
        Kind.NUMBER,
        value=lambda code, sight: len({grant.user_id for grant in sight.keepers_of(code)}),
    ),
    column(
        "city_count",
        gettext_lazy("Karena perannya"),
        "kelurahan",
        Kind.NUMBER,
        value=lambda _code, sight: len(sight.city_wide),
    ),
)


class CooperativesForm(ListForm):
    """`person` comes from the list of people: what that person sees."""

    columns = COOPERATIVE_COLUMNS
    sorts = {
        "area": (
            gettext_lazy("Kecamatan, kelurahan"),
            ("kelurahan__kecamatan__name", "kelurahan__name", "pk"),
        ),
        "name": (gettext_lazy("Kelurahan"), ("kelurahan__name", "pk")),
    }
    person = forms.ModelChoiceField(
        User.objects.all(),
        label=gettext_lazy("Dilihat oleh"),
        required=False,
        empty_label=gettext_lazy("Siapa saja"),
        error_messages={"invalid_choice": gettext_lazy("Orang itu tidak ada; semua koperasi ditampilkan.")},
    )
    keeper = forms.ChoiceField(
        label=gettext_lazy("Petugas"),
        required=False,
        choices=[
            ("", gettext_lazy("Semua")),
            ("none", gettext_lazy("Tanpa petugas")),
            ("some", gettext_lazy("Ada petugas")),
        ],
    )
    field_order = ["q", "person", "keeper", "sort"]

    def __init__(self, data: QueryDict, *, view: View) -> None:
        super().__init__(data)
        self.view = view

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        if seer := self.cleaned_data.get("person"):
            rows = rows.filter(pk__in=Cooperative.objects.visible_on(self.view.on, seer))
        if keeper := self.cleaned_data.get("keeper"):
            held = grants_on(self.view.on).filter(
                Q(kelurahan=OuterRef("kelurahan")) | Q(kecamatan=OuterRef("kelurahan__kecamatan"))
            )
            rows = rows.filter(Exists(held) if keeper == "some" else ~Exists(held))
        return rows


COOPERATIVES = Register(gettext_lazy("Siapa melihat apa, menurut koperasi"), "siapa-melihat-koperasi")


@permission_required(MAY_READ, raise_exception=True)
def cooperatives(request: HttpRequest) -> HttpResponseBase:
    sight = Sight(read_view(request))
    form = CooperativesForm.read(request.GET, view=sight.view)
    if copy := copy_of(request, COOPERATIVES, form, sight.view.cooperatives, question=sight):
        return copy
    listing = list_columns(form, sight.view.cooperatives, request.GET.get("page"), question=sight)
    context = {
        "view": sight.view,
        "tabs": access_tabs(request, sight.view, "access:cooperatives"),
        "reset_href": reverse("access:cooperatives"),
        "city_wide": len(sight.city_wide),
        "city_wide_href": sight.view.link(reverse("access:people"), sees="city"),
    }
    return answer(request, "access/cooperatives.html", "access/_cooperatives.html", listing, context)


def cooperative(request: HttpRequest, code: str) -> HttpResponse:
    """Everybody who sees one cooperative on the day, each with the role or area that shows it to them."""
    rows = Cooperative.objects.visible_to(request.user).select_related("kelurahan__kecamatan")
    found = get_object_or_404(rows, kelurahan=code)
    if not request.user.has_perm(MAY_READ):
        raise PermissionDenied
    sight = Sight(read_view(request))
    context = {
        "view": sight.view,
        "cooperative": found,
        "keepers": [(grant, area_in_words(grant)) for grant in sight.keepers_of(code)],
        "city_wide": sight.city_wide,
    }
    return render(request, "access/cooperative.html", context)

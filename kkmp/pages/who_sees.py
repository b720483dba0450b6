"""Who sees what, by person: everybody with their areas on a day, and the page of one."""

from typing import Any

from django import forms
from django.contrib.auth.decorators import permission_required
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cooperatives.asof import View, read_view
from cooperatives.grants import area_in_words, state_on
from cooperatives.models import AreaGrant, Cooperative
from kkmp.accounts.models import Role, User
from kkmp.accounts.permissions import city_wide_people, sees_whole_city
from kkmp.accounts.rights_in_words import rights_in_words
from kkmp.columns import Cell, Column, Kind, Part, column, in_order_of, words_of
from kkmp.list_answers import Register, answer, copy_of
from kkmp.listing import ListForm, list_columns
from kkmp.pages.sight import MAY_READ, Sight, access_tabs, grants_on
from kkmp.templatetags.ui import number, waktu


def _person_cell(row: Any, sight: Sight) -> Cell:
    href = sight.view.link(reverse("access:person", args=[row.pk]))
    return Cell(row.full_name or row.username, href=href, sub=row.username)


def _areas_cell(row: Any, sight: Sight) -> Cell:
    areas = sight.areas_of(row.pk)
    return Cell(areas) if areas else Cell(_("tidak ada"), is_unknown=True)


def _count_cell(row: Any, sight: Sight) -> Cell:
    count = sight.count_of(row.pk)
    href = sight.view.link(reverse("access:cooperatives"), person=row.pk)
    name = _("%(count)s koperasi yang dilihat %(who)s") % {"count": number(count), "who": row.full_name}
    return Cell(number(count), href=href if count else "", name=name if count else "", figure=count)


def _account_cell(row: Any, _sight: Sight) -> Cell:
    if row.is_superuser:
        return Cell(_("darurat"), tone="error")
    return Cell(_("aktif"), tone="running") if row.is_active else Cell(_("nonaktif"), tone="closed")


def _last_cell(row: Any, _sight: Sight) -> Cell:
    return Cell(waktu(row.last_login)) if row.last_login else Cell(_("belum pernah"), is_unknown=True)


PEOPLE_COLUMNS = (
    Column(
        "name",
        gettext_lazy("Nama"),
        (
            Part(gettext_lazy("Nama"), "full_name", width=32),
            Part(gettext_lazy("Nama pengguna"), "username", width=24),
        ),
        cell=_person_cell,
        order=("full_name",),
    ),
    column("role", gettext_lazy("Peran"), "role", words=words_of(Role), order=(in_order_of("role", Role),)),
    column(
        "areas",
        gettext_lazy("Wilayah"),
        "pk",
        value=lambda pk, sight: sight.areas_of(pk),
        cell=_areas_cell,
        width=48,
    ),
    column(
        "count",
        gettext_lazy("Koperasi terlihat"),
        "pk",
        Kind.NUMBER,
        value=lambda pk, sight: sight.count_of(pk),
        cell=_count_cell,
    ),
    column(
        "account",
        gettext_lazy("Akun"),
        "is_active",
        words={True: gettext_lazy("aktif"), False: gettext_lazy("nonaktif")},
        cell=_account_cell,
        extra=("is_superuser",),
    ),
    column(
        "last_login",
        gettext_lazy("Terakhir masuk"),
        "last_login",
        Kind.DAY,
        cell=_last_cell,
        order=("last_login",),
    ),
)


class PeopleForm(ListForm):
    """Without a choice of account: those that are not locked."""

    columns = PEOPLE_COLUMNS
    sorts = {
        "full_name": (gettext_lazy("Nama"), ("full_name", "pk")),
        "by_role": (gettext_lazy("Peran"), ("role", "full_name", "pk")),
    }
    role = forms.ChoiceField(
        label=gettext_lazy("Peran"),
        required=False,
        choices=[("", gettext_lazy("Semua peran")), *Role.choices],
    )
    sees = forms.ChoiceField(
        label=gettext_lazy("Melihat"),
        required=False,
        choices=[
            ("", gettext_lazy("Semua")),
            ("city", gettext_lazy("Seluruh kota")),
            ("area", gettext_lazy("Sebagian wilayah")),
            ("nothing", gettext_lazy("Tidak melihat apa pun")),
        ],
    )
    account = forms.ChoiceField(
        label=gettext_lazy("Akun"),
        required=False,
        choices=[
            ("", gettext_lazy("Aktif")),
            ("locked", gettext_lazy("Nonaktif")),
            ("all", gettext_lazy("Semua akun")),
        ],
    )
    field_order = ["q", "role", "sees", "account", "sort"]

    def __init__(self, data: QueryDict, *, view: View) -> None:
        super().__init__(data)
        self.view = view

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        wanted = self.cleaned_data
        if wanted.get("account") != "all":
            rows = rows.filter(is_active=wanted.get("account") != "locked")
        if wanted.get("role"):
            rows = rows.filter(role=wanted["role"])
        grants = grants_on(self.view.on)
        by_role, by_area = Q(pk__in=city_wide_people()), Q(pk__in=grants.values("user"))
        match wanted.get("sees"):
            case "city":
                rows = rows.filter(by_role)
            case "area":
                rows = rows.filter(by_area)
            case "nothing":
                rows = rows.exclude(by_role | by_area)
        if area := self.view.kecamatan:
            there = grants.filter(Q(kecamatan=area) | Q(kelurahan__kecamatan=area))
            rows = rows.filter(by_role | Q(pk__in=there.values("user")))
        return rows


PEOPLE = Register(gettext_lazy("Siapa melihat apa, menurut orang"), "siapa-melihat-apa")


@permission_required(MAY_READ, raise_exception=True)
def people(request: HttpRequest) -> HttpResponseBase:
    sight = Sight(read_view(request))
    form = PeopleForm.read(request.GET, view=sight.view)
    if copy := copy_of(request, PEOPLE, form, User.objects.all(), question=sight):
        return copy
    listing = list_columns(form, User.objects.all(), request.GET.get("page"), question=sight)
    context = {
        "view": sight.view,
        "tabs": access_tabs(request, sight.view, "access:people"),
        "reset_href": reverse("access:people"),
        "may_hand_over": may_hand_over(request.user),
    }
    return answer(request, "access/people.html", "access/_people.html", listing, context)


def may_hand_over(user: Any) -> bool:
    return bool(user.has_perms(["cooperatives.add_areagrant", "cooperatives.change_areagrant"]))


@permission_required(MAY_READ, raise_exception=True)
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One person: what they see, since when and until when, and what their role lets them do."""
    found = get_object_or_404(User, pk=pk)
    sight = Sight(read_view(request))
    areas = AreaGrant.objects.filter(user=found).select_related("kecamatan", "kelurahan__kecamatan")
    areas = areas.order_by("-starts_on", "pk")
    context = {
        "view": sight.view,
        "person": found,
        "whole_city": found.is_active and sees_whole_city(found),
        "count": sight.view.cooperatives.filter(
            pk__in=Cooperative.objects.visible_on(sight.on, found)
        ).count(),
        "grants": [(grant, area_in_words(grant), state_on(grant, sight.on)) for grant in areas],
        "rights": rights_in_words(found) if found.is_active else [],
        "may_hand_over": may_hand_over(request.user) and not sees_whole_city(found),
    }
    return render(request, "access/person.html", context)

"""Who sees which cooperative on a day, and why: by person and by cooperative."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import cached_property
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
from cooperatives.grants import area_in_words, state_on
from cooperatives.models import AreaGrant, Cooperative
from kkmp.accounts.models import Role, User
from kkmp.accounts.permissions import area_keepers, city_wide_people, sees_whole_city
from kkmp.accounts.rights_in_words import rights_in_words
from kkmp.columns import Cell, Column, Kind, Part, column, in_order_of, words_of
from kkmp.list_answers import Register, answer, copy_of
from kkmp.listing import ListForm, list_columns
from kkmp.templatetags.ui import number, waktu

MAY_READ = "cooperatives.view_areagrant"


@dataclass(frozen=True)
class Sight:
    """The question of these pages: who sees which of the cooperatives in view, on its day.

    Each of its three readings is one query, made when a page first needs it.
    """

    view: View

    @property
    def on(self) -> date:
        return self.view.on

    @property
    def area_in_words(self) -> str:
        return self.view.area_in_words

    @cached_property
    def city_wide(self) -> list[User]:
        return list(city_wide_people().order_by("full_name", "pk"))

    @cached_property
    def _city_wide_keys(self) -> frozenset[int]:
        return frozenset(person.pk for person in self.city_wide)

    @cached_property
    def grants(self) -> list[AreaGrant]:
        """Areas in force on the day, of people who are bound to areas and not locked out."""
        return list(
            _grants_on(self.on)
            .select_related("user", "kecamatan", "kelurahan__kecamatan")
            .order_by("user__full_name", "user", "starts_on", "pk")
        )

    @cached_property
    def _kecamatan_of(self) -> dict[str, str]:
        """Codes: of the kelurahan of every cooperative that the reader sees → of its kecamatan."""
        rows = Cooperative.objects.visible_to(self.view.user).order_by("pk")
        return dict(rows.values_list("kelurahan", "kelurahan__kecamatan"))

    @cached_property
    def _places(self) -> list[tuple[str, str]]:
        """The same codes of the cooperatives in view."""
        return [pair for pair in self._kecamatan_of.items() if self.view.area in {"", pair[1]}]

    @cached_property
    def _grants_of(self) -> dict[int, list[AreaGrant]]:
        found = defaultdict(list)
        for grant in self.grants:
            found[grant.user_id].append(grant)
        return found

    def areas_of(self, person: int) -> str:
        if person in self._city_wide_keys:
            return _("Seluruh kota")
        return "; ".join(area_in_words(grant) for grant in self._grants_of.get(person, []))

    def count_of(self, person: int) -> int:
        """How many cooperatives in view the person sees."""
        if person in self._city_wide_keys:
            return len(self._places)
        areas = {grant.kecamatan_id or grant.kelurahan_id for grant in self._grants_of.get(person, [])}
        return sum(bool(areas.intersection(place)) for place in self._places)

    def keepers_of(self, kelurahan: str) -> list[AreaGrant]:
        """Through which areas somebody sees the cooperative of that kelurahan."""
        codes = {kelurahan, self._kecamatan_of[kelurahan]}
        return [grant for grant in self.grants if (grant.kecamatan_id or grant.kelurahan_id) in codes]


def _grants_on(day: date) -> QuerySet[AreaGrant]:
    return AreaGrant.objects.active_on(day).filter(user__in=area_keepers())


def access_tabs(request: HttpRequest, view: View, current: str) -> list[dict[str, object]]:
    """The three lists of these pages; the log for whoever may read it."""
    tabs = [("access:people", _("Menurut orang")), ("access:cooperatives", _("Menurut koperasi"))]
    if request.user.has_perm("accounts.view_accessevent"):
        tabs.append(("access:log", _("Log akses")))
    return [
        {"label": label, "href": view.link(reverse(name)), "is_current": name == current}
        for name, label in tabs
    ]


# --- by person ----------------------------------------------------------------


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
        grants = _grants_on(self.view.on)
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


# --- by cooperative -----------------------------------------------------------


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
            held = _grants_on(self.view.on).filter(
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

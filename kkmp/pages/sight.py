"""The question of the pages about access: who sees which cooperatives on a day, by role or by an area granted."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from cooperatives.asof import View
from cooperatives.grants import area_in_words
from cooperatives.models import AreaGrant, Cooperative
from kkmp.accounts.models import User
from kkmp.accounts.permissions import area_keepers, city_wide_people

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
            grants_on(self.on)
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


def grants_on(day: date) -> QuerySet[AreaGrant]:
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

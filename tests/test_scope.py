"""Who sees what, asked of every address: nothing of another area in body, headers or download."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from kkmp.accounts.models import Role, User
from tests.addresses import Route, all_routes
from tests.factories import AreaGrantFactory, UserFactory
from tests.planted import Planted, Shared, plant, plant_shared, text_of, without_chance
from tests.scope_addresses import ADDRESSES, LEADER, MEMBERS, OFFICER, SUDIN, Address

MINE, THEIRS = "wqjw", "qxzq"
OUR_ROUTES = [route for route in all_routes() if not route.is_admin]
ADMIN_ROUTES = [route for route in all_routes() if route.is_admin]


def name_of(route: Route) -> str:
    return route.name or route.path.strip("/").removesuffix(".ico")


@dataclass(frozen=True)
class World:
    shared: Shared
    mine: Planted
    theirs: Planted

    def address_of(self, route: Route, area: Planted) -> str:
        spec = ADDRESSES[name_of(route)]
        if spec.arguments is None:
            return route.filled()
        return reverse(route.name, args=spec.arguments(area, self.shared))


@pytest.fixture
def world(db: None, today: object) -> World:
    shared = plant_shared()
    return World(shared, plant(MINE, shared, number=3), plant(THEIRS, shared, number=7))


def person_with(role: Role, world: World) -> User:
    """The officer keeps the area “mine”."""
    return world.mine.officer if role == OFFICER else UserFactory.create(role=role)


def answers(client: Client, address: str, spec: Address, area: Planted) -> Iterator[tuple[str, Any]]:
    """What the address says to every way of asking, each with the way."""
    if spec.posted:
        yield "POST", client.post(address)
        return
    yield "GET", client.get(address)
    headers = {"HX-Request": "true", "HX-Target": "cooperative-beside"}
    yield "GET by htmx", client.get(address, headers=headers)
    for query in spec.queries:
        yield f"GET {query(area)}", client.get(address, query(area))


def shows(answer: Any, area: Planted) -> list[str]:
    """What of the area stands in an answer."""
    # A masked token holds any four letters once in a few thousand pages.
    text = without_chance(text_of(answer)).casefold()
    return [part for part in (area.word, *area.sums) if part in text]


def test_every_address_is_known() -> None:
    """A new address has to say here what it takes and who may use it."""
    assert sorted(ADDRESSES) == sorted(name_of(route) for route in OUR_ROUTES)


def expected_status(name: str, role: Role) -> int:
    spec = ADDRESSES[name]
    if role in spec.may:
        return spec.status
    # A batch is out of sight for who sees no batches at all; other addresses say that the right is missing.
    return 404 if name in UNSEEN and role not in MEMBERS else 403


UNSEEN = {"imports:detail", "imports:columns", "imports:failed", "imports:confirm", "imports:undo"}


@pytest.mark.parametrize("role", list(Role))
def test_each_role_gets_in_or_is_told_no(client: Client, world: World, role: Role) -> None:
    client.force_login(person_with(role, world))
    seen = {}
    for route in OUR_ROUTES:
        address = world.address_of(route, world.mine)
        answer = client.post(address) if ADDRESSES[name_of(route)].posted else client.get(address)
        seen[name_of(route)] = answer.status_code
        # A download holds its file open until it is read.
        text_of(answer)
    assert seen == {name: expected_status(name, role) for name in seen}


@pytest.mark.slow
@pytest.mark.parametrize("own_word", [MINE, THEIRS])
def test_nothing_of_another_area_shows(client: Client, world: World, own_word: str) -> None:
    """In both directions, with arguments of the own and of the other area, by GET, htmx, query and download."""
    own, other = (world.mine, world.theirs) if own_word == MINE else (world.theirs, world.mine)
    client.force_login(own.officer)
    leaks = {}
    for route in OUR_ROUTES:
        # Most addresses name no area: asked twice, they would say the same.
        for address in sorted({world.address_of(route, area) for area in (own, other)}):
            for way, answer in answers(client, address, ADDRESSES[name_of(route)], other):
                if found := shows(answer, other):
                    leaks[f"{way} {address}"] = found
    assert leaks == {}


def test_what_is_out_of_scope_is_not_found(client: Client, world: World) -> None:
    """By GET and by POST, whatever is typed; and nothing is written."""
    client.force_login(world.mine.officer)
    before, seen = row_counts(), {}
    scoped = [route for route in OUR_ROUTES if ADDRESSES[name_of(route)].is_scoped]
    for route in scoped:
        address = world.address_of(route, world.theirs)
        posted = client.post(
            address, {"note": "x", "name": "x", "effective_on": "2026-01-01", "version": "1"}
        )
        seen[name_of(route)] = (client.get(address).status_code, posted.status_code)
    expected = {name_of(route): (405 if ADDRESSES[name_of(route)].posted else 404, 404) for route in scoped}
    assert (seen, row_counts()) == (expected, before)


def row_counts() -> dict[str, int]:
    return {
        model._meta.label: model._base_manager.count()
        for model in apps.get_models()
        if model._meta.app_label not in {"sessions", "contenttypes"}
    }


@pytest.mark.slow
def test_rows_of_another_area_change_nothing(client: Client, db: None, today: object) -> None:
    """Counts, sums and maps too: the page of an officer is the same before and after others' rows exist."""
    shared = plant_shared()
    mine = plant(MINE, shared, number=3)
    client.force_login(mine.officer)
    before = everything_said(client, mine, shared)
    plant(THEIRS, shared, number=7)
    after = everything_said(client, mine, shared)
    assert {way: (before[way], after[way]) for way in before if before[way] != after[way]} == {}


def everything_said(client: Client, area: Planted, shared: Shared) -> dict[str, str]:
    world = World(shared, area, area)
    return {
        f"{way} {address}": without_chance(text_of(answer))
        for route in OUR_ROUTES
        if not ADDRESSES[name_of(route)].posted
        for address in [world.address_of(route, area)]
        for way, answer in answers(client, address, ADDRESSES[name_of(route)], area)
    }


@pytest.mark.slow
def test_members_are_never_shown_to_a_leader(client: Client, world: World) -> None:
    client.force_login(UserFactory.create(leader=True))
    shown = []
    for route in OUR_ROUTES:
        address = world.address_of(route, world.mine)
        for way, answer in answers(client, address, ADDRESSES[name_of(route)], world.mine):
            text = text_of(answer)
            if f"{MINE}anggota" in text or f"{MINE}-1" in text:
                shown.append(f"{way} {address}")
    assert shown == []


def admin_address(route: Route, world: World) -> str:
    """The address with a row of theirs; a model that is not planted is not known, and fails here."""
    parts = route.path.strip("/").split("/")
    if "<" not in route.path or parts[1] == "r":
        return route.filled()
    label = apps.get_model(parts[1], parts[2])._meta.label
    row: Any = {**world.shared.rows, **world.theirs.rows}[label]
    history = row.history.first().pk if "<history_id>" in route.path else ""
    return route.filled(id=row.pk, object_id=row.pk, history_id=history)


@pytest.mark.parametrize("role", [OFFICER, SUDIN, LEADER])
def test_back_office_is_shut_to_all_but_admins(client: Client, world: World, role: Role) -> None:
    client.force_login(person_with(role, world))
    seen = {}
    for route in ADMIN_ROUTES:
        address = admin_address(route, world)
        for answer in (client.get(address), client.post(address, {"post": "yes"})):
            seen[route.path] = (answer.status_code, shows(answer, world.theirs))
    assert seen == {route.path: (403, []) for route in ADMIN_ROUTES}


# Facts, logs and what others lean on cannot be added or deleted there.
FOR_ADMINS = {"changelist": {200}, "change": {200}, "history": {200}, "add": {200, 403}, "delete": {200, 403}}


def test_back_office_opens_to_admins(client: Client, world: World) -> None:
    client.force_login(UserFactory.create(admin=True))
    odd = {}
    for route in ADMIN_ROUTES:
        parts = route.name.removeprefix("admin:").split("_")
        kind = parts[-1] if len(parts) == 3 and not route.name.endswith("password_change") else ""
        status = client.get(admin_address(route, world)).status_code
        if status not in FOR_ADMINS.get(kind, {200, 302, 403, 404}):
            odd[route.path] = status
    assert odd == {}


def test_grants_that_ended_or_have_not_begun_open_nothing(client: Client, world: World) -> None:
    person, kelurahan = UserFactory.create(), world.theirs.cooperative.kelurahan
    AreaGrantFactory.create(user=person, kelurahan=kelurahan, ends_on=date(2026, 3, 15))
    AreaGrantFactory.create(user=person, kelurahan=kelurahan, starts_on=date(2026, 3, 17))
    client.force_login(person)
    detail = reverse("cooperatives:detail", args=[world.theirs.code])
    assert (client.get(detail).status_code, shows(client.get("/"), world.theirs)) == (404, [])
    AreaGrantFactory.create(user=person, kelurahan=kelurahan, ends_on=date(2026, 3, 16))
    assert client.get(detail).status_code == 200

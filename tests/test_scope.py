"""Who sees what, asked of every address: nothing of another area in body, headers or download."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
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

MINE, THEIRS = "wqjw", "qxzq"
OFFICER, SUDIN, LEADER, ADMIN = Role.OFFICER, Role.SUDIN, Role.LEADER, Role.ADMIN
ALL = frozenset(Role)
Arguments = Callable[[Planted, Shared], list[Any]]


@dataclass(frozen=True)
class Address:
    """How to ask at one address.

    `arguments` are taken from the rows of an area, so that another area's officer gets 404, unless they are shared
    by all areas. `may` are the roles that get in, with `status`; the others get 403. `queries` are asked too.
    """

    may: frozenset[Role] = ALL
    arguments: Arguments | None = None
    status: int = 200
    posted: bool = False
    is_shared: bool = False
    queries: tuple[Callable[[Planted], dict[str, str]], ...] = field(default=())

    @property
    def is_scoped(self) -> bool:
        return self.arguments is not None and not self.is_shared


def _row(label: str) -> Arguments:
    return lambda area, _shared: [area.pk(label)]


def _code(area: Planted, _shared: Shared) -> list[Any]:
    return [area.code]


def _shared(name: str) -> Arguments:
    return lambda _area, shared: [getattr(shared, name).pk]


def _just(*values: object) -> Arguments:
    return lambda _area, _shared: list(values)


def only(*roles: Role) -> frozenset[Role]:
    return frozenset(roles)


# What lists and pages take besides; the area is the one that must not show. Searches type less than its word.
LISTS = (
    lambda area: {"kecamatan": area.code.rpartition(".")[0]},
    lambda area: {"cooperative": area.code},
    lambda area: {"q": area.word[:3]},
    lambda _area: {"on": "2025-12-31", "known": "2026-01-31", "since": "2025-09-22"},
    lambda _area: {"format": "csv"},
    lambda _area: {"format": "xlsx"},
    lambda _area: {"print": "1"},
)
MEMBERS = only(OFFICER, SUDIN, ADMIN)
KEEPERS = only(OFFICER, SUDIN, ADMIN)
DECIDERS, WRITERS = only(SUDIN), only(OFFICER, SUDIN)
REPORT = "outlets.MonthlyReport"
OUTLET, NEED, CHANGE = "outlets.Outlet", "outlets.CapitalNeed", "outlets.StatusChange"
PAPER, TERM = "cooperatives.Paper", "cooperatives.BoardTerm"
SUPPORT, BATCH = "partners.Support", "imports.ImportBatch"
IMPORTS = only(SUDIN, ADMIN)

ADDRESSES = {
    "tasks": Address(),
    "dashboard": Address(queries=LISTS),
    "sheet": Address(queries=(*LISTS, lambda _area: {"format": "pdf"})),
    "cooperatives:list": Address(queries=LISTS),
    "cooperatives:detail": Address(arguments=_code, queries=LISTS[3:4]),
    "cooperatives:edit": Address(arguments=_code, may=KEEPERS),
    "cooperatives:papers": Address(arguments=_code, queries=LISTS[3:4]),
    "cooperatives:paper_add": Address(arguments=_code, may=KEEPERS),
    "cooperatives:paper": Address(arguments=_row(PAPER), queries=LISTS[3:4]),
    "cooperatives:paper_edit": Address(arguments=_row(PAPER), may=KEEPERS),
    "cooperatives:paper_remove": Address(arguments=_row(PAPER), may=KEEPERS),
    "cooperatives:paper_restore": Address(arguments=_row(PAPER), may=KEEPERS, posted=True, status=302),
    "cooperatives:paper_file": Address(arguments=_row(PAPER), may=only(OFFICER, SUDIN)),
    "cooperatives:paper_former": Address(
        arguments=lambda area, _shared: [area.pk(PAPER), 1], may=only(OFFICER, SUDIN)
    ),
    "cooperatives:board": Address(arguments=_code, queries=LISTS[3:4]),
    "cooperatives:board_add": Address(arguments=_code, may=KEEPERS),
    "cooperatives:board_edit": Address(arguments=_row(TERM), may=KEEPERS),
    "cooperatives:board_end": Address(arguments=_row(TERM), may=KEEPERS),
    "cooperatives:board_remove": Address(arguments=_row(TERM), may=KEEPERS),
    "cooperatives:board_restore": Address(arguments=_row(TERM), may=KEEPERS, posted=True, status=302),
    "outlets:list": Address(queries=LISTS),
    "outlets:detail": Address(arguments=_row(OUTLET), queries=LISTS[3:4]),
    "outlets:add": Address(arguments=_code, may=KEEPERS),
    "outlets:edit": Address(arguments=_row(OUTLET), may=KEEPERS),
    "outlets:decide": Address(arguments=_row(OUTLET), may=DECIDERS),
    "outlets:decide_none": Address(arguments=_code, may=DECIDERS),
    "outlets:correct": Address(arguments=_row(CHANGE), may=DECIDERS),
    "outlets:retract": Address(arguments=_row(CHANGE), may=DECIDERS),
    "outlets:needs": Address(queries=LISTS),
    "outlets:need_add": Address(arguments=_row(OUTLET), may=KEEPERS),
    "outlets:need_edit": Address(arguments=_row(NEED), may=KEEPERS),
    "outlets:contradictions": Address(queries=(*LISTS, lambda _area: {"rule": "idle_without_need"})),
    "visits:list": Address(
        queries=(
            *LISTS,
            lambda area: {"outlet": str(area.pk(OUTLET)), "state": "open"},
            lambda _area: {"state": "overdue", "visited_from": "2025-01-01"},
        )
    ),
    "visits:add": Address(
        arguments=_code, may=KEEPERS, queries=(lambda area: {"outlet": str(area.pk(OUTLET))},)
    ),
    "visits:detail": Address(arguments=_row("outlets.Visit"), queries=LISTS[3:4]),
    "visits:edit": Address(arguments=_row("outlets.Visit"), may=KEEPERS),
    "visits:follow_up": Address(arguments=_row("outlets.Visit"), may=KEEPERS, posted=True, status=302),
    "visits:remove": Address(arguments=_row("outlets.Visit"), may=KEEPERS),
    "visits:restore": Address(arguments=_row("outlets.Visit"), may=KEEPERS, posted=True, status=302),
    "reports:list": Address(queries=(LISTS[0], LISTS[3], lambda _area: {"month": "2025-10"})),
    "reports:reminders": Address(may=only(OFFICER, SUDIN)),
    "reports:queue": Address(may=DECIDERS),
    "reports:verify_many": Address(may=DECIDERS, queries=(lambda area: {"report": str(area.pk(REPORT))},)),
    "reports:detail": Address(arguments=_row(REPORT)),
    "reports:review": Address(arguments=_row(REPORT), may=DECIDERS),
    "reports:withdraw": Address(arguments=_row(REPORT), may=only(OFFICER, SUDIN), posted=True, status=302),
    "reports:correct": Address(arguments=_row(REPORT), may=WRITERS, status=302),
    "reports:photo": Address(arguments=_row("outlets.Evidence"), may=MEMBERS),
    "reports:form": Address(arguments=lambda area, _shared: [area.code, "2025-11"], may=only(OFFICER, SUDIN)),
    "members:list": Address(may=MEMBERS, queries=LISTS),
    "members:add": Address(arguments=_code, may=MEMBERS),
    "members:edit": Address(arguments=_row("members.Member"), may=MEMBERS),
    "partners:list": Address(queries=LISTS),
    "partners:add": Address(may=only(SUDIN, ADMIN)),
    "partners:detail": Address(arguments=_shared("partner"), is_shared=True, queries=LISTS[3:4]),
    "partners:edit": Address(arguments=_shared("partner"), is_shared=True, may=only(SUDIN, ADMIN)),
    "partners:supports": Address(queries=LISTS),
    "partners:support_add": Address(may=DECIDERS, queries=LISTS[1:2]),
    "partners:support_detail": Address(arguments=_row(SUPPORT), queries=LISTS[3:4]),
    "partners:support_edit": Address(arguments=_row(SUPPORT), may=only(SUDIN, ADMIN)),
    "partners:support_stage": Address(arguments=_row(SUPPORT), may=DECIDERS),
    "partners:events": Address(queries=LISTS),
    "partners:event_add": Address(may=only(SUDIN, ADMIN)),
    "partners:event_detail": Address(arguments=_shared("event"), is_shared=True, queries=LISTS[3:4]),
    "partners:event_edit": Address(arguments=_shared("event"), is_shared=True, may=only(SUDIN, ADMIN)),
    "partners:attendance_add": Address(
        arguments=_shared("event"), is_shared=True, may=only(SUDIN, ADMIN), posted=True
    ),
    "partners:attendance_remove": Address(arguments=_row("partners.Attendance"), may=only(SUDIN, ADMIN)),
    "imports:list": Address(may=IMPORTS),
    "imports:upload": Address(arguments=_just("opening"), is_shared=True, may=DECIDERS),
    "imports:template": Address(arguments=_just("opening"), is_shared=True, may=DECIDERS, queries=LISTS[4:5]),
    "imports:detail": Address(arguments=_row(BATCH), may=IMPORTS),
    "imports:failed": Address(arguments=_row(BATCH), may=IMPORTS, queries=LISTS[4:5]),
    "imports:confirm": Address(arguments=_row(BATCH), may=DECIDERS, posted=True, status=302),
    "imports:undo": Address(arguments=_row(BATCH), may=DECIDERS, status=302),
    "accounts:my_access": Address(),
    "accounts:why": Address(
        queries=(
            lambda area: {"about": f"/members/{area.pk('members.Member')}/"},
            lambda a: {"about": a.word[:3]},
        )
    ),
    "access:people": Address(may=IMPORTS, queries=LISTS),
    "access:person": Address(arguments=_row("accounts.User"), is_shared=True, may=IMPORTS),
    "access:changes": Address(
        arguments=_row("accounts.User"), is_shared=True, may=IMPORTS, queries=LISTS[3:5]
    ),
    "access:cooperatives": Address(may=IMPORTS, queries=LISTS),
    "access:cooperative": Address(arguments=_code, may=IMPORTS),
    "access:log": Address(may=only(ADMIN), queries=LISTS[3:]),
    "access:hand_over": Address(may=only(ADMIN)),
    "help": Address(),
    "accounts:people": Address(may=IMPORTS, queries=LISTS[2:3]),
    "accounts:link_make": Address(arguments=_row("accounts.User"), is_shared=True, may=IMPORTS, posted=True),
    "accounts:link_open": Address(arguments=_just("no-such-token"), is_shared=True, status=404),
    "accounts:new_password": Address(status=302),
    "accounts:mfa_qr": Address(status=404),
    "account_login": Address(status=302),
    "account_logout": Address(),
    "account_inactive": Address(),
    "account_signup": Address(status=302),
    "account_reauthenticate": Address(),
    "account_change_password": Address(),
    "account_set_password": Address(status=302),
    "account_reset_password": Address(),
    "mfa_index": Address(),
    "mfa_authenticate": Address(status=302),
    "mfa_reauthenticate": Address(status=302),
    "mfa_activate_totp": Address(status=302),
    "mfa_deactivate_totp": Address(status=404),
    "mfa_view_recovery_codes": Address(status=404),
    "mfa_generate_recovery_codes": Address(status=302),
    "mfa_download_recovery_codes": Address(status=404),
    "targets:list": Address(queries=(LISTS[0], LISTS[3])),
    "targets:add": Address(may=only(SUDIN, LEADER, ADMIN)),
    "targets:edit": Address(arguments=_row("cooperatives.Target"), may=only(SUDIN, LEADER, ADMIN)),
    "search": Address(queries=LISTS[2:4]),
    "style_guide": Address(),
    "set_language": Address(posted=True, status=302),
    "set_theme": Address(posted=True, status=302),
    "healthz": Address(),
    "readyz": Address(),
    "favicon": Address(status=302),
}
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
    # A batch of the whole city is out of sight for everybody else; other addresses say that the right is missing.
    return 404 if name in UNSEEN and role not in IMPORTS else 403


UNSEEN = {"imports:detail", "imports:failed", "imports:confirm", "imports:undo"}


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


@pytest.mark.parametrize("own_word", [MINE, THEIRS])
def test_nothing_of_another_area_shows(client: Client, world: World, own_word: str) -> None:
    """In both directions, with arguments of the own and of the other area, by GET, htmx, query and download."""
    own, other = (world.mine, world.theirs) if own_word == MINE else (world.theirs, world.mine)
    client.force_login(own.officer)
    leaks = {}
    for route in OUR_ROUTES:
        for area in (own, other):
            address = world.address_of(route, area)
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

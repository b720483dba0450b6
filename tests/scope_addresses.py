"""How every address is asked, by whom, and with whose rows: the list that tests of scope, language and fitting share."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from kkmp.accounts.models import Role
from tests.planted import Planted, Shared

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


FILES = (
    lambda _area: {"format": "csv"},
    lambda area: {"format": "csv", "cooperative": area.code},
)
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
PAID = "partners.Disbursement"
IMPORTS = only(SUDIN, ADMIN)


def _of_offer(area: Planted) -> dict[str, str]:
    """The offer that all areas share."""
    return {"offer": str(area.rows[SUPPORT].offer_id)}  # type: ignore[attr-defined]  # of a support


_MATCHED = (_of_offer, lambda area: {"outlet": str(area.pk(OUTLET))})

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
    "cooperatives:assets": Address(arguments=_code, queries=LISTS[3:4]),
    "cooperatives:asset_add": Address(arguments=_code, may=KEEPERS),
    "cooperatives:asset_edit": Address(arguments=_row("cooperatives.AssetStatement"), may=KEEPERS),
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
    "outlets:set_aside_add": Address(arguments=_row(NEED), may=WRITERS),
    "outlets:set_aside_release": Address(arguments=_row("outlets.SetAside"), may=WRITERS),
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
    "members:find": Address(may=MEMBERS),
    "members:months": Address(queries=LISTS[:2] + LISTS[3:4]),
    "members:take_over": Address(arguments=_code, may=MEMBERS),
    "members:detail": Address(arguments=_row("members.Member"), may=MEMBERS, queries=LISTS[3:4]),
    "members:edit": Address(arguments=_row("members.Member"), may=MEMBERS),
    # A member of today: the page goes back to the person.
    "members:admit": Address(arguments=_row("members.Member"), may=MEMBERS, status=302),
    "members:end": Address(arguments=_row("members.Member"), may=MEMBERS),
    "members:return": Address(arguments=_row("members.Member"), may=MEMBERS, status=302),
    "members:void": Address(arguments=_row("members.Member"), may=MEMBERS),
    "members:reveal": Address(arguments=_row("members.Member"), may=only(OFFICER, SUDIN)),
    "books:index": Address(
        queries=(*LISTS[:4], lambda area: {"cooperative": area.code, "member": area.word[:3]})
    ),
    "books:book": Address(
        arguments=lambda area, _shared: [area.code, "01"],
        may=MEMBERS,
        queries=(LISTS[3], lambda _area: {"format": "pdf"}),
    ),
    "books:savings_book": Address(
        arguments=_row("members.Member"), may=MEMBERS, queries=(LISTS[3], lambda _area: {"format": "pdf"})
    ),
    "books:letter": Address(arguments=_row("members.Member"), may=MEMBERS),
    "savings:list": Address(
        may=MEMBERS,
        queries=(*LISTS, lambda area: {"kind": "voluntary", "movement": "deposit", "q": area.word[:3]}),
    ),
    "savings:collect": Address(may=WRITERS, queries=(*LISTS[:4], lambda area: {"cooperative": area.code})),
    "savings:arrears": Address(may=MEMBERS, queries=(*LISTS, lambda _area: {"state": "all"})),
    "savings:rates": Address(may=MEMBERS, queries=LISTS[:1]),
    "savings:rate_add": Address(arguments=_code, may=WRITERS),
    "savings:rate_edit": Address(arguments=_row("members.SavingsRate"), may=WRITERS),
    "savings:months": Address(may=MEMBERS, queries=LISTS[:1]),
    "savings:close": Address(arguments=_code, may=WRITERS),
    "savings:reopen": Address(arguments=_row("members.MonthLock"), may=DECIDERS),
    "savings:card": Address(arguments=_row("members.Member"), may=MEMBERS, queries=LISTS[3:4]),
    "savings:record": Address(arguments=_row("members.Member"), may=WRITERS),
    "savings:withdraw": Address(arguments=_row("members.Member"), may=WRITERS),
    "savings:refund": Address(arguments=_row("members.Member"), may=WRITERS),
    "savings:opening": Address(arguments=_row("members.Member"), may=WRITERS),
    "savings:reverse": Address(arguments=_row("members.SavingsEntry"), may=WRITERS),
    "members:export": Address(may=MEMBERS, queries=FILES),
    "members:export_ledger": Address(may=MEMBERS, queries=FILES),
    "partners:list": Address(queries=LISTS),
    "partners:add": Address(may=only(SUDIN, ADMIN)),
    "partners:detail": Address(arguments=_shared("partner"), is_shared=True, queries=LISTS[3:4]),
    "partners:edit": Address(arguments=_shared("partner"), is_shared=True, may=only(SUDIN, ADMIN)),
    "partners:offers": Address(queries=(*LISTS, lambda _area: {"state": "open"})),
    "partners:offer_add": Address(may=only(SUDIN, ADMIN)),
    "partners:offer_detail": Address(arguments=_shared("offer"), is_shared=True, queries=LISTS[3:4]),
    "partners:offer_edit": Address(arguments=_shared("offer"), is_shared=True, may=only(SUDIN, ADMIN)),
    "partners:supports": Address(queries=LISTS),
    "partners:board": Address(queries=(*LISTS[:2], LISTS[3], lambda _area: {"kind": "cash_grant"})),
    "partners:support_add": Address(
        may=WRITERS,
        queries=(
            LISTS[1],
            lambda area: {"outlet": str(area.pk(OUTLET)), "need": str(area.pk(NEED))},
        ),
    ),
    "partners:disbursements": Address(
        queries=(*LISTS, lambda _area: {"state": "waiting", "kind": "cash_grant"})
    ),
    "partners:disbursement_add": Address(arguments=_row(SUPPORT), may=WRITERS),
    "partners:disbursement_verify": Address(arguments=_row(PAID), may=DECIDERS),
    "partners:disbursement_withdraw": Address(arguments=_row(PAID), may=DECIDERS),
    "partners:evidence": Address(arguments=_row(PAID), may=WRITERS),
    "partners:support_detail": Address(arguments=_row(SUPPORT), queries=LISTS[3:4]),
    "partners:support_edit": Address(arguments=_row(SUPPORT), may=only(SUDIN, ADMIN)),
    "partners:support_stage": Address(arguments=_row(SUPPORT), may=DECIDERS),
    "partners:gap": Address(
        queries=(
            *LISTS,
            lambda _area: {"state": "lacking", "reason": "capital", "purpose": "working_capital"},
        )
    ),
    "partners:outlet_gap": Address(arguments=_row(OUTLET), queries=LISTS[3:4]),
    "partners:match": Address(
        queries=(
            *LISTS,
            *_MATCHED,
            *(
                # Each with the question of a list.
                lambda area, more=more: {**_of_offer(area), **more(area)}
                for more in (*LISTS[:1], *LISTS[3:])
            ),
        )
    ),
    # Without an offer there is nothing to propose: back to where one is chosen.
    "partners:match_propose": Address(may=WRITERS, posted=True, status=302),
    "partners:follow_up": Address(arguments=_row(SUPPORT), may=WRITERS),
    "partners:letters": Address(queries=LISTS),
    "partners:letter_add": Address(
        may=DECIDERS, queries=(lambda area: {"outlet": str(area.pk(OUTLET)), "partner": "1"},)
    ),
    "partners:letter": Address(arguments=_row("partners.Letter"), queries=LISTS[3:4]),
    "partners:letter_file": Address(arguments=_row("partners.Letter")),
    "partners:outcomes": Address(queries=LISTS),
    "partners:allocate": Address(
        queries=(
            *LISTS,
            lambda _area: {"budget": "900.000.000", "reason": "", "offer": "1", "changed": "1_5"},
        )
    ),
    # Without a sum there is nothing to propose: back to the page that says so.
    "partners:allocate_propose": Address(may=WRITERS, status=302),
    "partners:events": Address(queries=LISTS),
    "partners:event_add": Address(may=only(SUDIN, ADMIN)),
    "partners:event_detail": Address(arguments=_shared("event"), is_shared=True, queries=LISTS[3:4]),
    "partners:event_edit": Address(arguments=_shared("event"), is_shared=True, may=only(SUDIN, ADMIN)),
    "partners:attendance_add": Address(
        arguments=_shared("event"), is_shared=True, may=only(SUDIN, ADMIN), posted=True
    ),
    "partners:attendance_remove": Address(arguments=_row("partners.Attendance"), may=only(SUDIN, ADMIN)),
    "imports:list": Address(may=MEMBERS),
    "imports:upload": Address(arguments=_just("members"), is_shared=True, may=WRITERS),
    "imports:template": Address(arguments=_just("members"), is_shared=True, may=WRITERS, queries=LISTS[4:5]),
    "imports:detail": Address(arguments=_row(BATCH), may=MEMBERS),
    "imports:columns": Address(arguments=_row(BATCH), may=WRITERS),
    "imports:failed": Address(arguments=_row(BATCH), may=MEMBERS, queries=LISTS[4:5]),
    "imports:confirm": Address(arguments=_row(BATCH), may=WRITERS, posted=True, status=302),
    "imports:undo": Address(arguments=_row(BATCH), may=WRITERS, status=302),
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

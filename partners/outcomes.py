"""What became of the help, by partner: promised, arrived, outlets that opened after it, and those that still run.

Outlets are counted from their status changes and from nothing that anybody answered. An outlet opened if it did not run
on the day of the first money that counts and a change to “running” came after that day.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Min, Q, QuerySet, Sum

from cooperatives.models import Cooperative
from outlets.models import Outlet, Status, StatusChange
from partners.models import GRANTS, Disbursement, Partner, Support


@dataclass(frozen=True)
class Opened:
    """An outlet that opened `opened_on`, after the first money of `paid_on`; whether it runs on the day asked about."""

    outlet: Outlet
    paid_on: date
    opened_on: date
    still_runs: bool


@dataclass(frozen=True)
class Outcome:
    """Of one partner, or with None of all; an outlet that several helped counts once in the whole.

    `support_count` supports are promised (committed or further), `unknown_count` of them without a sum. `arrived_idr`
    is everything that was checked, `granted_idr` the part of it that is own capital.
    """

    partner: Partner | None
    support_count: int = 0
    unknown_count: int = 0
    promised_idr: int = 0
    arrived_idr: int = 0
    granted_idr: int = 0
    helped_count: int = 0
    opened: list[Opened] = field(default_factory=list)

    @property
    def opened_count(self) -> int:
        return len(self.opened)

    @property
    def running_count(self) -> int:
        return sum(one.still_runs for one in self.opened)


@dataclass(frozen=True)
class Outcomes:
    """Partners with help in view, by name; and all of them together."""

    partners: list[Outcome]
    total: Outcome


def read_outcomes(cooperatives: QuerySet[Cooperative], *, on: date) -> Outcomes:
    """Six queries, however many partners and outlets there are."""
    supports = Support.objects.filter(cooperative__in=cooperatives.order_by().values("pk"))
    promised = _promised(supports.as_of(on).agreed())
    paid = Disbursement.objects.counted(on).filter(support__in=supports.order_by().values("pk"))
    arrived = _arrived(paid)
    first_paid = _first_paid(paid)
    helped = {outlet for outlets in first_paid.values() for outlet in outlets}
    changes = _changes(helped, on=on)
    outlets = Outlet.objects.filter(pk__in=helped).select_related("cooperative__kelurahan").in_bulk()
    partners = Partner.objects.filter(pk__in={*promised, *arrived}).order_by("name", "pk")
    rows = [
        Outcome(
            partner=partner,
            **promised.get(partner.pk, {}),
            **arrived.get(partner.pk, {}),
            helped_count=len(first_paid[partner.pk]),
            opened=_opened(first_paid[partner.pk], changes, outlets),
        )
        for partner in partners
    ]
    return Outcomes(rows, _total(rows, first_paid, changes, outlets))


def _promised(supports: Any) -> dict[int, dict[str, int]]:
    found = (
        supports.order_by()
        .values("partner")
        .annotate(
            support_count=Count("pk"),
            unknown_count=Count("pk", filter=Q(committed_idr=None)),
            promised_idr=Sum("committed_idr", default=0),
        )
    )
    return {row.pop("partner"): {name: int(value) for name, value in row.items()} for row in found}


def _arrived(paid: Any) -> dict[int, dict[str, int]]:
    found = (
        paid.order_by()
        .values("support__partner")
        .annotate(
            arrived_idr=Sum("amount_idr"),
            granted_idr=Sum("amount_idr", filter=Q(support__kind__in=GRANTS), default=0),
        )
    )
    return {row.pop("support__partner"): {name: int(value) for name, value in row.items()} for row in found}


def _first_paid(paid: Any) -> dict[int, dict[int, date]]:
    """By partner: outlet → the day of its first money from that partner."""
    found = (
        paid.exclude(support__outlet=None)
        .order_by()
        .values_list("support__partner", "support__outlet")
        .annotate(first=Min("paid_on"))
    )
    first_paid: dict[int, dict[int, date]] = defaultdict(dict)
    for partner, outlet, first in found:
        first_paid[partner][outlet] = first
    return first_paid


def _changes(outlets: Iterable[int], *, on: date) -> dict[int, list[tuple[date, str]]]:
    """By outlet: (day, status) of its live changes by the day, in order."""
    rows = StatusChange.objects.live().filter(outlet__in=outlets, effective_on__lte=on)
    found: dict[int, list[tuple[date, str]]] = defaultdict(list)
    for outlet, day, status in rows.order_by("effective_on", "pk").values_list(
        "outlet", "effective_on", "status"
    ):
        found[outlet].append((day, status))
    return found


def _opened(
    first_paid: dict[int, date], changes: dict[int, list[tuple[date, str]]], outlets: dict[int, Outlet]
) -> list[Opened]:
    """In the order in which they opened."""
    found = []
    for outlet, paid_on in first_paid.items():
        before = [status for day, status in changes[outlet] if day <= paid_on]
        after = [day for day, status in changes[outlet] if day > paid_on and status == Status.RUNNING]
        if after and before[-1:] != [Status.RUNNING]:
            still_runs = changes[outlet][-1][1] == Status.RUNNING
            found.append(Opened(outlets[outlet], paid_on, after[0], still_runs))
    return sorted(found, key=lambda one: (one.opened_on, one.outlet.pk))


def _total(
    rows: list[Outcome],
    first_paid: dict[int, dict[int, date]],
    changes: dict[int, list[tuple[date, str]]],
    outlets: dict[int, Outlet],
) -> Outcome:
    """Sums of the rows; outlets anew, each with its first money from anybody."""
    first: dict[int, date] = {}
    for paid in first_paid.values():
        for outlet, day in paid.items():
            first[outlet] = min(day, first.get(outlet, day))
    summed = ("support_count", "unknown_count", "promised_idr", "arrived_idr", "granted_idr")
    return Outcome(
        partner=None,
        **{name: sum(getattr(row, name) for row in rows) for name in summed},
        helped_count=len(first),
        opened=_opened(first, changes, outlets),
    )

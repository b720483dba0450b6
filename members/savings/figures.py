"""Balances and arrears as of any day: of each member, and in sum for those who may not see a member's row.

A balance is the plain sum of entries with effect by that day; what arrears are says `members.models.arrears`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import (
    BigIntegerField,
    Count,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Sum,
)

from cooperatives.models import Cooperative
from members.models import Member, SavingsEntry, SavingsKind
from members.models.arrears import IS_BEHIND, whole, with_arrears

BALANCES: Mapping[str, SavingsKind] = {
    "principal_idr": SavingsKind.PRINCIPAL,
    "mandatory_idr": SavingsKind.MANDATORY,
    "voluntary_idr": SavingsKind.VOLUNTARY,
}


def with_savings(members: QuerySet[Member], *, on: date) -> QuerySet[Member]:
    """Annotate each member with `principal_idr`, `mandatory_idr`, `voluntary_idr`, `savings_idr` and the arrears."""
    entries = SavingsEntry.objects.by(on).filter(member=OuterRef("pk")).order_by()
    money = BigIntegerField()
    sums: dict[str, Any] = {
        name: whole(entries.filter(kind=kind).values("member").annotate(total=Sum("amount_idr")), money)
        for name, kind in BALANCES.items()
    }
    sums["savings_idr"] = whole(entries.values("member").annotate(total=Sum("amount_idr")), money)
    return with_arrears(members.annotate(**sums), on=on)


def with_savings_totals(cooperatives: QuerySet[Cooperative], *, on: date) -> QuerySet[Cooperative]:
    """Annotate each cooperative with the balances of all its members and the arrears of those it has on the day."""
    entries = SavingsEntry.objects.by(on).filter(cooperative=OuterRef("pk")).order_by()
    owing = _members_on(on).filter(cooperative=OuterRef("pk")).order_by().values("cooperative")
    money = BigIntegerField()
    return cooperatives.annotate(
        **{
            name: whole(
                entries.filter(kind=kind).values("cooperative").annotate(total=Sum("amount_idr")), money
            )
            for name, kind in BALANCES.items()
        },
        savings_idr=whole(entries.values("cooperative").annotate(total=Sum("amount_idr")), money),
        members_behind=whole(owing.annotate(total=Count("pk", filter=IS_BEHIND)), IntegerField()),
        arrears_idr=whole(owing.annotate(total=Sum("arrears_idr")), money),
    )


def _members_on(on: date) -> QuerySet[Any]:
    """Whose arrears count in sums: what those who left still owed ends with their refund."""
    return with_arrears(Member.objects.as_of(on), on=on)


@dataclass(frozen=True)
class SavingsCount:
    """Savings on a day in sum; `members_behind` and `arrears_idr` are of those who are members on that day."""

    principal_idr: int
    mandatory_idr: int
    voluntary_idr: int
    members_behind: int
    arrears_idr: int

    @property
    def savings_idr(self) -> int:
        return self.principal_idr + self.mandatory_idr + self.voluntary_idr


def count_savings(cooperatives: QuerySet[Cooperative], *, on: date) -> SavingsCount:
    """Sum in two queries; for everybody who sees the cooperatives, also those who may not see a member's row."""
    balances = (
        SavingsEntry.objects.by(on)
        .filter(cooperative__in=cooperatives)
        .aggregate(**{name: Sum("amount_idr", filter=Q(kind=kind)) for name, kind in BALANCES.items()})
    )
    # Counted here: in SQL, to count those above zero would compute every amount a second time.
    owed = (
        _members_on(on).filter(cooperative__in=cooperatives).order_by().values_list("arrears_idr", flat=True)
    )
    amounts = [amount for amount in owed if amount]
    return SavingsCount(
        **{name: int(found or 0) for name, found in balances.items()},
        members_behind=len(amounts),
        arrears_idr=sum(amounts),
    )

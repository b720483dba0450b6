"""Sums of supports by what they are to the cooperative: own capital, borrowed, neither, or a service; never together."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from partners.models import Capital, capital_of


@dataclass(frozen=True)
class CapitalTotal:
    """Rows of one kind of capital in rupiah; `unknown_count` have no sum, which is not zero.

    `idr` is what the rows say they are worth, `paid_idr` what arrived and was checked, `due_idr` what was agreed and
    has not arrived.
    """

    capital: Capital
    count: int = 0
    idr: int = 0
    unknown_count: int = 0
    paid_idr: int = 0
    due_idr: int = 0

    @property
    def known_idr(self) -> int | None:
        """None where no row has a sum."""
        return None if self.unknown_count == self.count else self.idr


def totals_by_capital(supports: QuerySet[Any]) -> list[CapitalTotal]:
    """Of exactly these rows, annotated by `flags.with_flags`; all four kinds, in one query."""
    found = (
        supports.order_by()
        .values("kind")
        .annotate(
            n=Count("pk"),
            sum_idr=Sum("committed_idr", default=0),
            n_unknown=Count("pk", filter=Q(committed_idr=None)),
            sum_paid=Sum("paid_idr", default=0),
            sum_due=Sum("due_idr", default=0),
        )
    )
    rows = list(found)
    return [
        _total(capital, [row for row in rows if capital_of(row["kind"]) == capital]) for capital in Capital
    ]


def _total(capital: Capital, rows: list[dict[str, Any]]) -> CapitalTotal:
    def add(name: str) -> int:
        return sum(int(row[name]) for row in rows)

    return CapitalTotal(capital, add("n"), add("sum_idr"), add("n_unknown"), add("sum_paid"), add("sum_due"))

"""What outlets still lack on a day: open needs, less grants that arrived and were checked, less own money set aside.

One definition for every page, export, sheet and PDF (design: Gap). Item by item it is a row of `needs_with_gap`; every
sum is a sum of those rows. Of one need, grants and own money never count beyond it. What is only promised is shown as
part of the gap and never subtracted; loans, consignments and lent goods never count at all.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    Count,
    ExpressionWrapper,
    F,
    OuterRef,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Greatest, Least

from cooperatives.models import Cooperative
from outlets.models import CapitalNeed, CapitalNeedQuerySet, Outlet, SetAside
from outlets.outlet_class import with_status
from partners.models import Disbursement, Support

_RUPIAH = BigIntegerField()
_NOTHING = Value(0, output_field=_RUPIAH)
# Sums of these annotations, in the names of the fields of GapTotal.
_PARTS = ("amount_idr", "granted_idr", "set_aside_idr", "gap_idr", "promised_idr")


@dataclass(frozen=True)
class GapTotal:
    """Needs open on the day in rupiah, and what becomes of them: amount = granted + set aside + gap.

    `promised_idr` is the part of the gap that is committed and has not arrived, or arrived and is not checked yet.
    """

    need_count: int = 0
    outlet_count: int = 0
    cooperative_count: int = 0
    amount_idr: int = 0
    granted_idr: int = 0
    set_aside_idr: int = 0
    gap_idr: int = 0
    promised_idr: int = 0

    @property
    def unpromised_idr(self) -> int:
        """What nobody has promised yet."""
        return self.gap_idr - self.promised_idr

    @property
    def covered_idr(self) -> int:
        return self.granted_idr + self.set_aside_idr


def with_gap(needs: CapitalNeedQuerySet, *, on: date) -> CapitalNeedQuerySet:
    """Annotate needs with `granted_idr`, `set_aside_idr`, `gap_idr`, `promised_idr` and `unpromised_idr` as of a day.

    The caller chooses the needs; those closed or not yet arisen on the day lack nothing (`needs_with_gap`).
    """
    arrived = Disbursement.objects.counted(on).grants().filter(support__need=OuterRef("pk"))
    held = SetAside.objects.held_on(on).filter(need=OuterRef("pk"))
    promises = (
        with_outstanding(Support.objects.grants().as_of(on), on=on).agreed().filter(need=OuterRef("pk"))
    )
    return (
        needs.alias(
            _arrived=_sum(arrived, "support__need", "amount_idr"),
            _held=_sum(held, "need", "amount_idr"),
            _promised=_sum(promises, "need", "outstanding_idr"),
        )
        .annotate(granted_idr=Least("amount_idr", "_arrived", output_field=_RUPIAH))
        .annotate(set_aside_idr=Least(_minus("amount_idr", "granted_idr"), "_held", output_field=_RUPIAH))
        .annotate(gap_idr=_minus("amount_idr", "granted_idr", "set_aside_idr"))
        .annotate(promised_idr=Least("gap_idr", "_promised", output_field=_RUPIAH))
        .annotate(unpromised_idr=_minus("gap_idr", "promised_idr"))
    )


def needs_with_gap(needs: CapitalNeedQuerySet, *, on: date) -> CapitalNeedQuerySet:
    """Of these needs, those open on the day, item by item with their gap."""
    return with_gap(needs.open_on(on), on=on)


def with_outstanding(supports: QuerySet[Support], *, on: date) -> Any:
    """Annotate `paid_idr` (checked, by the day) and `outstanding_idr` (committed and not paid; null where no sum is known)."""
    paid = Disbursement.objects.counted(on).filter(support=OuterRef("pk"))
    return supports.annotate(paid_idr=_sum(paid, "support", "amount_idr")).annotate(
        outstanding_idr=Case(
            When(committed_idr=None, then=None),
            default=Greatest(_minus("committed_idr", "paid_idr"), _NOTHING, output_field=_RUPIAH),
            output_field=_RUPIAH,
        )
    )


def gap_total(needs: CapitalNeedQuerySet, *, on: date) -> GapTotal:
    """Of exactly these needs, as far as they are open on the day; one query."""
    # Distinct (rows are, by their key) makes a subquery of them: else each sum would look up each part anew.
    found = (
        needs_with_gap(needs, on=on)
        .order_by()
        .distinct()
        .aggregate(
            need_count=Count("pk"),
            outlet_count=Count("outlet", distinct=True),
            cooperative_count=Count("outlet__cooperative", distinct=True),
            **{f"sum_{part}": Sum(part, default=0) for part in _PARTS},
        )
    )
    return _total(found)


def open_gap_total(cooperatives: QuerySet[Cooperative], *, on: date) -> GapTotal:
    """Of all outlets of these cooperatives."""
    return gap_total(_needs_of(cooperatives), on=on)


def gap_by(needs: CapitalNeedQuerySet, path: str, *, on: date) -> dict[Any, GapTotal]:
    """Totals by the value behind `path`, such as `outlet__cooperative__kelurahan__kecamatan`; one query.

    Only values with an open need appear.
    """
    rows = (
        needs_with_gap(needs, on=on)
        .order_by()
        .values(path)
        .annotate(
            need_count=Count("pk"),
            outlet_count=Count("outlet", distinct=True),
            cooperative_count=Count("outlet__cooperative", distinct=True),
            **{f"sum_{part}": Sum(part) for part in _PARTS},
        )
    )
    return {row[path]: _total(row) for row in rows}


def with_idle_reason(
    needs: CapitalNeedQuerySet, *, on: date, known_at: datetime | None = None
) -> CapitalNeedQuerySet:
    """Annotate `idle_reason`: why the outlet stands idle on the day; empty where it does not."""
    outlets: Any = with_status(Outlet.objects.filter(pk=OuterRef("outlet")), on=on, known_at=known_at)
    reason = Subquery(outlets.values("status_reason")[:1], output_field=CharField())
    return needs.annotate(idle_reason=Coalesce(reason, Value("")))


def gap_by_reason(
    needs: CapitalNeedQuerySet, *, on: date, known_at: datetime | None = None
) -> dict[str, GapTotal]:
    """Totals by why the outlet stands idle on the day; of outlets that do not under an empty reason."""
    return gap_by(with_idle_reason(needs, on=on, known_at=known_at), "idle_reason", on=on)


def gap_of_cooperatives(cooperatives: Iterable[int], *, on: date) -> dict[int, GapTotal]:
    """By cooperative (its key), of those of these that have an open need."""
    needs = CapitalNeed.objects.filter(outlet__cooperative__in=list(cooperatives))
    return gap_by(needs, "outlet__cooperative", on=on)


def with_cooperative_gap(
    cooperatives: QuerySet[Cooperative], *, on: date, name: str = "gap_idr"
) -> QuerySet[Any]:
    """Annotate what each cooperative's outlets lack on a day; null where no need is recorded."""
    needs = needs_with_gap(CapitalNeed.objects.filter(outlet__cooperative=OuterRef("pk")), on=on).order_by()
    total = needs.values("outlet__cooperative").annotate(total=Sum("gap_idr")).values("total")
    return cooperatives.annotate(**{name: Subquery(total, output_field=_RUPIAH)})


def with_outlet_gap(outlets: QuerySet[Outlet], *, on: date, name: str = "gap_idr") -> QuerySet[Any]:
    """Annotate what each outlet lacks on a day; null where no need is recorded."""
    needs = needs_with_gap(CapitalNeed.objects.filter(outlet=OuterRef("pk")), on=on).order_by()
    total = needs.values("outlet").annotate(total=Sum("gap_idr")).values("total")
    return outlets.annotate(**{name: Subquery(total, output_field=_RUPIAH)})


def _needs_of(cooperatives: QuerySet[Cooperative]) -> CapitalNeedQuerySet:
    return CapitalNeed.objects.filter(outlet__cooperative__in=cooperatives.order_by().values("pk"))


def _minus(first: str, *others: str) -> "ExpressionWrapper[Any]":
    """Django takes the difference of two long integers for a short one."""
    difference: Any = F(first)
    for other in others:
        difference = difference - F(other)
    return ExpressionWrapper(difference, output_field=_RUPIAH)


def _sum(rows: QuerySet[Any], path: str, amount: str) -> Coalesce:
    """The sum of `amount` over rows that a filter ties to the outer row by `path`; 0 without any."""
    total = rows.order_by().values(path).annotate(total=Sum(amount)).values("total")
    return Coalesce(Subquery(total, output_field=_RUPIAH), _NOTHING)


def _total(found: dict[str, Any]) -> GapTotal:
    counts = {name: found[name] for name in ("need_count", "outlet_count", "cooperative_count")}
    return GapTotal(**counts, **{part: int(found[f"sum_{part}"]) for part in _PARTS})

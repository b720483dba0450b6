"""What outlets need to open or go on: sums of open needs, and idle outlets that name capital but no need."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import BigIntegerField, Count, Exists, Max, OuterRef, Q, QuerySet, Subquery, Sum

from outlets.models import CapitalNeed, CapitalNeedQuerySet, Outlet, Reason, Status


@dataclass(frozen=True)
class NeedTotal:
    """How many needs, of how many cooperatives and outlets, and their sum in rupiah."""

    count: int
    cooperative_count: int
    outlet_count: int
    amount_idr: int


def need_total(needs: CapitalNeedQuerySet) -> NeedTotal:
    """Of exactly these needs, in one query."""
    found = needs.order_by().aggregate(
        count=Count("pk"),
        cooperative_count=Count("outlet__cooperative", distinct=True),
        outlet_count=Count("outlet", distinct=True),
        amount_idr=Sum("amount_idr", default=0),
    )
    return NeedTotal(
        found["count"], found["cooperative_count"], found["outlet_count"], int(found["amount_idr"])
    )


def open_needs_of(cooperatives: Iterable[int], *, on: date) -> dict[int, int]:
    """The sum of the needs open on a day, of those of these cooperatives (their keys) that have any."""
    needs = CapitalNeed.objects.filter(outlet__cooperative__in=list(cooperatives)).open_on(on).order_by()
    totals = needs.values_list("outlet__cooperative").annotate(total=Sum("amount_idr"))
    return {cooperative: int(total) for cooperative, total in totals}


def with_outlet_needs(outlets: QuerySet[Outlet], *, on: date, name: str = "open_need_idr") -> QuerySet[Any]:
    """Annotate the sum of each outlet's needs open on a day; null where none is recorded."""
    needs = CapitalNeed.objects.filter(outlet=OuterRef("pk")).open_on(on).order_by()
    total = needs.values("outlet").annotate(total=Sum("amount_idr")).values("total")
    return outlets.annotate(**{name: Subquery(total, output_field=BigIntegerField())})


def without_open_need(outlets: QuerySet[Any], *, on: date) -> QuerySet[Any]:
    """Outlets with no need open on that day."""
    return outlets.filter(~Exists(CapitalNeed.objects.filter(outlet=OuterRef("pk")).open_on(on)))


def idle_without_need(outlets: QuerySet[Any], *, on: date) -> QuerySet[Any]:
    """Idle for capital, yet no open need says how much: a contradiction to show, not to refuse.

    Takes outlets annotated by `outlet_class.with_status` for the same day.
    """
    return without_open_need(outlets.filter(status=Status.IDLE, status_reason=Reason.CAPITAL), on=on)


def capital_met_on(outlets: Iterable[int], *, on: date) -> dict[int, date]:
    """Of these outlets (their keys), those that had needs and have none open on the day: when the last one was met."""
    needs = CapitalNeed.objects.filter(outlet__in=list(outlets)).known_on(on).order_by()
    still_open = Q(closed_on=None) | Q(closed_on__gt=on)
    found = needs.values_list("outlet").annotate(last=Max("closed_on"), open=Count("pk", filter=still_open))
    return {outlet: last for outlet, last, count in found if not count}

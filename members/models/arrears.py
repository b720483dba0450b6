"""Arrears of mandatory saving as of any day, member by member: the one definition (decision 0023).

A month is owed once it has ended: from the month of joining, or the month after an opening balance's “lunas sampai” where
that is later, to the month before the day's, or the month of leaving where that is earlier. It is in arrears while no
payment for it is in force; its amount is the mandatory rate in force on its first day, and a month without any rate owes
nothing. Voided memberships, applicants and extraordinary members owe nothing.
"""

from datetime import date
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    Count,
    DateField,
    Expression,
    F,
    IntegerField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Greatest, Least, Left, Substr

from members.models.members import Member, MemberKind
from members.models.savings import Movement, SavingsEntry, SavingsKind, SavingsRate

# Months in the order of time, as a number: January of year 1 is 13.
_MONTHS = 12
_NEVER = date(1, 1, 1)
# Rates are above zero: who owes a month owes an amount. Only one of the two figures has then to be computed.
IS_BEHIND = Q(arrears_idr__gt=0)


def month_index(day: date) -> int:
    """The number of a day's month, so that months can be counted."""
    return day.year * _MONTHS + day.month


def _month_text(path: Any) -> Expression:
    """“2026-03”, which sorts as months do."""
    return Left(Cast(path, CharField()), 7)


def _index(path: Any) -> Expression:
    """`month_index` in SQL. From the text of the day: SQLite would call Django's own Python function for each row."""
    text = Cast(path, CharField())
    year, month = Cast(Left(text, 4), IntegerField()), Cast(Substr(text, 6, 2), IntegerField())
    return year * Value(_MONTHS) + month


def whole(rows: QuerySet[Any], field: Any) -> Coalesce:
    """The one number that grouped rows give, 0 where there are none."""
    return Coalesce(Subquery(rows.values("total"), output_field=field), 0, output_field=field)


def with_arrears(members: QuerySet[Member], *, on: date) -> QuerySet[Member]:
    """Annotate each member with `months_behind` and `arrears_idr`."""
    by_rate = _behind_by_rate(on).values("cooperative")
    months = by_rate.annotate(total=Sum("behind", filter=Q(before_idr=0)))
    amount = by_rate.annotate(total=Sum((F("amount_idr") - F("before_idr")) * F("behind")))
    owing = Q(kind=MemberKind.REGULAR, voided_on=None, joined_on__isnull=False, owed_to__gte=F("owed_from"))
    return members.alias(**_months_owed(on)).annotate(
        months_behind=Case(When(owing, then=whole(months, IntegerField())), default=Value(0)),
        arrears_idr=Case(When(owing, then=whole(amount, BigIntegerField())), default=Value(0)),
    )


def _months_owed(on: date) -> dict[str, Expression]:
    """First and last month that a member owes, as numbers; without a rate they say nothing yet."""
    joined, last = _index("joined_on"), Value(month_index(on) - 1)
    after_opening = _index(_opened_until(on, member=OuterRef("pk"))) + Value(1)
    return {
        "owed_from": Greatest(joined, Coalesce(after_opening, joined)),
        "owed_to": Least(Coalesce(_index("ended_on"), last), last),
    }


def _opened_until(on: date, *, member: Any) -> Subquery:
    """“Lunas sampai” of the member's opening balance; empty where there is none."""
    openings = SavingsEntry.objects.in_force_on(on).filter(
        member=member, kind=SavingsKind.MANDATORY, movement=Movement.OPENING
    )
    until = openings.order_by().values("member").annotate(until=Max("paid_until")).values("until")
    return Subquery(until, output_field=DateField())


def _behind_by_rate(on: date) -> QuerySet[SavingsRate]:
    """For a member: each rate with the one before it and the unpaid months since it began, in all.

    What is owed is then a sum of steps: every unpaid month since the first rate costs that one, every unpaid month
    since the second one costs the difference more. No month has to be listed.
    """
    rates = SavingsRate.objects.filter(kind=SavingsKind.MANDATORY).order_by()
    earlier = rates.filter(cooperative=OuterRef("cooperative"), starts_on__lt=OuterRef("starts_on"))
    # Distinct: of a payment taken back later and its repetition, both were in force on a day between.
    # Days are compared as they stand wherever they may be: this is asked of every payment.
    opened_until = _opened_until(on, member=OuterRef("member"))
    paid = (
        SavingsEntry.objects.in_force_on(on)
        .filter(
            member=OuterRef(OuterRef("pk")),
            kind=SavingsKind.MANDATORY,
            month__gte=OuterRef("starts_on"),
            month__lt=on.replace(day=1),
        )
        .filter(month__lte=Coalesce(OuterRef(OuterRef("ended_on")), Value(on)))
        .alias(written=_month_text("month"))
        .filter(written__gte=_month_text(OuterRef(OuterRef("joined_on"))))
        .filter(month__gt=Coalesce(opened_until, Value(_NEVER)))
        .order_by()
        .values("member")
        .annotate(total=Count("month", distinct=True))
    )
    return rates.filter(cooperative=OuterRef("cooperative")).annotate(
        before_idr=Coalesce(Subquery(earlier.order_by("-starts_on").values("amount_idr")[:1]), 0),
        behind=Greatest(OuterRef("owed_to") - Greatest(OuterRef("owed_from"), _index("starts_on")) + 1, 0)
        - whole(paid, IntegerField()),
    )

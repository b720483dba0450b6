"""Whether a member has paid principal in full, as a condition of a query on members."""

from datetime import date

from django.db.models import BigIntegerField, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThanOrEqual

from members.models.members import member_on
from members.models.savings import SavingsEntry, SavingsKind, SavingsRate


def principal_paid(day: date) -> Q:
    """Members of that day who had paid principal in full: the rate in force, or anything where no rate is recorded."""
    entries = SavingsEntry.objects.by(day).filter(member=OuterRef("pk"), kind=SavingsKind.PRINCIPAL)
    paid = entries.order_by().values("member").annotate(total=Sum("amount_idr")).values("total")
    rates = SavingsRate.objects.filter(cooperative=OuterRef("cooperative"), kind=SavingsKind.PRINCIPAL)
    asked = rates.filter(starts_on__lte=day).order_by("-starts_on").values("amount_idr")[:1]
    whole = GreaterThanOrEqual(
        Coalesce(Subquery(paid, output_field=BigIntegerField()), 0),
        Coalesce(Subquery(asked, output_field=BigIntegerField()), 1),
    )
    return member_on(day) & Q(whole)

"""Members in numbers, for everybody who sees the cooperatives: also those who may not see a member's row."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from cooperatives.models import Cooperative, Gender
from members.models.members import Member, joined_between, left_between, member_on


def with_member_count(
    cooperatives: QuerySet[Cooperative], *, on: date, name: str = "member_count"
) -> QuerySet[Cooperative]:
    """Annotate each cooperative with its members on a day."""
    # Subquery: joining members beside other children would multiply both counts.
    counted = (
        Member.objects.as_of(on)
        .filter(cooperative=OuterRef("pk"))
        .order_by()
        .values("cooperative")
        .annotate(count=Count("pk"))
        .values("count")
    )
    return cooperatives.annotate(**{name: Coalesce(Subquery(counted, output_field=IntegerField()), 0)})


@dataclass(frozen=True)
class MemberCount:
    """Members on a day, by gender, and who came and went since an earlier one."""

    total: int
    female: int
    male: int
    unknown: int
    joined: int
    left: int


def count_members(cooperatives: QuerySet[Cooperative], *, on: date, since: date | None = None) -> MemberCount:
    """Count in one query; for everybody who sees the cooperatives, also those who may not see a member's row."""
    now = member_on(on)
    since = since or on
    counts = Member.objects.filter(cooperative__in=cooperatives).aggregate(
        total=Count("pk", filter=now),
        female=Count("pk", filter=now & Q(gender=Gender.FEMALE)),
        male=Count("pk", filter=now & Q(gender=Gender.MALE)),
        unknown=Count("pk", filter=now & Q(gender="")),
        joined=Count("pk", filter=joined_between(since, on)),
        left=Count("pk", filter=left_between(since, on)),
    )
    return MemberCount(**counts)

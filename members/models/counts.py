"""Members in numbers, for everybody who sees the cooperatives: also those who may not see a member's row."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from cooperatives.models import Cooperative, Gender
from members.models.members import Member, applicant_on, joined_between, left_between, member_on
from members.models.standing import principal_paid


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


def principal_paid_by_cooperative(cooperatives: QuerySet[Cooperative], *, on: date) -> dict[int, int]:
    """By cooperative (its key) the figure `MemberCount.principal_paid`, in one query; those without anybody are left out."""
    paid = Member.objects.principal_paid_on(on).filter(cooperative__in=cooperatives.order_by().values("pk"))
    rows = paid.order_by().values("cooperative").annotate(count=Count("pk"))
    return dict(rows.values_list("cooperative", "count"))


@dataclass(frozen=True)
class MemberCount:
    """Members on a day, by gender, and who came and went since an earlier one.

    `total` are those registered, `principal_paid` and `paying` those of them who paid: three figures, never one.
    """

    total: int
    female: int
    male: int
    unknown: int
    joined: int
    left: int
    applicants: int
    without_national_id: int
    # None where nobody asked.
    principal_paid: int | None = None
    paying: int | None = None

    @property
    def minus_left(self) -> int:
        return -self.left


def count_members(
    cooperatives: QuerySet[Cooperative], *, on: date, since: date | None = None, with_paid: bool = False
) -> MemberCount:
    """Count in one query; for everybody who sees the cooperatives, also those who may not see a member's row.

    `with_paid` also looks at the ledger of each member, in a second query: too much for a dashboard.
    """
    now = member_on(on)
    since = since or on
    members = Member.objects.filter(cooperative__in=cooperatives)
    counts = members.aggregate(
        total=Count("pk", filter=now),
        female=Count("pk", filter=now & Q(gender=Gender.FEMALE)),
        male=Count("pk", filter=now & Q(gender=Gender.MALE)),
        unknown=Count("pk", filter=now & Q(gender="")),
        joined=Count("pk", filter=joined_between(since, on)),
        left=Count("pk", filter=left_between(since, on)),
        applicants=Count("pk", filter=applicant_on(on)),
        without_national_id=Count("pk", filter=now & Q(national_id_index=None)),
        **({"principal_paid": Count("pk", filter=principal_paid(on))} if with_paid else {}),
    )
    return MemberCount(**counts, paying=members.paying_on(on).count() if with_paid else None)

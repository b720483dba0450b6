"""What a partner promised and what arrived, as of any day: by kind of help, and how old the promises are that wait.

Promised is what stands committed or further; arrived is what was paid and checked, of whatever support; waiting for a
check is paid and not checked yet. Outstanding is, support by support, what is promised and has not arrived: what waits
for a check is part of it. Own capital, borrowed and what is neither are never added up.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from django.db.models import BigIntegerField, Exists, OuterRef, Q, Subquery, Sum
from django.utils.translation import gettext as _

from partners.gap import with_outstanding
from partners.models import (
    AGREED,
    GRANTS,
    LOANS,
    TO_GIVE_BACK,
    Capital,
    Disbursement,
    PartnerQuerySet,
    Stage,
    StageChange,
    SupportKind,
    SupportQuerySet,
    capital_of,
)

# Days since the promise was made: from, to (None: or more).
AGES: tuple[tuple[int, int | None], ...] = ((0, 30), (31, 60), (61, 90), (91, None))


@dataclass(frozen=True)
class Sums:
    """Rupiah; `count` are the supports promised, `unknown_count` those of them without a sum."""

    count: int = 0
    unknown_count: int = 0
    promised_idr: int = 0
    arrived_idr: int = 0
    awaiting_idr: int = 0
    outstanding_idr: int = 0

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(**{one.name: getattr(self, one.name) + getattr(other, one.name) for one in fields(Sums)})

    @property
    def is_nothing(self) -> bool:
        return self == Sums()


@dataclass(frozen=True)
class CapitalSums:
    """One kind of capital with what it means, and its sums by kind of help."""

    capital: Capital
    by_kind: list[tuple[SupportKind, Sums]]

    @property
    def sums(self) -> Sums:
        return sum((sums for _kind, sums in self.by_kind), Sums())

    @property
    def meaning(self) -> str:
        return {
            Capital.OWN: _(
                "Milik koperasi dan tidak dikembalikan. Hanya ini yang mengurangi kekurangan gerai."
            ),
            Capital.BORROWED: _("Harus dibayar kembali, jadi tidak mengurangi kekurangan gerai."),
            Capital.NEITHER: _("Barang milik pihak lain, dikembalikan atau dapat diambil sewaktu-waktu."),
            Capital.SERVICE: _("Bukan modal: barang dagangan, pelatihan, atau jasa."),
        }[self.capital]


@dataclass(frozen=True)
class Age:
    """What waits since so many days; rupiah by kind of capital."""

    first: int
    last: int | None
    count: int
    unknown_count: int
    outstanding_idr: dict[Capital, int]

    @property
    def in_words(self) -> str:
        if self.last is None:
            return _("lebih dari %(days)d hari") % {"days": self.first - 1}
        return _("%(first)d–%(last)d hari") % {"first": self.first, "last": self.last}


@dataclass(frozen=True)
class PartnerFigures:
    capitals: list[CapitalSums]
    ages: list[Age]

    @property
    def shown(self) -> list[CapitalSums]:
        """Kinds of capital of which there is anything to say."""
        return [one for one in self.capitals if not one.sums.is_nothing]

    @property
    def is_waiting(self) -> bool:
        return self.waiting_count > 0

    @property
    def waiting_count(self) -> int:
        return sum(age.count for age in self.ages)

    @property
    def age_rows(self) -> list[tuple[Age, list[tuple[Capital, int]]]]:
        """Each age with its sums, of those kinds of capital that any promise of the partner waits for."""
        return [
            (age, [(capital, age.outstanding_idr[capital]) for capital in self.waiting]) for age in self.ages
        ]

    @property
    def age_totals(self) -> list[tuple[Capital, int]]:
        return [(capital, sum(age.outstanding_idr[capital] for age in self.ages)) for capital in self.waiting]

    @property
    def waiting(self) -> list[Capital]:
        return [capital for capital in Capital if any(age.outstanding_idr[capital] for age in self.ages)]


def partner_figures(supports: SupportQuerySet, *, on: date) -> PartnerFigures:
    """Of these supports, which the caller scoped and dated to the same day; two queries."""
    agreed = with_promised_since(with_outstanding(supports.agreed(), on=on), on=on).order_by()
    promises = list(
        agreed.values_list("kind", "committed_idr", "outstanding_idr", "promised_since", "stage", named=True)
    )
    paid = Disbursement.objects.paid_by(on).filter(support__in=supports.order_by().values("pk")).order_by()
    money: dict[str, tuple[int, int]] = {
        kind: (int(arrived or 0), int(awaiting or 0))
        for kind, arrived, awaiting in paid.values_list("support__kind").annotate(
            arrived=Sum("amount_idr", filter=Q(verified_at__isnull=False)),
            awaiting=Sum("amount_idr", filter=Q(verified_at=None)),
        )
    }
    by_kind = {
        kind: _sums([row for row in promises if row.kind == kind], money.get(kind, (0, 0)))
        for kind in SupportKind
    }
    capitals = [
        CapitalSums(
            capital,
            [
                (kind, sums)
                for kind, sums in by_kind.items()
                if capital_of(kind) == capital and not sums.is_nothing
            ],
        )
        for capital in Capital
    ]
    return PartnerFigures(capitals, [_age(first, last, promises, on) for first, last in AGES])


def with_arrived(partners: PartnerQuerySet, supports: SupportQuerySet, *, on: date) -> PartnerQuerySet:
    """Annotate `own_idr`, `borrowed_idr` and `neither_idr`: what arrived of these supports and was checked; null for none."""
    paid = Disbursement.objects.counted(on).filter(support__in=supports.order_by().values("pk"))
    own = paid.filter(support__partner=OuterRef("pk")).order_by().values("support__partner")
    kinds = {"own": GRANTS, "borrowed": LOANS, "neither": TO_GIVE_BACK}
    return partners.annotate(
        **{
            f"{name}_idr": Subquery(
                own.filter(support__kind__in=among).annotate(total=Sum("amount_idr")).values("total"),
                output_field=BigIntegerField(),
            )
            for name, among in kinds.items()
        }
    )


def with_promised_since(supports: Any, *, on: date) -> Any:
    """Annotate `promised_since`: the day since which the promise stands without a break, whatever it became meanwhile."""
    changes = StageChange.objects.filter(effective_on__lte=on)
    broken_later = (
        changes.exclude(stage__in=AGREED)
        .filter(support=OuterRef("support"))
        .filter(
            Q(effective_on__gt=OuterRef("effective_on"))
            | Q(effective_on=OuterRef("effective_on"), pk__gt=OuterRef("pk"))
        )
    )
    standing = changes.filter(~Exists(broken_later), support=OuterRef("pk"), stage__in=AGREED)
    return supports.annotate(
        promised_since=Subquery(standing.order_by("effective_on", "pk").values("effective_on")[:1])
    )


def _sums(promises: list[Any], money: tuple[int, int]) -> Sums:
    arrived, awaiting = money
    return Sums(
        count=len(promises),
        unknown_count=sum(row.committed_idr is None for row in promises),
        promised_idr=sum(row.committed_idr or 0 for row in promises),
        arrived_idr=arrived,
        awaiting_idr=awaiting,
        outstanding_idr=sum(row.outstanding_idr or 0 for row in promises),
    )


def _waits(promise: Any) -> bool:
    """One without a sum waits until something came; how much is missing nobody can say."""
    if promise.outstanding_idr is None:
        return bool(promise.stage == Stage.COMMITTED)
    return bool(promise.outstanding_idr)


def _age(first: int, last: int | None, promises: Iterable[Any], on: date) -> Age:
    waiting = [
        row
        for row in promises
        if _waits(row)
        and first <= (on - row.promised_since).days
        and (last is None or (on - row.promised_since).days <= last)
    ]
    by_capital = dict.fromkeys(Capital, 0)
    for row in waiting:
        by_capital[capital_of(row.kind)] += row.outstanding_idr or 0
    return Age(
        first,
        last,
        len(waiting),
        sum(row.outstanding_idr is None for row in waiting),
        by_capital,
    )

"""Idle outlets with what each lacks and what is promised of it, read in two queries however many they are."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from outlets.models import CapitalNeed, OutletQuerySet, Status
from outlets.outlet_class import with_status
from partners.allocation import Candidate
from partners.gap import GapTotal, gap_by


@dataclass(frozen=True)
class IdleOutlet:
    """`outlet` has its status and the names of its place; `gap` is None where no need is open: nobody knows."""

    outlet: Any
    gap: GapTotal | None

    def needs_idr(self, *, unpromised: bool) -> int:
        """What must be covered so that it opens: of a known gap, all of it or what nobody has promised yet."""
        if self.gap is None:
            return 0
        return self.gap.unpromised_idr if unpromised else self.gap.gap_idr


@dataclass(frozen=True)
class IdleOutlets:
    """Idle outlets by what can be said of them."""

    lacking: list[IdleOutlet]
    covered: list[IdleOutlet]
    promised: list[IdleOutlet]
    unknown: list[IdleOutlet]

    def candidates(self, *, unpromised: bool) -> list[Candidate]:
        return [
            Candidate(one.outlet.pk, one.needs_idr(unpromised=unpromised), one.outlet.status_since)
            for one in self.lacking
        ]


def read_idle(
    outlets: OutletQuerySet, *, on: date, known_at: datetime | None = None, reason: str = ""
) -> list[IdleOutlet]:
    """Of these outlets those that stand idle on the day, for that reason where one is given."""
    rows = with_status(outlets, on=on, known_at=known_at).filter(status=Status.IDLE)
    if reason:
        rows = rows.filter(status_reason=reason)
    gaps = gap_by(CapitalNeed.objects.filter(outlet__in=outlets.order_by().values("pk")), "outlet", on=on)
    return [
        IdleOutlet(outlet, gaps.get(outlet.pk))
        for outlet in rows.select_related("cooperative__kelurahan__kecamatan")
    ]


def sort_out(idle: Iterable[IdleOutlet], *, unpromised: bool) -> IdleOutlets:
    """Apart: no need recorded, needs covered already, and (where promises count) promised in full."""
    found = IdleOutlets([], [], [], [])
    for one in idle:
        if one.gap is None:
            found.unknown.append(one)
        elif not one.gap.gap_idr:
            found.covered.append(one)
        elif not one.needs_idr(unpromised=unpromised):
            found.promised.append(one)
        else:
            found.lacking.append(one)
    return found

"""What needs lack together, by kecamatan and by why the outlet stands idle: lines that add up to the needs given."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from cooperatives.asof import View
from kkmp.charts import Part
from outlets.models import CapitalNeedQuerySet, Reason
from partners.gap import GapTotal, gap_by, gap_by_reason

# Beside the reasons themselves: needs of outlets that do not stand idle.
NOT_IDLE = "other"


@dataclass(frozen=True)
class GapLine:
    """One kecamatan or one reason; `href` is the list of exactly these needs."""

    name: str
    href: str
    gap: GapTotal

    @property
    def parts(self) -> list[Part]:
        return parts_of(self.gap)


@dataclass(frozen=True)
class GapGroups:
    """The same needs in two ways, each with the largest gap first."""

    areas: list[GapLine]
    reasons: list[GapLine]

    @property
    def area_whole(self) -> int:
        """What the full width of a bar stands for: the largest need, so that bars can be compared."""
        return _most(self.areas)

    @property
    def reason_whole(self) -> int:
        return _most(self.reasons)


def gap_groups(view: View, needs: CapitalNeedQuerySet, **filters: object) -> GapGroups:
    """Of the needs given, as far as they are open on the day; `filters` are what the list was asked beside. Two queries."""
    address = reverse("partners:gap")

    def line(name: str, gap: GapTotal, **group: object) -> GapLine:
        return GapLine(name, view.link(address, **{**filters, **group}), gap)

    by_area = gap_by(needs, "outlet__cooperative__kelurahan__kecamatan", on=view.on)
    return GapGroups(
        _largest_first(
            line(kecamatan.name, by_area[kecamatan.pk], kecamatan=kecamatan.pk)
            for kecamatan in view.kecamatan_list
            if kecamatan.pk in by_area
        ),
        _largest_first(
            line(reason_in_words(reason), gap, reason=reason or NOT_IDLE)
            for reason, gap in gap_by_reason(needs, on=view.on, known_at=view.known_at).items()
        ),
    )


def parts_of(gap: GapTotal) -> list[Part]:
    """Where the needs stand, in rupiah: a bar of which each part has its word in a legend."""
    return [
        Part(_("Tertutup (Rp)"), gap.covered_idr, "running"),
        Part(_("Dijanjikan (Rp)"), gap.promised_idr, "zero"),
        Part(_("Belum dijanjikan (Rp)"), gap.unpromised_idr, "idle"),
    ]


def reason_in_words(reason: str) -> str:
    return str(Reason(reason).label) if reason else _("Gerai yang tidak menganggur")


def _largest_first(lines: Iterable[GapLine]) -> list[GapLine]:
    return sorted(lines, key=lambda line: (-line.gap.gap_idr, line.name))


def _most(lines: list[GapLine]) -> int:
    return max((line.gap.amount_idr for line in lines), default=0)

"""What the dashboard and the leader's sheet both count of an area on a day: one definition, read once."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse

from cooperatives.asof import View
from cooperatives.models import Cooperative, PublishedFigure, Target
from kkmp.charts import Tile
from kkmp.pages.causes import Cause, causes_of
from kkmp.pages.causes import in_words as causes_in_words
from kkmp.pages.target_progress import Progress, count_areas, current, days_needed, progress_of
from outlets.models import Reason
from outlets.outlet_class import OutletClass
from outlets.standing import Standing, Turn, standing

RECORDED = (OutletClass.RUNNING, OutletClass.IDLE, OutletClass.NONE)
# Of one move; the number opens the list with all of them.
CAUSES_SHOWN = 5


@dataclass(frozen=True)
class Row:
    """A cooperative in view, as it stood on the day compared with and on the day itself."""

    cooperative: Cooperative
    before: Standing
    after: Standing

    @property
    def is_idle_for_capital(self) -> bool:
        return self.after.outlet_class == OutletClass.IDLE and Reason.CAPITAL in self.after.idle_reasons


@dataclass(frozen=True)
class Move:
    """Cooperatives that stood in one class on the earlier day and in another on the later one."""

    before: OutletClass
    after: OutletClass
    count: int
    href: str
    causes: list[Cause]
    causes_in_words: str


def rows_in(view: View, changes: Mapping[int, list[Turn]]) -> list[Row]:
    """Every cooperative in view; `changes` are their histories."""
    return [
        Row(
            cooperative,
            # One that came between the two queries has no changes yet.
            standing(changes.get(cooperative.pk, ()), view.since),
            standing(changes.get(cooperative.pk, ()), view.on),
        )
        for cooperative in view.cooperatives.select_related("kelurahan__kecamatan")
    ]


def list_href(view: View, **filters: object) -> str:
    return view.link(reverse("cooperatives:list"), **filters)


def shown_classes(rows: Iterable[Row]) -> list[OutletClass]:
    """The three classes, and a fourth for what nobody has recorded yet, where there is any."""
    some_unrecorded = any(row.after.outlet_class == OutletClass.UNRECORDED for row in rows)
    return [*RECORDED, *([OutletClass.UNRECORDED] if some_unrecorded else [])]


def counts_by_area(rows: Iterable[Row]) -> dict[str, Counter[OutletClass]]:
    """Cooperatives by class, for each kecamatan (its code) that has any in view."""
    found: dict[str, Counter[OutletClass]] = {}
    for row in rows:
        found.setdefault(row.cooperative.kelurahan.kecamatan_id, Counter())[row.after.outlet_class] += 1
    return found


def longest_idle_first(view: View, rows: Iterable[Row]) -> list[Row]:
    idle = [row for row in rows if row.after.outlet_class == OutletClass.IDLE]
    return sorted(
        idle,
        key=lambda row: (row.after.idle_since or view.on, row.cooperative.kelurahan.name, row.cooperative.pk),
    )


def tile_of(view: View, row: Row, *, selected: str = "") -> Tile:
    """The cooperative as a square of the map."""
    kelurahan, outlet_class = row.cooperative.kelurahan, row.after.outlet_class
    return Tile(
        col=kelurahan.tile_col,
        row=kelurahan.tile_row,
        group=kelurahan.kecamatan.name,
        label=kelurahan.name,
        tone=outlet_class.value,
        status=str(outlet_class.label),
        note=str(Reason(row.after.idle_reason).label) if outlet_class == OutletClass.IDLE else "",
        href=view.link(
            reverse("dashboard"),
            cooperative=kelurahan.pk,
            since=view.since.isoformat() if view.since_given else "",
        ),
        is_selected=kelurahan.pk == selected,
    )


def aims_in(
    view: View,
    targets: Sequence[Target],
    figures: Sequence[PublishedFigure],
    changes: Mapping[int, list[Turn]],
    rows: Iterable[Row],
) -> dict[str | None, Progress]:
    """What the city and each kecamatan work for, and how they stand with it; figures come newest first."""
    baseline = figures[-1] if figures else None
    kecamatan_of = {row.cooperative.pk: row.cooperative.kelurahan.kecamatan_id for row in rows}
    counts = count_areas(changes, kecamatan_of, days_needed(targets, baseline, on=view.on))
    return current(progress_of(view, targets, counts, baseline), on=view.on)


def own_aim(view: View, aims: Mapping[str | None, Progress]) -> Progress | None:
    """The target of the area in view itself."""
    own = aims.get(view.area or None)
    if own is None and len(aims) == 1:
        [own] = aims.values()
    return own


def moves_in(view: View, rows: Iterable[Row], changes: dict[int, list[Turn]]) -> list[Move]:
    """Every pair of classes between which a cooperative moved, the most frequent first, and why."""
    pairs: dict[tuple[OutletClass, OutletClass], list[Cooperative]] = {}
    for row in rows:
        if row.before.outlet_class != row.after.outlet_class:
            pair = (row.before.outlet_class, row.after.outlet_class)
            pairs.setdefault(pair, []).append(row.cooperative)
    causes = causes_of(view, [one for moved in pairs.values() for one in moved], changes)
    told = {pair: [causes[one.pk] for one in moved if one.pk in causes] for pair, moved in pairs.items()}
    return [
        Move(
            before,
            after,
            len(moved),
            list_href(view, moved=f"{before.value}-{after.value}", since=view.since.isoformat()),
            told[before, after][:CAUSES_SHOWN],
            causes_in_words(told[before, after]),
        )
        for (before, after), moved in sorted(pairs.items(), key=lambda pair: -len(pair[1]))
    ]

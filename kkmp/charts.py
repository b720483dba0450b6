"""Geometry of our charts: numbers in, positions out; no markup, no words, nothing of ours imported.

Horizontal positions are percentages of the plot, vertical ones pixels: a chart then keeps its text size on any width.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import ceil, floor, log10


def fmt(number: float) -> str:
    """A coordinate: never localised, no needless digits."""
    return f"{number:.2f}".rstrip("0").rstrip(".")


# --- sparkline ----------------------------------------------------------------


@dataclass(frozen=True)
class Spark:
    """A small line in a box of 96 × 32; `end` is the place of the last known value."""

    path: str
    end: tuple[float, float] | None


def spark(values: Sequence[int | None], *, width: float = 96, height: float = 32, margin: float = 4) -> Spark:
    """Scaled to its own range; a None is a gap in the line."""
    known = [value for value in values if value is not None]
    if not known:
        return Spark("", None)
    low, high = min(known), max(known)
    step = (width - 2 * margin) / max(len(values) - 1, 1)

    def place(index: int, value: int) -> tuple[float, float]:
        share = (value - low) / (high - low) if high > low else 0.5
        return margin + index * step, height - margin - share * (height - 2 * margin)

    places = [None if value is None else place(index, value) for index, value in enumerate(values)]
    return Spark(line_path(places), next(at for at in reversed(places) if at is not None))


def line_path(places: Iterable[tuple[float, float] | None]) -> str:
    """An SVG path through the places; None lifts the pen."""
    parts: list[str] = []
    pen_down = False
    for place in places:
        if place is None:
            pen_down = False
            continue
        parts.append(f"{'L' if pen_down else 'M'}{fmt(place[0])} {fmt(place[1])}")
        pen_down = True
    return "".join(parts)


# --- stacked bar --------------------------------------------------------------


@dataclass(frozen=True)
class Part:
    """One part of a whole: of a stacked bar, or one line of a legend."""

    label: str
    value: int
    tone: str
    href: str = ""


@dataclass(frozen=True)
class BarSegment:
    part: Part
    x: float
    width: float


def bar_segments(parts: Sequence[Part], *, whole: int | None = None) -> list[BarSegment]:
    """Percentages of `whole` (default: the sum); empty parts are left out."""
    total = whole or sum(part.value for part in parts)
    segments: list[BarSegment] = []
    x = 0.0
    for part in parts:
        if part.value <= 0:
            continue
        width = 100 * part.value / total
        segments.append(BarSegment(part, x, width))
        x += width
    return segments


# --- trend --------------------------------------------------------------------


@dataclass(frozen=True)
class Series:
    """One line: values on days, in order of the days; None is not known."""

    label: str
    tone: str
    points: Sequence[tuple[date, int | None]]


@dataclass(frozen=True)
class Mark:
    """A published figure (full circle) or a target (open diamond) for one tone."""

    day: date
    value: int
    tone: str
    label: str = ""


@dataclass(frozen=True)
class PlacedMark:
    mark: Mark
    x: float
    y: float


@dataclass(frozen=True)
class Line:
    series: Series
    path: str
    last: int | None
    end: tuple[float, float]
    label_y: float


@dataclass(frozen=True)
class Tick:
    at: float
    day: date
    is_major: bool


@dataclass(frozen=True)
class Trend:
    """Everything the trend draws; `x` in percent of the plot (the path in tenths of a percent), `y` in pixels."""

    height: float
    first: date | None
    last: date | None
    levels: list[tuple[int, float]] = field(default_factory=list)
    ticks: list[Tick] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    published: list[PlacedMark] = field(default_factory=list)
    targets: list[PlacedMark] = field(default_factory=list)


def trend(
    series: Sequence[Series],
    *,
    published: Sequence[Mark] = (),
    targets: Sequence[Mark] = (),
    height: float = 220,
    label_gap: float = 16,
) -> Trend:
    """Lines with labels at their ends that do not cover each other."""
    series = [one for one in series if any(value is not None for _day, value in one.points)]
    days = [day for one in series for day, _value in one.points] + [
        mark.day for mark in (*published, *targets)
    ]
    if not days:
        return Trend(height, None, None)
    values = [value for one in series for _day, value in one.points if value is not None]
    values += [mark.value for mark in (*published, *targets)]
    first, last = min(days), max(days)
    steps = level_steps(max(values))
    top = steps[-1]
    span = max((last - first).days, 1)

    def x(day: date) -> float:
        return 100 * (day - first).days / span

    def y(value: float) -> float:
        return height - height * value / top

    def place(mark: Mark) -> PlacedMark:
        return PlacedMark(mark, x(mark.day), y(mark.value))

    ends = [[(day, value) for day, value in one.points if value is not None][-1] for one in series]
    label_places = spread([y(value) for _day, value in ends], gap=label_gap, low=0, high=height)
    lines = [
        Line(
            one,
            line_path(None if value is None else (10 * x(day), y(value)) for day, value in one.points),
            value_at_end,
            (x(end_day), y(value_at_end)),
            label_y,
        )
        for one, (end_day, value_at_end), label_y in zip(series, ends, label_places, strict=True)
    ]
    return Trend(
        height,
        first,
        last,
        [(step, y(step)) for step in steps],
        month_ticks(first, last, x),
        lines,
        [place(mark) for mark in published],
        [place(mark) for mark in targets],
    )


def level_steps(highest: int, *, wanted: int = 4) -> list[int]:
    """Round levels from 0 up to at least `highest`, by 1, 2 or 5 times a power of ten."""
    if highest <= 0:
        return [0, 1]
    rough = highest / wanted
    power = 10 ** floor(log10(rough)) if rough >= 1 else 1
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough)
    return [step * index for index in range(ceil(highest / step) + 1)]


def spread(wanted: Sequence[float], *, gap: float, low: float, high: float) -> list[float]:
    """The nearest places to those wanted that keep `gap` between them, inside low…high where they fit."""
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    placed = [0.0] * len(wanted)
    floor_ = low
    for index in order:
        placed[index] = max(wanted[index], floor_)
        floor_ = placed[index] + gap
    ceiling = high
    for index in reversed(order):
        placed[index] = max(min(placed[index], ceiling), low)
        ceiling = placed[index] - gap
    return placed


def month_ticks(first: date, last: date, x: Callable[[date], float]) -> list[Tick]:
    """Beginnings of months, thinned to at most fifteen; every second one (January among them) stays where it is narrow."""
    months = [
        date(year, month, 1)
        for year in range(first.year, last.year + 1)
        for month in range(1, 13)
        if first <= date(year, month, 1) <= last
    ]
    stride = ceil(len(months) / 15) or 1
    numbered = [(day, day.year * 12 + day.month - 1) for day in months]
    return [Tick(x(day), day, number // stride % 2 == 0) for day, number in numbered if number % stride == 0]


# --- timeline -----------------------------------------------------------------


@dataclass(frozen=True)
class Segment:
    """One stretch of a lane: from a day on, until the day before the next or, with None, still."""

    tone: str
    label: str
    starts_on: date
    ends_on: date | None = None
    note: str = ""


@dataclass(frozen=True)
class Lane:
    label: str
    segments: Sequence[Segment]
    sub: str = ""
    href: str = ""


@dataclass(frozen=True)
class PlacedSegment:
    segment: Segment
    x: float
    width: float


def lane_segments(lane: Lane, *, first: date, last: date) -> list[PlacedSegment]:
    """Cut to first…last; a short stretch stays visible (0.8 % at least)."""
    span = max((last - first).days, 1)
    placed: list[PlacedSegment] = []
    for segment in lane.segments:
        start = max(segment.starts_on, first)
        end = min(segment.ends_on or last, last)
        if end < start:
            continue
        x = 100 * (start - first).days / span
        width = max(100 * (end - start).days / span, 0.8)
        x = min(x, 100 - width)
        placed.append(PlacedSegment(segment, x, width))
    return placed


def time_ticks(first: date, last: date) -> list[Tick]:
    """Months of a short span, years of a long one."""
    span = max((last - first).days, 1)

    def x(day: date) -> float:
        return 100 * (day - first).days / span

    if span <= 800:
        return month_ticks(first, last, x)
    years = [date(year, 1, 1) for year in range(first.year + 1, last.year + 1)]
    return [Tick(x(day), day, is_major=True) for day in years]


# --- tile map -----------------------------------------------------------------


@dataclass(frozen=True)
class Tile:
    """One kelurahan: a square of the map. Without `href` it is outside the viewer's area and drawn without a name."""

    col: int
    row: int
    group: str
    label: str = ""
    short: str = ""
    code: str = ""
    tone: str = "outside"
    status: str = ""
    href: str = ""
    note: str = ""
    is_selected: bool = False

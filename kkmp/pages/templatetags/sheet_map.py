"""The tile map of the leader's sheet as SVG: names on the squares, since paper has no pointer to ask."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from kkmp.charts import fmt
from kkmp.pages.sheet.definition import MapTile
from kkmp.pages.sheet.tiles import placed
from kkmp.templatetags.ui import sign_name, tone

register = template.Library()

# Of a square, in tenths of a millimetre of paper.
WIDE, INSET = 97, 3.5
# Of the letters on it: their size, the distance of lines, the room for one.
SIZE, LEADING, ROOM = 18, 20, 79


@register.simple_tag
def sheet_map(tiles: Sequence[MapTile], label: str, tile_height: float) -> SafeString:
    """A picture with a name; the same in words is `tiles_by_area`. `tile_height` in millimetres."""
    shape, high = placed(tiles), round(10 * tile_height)
    return format_html(
        '<svg class="sheet-map cols-{}" viewBox="0 0 {} {}" role="img" aria-label="{}">{}<path class="borders" d="{}"/></svg>',
        shape.cols,
        shape.cols * WIDE,
        shape.rows * high,
        label,
        format_html_join("", "{}", ((_tile(tile, high),) for tile in shape.tiles)),
        "".join(
            f"M{edge.x1 * WIDE} {edge.y1 * high}L{edge.x2 * WIDE} {edge.y2 * high}" for edge in shape.edges
        ),
    )


def _tile(tile: MapTile, high: int) -> SafeString:
    x, y = tile.col * WIDE, tile.row * high
    colour = tone(tile.tone)
    return format_html(
        '<g class="on-{}"><rect class="fill-{}"{} x="{}" y="{}" width="{}" height="{}" rx="8"/>'
        '<svg class="sign" x="{}" y="{}" width="22" height="22"><use href="#sign-{}"/></svg>{}</g>',
        colour,
        colour,
        SafeString(' fill="url(#hatch)"') if colour == "unrecorded" else SafeString(""),
        fmt(x + INSET),
        fmt(y + INSET),
        fmt(WIDE - 2 * INSET),
        fmt(high - 2 * INSET),
        fmt(x + WIDE - 31),
        fmt(y + 9),
        sign_name(tile.tone),
        _lines(tile.lines, x + 9, y + high - 12),
    )


def _lines(lines: Sequence[str], x: float, base: float) -> SafeString:
    return format_html_join(
        "",
        '<text x="{}" y="{}"{}>{}</text>',
        (
            (fmt(x), fmt(base - LEADING * (len(lines) - 1 - index)), _narrowed(line), line)
            for index, line in enumerate(lines)
        ),
    )


def _narrowed(line: str) -> SafeString:
    """Letters of a long word stand closer, as on maps: smaller ones would not be read."""
    wide = SIZE * sum(0.32 if letter in "Iiljt.-' " else 0.4 if letter in "fr" else 0.62 for letter in line)
    return (
        format_html(' textLength="{}" lengthAdjust="spacingAndGlyphs"', ROOM)
        if wide > ROOM
        else SafeString("")
    )


@register.filter
def tiles_by_area(tiles: Iterable[MapTile]) -> list[tuple[str, list[MapTile]]]:
    """By kecamatan and name, for those who read the map as a list."""
    ordered = sorted(tiles, key=lambda tile: (tile.group, tile.name))
    return [(group, list(members)) for group, members in groupby(ordered, key=lambda tile: tile.group)]

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
WIDE, HIGH, INSET = 97, 80, 3.5


@register.simple_tag
def sheet_map(tiles: Sequence[MapTile], label: str = "") -> SafeString:
    """A picture with a name; the same in words is `tiles_by_area`."""
    shape = placed(tiles)
    return format_html(
        '<svg class="sheet-map cols-{}" viewBox="0 0 {} {}" role="img" aria-label="{}">{}<path class="borders" d="{}"/></svg>',
        shape.cols,
        shape.cols * WIDE,
        shape.rows * HIGH,
        label,
        format_html_join("", "{}", ((_tile(tile),) for tile in shape.tiles)),
        "".join(
            f"M{edge.x1 * WIDE} {edge.y1 * HIGH}L{edge.x2 * WIDE} {edge.y2 * HIGH}" for edge in shape.edges
        ),
    )


def _tile(tile: MapTile) -> SafeString:
    x, y = tile.col * WIDE, tile.row * HIGH
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
        fmt(HIGH - 2 * INSET),
        fmt(x + WIDE - 31),
        fmt(y + 9),
        sign_name(tile.tone),
        _lines(tile.lines, x + 10, y + HIGH - 13),
    )


def _lines(lines: Sequence[str], x: float, base: float) -> SafeString:
    return format_html_join(
        "",
        '<text x="{}" y="{}">{}</text>',
        ((fmt(x), fmt(base - 21 * (len(lines) - 1 - index)), line) for index, line in enumerate(lines)),
    )


@register.filter
def tiles_by_area(tiles: Iterable[MapTile]) -> list[tuple[str, list[MapTile]]]:
    """By kecamatan and name, for those who read the map as a list."""
    ordered = sorted(tiles, key=lambda tile: (tile.group, tile.name))
    return [(group, list(members)) for group, members in groupby(ordered, key=lambda tile: tile.group)]

"""The tile map as markup: links on a grid, the borders of the kecamatan over it, the same as a list below."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kkmp import tilemap
from kkmp.charts import Tile
from kkmp.templatetags.ui import dot, sign, tone

NOTHING = SafeString("")


def tile_map(tiles: Sequence[Tile], *, label: str = "", target: str = "#cooperative-beside") -> SafeString:
    """One square a kelurahan, a link each; with htmx it opens beside the map, without it the page comes again.

    The list by kecamatan below is the same in words. Tiles without `href` are faint squares without a name.
    """
    if not tiles:
        return NOTHING
    shown = tilemap.in_view(tilemap.with_codes(tiles))
    width, height = max(tile.col for tile in shown) + 1, max(tile.row for tile in shown) + 1
    # By kecamatan, so that the tabulator without JavaScript walks through one after the other.
    ordered = sorted(shown, key=lambda tile: (tile.group, tile.row, tile.col))
    groups = {(tile.col, tile.row): tile.group for tile in shown}
    own = [(tile.col, tile.row) for tile in shown if tile.href]
    return format_html(
        '<figure class="figure"><div class="tilemap-box cols-{}"><svg class="tilemap-lines" {}><path class="faint" d="{}"/></svg>'
        '<ul class="tilemap" aria-label="{}" data-tilemap hx-target="{}" hx-swap="innerHTML" hx-replace-url="true">{}</ul>'
        '<svg class="tilemap-lines" {}><path d="{}"/></svg></div>{}</figure>',
        min(width, 20),
        _frame(width, height),
        tilemap.outlines(groups) if len(own) < len(shown) else "",
        label or _("Peta kelurahan"),
        target,
        format_html_join("", "{}", ((_tile(tile, width),) for tile in ordered)),
        _frame(width, height),
        tilemap.outlines(groups, touching=own),
        _by_area(ordered),
    )


def _frame(width: int, height: int) -> SafeString:
    return format_html('viewBox="0 0 {} {}" preserveAspectRatio="none" aria-hidden="true"', width, height)


def _tile(tile: Tile, width: int) -> SafeString:
    edge = " at-start" if tile.col < width / 3 else " at-end" if tile.col >= width * 2 / 3 else ""
    place = format_html('class="c{0} r{1}{2}" data-col="{0}" data-row="{1}"', tile.col, tile.row, edge)
    if not tile.href:
        return format_html('<li {} aria-hidden="true"><span class="still"></span></li>', place)
    return format_html(
        '<li {place}><a class="tone-{tone}" href="{href}" hx-get="{href}"{current}>{sign}'
        '<span class="code" aria-hidden="true">{code}</span><span class="name" aria-hidden="true">{short}</span>'
        '<span class="tip"><b>{label}</b><span>{group} · {status}</span>{note}</span></a></li>',
        place=place,
        tone=tone(tile.tone),
        href=tile.href,
        current=SafeString(' aria-current="true"') if tile.is_selected else NOTHING,
        sign=sign(tile.tone),
        code=tile.code,
        short=tilemap.soft_hyphens(tile.short or tilemap.short_name(tile.label)),
        label=tile.label,
        group=tile.group,
        status=tile.status,
        note=format_html("<span>{}</span>", tile.note) if tile.note else NOTHING,
    )


def _by_area(tiles: Sequence[Tile]) -> SafeString:
    named = [tile for tile in tiles if tile.href]
    groups = groupby(sorted(named, key=lambda tile: (tile.group, tile.label)), key=lambda tile: tile.group)
    return format_html(
        '<details class="more"><summary>{}</summary><div class="by-area">{}</div></details>',
        _("Daftar menurut kecamatan"),
        format_html_join(
            "",
            "<div><h3>{}</h3><ul>{}</ul></div>",
            ((group, _area_links(members)) for group, members in groups),
        ),
    )


def _area_links(tiles: Iterable[Tile]) -> SafeString:
    return format_html_join(
        "",
        '<li><a href="{}">{}<span>{} <span class="muted small">{}</span></span></a></li>',
        ((tile.href, dot(tile.tone), tile.label, tile.status) for tile in tiles),
    )

"""The tile map on paper: where each kelurahan lies, and how it is written, since paper has no pointer to ask."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from kkmp.pages.sheet.definition import MapTile
from kkmp.tilemap import outlines, short_name, soft_hyphens

# Letters that fit beside each other on a square, and lines below each other.
ROOM, LINES = 9, 2
SOFT = "\u00ad"


@dataclass(frozen=True)
class Edge:
    """A stretch of a border in units of tiles, from one corner to another."""

    x1: int
    y1: int
    x2: int
    y2: int


@dataclass(frozen=True)
class PlacedMap:
    """Tiles moved into the upper left corner, in reading order, and the borders of their kecamatan."""

    cols: int
    rows: int
    tiles: list[MapTile]
    edges: list[Edge]


def placed(tiles: Sequence[MapTile]) -> PlacedMap:
    if not tiles:
        return PlacedMap(0, 0, [], [])
    left, top = min(tile.col for tile in tiles), min(tile.row for tile in tiles)
    moved = [replace(tile, col=tile.col - left, row=tile.row - top) for tile in tiles]
    groups = {(tile.col, tile.row): tile.group for tile in moved}
    return PlacedMap(
        max(tile.col for tile in moved) + 1,
        max(tile.row for tile in moved) + 1,
        sorted(moved, key=lambda tile: (tile.row, tile.col)),
        [_edge(*found) for found in re.findall(r"M(\d+) (\d+)([HV])(\d+)", outlines(groups))],
    )


def _edge(x: str, y: str, way: str, end: str) -> Edge:
    return Edge(int(x), int(y), int(end), int(y)) if way == "H" else Edge(int(x), int(y), int(x), int(end))


def tile_lines(name: str) -> list[str]:
    """“Cilandak Barat” → two lines; a word that is too long is broken by its syllables, a longer name is cut short."""
    lines: list[str] = []
    for word in short_name(name, room=ROOM).split():
        for index, piece in enumerate([word] if len(word) <= ROOM else _broken(word)):
            joined = f"{lines[-1]} {piece}" if lines and not index else ""
            if joined and len(joined) <= ROOM:
                lines[-1] = joined
            else:
                lines.append(piece)
    return (
        lines
        if len(lines) <= LINES
        else [*lines[: LINES - 1], f"{lines[LINES - 1].rstrip('-')[: ROOM - 1]}…"]
    )


def _broken(word: str) -> list[str]:
    """Two pieces, the first as long as fits with its hyphen; a word without syllables stays whole."""
    syllables = soft_hyphens(word, longest=0).split(SOFT)
    first = ""
    for index, syllable in enumerate(syllables):
        if first and len(first + syllable) >= ROOM:
            return [f"{first}-", "".join(syllables[index:])]
        first += syllable
    return [word]

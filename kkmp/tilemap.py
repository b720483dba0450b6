"""The tile map: what is in view, where the borders run, and how a kelurahan is named in a small square."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from kkmp.charts import Tile


def outlines(
    groups: Mapping[tuple[int, int], str], *, touching: Collection[tuple[int, int]] | None = None
) -> str:
    """The borders between neighbours of different groups and around the whole, as one path in units of tiles.

    `touching`: only borders of these tiles (the viewer's own).
    """
    lying: set[tuple[int, int]] = set()
    standing: set[tuple[int, int]] = set()
    for col, row in groups if touching is None else touching:
        group = groups[col, row]
        if groups.get((col, row - 1)) != group:
            lying.add((row, col))
        if groups.get((col, row + 1)) != group:
            lying.add((row + 1, col))
        if groups.get((col - 1, row)) != group:
            standing.add((col, row))
        if groups.get((col + 1, row)) != group:
            standing.add((col + 1, row))
    parts = [f"M{start} {at}H{end}" for at, start, end in _runs(lying)]
    parts += [f"M{at} {start}V{end}" for at, start, end in _runs(standing)]
    return "".join(parts)


def in_view(tiles: Sequence[Tile]) -> list[Tile]:
    """The viewer's own tiles with one row and column of neighbours around them, moved to the upper left corner."""
    own = [tile for tile in tiles if tile.href] or tiles
    left, right = min(tile.col for tile in own) - 1, max(tile.col for tile in own) + 1
    top, bottom = min(tile.row for tile in own) - 1, max(tile.row for tile in own) + 1
    kept = [tile for tile in tiles if left <= tile.col <= right and top <= tile.row <= bottom]
    first_col, first_row = (
        min((tile.col for tile in kept), default=0),
        min((tile.row for tile in kept), default=0),
    )
    return [replace(tile, col=tile.col - first_col, row=tile.row - first_row) for tile in kept]


def _runs(edges: set[tuple[int, int]]) -> list[tuple[int, int, int]]:
    """Unit edges (line, place) joined into (line, from, to)."""
    runs: list[tuple[int, int, int]] = []
    for line, place in sorted(edges):
        if runs and runs[-1][0] == line and runs[-1][2] == place:
            runs[-1] = (line, runs[-1][1], place + 1)
        else:
            runs.append((line, place, place + 1))
    return runs


# How office people here shorten the long words of kelurahan names.
_SHORT_WORDS = {
    "utara": "Ut.",
    "selatan": "Sel.",
    "timur": "Tim.",
    "barat": "Bar.",
    "pondok": "Pd.",
    "kebayoran": "Keb.",
    "pasar": "Ps.",
    "karet": "Kr.",
    "mampang": "Mpg.",
    "petukangan": "Petuk.",
}


def short_name(name: str, *, room: int = 9) -> str:
    """A name that fits a tile: long words of a name of several words are shortened, a single word never is."""
    words = name.split()
    fits = len(words) < 3 and len(name) <= room + 4 and all(len(word) <= room for word in words)
    if len(words) == 1 or fits:
        return name
    return " ".join(_SHORT_WORDS.get(word.casefold(), word) for word in words)


# Consonants that open a syllable together.
_PAIRS = ("ng", "ny", "kh", "sy", "pr", "tr", "kr", "gr", "br", "dr", "pl", "kl", "gl", "bl")


def soft_hyphens(name: str, *, longest: int = 8) -> str:
    """Marks where the long words of a name may break, by Indonesian syllables: Petogo-gan, Pesang-grahan."""
    return " ".join(word if len(word) <= longest else _hyphenated(word) for word in name.split(" "))


def _hyphenated(word: str) -> str:
    low = word.casefold()
    breaks = set()
    for index in range(3, len(word) - 2):
        if low[index] in "aeiou" or low[index + 1] not in "aeiou":
            continue
        is_pair = low[index - 1 : index + 1] in _PAIRS
        breaks.add(index - 1 if is_pair else index)
    return "".join(("\u00ad" if index in breaks else "") + letter for index, letter in enumerate(word))


def with_codes(tiles: Sequence[Tile]) -> list[Tile]:
    """The same tiles; those without a code get one of three letters, by which narrow screens name them."""
    codes = tile_codes([tile.label for tile in tiles])
    return [tile if tile.code else replace(tile, code=code) for tile, code in zip(tiles, codes, strict=True)]


def tile_codes(names: Sequence[str]) -> list[str]:
    """Three letters a name, each different: MLW, GDU. Consonants first, the initial of the last word when there are two."""
    taken: set[str] = set()
    return [_free_code(name, taken) for name in names]


def _free_code(name: str, taken: set[str]) -> str:
    for code in _code_candidates(name):
        if code not in taken:
            taken.add(code)
            return code
    numbered = (f"{name[:1].upper()}{number:02}" for number in range(100))
    code = next(code for code in numbered if code not in taken)
    taken.add(code)
    return code


def _code_candidates(name: str) -> Iterable[str]:
    words = name.upper().split()
    if not words:
        return
    consonants = [letter for letter in words[0][1:] if letter not in "AEIOU"]
    if len(words) > 1:
        rest = "".join(word[0] for word in words[1:])
        if len(rest) > 1:
            yield (words[0][0] + rest)[:3]
        for letter in (*consonants, *words[0][1:]):
            yield words[0][0] + letter + words[-1][0]
        for letter in words[-1][1:]:
            yield words[0][0] + words[-1][0] + letter
    else:
        for first, second in pairwise(consonants):
            yield words[0][0] + first + second
        yield from (words[0][0] + words[0][index : index + 2] for index in range(1, len(words[0]) - 1))

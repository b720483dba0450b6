"""How a kelurahan is written on its square of the sheet: at most two short lines, since paper has no pointer to ask."""

from kkmp.tilemap import short_name, soft_hyphens

# Letters that fit beside each other on a square.
ROOM = 9
SOFT = "\u00ad"


def tile_lines(name: str) -> list[str]:
    """“Cilandak Barat” → two lines; a word that is too long is broken by its syllables."""
    lines: list[str] = []
    for word in short_name(name, room=ROOM).split():
        pieces = [word] if len(word) <= ROOM else _broken(word)
        for index, piece in enumerate(pieces):
            joined = f"{lines[-1]} {piece}" if lines and not index else piece
            if len(joined) <= ROOM and lines and not index:
                lines[-1] = joined
            else:
                lines.append(piece)
    return lines


def _broken(word: str) -> list[str]:
    """Two pieces, the first as long as fits with its hyphen; a word that has no syllables stays whole."""
    syllables = soft_hyphens(word, longest=0).split(SOFT)
    first = ""
    for index, syllable in enumerate(syllables):
        if len(first + syllable) >= ROOM and first:
            return [f"{first}-", "".join(syllables[index:])]
        first += syllable
    return [word]

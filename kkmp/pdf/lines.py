"""Text broken into lines for a column of a PDF: thousands of cells, so each word is measured once."""

from functools import lru_cache

from reportlab.pdfbase.pdfmetrics import getFont, stringWidth

# Where the face has no letter (other scripts, emoji): something was typed here, the page shows it.
MISSING = "□"


def wrapped(text: str, font: str, size: float, width: float) -> list[str]:
    """Lines no wider than `width` points; a word that is wider is broken, a letter that the face lacks is marked."""
    lines, line, wide = [], "", 0.0
    space = _width(" ", font) * size
    for word in _drawable(text, font).split():
        length = _width(word, font) * size
        if line and wide + space + length <= width:
            line, wide = f"{line} {word}", wide + space + length
            continue
        if line:
            lines.append(line)
        *whole, line = [word] if length <= width else _broken(word, font, size, width)
        lines += whole
        wide = length if not whole else _width(line, font) * size
    return [*lines, line] if line else lines


def _drawable(text: str, font: str) -> str:
    if text.isascii():
        return text
    known = getFont(font).face.charToGlyph
    return "".join(sign if sign.isspace() or ord(sign) in known else MISSING for sign in text)


def _broken(word: str, font: str, size: float, width: float) -> list[str]:
    pieces, piece, wide = [], "", 0.0
    for sign in word:
        length = _width(sign, font) * size
        if piece and wide + length > width:
            pieces.append(piece)
            piece, wide = "", 0.0
        piece, wide = piece + sign, wide + length
    return [*pieces, piece]


def width_of(text: str, font: str, size: float) -> float:
    return _width(text, font) * size


@lru_cache(maxsize=20_000)
def _width(text: str, font: str) -> float:
    """Of a letter of one point."""
    return float(stringWidth(text, font, 1))

"""A paper as a PDF: tables run over pages under their repeated heads, each page says which of how many it is.

Platypus' LongTable takes six times as long for 2,000 rows and knows the number of pages only by building twice, so the
pieces are measured once, dealt out to pages, and then drawn.
"""

import io
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from kkmp.pdf.fonts import BOLD, REGULAR, register_fonts
from kkmp.pdf.lines import width_of, wrapped
from kkmp.pdf.paper import Align, Paper, Section, Table
from kkmp.pdf.pen import ACCENT, INK, LEADING, LINE, QUIET

MARGIN = 12 * mm
FOOT = 9 * mm
PAD = 1.2 * mm
CELL, SMALL, BODY, TITLE = 7.5, 7.0, 9.0, 16.0
WATERMARK = "#e9e5e0"


@dataclass(frozen=True)
class Line:
    """One line of text: its place from the left edge and the upper edge of its piece, in points."""

    x: float
    y: float
    text: str
    size: float
    font: str = REGULAR
    colour: str = INK


@dataclass(frozen=True)
class Piece:
    """What stays together on one page. `head` is drawn again where a page begins with this piece."""

    height: float
    lines: tuple[Line, ...] = ()
    # Rules from (x1, y1) to (x2, y2), with colour and width.
    rules: tuple[tuple[float, float, float, float, str, float], ...] = ()
    head: "Piece | None" = None
    # The piece that follows stands on the same page.
    keeps_next: bool = False


@dataclass
class Page:
    placed: list[tuple[float, Piece]] = field(default_factory=list)


def write_paper(paper: Paper) -> bytes:
    register_fonts()
    width, height = landscape(A4) if paper.is_landscape else A4
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(width, height), lang=paper.language, pageCompression=1)
    canvas.setTitle(f"{paper.kind}: {paper.title}, {paper.owner}, {paper.day}")
    canvas.setAuthor(paper.printed)
    canvas.setCreator("KKMP Jakarta Selatan")
    pages = _dealt(paper, width - 2 * MARGIN, height - 2 * MARGIN - FOOT)
    for number, page in enumerate(pages, start=1):
        _watermark(canvas, paper.watermark, width, height)
        _draw(canvas, page.placed, height - MARGIN)
        _foot(canvas, paper, width, paper.page.format(page=number, pages=len(pages)))
        canvas.showPage()
    canvas.save()
    return out.getvalue()


# --- pages --------------------------------------------------------------------


def _dealt(paper: Paper, width: float, room: float) -> list[Page]:
    """The pieces on their pages; every page after the first begins with a line that says what it belongs to."""
    running = _running_head(paper, width)
    pages, y = [Page()], 0.0
    for group in _groups(_pieces(paper, width)):
        if y + sum(piece.height for piece in group) > room and pages[-1].placed:
            pages.append(Page([(0.0, running)]))
            y = running.height
            if group[0].head:
                pages[-1].placed.append((y, group[0].head))
                y += group[0].head.height
        for piece in group:
            pages[-1].placed.append((y, piece))
            y += piece.height
    return pages


def _groups(pieces: Iterator[Piece]) -> Iterator[list[Piece]]:
    group: list[Piece] = []
    for piece in pieces:
        group.append(piece)
        if not piece.keeps_next:
            yield group
            group = []
    if group:
        yield group


def _pieces(paper: Paper, width: float) -> Iterator[Piece]:
    yield _first_head(paper, width)
    for section in paper.sections:
        yield from _section(section, width, columns=2 if paper.is_landscape else 1)
    if paper.signatures:
        yield _signatures(paper.signatures, width)


def _first_head(paper: Paper, width: float) -> Piece:
    lines, y = [], 0.0
    if paper.sample:
        lines += _text(paper.sample, 0, y, width, size=SMALL, font=BOLD, align="center")
        y += 12
    for text, size, font, colour in (
        (paper.kind, BODY, BOLD, ACCENT),
        (paper.title, TITLE, BOLD, INK),
        (paper.owner, 11.0, BOLD, INK),
        (f"{paper.place} · {paper.day}", BODY, REGULAR, QUIET),
    ):
        made = _text(text, 0, y, width, size=size, font=font, colour=colour)
        lines += made
        y += len(made) * size * LEADING
    return Piece(y + 3 * mm, tuple(lines), keeps_next=True)


def _running_head(paper: Paper, width: float) -> Piece:
    text = " · ".join(filter(None, (paper.sample, paper.kind, paper.title, paper.owner, paper.day)))
    lines = _text(text, 0, 0, width, size=SMALL, colour=QUIET)
    height = len(lines) * SMALL * LEADING
    return Piece(height + 2.5 * mm, tuple(lines), rules=((0, height + mm, width, height + mm, LINE, 0.6),))


def _section(section: Section, width: float, *, columns: int) -> Iterator[Piece]:
    if section.title:
        lines = _text(section.title, 0, 2 * mm, width, size=11.0, font=BOLD)
        yield Piece(2 * mm + len(lines) * 11 * LEADING + mm, tuple(lines), keeps_next=True)
    for text in section.text:
        lines = _text(text, 0, 0, width, size=BODY)
        yield Piece(len(lines) * BODY * LEADING + 1.5 * mm, tuple(lines))
    yield from _facts(section.facts, width, columns)
    if section.table:
        yield from _table(section.table, width)


def _facts(facts: Sequence[tuple[str, str]], width: float, columns: int) -> Iterator[Piece]:
    each = width / columns
    label_width = min(48 * mm, each * 0.36)
    for start in range(0, len(facts), columns):
        lines: list[Line] = []
        most = 1
        for place, (label, value) in enumerate(facts[start : start + columns]):
            x = place * each
            said = _text(label, x, 0, label_width - PAD, size=BODY, colour=QUIET)
            told = _text(value, x + label_width, 0, each - label_width - 2 * PAD, size=BODY)
            most = max(most, len(said), len(told))
            lines += [*said, *told]
        yield Piece(most * BODY * LEADING + 0.6 * mm, tuple(lines))
    if facts:
        yield Piece(2.5 * mm)


def _signatures(posts: Sequence[str], width: float) -> Piece:
    each = width / len(posts)
    lines: list[Line] = []
    rules = []
    for place, post in enumerate(posts):
        lines += _text(post, place * each, 6 * mm, each - 20 * mm, size=BODY)
        rules.append((place * each, 28 * mm, place * each + 60 * mm, 28 * mm, INK, 0.6))
    return Piece(30 * mm, tuple(lines), tuple(rules))


# --- tables -------------------------------------------------------------------


def _table(table: Table, width: float) -> Iterator[Piece]:
    total = sum(column.width for column in table.columns)
    widths = [width * column.width / total for column in table.columns]
    head = _row(
        [column.label for column in table.columns],
        table,
        widths,
        least=0,
        bold=True,
        colour=QUIET,
        top=INK,
    )
    # The head never stands alone at the end of a page.
    yield replace(head, keeps_next=bool(table.rows))
    if not table.rows:
        lines = _text(table.empty, 0, PAD, width, size=BODY, colour=QUIET)
        yield Piece(len(lines) * BODY * LEADING + 3 * mm, tuple(lines))
        return
    for row in table.rows:
        piece = _row(
            row.cells,
            table,
            widths,
            least=table.row_height * mm if not row.is_total else 0,
            bold=row.is_total,
            colour=QUIET if row.is_struck else INK,
            top=INK if row.is_total else LINE,
            is_struck=row.is_struck,
        )
        yield replace(piece, head=head)
    yield Piece(3 * mm)


def _row(
    cells: Sequence[str],
    table: Table,
    widths: Sequence[float],
    *,
    least: float,
    bold: bool = False,
    colour: str = INK,
    top: str = LINE,
    is_struck: bool = False,
) -> Piece:
    lines: list[Line] = []
    rules = []
    font, most, x = BOLD if bold else REGULAR, 1, 0.0
    for place, (column, text, width) in enumerate(zip(table.columns, cells, widths, strict=True)):
        made = _text(
            text, x + PAD, PAD, width - 2 * PAD, size=CELL, font=font, colour=colour, align=column.align
        )
        lines += made
        most = max(most, len(made))
        if is_struck and place <= 2:
            rules += [_strike(line) for line in made]
        x += width
    height = max(most * CELL * LEADING + 2 * PAD, least)
    # Below as well: the last line of a page is closed.
    rules += [(0, height, x, height, LINE, 0.5), (0, 0, x, 0, top, 0.8 if top == INK else 0.5)]
    # Columns to sign in are boxes: whoever signs sees whose line it is.
    edge = 0.0
    for column, width in zip(table.columns, widths, strict=True):
        if column.is_by_hand:
            rules += [(edge, 0, edge, height, LINE, 0.5), (edge + width, 0, edge + width, height, LINE, 0.5)]
        edge += width
    return Piece(height, tuple(lines), tuple(rules))


def _strike(line: Line) -> tuple[float, float, float, float, str, float]:
    middle = line.y + line.size * 0.72
    return (line.x, middle, line.x + width_of(line.text, line.font, line.size), middle, QUIET, 0.6)


def _text(
    text: str,
    x: float,
    y: float,
    width: float,
    *,
    size: float,
    font: str = REGULAR,
    colour: str = INK,
    align: Align = "left",
) -> list[Line]:
    lines = []
    for number, line in enumerate(wrapped(text, font, size, width)):
        left = x
        if align != "left":
            spare = width - width_of(line, font, size)
            left += spare if align == "right" else spare / 2
        lines.append(Line(left, y + number * size * LEADING, line, size, font, colour))
    return lines


# --- ink ----------------------------------------------------------------------


def _draw(canvas: Canvas, placed: Sequence[tuple[float, Piece]], top: float) -> None:
    """One run of rules and one of text a page: what an own text object for each cell costs is most of the time."""
    for y, piece in placed:
        for x1, y1, x2, y2, colour, width in piece.rules:
            canvas.setStrokeColor(HexColor(colour))
            canvas.setLineWidth(width)
            canvas.line(MARGIN + x1, top - y - y1, MARGIN + x2, top - y - y2)
    text = canvas.beginText()
    font: tuple[str, float] | None = None
    colour = ""
    for y, piece in placed:
        for line in piece.lines:
            if (line.font, line.size) != font:
                font = (line.font, line.size)
                text.setFont(*font)
            if line.colour != colour:
                colour = line.colour
                text.setFillColor(HexColor(colour))
            text.setTextOrigin(MARGIN + line.x, top - y - line.y - line.size)
            text.textOut(line.text)
    canvas.drawText(text)


def _foot(canvas: Canvas, paper: Paper, width: float, page: str) -> None:
    canvas.setStrokeColor(HexColor(LINE))
    canvas.setLineWidth(0.5)
    canvas.line(MARGIN, MARGIN + 4 * mm, width - MARGIN, MARGIN + 4 * mm)
    canvas.setFillColor(HexColor(QUIET))
    canvas.setFont(REGULAR, SMALL)
    room = width - 2 * MARGIN - width_of(page, REGULAR, SMALL) - 5 * mm
    for number, line in enumerate(wrapped(paper.printed, REGULAR, SMALL, room)):
        canvas.drawString(MARGIN, MARGIN + mm - number * SMALL * LEADING, line)
    canvas.drawRightString(width - MARGIN, MARGIN + mm, page)


def _watermark(canvas: Canvas, text: str, width: float, height: float) -> None:
    """Across the whole page, so that no part of it can be copied without."""
    if not text:
        return
    canvas.saveState()
    canvas.setFillColor(HexColor(WATERMARK))
    canvas.setFont(BOLD, 13)
    canvas.translate(width / 2, height / 2)
    canvas.rotate(24)
    reach = math.hypot(width, height) / 2
    lines = wrapped(text, BOLD, 13, 1.5 * reach)
    step = (len(lines) + 2.5) * 13 * LEADING
    y = -reach * 0.7
    while y < reach * 0.7:
        for number, line in enumerate(lines):
            canvas.drawCentredString(0, y - number * 13 * LEADING, line)
        y += step
    canvas.restoreState()

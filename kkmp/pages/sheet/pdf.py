"""The leader's sheet as a PDF of exactly one A4 page; it draws what the definition says and knows nothing more."""

import io
from collections.abc import Callable
from dataclasses import dataclass

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from kkmp.charts import bar_segments
from kkmp.pages.sheet.definition import Big, Block, RiskLine, Sheet, Table
from kkmp.pages.sheet.tiles import PlacedMap, placed
from kkmp.pdf.fonts import register_fonts
from kkmp.pdf.pen import ACCENT, INK, LINE, QUIET, TONES, Pen

LEFT, TOP, WIDTH = 12.0, 11.0, 186.0
FOOT = 285.0
# Letters become smaller by steps until a full sheet fits; never smaller than two thirds.
SCALES = (1.0, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.66)
GAP = 5.0
MAP_WIDTH, MAP_GAP = 97.0, 6.0
# Of one square of the map: as wide as names need, as high as the page has room for.
WIDEST_TILE, LOWEST_TILE, HIGHEST_TILE = 16.0, 6.2, 12.0
# Of its height to its width, at most.
TALLEST = 0.95
# Above the foot, for printers and browsers that measure a little differently.
RESERVE = 6.0

# What a part of the sheet is drawn with: the pen and the line it begins at; returns the line below it.
Section = Callable[[Pen, float], float]


@dataclass(frozen=True)
class Fit:
    """How a sheet is set so that all of it stands on one page: the size of its letters, the height of a square."""

    scale: float
    tile_height: float

    @property
    def percent(self) -> int:
        return round(100 * self.scale)


def write_pdf(sheet: Sheet) -> bytes:
    out = io.BytesIO()
    set_as = fit(sheet)
    canvas = Canvas(out, pagesize=A4, invariant=1, lang=sheet.language, pageCompression=1)
    canvas.setTitle(f"{sheet.kind}: {sheet.title}, {sheet.area}, {sheet.day}")
    canvas.setSubject(sheet.source)
    canvas.setAuthor(sheet.printed)
    canvas.setCreator("KKMP Jakarta Selatan")
    pen = Pen(canvas, set_as.scale)
    y = TOP
    for section in _sections(sheet, set_as.tile_height):
        y = section(pen, y) + GAP * pen.scale
    _foot(pen, sheet)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def fit(sheet: Sheet) -> Fit:
    """The largest letters with which all stands above the foot; what is left then is for the map. The page asks too."""
    register_fonts()
    shape = placed(sheet.map)
    for scale in SCALES:
        pen = Pen(Canvas(io.BytesIO()), scale, is_drawing=False)
        y = TOP
        for section in _sections(sheet, LOWEST_TILE):
            y = section(pen, y) + GAP * scale
        left = FOOT - RESERVE - (y - GAP * scale)
        if left >= 0:
            # Beside a long table a low map may grow until it reaches the table's last line.
            high = max(LOWEST_TILE * shape.rows, _table_height(sheet.areas, scale) - 6) + left
            highest = min(HIGHEST_TILE, TALLEST * _tile_width(shape))
            return Fit(scale, min(max(high / max(shape.rows, 1), LOWEST_TILE), highest))
    return Fit(SCALES[-1], LOWEST_TILE)


def _sections(sheet: Sheet, tile_height: float) -> list[Section]:
    return [
        lambda pen, y: _head(pen, y, sheet),
        lambda pen, y: _bigs(pen, y, sheet),
        lambda pen, y: _risks(pen, y, sheet),
        lambda pen, y: _map_and_areas(pen, y, sheet, tile_height),
        lambda pen, y: _blocks(pen, y, sheet.blocks),
    ]


# --- head and large figures ---------------------------------------------------


def _head(pen: Pen, y: float, sheet: Sheet) -> float:
    if sheet.sample:
        pen.box(LEFT, y, WIDTH, 5, fill="#ffe08a", stroke="#3d2c00", radius=1)
        pen.text(LEFT + WIDTH / 2, y + 3.5, sheet.sample, size=8, bold=True, colour="#3d2c00", align="center")
        y += 8
    pen.text(LEFT, y + 3, sheet.kind, size=9, bold=True, colour=ACCENT)
    pen.text(LEFT + WIDTH, y + 3, "KKMP Jakarta Selatan", size=9, bold=True, colour=ACCENT, align="right")
    y += 4.5
    y += pen.paragraph(LEFT, y, WIDTH, sheet.title, size=20, bold=True) + 0.5
    y += pen.paragraph(
        LEFT, y, WIDTH, f"{sheet.area} · {sheet.day} · {sheet.compared}", size=9.5, colour=QUIET
    )
    for problem in sheet.problems:
        y += pen.paragraph(LEFT, y + 1, WIDTH, problem, size=8, bold=True, colour=ACCENT) + 1
    return y


def _bigs(pen: Pen, y: float, sheet: Sheet) -> float:
    gap = 3.0
    width = (WIDTH - gap * (len(sheet.bigs) - 1)) / len(sheet.bigs)
    bottom = max(
        _big(pen, LEFT + place * (width + gap), y, width, big) for place, big in enumerate(sheet.bigs)
    )
    return _bar(pen, bottom + 3, sheet)


def _big(pen: Pen, x: float, y: float, width: float, big: Big) -> float:
    ground, _ink = TONES[big.tone]
    pen.box(x, y, width, 1.2, fill=INK if big.tone == "unrecorded" else ground)
    indent = 0.0
    if big.tone != "accent":
        pen.tone_box(x, y + 3, 4, 4, tone=big.tone, radius=0.8)
        pen.sign(x + 0.6, y + 3.6, 2.8, big.tone)
        indent = 5.2
    pen.paragraph(x + indent, y + 3.1, width - indent, big.label, size=8.5, bold=True)
    size = 26 if big.tone != "accent" else 19
    pen.text(x, y + 17, big.figure.text, size=size, bold=True, width=width)
    y += 18.6
    for note in big.notes:
        y += pen.paragraph(x, y, width, note, size=8, colour=QUIET)
    return y


def _bar(pen: Pen, y: float, sheet: Sheet) -> float:
    height = 5.2
    for segment in bar_segments(sheet.parts) if sheet.total else []:
        x, width = LEFT + segment.x * WIDTH / 100, segment.width * WIDTH / 100 - 0.5
        pen.tone_box(x, y, width, height, tone=segment.part.tone, radius=0.8)
        if width > 9:
            pen.sign(x + width / 2 - 3.9, y + 1.4, 2.4, segment.part.tone)
            pen.text(
                x + width / 2 - 0.6,
                y + 3.8,
                str(segment.part.value),
                size=8.5,
                bold=True,
                colour=TONES[segment.part.tone][1],
            )
    return y + (height if sheet.total else 0)


# --- risks --------------------------------------------------------------------

SPLIT, BETWEEN = 120.0, 6.0


def _risks(pen: Pen, y: float, sheet: Sheet) -> float:
    right = LEFT + SPLIT + BETWEEN
    pen.text(LEFT, y + 3.6, sheet.risks_title, size=11, bold=True)
    pen.text(right, y + 3.6, sheet.decisions_title, size=11, bold=True)
    y += 5.4
    for risk in sheet.risks:
        pen.line(LEFT, y, LEFT + WIDTH, y, colour=LINE)
        y = _risk(pen, y + 1.8, right, risk) + 1.8
    if sheet.no_risk:
        pen.line(LEFT, y, LEFT + WIDTH, y, colour=LINE)
        y += 1.8 + pen.paragraph(LEFT, y + 1.8, SPLIT, sheet.no_risk, size=9)
    return y


def _risk(pen: Pen, y: float, right: float, risk: RiskLine) -> float:
    pen.box(LEFT, y + 0.2, 5, 5, fill=ACCENT, radius=2.5)
    pen.text(LEFT + 2.5, y + 3.85, risk.number, size=9, bold=True, colour="#ffffff", align="center")
    x, width, below = LEFT + 7.5, SPLIT - 7.5, y
    below += pen.paragraph(x, below, width, risk.title, size=10.5, bold=True) + 0.4
    below += pen.paragraph(x, below, width, risk.evidence, size=8.8) + 0.4
    below += pen.paragraph(x, below, width, risk.rule, size=7.2, colour=QUIET)
    height = pen.paragraph(right, y, WIDTH - SPLIT - BETWEEN, risk.decision, size=9.5, bold=True)
    return max(below, y + height)


# --- map and table ------------------------------------------------------------


def _map_and_areas(pen: Pen, y: float, sheet: Sheet, tile_height: float) -> float:
    shape = placed(sheet.map)
    pen.text(LEFT, y + 3.6, sheet.map_title, size=11, bold=True)
    left = LEFT + MAP_WIDTH + MAP_GAP
    pen.text(left, y + 3.6, sheet.areas.title, size=11, bold=True)
    below_map = _map(pen, y + 5.6, shape, tile_height)
    below_map = _keys(pen, below_map + 1.6, sheet)
    return max(below_map, _areas(pen, left, y + 5.6, sheet.areas))


def _map(pen: Pen, y: float, shape: PlacedMap, tile_height: float) -> float:
    width, inset = _tile_width(shape), 0.35
    # Larger squares have room for larger names.
    size = 5.2 * min(width / 9.7, 1.3)
    names = Pen(pen.canvas, is_drawing=pen.is_drawing)
    for tile in shape.tiles:
        x, top = LEFT + tile.col * width, y + tile.row * tile_height
        ink = TONES[tile.tone][1]
        pen.tone_box(
            x + inset, top + inset, width - 2 * inset, tile_height - 2 * inset, tone=tile.tone, radius=0.8
        )
        pen.sign(x + width - 3.1, top + 0.8, 2.2, tile.tone)
        for below, line in zip(reversed(range(len(tile.lines))), tile.lines, strict=True):
            base = top + tile_height - 1.3 - below * size * 0.4
            names.text(x + 0.95, base, line, size=size, bold=True, colour=ink, width=width - 1.8)
    for edge in shape.edges:
        pen.line(
            LEFT + edge.x1 * width,
            y + edge.y1 * tile_height,
            LEFT + edge.x2 * width,
            y + edge.y2 * tile_height,
            colour=INK,
            width=0.4,
        )
    return y + shape.rows * tile_height


def _tile_width(shape: PlacedMap) -> float:
    return min(MAP_WIDTH / max(shape.cols, 1), WIDEST_TILE)


def _keys(pen: Pen, y: float, sheet: Sheet) -> float:
    x = LEFT
    for key in sheet.keys:
        pen.tone_box(x, y, 3, 3, tone=key.tone, radius=0.6)
        pen.sign(x + 0.4, y + 0.4, 2.2, key.tone)
        x += 4 + pen.text(x + 4, y + 2.4, key.text, size=7.2) + 3.2
    return y + 3


ROW = 5.1


def _table_height(table: Table, scale: float) -> float:
    return (len(table.rows) + 2) * ROW * max(scale, 0.9) + 1


def _areas(pen: Pen, x: float, y: float, table: Table) -> float:
    right = LEFT + WIDTH
    row = ROW * max(pen.scale, 0.9)
    edges = _edges(table, right)
    for head, edge in zip(table.heads, edges, strict=True):
        if head.tone:
            pen.tone_box(edge - 3.2, y + 0.6, 3.2, 3.2, tone=head.tone, radius=0.6)
            pen.sign(edge - 2.8, y + 1, 2.4, head.tone)
        else:
            is_first = head is table.heads[0]
            pen.text(
                x if is_first else edge,
                y + 3.4,
                head.text,
                size=7.2,
                bold=True,
                colour=QUIET,
                align="left" if is_first else "right",
            )
    y += row
    for line in (*table.rows, table.total):
        is_total = line is table.total
        pen.line(x, y, right, y, colour=INK if is_total else LINE, width=0.35 if is_total else 0.2)
        base = y + row / 2 + 1
        pen.text(x, base, line.name, size=7.8, bold=True, width=edges[0] - x)
        for place, (cell, edge) in enumerate(zip(line.cells, edges[1:], strict=True), start=1):
            pen.text(
                edge,
                base,
                cell.text,
                size=7.8,
                bold=is_total,
                align="right",
                width=edge - edges[place - 1] - 0.6,
            )
        y += row
    return y


def _edges(table: Table, right: float) -> list[float]:
    """The right edge of each column: numbers narrow, the sums of money wider, the name gets what is left."""
    widths = [6.2 if head.tone else 12.0 for head in table.heads[1:]]
    money = next(place for place, head in enumerate(table.heads[1:]) if not head.tone) + 1
    widths[money] = 16.0
    edges = [right - sum(widths)]
    for width in widths:
        edges.append(edges[-1] + width)
    return edges


# --- blocks and foot ----------------------------------------------------------


def _blocks(pen: Pen, y: float, blocks: list[Block]) -> float:
    gap = 5.0
    width = (WIDTH - gap * (len(blocks) - 1)) / len(blocks)
    return max(_block(pen, LEFT + place * (width + gap), y, width, one) for place, one in enumerate(blocks))


def _block(pen: Pen, x: float, y: float, width: float, block: Block) -> float:
    pen.line(x, y, x + width, y, colour=INK, width=0.35)
    y += 1.4
    y += pen.paragraph(x, y, width, block.title, size=8.8, bold=True) + 0.8
    for line in block.lines:
        figure = pen.width_of(line.figure.text, size=8.2, bold=True)
        height = pen.paragraph(x, y, width - figure - 2, line.label, size=8.2)
        pen.text(x + width, y + 2.9 * pen.scale, line.figure.text, size=8.2, bold=True, align="right")
        y += height
        y += pen.paragraph(x, y, width, line.note, size=7.2, colour=QUIET) + 0.6
    if block.note:
        y += pen.paragraph(x, y, width, block.note, size=7.2, colour=QUIET)
    return y


def _foot(pen: Pen, sheet: Sheet) -> None:
    y = FOOT
    pen.line(LEFT, y - 1.5, LEFT + WIDTH, y - 1.5, colour=LINE)
    # Never smaller: it says where the rest comes from.
    plain = Pen(pen.canvas)
    plain.text(LEFT, y + 1.6, sheet.source, size=7, colour=QUIET, width=WIDTH)
    plain.text(LEFT, y + 5, sheet.printed, size=7, colour=QUIET, width=WIDTH - 40)
    plain.text(LEFT + WIDTH, y + 5, sheet.page, size=7, colour=QUIET, align="right")

"""A pen for paper: millimetres from the upper left corner, our colours and faces, text that wraps, signs of statuses."""

from dataclasses import dataclass
from html import escape

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.enums import TA_CENTER, TA_LEFT, TA_RIGHT
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph

from kkmp.pdf.fonts import BOLD, REGULAR

HEIGHT = 297.0
INK, QUIET, LINE, ACCENT = "#1c1917", "#57524c", "#d8d2ca", "#b3121f"
# As the light theme of static/css/base.css: ground, and what stands on it.
TONES = {
    "running": ("#1b7a4b", "#ffffff"),
    "idle": ("#e5a31d", "#271a02"),
    "none": ("#d3cdc4", "#2a2622"),
    "unrecorded": ("#ffffff", "#2a2622"),
    "accent": ("#b3121f", "#ffffff"),
}
# Strokes of each sign on a square of 16, as in templates/_components/sprite.html; they say the status without colour.
SIGNS = {
    "running": (((2.5, 8.5), (6.25, 12.25), (13.5, 4)),),
    "idle": (((5.25, 3), (5.25, 13)), ((10.75, 3), (10.75, 13))),
    "accent": (((8, 2.5), (8, 9.25)), ((8, 13.25), (8, 13.3))),
}
ALIGNED = {"left": TA_LEFT, "right": TA_RIGHT, "center": TA_CENTER}
# Of a line to the size of its letters.
LEADING = 1.28


@dataclass(frozen=True)
class Pen:
    """`scale` makes all letters smaller where a sheet is full; a pen without a canvas only measures."""

    canvas: Canvas
    scale: float = 1
    is_drawing: bool = True

    def paragraph(
        self,
        x: float,
        y: float,
        width: float,
        text: str,
        *,
        size: float,
        bold: bool = False,
        colour: str = INK,
        align: str = "left",
    ) -> float:
        """Wrapped in `width`; returns its height."""
        if not text:
            return 0
        size *= self.scale
        style = ParagraphStyle(
            "sheet",
            fontName=BOLD if bold else REGULAR,
            fontSize=size,
            leading=size * LEADING,
            textColor=HexColor(colour),
            alignment=ALIGNED[align],
            splitLongWords=1,
        )
        flowing = Paragraph(escape(text, quote=False), style)
        _width, height = flowing.wrap(width * mm, HEIGHT * mm)
        if self.is_drawing:
            flowing.drawOn(self.canvas, x * mm, (HEIGHT - y) * mm - height)
        return float(height / mm)

    def text(
        self,
        x: float,
        baseline: float,
        text: str,
        *,
        size: float,
        bold: bool = False,
        colour: str = INK,
        align: str = "left",
        width: float = 0,
    ) -> float:
        """One line, `x` at its left, middle or right; its letters stand closer where it is wider than `width`.

        Smaller letters would not be read. Returns its width.
        """
        font, size = BOLD if bold else REGULAR, size * self.scale
        wide, stretch = stringWidth(text, font, size), 100.0
        if width and wide > width * mm:
            stretch = 100 * width * mm / wide
            wide = width * mm
        if self.is_drawing and text:
            at = {"left": x * mm, "center": x * mm - wide / 2, "right": x * mm - wide}[align]
            line = self.canvas.beginText(at, (HEIGHT - baseline) * mm)
            line.setFillColor(HexColor(colour))
            line.setFont(font, size)
            line.setHorizScale(stretch)
            line.textOut(text)
            # The next text begins with the stretch that this one left.
            line.setHorizScale(100)
            self.canvas.drawText(line)
        return float(wide / mm)

    def width_of(self, text: str, *, size: float, bold: bool = False) -> float:
        return float(stringWidth(text, BOLD if bold else REGULAR, size * self.scale) / mm)

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        fill: str | None = None,
        stroke: str | None = None,
        radius: float = 0,
        line: float = 0.2,
    ) -> None:
        if not self.is_drawing:
            return
        if fill:
            self.canvas.setFillColor(HexColor(fill))
        if stroke:
            self.canvas.setStrokeColor(HexColor(stroke))
            self.canvas.setLineWidth(line * mm)
        self.canvas.roundRect(
            x * mm,
            (HEIGHT - y - height) * mm,
            width * mm,
            height * mm,
            radius * mm,
            stroke=int(bool(stroke)),
            fill=int(bool(fill)),
        )

    def line(
        self, x1: float, y1: float, x2: float, y2: float, *, colour: str = LINE, width: float = 0.2
    ) -> None:
        if self.is_drawing:
            self.canvas.setStrokeColor(HexColor(colour))
            self.canvas.setLineWidth(width * mm)
            self.canvas.setLineCap(2)
            self.canvas.line(x1 * mm, (HEIGHT - y1) * mm, x2 * mm, (HEIGHT - y2) * mm)

    def tone_box(
        self, x: float, y: float, width: float, height: float, *, tone: str, radius: float = 0
    ) -> None:
        """The ground of a status; what nobody recorded is hatched."""
        ground, _ink = TONES[tone]
        self.box(x, y, width, height, fill=ground, stroke="#8c857b" if tone in {"none", "unrecorded"} else ground,
                 radius=radius, line=0.15)  # fmt: skip
        if tone == "unrecorded" and self.is_drawing:
            self._hatch(x, y, width, height)

    def _hatch(self, x: float, y: float, width: float, height: float) -> None:
        self.canvas.saveState()
        path = self.canvas.beginPath()
        path.rect(x * mm, (HEIGHT - y - height) * mm, width * mm, height * mm)
        self.canvas.clipPath(path, stroke=0)
        self.canvas.setStrokeColor(HexColor("#d3cdc4"))
        self.canvas.setLineWidth(0.3 * mm)
        bottom, step, at = (HEIGHT - y - height) * mm, 1.5 * mm, -height * mm
        while at < width * mm:
            self.canvas.line(x * mm + at, bottom, x * mm + at + height * mm, bottom + height * mm)
            at += step
        self.canvas.restoreState()

    def sign(self, x: float, y: float, size: float, tone: str, colour: str = "") -> None:
        """The sign of a status in a square whose upper left corner is given."""
        if not self.is_drawing:
            return
        unit = size * mm / 16
        left, top = x * mm, (HEIGHT - y) * mm
        ink: Color = HexColor(colour or TONES[tone][1])
        self.canvas.saveState()
        self.canvas.setStrokeColor(ink)
        self.canvas.setLineWidth(2.4 * unit)
        self.canvas.setLineCap(1)
        self.canvas.setLineJoin(1)
        if tone == "none":
            self.canvas.circle(left + 8 * unit, top - 8 * unit, 5 * unit, fill=0)
        elif tone == "unrecorded":
            self.canvas.setFillColor(ink)
            self.canvas.setFont(BOLD, 15 * unit)
            self.canvas.drawCentredString(left + 8 * unit, top - 13.5 * unit, "?")
        for stroke in SIGNS.get(tone, ()):
            path = self.canvas.beginPath()
            path.moveTo(left + stroke[0][0] * unit, top - stroke[0][1] * unit)
            for across, down in stroke[1:]:
                path.lineTo(left + across * unit, top - down * unit)
            self.canvas.drawPath(path)
        self.canvas.restoreState()

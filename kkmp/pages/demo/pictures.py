"""Photos of the sample, drawn in flat shapes: a shop front, shelves, a closed shutter, an empty room. Each says CONTOH."""

import io
from collections.abc import Callable
from datetime import datetime
from random import Random

from django.utils import timezone
from PIL import ExifTags, Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 480, 360
_GOODS = ("#c2410c", "#0f766e", "#b45309", "#1d4ed8", "#be123c", "#4d7c0f", "#7e22ce")
_WALLS = ("#f3e3c9", "#dbe7e4", "#ece0ea")
Draw = Callable[[ImageDraw.ImageDraw, Random], None]


def _front(draw: ImageDraw.ImageDraw, dice: Random) -> None:
    draw.rectangle((0, 0, WIDTH, 60), fill="#cfe3f2")
    draw.rectangle((30, 50, 450, 320), fill=dice.choice(_WALLS))
    for stripe in range(12):
        draw.rectangle(
            (40 + stripe * 33, 118, 73 + stripe * 33, 146), fill="#b3121f" if stripe % 2 else "#ffffff"
        )
    draw.rectangle((60, 160, 280, 280), fill="#fafaf9", outline="#78716c", width=3)
    _row_of_goods(draw, dice, left=66, right=274, floor=277, height=56)
    _row_of_goods(draw, dice, left=66, right=274, floor=215, height=44)
    draw.rectangle((320, 160, 410, 320), fill="#7c5a3a")
    draw.ellipse((392, 236, 402, 246), fill="#fde68a")
    draw.rectangle((0, 320, WIDTH, HEIGHT), fill="#a8a29e")


def _shelves(draw: ImageDraw.ImageDraw, dice: Random) -> None:
    draw.rectangle((0, 0, WIDTH, HEIGHT), fill=dice.choice(_WALLS))
    for floor in (175, 255, 335):
        _row_of_goods(draw, dice, left=36, right=444, floor=floor, height=60)
        draw.rectangle((24, floor, 456, floor + 8), fill="#78716c")


def _shutter(draw: ImageDraw.ImageDraw, dice: Random) -> None:
    draw.rectangle((0, 0, WIDTH, HEIGHT), fill=dice.choice(_WALLS))
    draw.rectangle((70, 120, 410, 320), fill="#a3a8ad")
    for line in range(120, 320, 12):
        draw.line((70, line, 410, line), fill="#6b7280", width=2)
    draw.rectangle((222, 296, 258, 312), fill="#44403c")
    draw.rectangle((0, 320, WIDTH, HEIGHT), fill="#a8a29e")


def _empty_room(draw: ImageDraw.ImageDraw, dice: Random) -> None:
    draw.rectangle((0, 0, WIDTH, 250), fill=dice.choice(_WALLS))
    draw.polygon([(0, 250), (WIDTH, 250), (WIDTH, HEIGHT), (0, HEIGHT)], fill="#c9b79c")
    draw.rectangle((310, 120, 420, 200), fill="#cfe3f2", outline="#78716c", width=4)
    for box in range(dice.randint(2, 5)):
        left = 40 + box * 52
        draw.rectangle((left, 250 - dice.randint(20, 50), left + 46, 290), fill="#b08968", outline="#7f5539")


def _row_of_goods(
    draw: ImageDraw.ImageDraw, dice: Random, *, left: int, right: int, floor: int, height: int
) -> None:
    while left < right - 12:
        width = dice.randint(12, 34)
        top = floor - dice.randint(height // 2, height)
        if dice.random() < 0.85:
            draw.rectangle((left, top, min(left + width, right), floor - 1), fill=dice.choice(_GOODS))
        left += width + 4


FRONT, SHELVES, SHUTTER, EMPTY_ROOM = _front, _shelves, _shutter, _empty_room


def snap(draw: Draw, dice: Random, *, sign: str, taken_at: datetime | None) -> bytes:
    """A JPEG as a phone sends it: with the time in its EXIF, or, as messengers do, without any."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), "#e7e5e4")
    pencil = ImageDraw.Draw(picture)
    draw(pencil, dice)
    pencil.rectangle((60, 66, 420, 112), fill="#ffffff", outline="#b3121f", width=3)
    pencil.text((240, 89), sign, fill="#1c1917", font=ImageFont.load_default(34), anchor="mm")
    pencil.text((12, HEIGHT - 42), "CONTOH", fill="#1c1917", font=ImageFont.load_default(34))
    buffer = io.BytesIO()
    if taken_at is None:
        picture.save(buffer, "JPEG", quality=75)
    else:
        exif = Image.Exif()
        said = timezone.localtime(taken_at).strftime("%Y:%m:%d %H:%M:%S")
        exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = said
        picture.save(buffer, "JPEG", quality=75, exif=exif)
    return buffer.getvalue()

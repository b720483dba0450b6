"""What is read of a photo, and what is left in the stored copy."""

import datetime as dt
import io
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from kkmp.photos import Photo, read_photo
from tests.uploads import PDF, SVG, picture, png_that_says_it_is

pytestmark = pytest.mark.usefixtures("today")
EXIF, GPS = 0x8769, 0x8825
HERE = {1: "S", 2: (6.0, 14.0, 40.56), 3: "E", 4: (106.0, 48.0, 1.8)}


def sent(kind: str = "JPEG", *, size: tuple[int, int] = (40, 30), **parts: dict[int, Any]) -> bytes:
    marks = Image.Exif()
    # Without any mark of its own Pillow leaves the rest out too.
    marks.update({271: "Contoh", **parts.get("top", {})})
    for name, key in (("details", EXIF), ("gps", GPS)):
        marks.get_ifd(key).update(parts.get(name, {}))
    buffer = io.BytesIO()
    Image.effect_noise(size, 60).convert("RGB").save(buffer, kind, exif=marks)
    return buffer.getvalue()


def read(content: bytes) -> Photo:
    return read_photo(SimpleUploadedFile("foto", content), most_bytes=1_000_000)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_time_and_place_are_read_and_left_out_of_the_copy(kind: str) -> None:
    photo = read(sent(kind, details={36867: "2026:03:10 09:30:00"}, gps=HERE))
    assert photo.taken_at == dt.datetime(2026, 3, 10, 2, 30, tzinfo=dt.UTC)
    assert (photo.lat, photo.lon) == (Decimal("-6.244600"), Decimal("106.800500"))
    with Image.open(photo.content) as copy:
        assert (copy.format, copy.size, dict(copy.getexif()), copy.info.get("exif")) == (
            "JPEG",
            (40, 30),
            {},
            None,
        )


def test_a_zone_in_the_photo_is_believed() -> None:
    photo = read(sent(details={36867: "2026:03:10 09:30:00", 36881: "+09:00"}))
    assert photo.taken_at == dt.datetime(2026, 3, 10, 0, 30, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    "text", ["", "0000:00:00 00:00:00", "2026-03-10", "1970:01:01 00:00:00", "2099:01:01 00:00:00", "x" * 99]
)
def test_a_clock_that_says_nonsense_says_nothing(text: str) -> None:
    assert read(sent(details={36867: text})).taken_at is None


@pytest.mark.parametrize(
    "gps", [{}, {1: "S"}, {**HERE, 2: (96.0, 0.0, 0.0)}, {**HERE, 2: (6.0,)}, {**HERE, 1: b"\0"}]
)
def test_a_place_that_is_none_is_no_reason_to_refuse(gps: dict[int, Any]) -> None:
    photo = read(sent(gps=gps))
    assert photo.lat is None or photo.lon is not None


def test_the_copy_is_small_and_stands_upright() -> None:
    photo = read(sent(size=(2400, 400), top={274: 6}))
    with Image.open(photo.content) as copy:
        assert copy.size == (267, 1600)


def test_the_same_photo_has_the_same_mark() -> None:
    content = sent()
    assert read(content).sha256 == read(content).sha256 != read(sent()).sha256


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (PDF, "no_photo"),
        (SVG, "unknown_kind"),
        (b"x", "unknown_kind"),
        (picture("PNG")[:-200], "broken"),
        (picture("JPEG")[:200], "broken"),
        (png_that_says_it_is(60_000, 60_000), "too_many_pixels"),
        (png_that_says_it_is(3_000, 3_000), "broken"),
    ],
)
def test_what_is_no_photo_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        read(content)
    assert refusal.value.code == code

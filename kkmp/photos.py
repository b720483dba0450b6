"""Photos as evidence: what a photo says of itself is read, then a smaller copy is made that says nothing."""

import io
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext as _
from PIL import ExifTags, Image, ImageOps

from kkmp.files import MediaType, look_at

# The longest side of the stored copy: enough to read a sign board, small enough for a phone on a bad network.
LONGEST_SIDE = 1_600
_QUALITY = 80
_MINUTES_A_DEGREE, _SECONDS_A_DEGREE = 60, 3_600


@dataclass(frozen=True)
class Photo:
    """`sha256` is of what was sent; `content` is the stored copy, a JPEG without any mark."""

    content: "ContentFile[bytes]"
    sha256: str
    taken_at: datetime | None
    lat: Decimal | None
    lon: Decimal | None


def read_photo(file: "UploadedFile[Any]", *, most_bytes: int) -> Photo:
    """Raises ValidationError with a sentence for the person who chose the file."""
    upload = look_at(file, most_bytes=most_bytes)
    if upload.media_type == MediaType.PDF:
        raise ValidationError(_("Ini PDF, bukan foto. Pilih JPEG, PNG, atau WebP."), code="no_photo")
    file.seek(0)
    try:
        with Image.open(file, formats=[upload.media_type.name]) as picture:
            # A PNG may say it after its pixels.
            picture.load()
            exif = picture.getexif()
            taken_at, place = _taken_at(exif), _place(exif)
            upright = ImageOps.exif_transpose(picture).convert("RGB")
            upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            stored = io.BytesIO()
            upright.save(stored, "JPEG", quality=_QUALITY, optimize=True)
    # A parser given hostile bytes fails in many ways; each of them means that this is no photo to keep.
    except Exception as error:
        message = _("Foto ini tidak utuh atau rusak. Foto sekali lagi.")
        raise ValidationError(message, code="broken") from error
    lat, lon = place or (None, None)
    content = ContentFile(stored.getvalue(), name="foto.jpg")
    return Photo(content, upload.sha256, taken_at, lat, lon)


def _taken_at(exif: Image.Exif) -> datetime | None:
    """What the camera's clock said; without a zone it is believed to have been ours. Nonsense is no answer."""
    details = exif.get_ifd(ExifTags.IFD.Exif)
    text = details.get(ExifTags.Base.DateTimeOriginal) or exif.get(ExifTags.Base.DateTime)
    zone = details.get(ExifTags.Base.OffsetTimeOriginal)
    try:
        if zone:
            found = datetime.strptime(f"{text} {zone}".strip("\0 "), "%Y:%m:%d %H:%M:%S %z")
        else:
            naive = datetime.strptime(str(text).strip("\0 "), "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007  # our zone follows
            found = timezone.make_aware(naive)
    except ValueError:
        return None
    # Clocks that were never set say 1970 or 2000; those that run ahead prove nothing.
    return found if found.year > 2000 and found <= timezone.now() else None


def _place(exif: Image.Exif) -> tuple[Decimal, Decimal] | None:
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    try:
        lat = _degrees(gps[ExifTags.GPS.GPSLatitude], gps[ExifTags.GPS.GPSLatitudeRef], "S")
        lon = _degrees(gps[ExifTags.GPS.GPSLongitude], gps[ExifTags.GPS.GPSLongitudeRef], "W")
    except (ArithmeticError, KeyError, TypeError, ValueError):
        return None
    return (lat, lon) if abs(lat) <= 90 and abs(lon) <= 180 else None


def _degrees(parts: Any, side: str, negative: str) -> Decimal:
    degrees, minutes, seconds = (float(part) for part in parts)
    value = degrees + minutes / _MINUTES_A_DEGREE + seconds / _SECONDS_A_DEGREE
    return Decimal(f"{-value if side.strip(chr(0)) == negative else value:.6f}")

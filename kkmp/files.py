"""What an upload is, told by its content and by nothing that its sender says; and the name it is kept under."""

import hashlib
import re
import unicodedata
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Any

import structlog
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import models
from django.http import FileResponse, Http404
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from PIL import Image

log = structlog.get_logger(__name__)
# A picture of more pixels is refused before a single one is unpacked: a few kilobytes can say that they are gigabytes.
MOST_PIXELS = 80_000_000
LONGEST_NAME = 120
# A PDF ends with a mark; some writers add a few bytes after it.
_TAIL = 2_048
_CHUNK = 64 * 1024


class MediaType(models.TextChoices):
    """Kinds of file that are kept. Nothing of them is ever run or shown inside a page of ours."""

    PDF = "application/pdf", "PDF"
    JPEG = "image/jpeg", "JPEG"
    PNG = "image/png", "PNG"
    WEBP = "image/webp", "WebP"

    @property
    def extension(self) -> str:
        return {"PDF": "pdf", "JPEG": "jpg", "PNG": "png", "WEBP": "webp"}[self.name]


# A file is looked at in a program of the reader's own, never inside a page of ours.
FILE_POLICY = "default-src 'none'; sandbox"


def as_attachment(open_file: Callable[[], Any], *, name: str, media_type: str) -> FileResponse:
    """A stored file as a download; 404 where the storage has lost it, which is logged."""
    try:
        stored = open_file()
    except FileNotFoundError:
        log.exception("stored file is not in the storage", name=name)
        raise Http404 from None
    answer = FileResponse(stored, as_attachment=True, filename=name, content_type=media_type)
    answer["Content-Security-Policy"] = FILE_POLICY
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@dataclass(frozen=True)
class Upload:
    """A file that has been looked at: its true kind, a harmless name for the download, and what identifies it."""

    file: "UploadedFile[Any]"
    media_type: MediaType
    name: str
    sha256: str
    size: int


def look_at(file: "UploadedFile[Any]", *, most_bytes: int) -> Upload:
    """Raises ValidationError with a sentence for the person who chose the file; its size is asked first."""
    size = file.size or 0
    if size > most_bytes:
        raise ValidationError(
            _(
                "Berkas ini %(size)s, paling besar %(most)s. Pindai dengan mutu lebih rendah, atau bagi menjadi beberapa berkas."
            )
            % {"size": in_megabytes(size), "most": in_megabytes(most_bytes)},
            code="too_large",
        )
    media_type = recognise(file)
    digest = hashlib.sha256()
    file.seek(0)
    for chunk in file.chunks(_CHUNK):
        digest.update(chunk)
    file.seek(0)
    name = harmless_name(file.name or "", media_type)
    return Upload(file=file, media_type=media_type, name=name, sha256=digest.hexdigest(), size=size)


_NOT_TAKEN = gettext_lazy(
    "Berkas ini bukan PDF, JPEG, PNG, atau WebP. Yang dilihat adalah isinya, bukan namanya."
)


def recognise(file: IO[bytes] | Any) -> MediaType:
    """The kind of a file by its content. Raises ValidationError where it is none of ours, broken, or a trap."""
    file.seek(0)
    head = file.read(16)
    if head.startswith(b"%PDF-"):
        _check_pdf(file)
        return MediaType.PDF
    for media_type, is_it in _PICTURES.items():
        if is_it(head):
            _check_picture(file, media_type)
            return media_type
    raise ValidationError(str(_NOT_TAKEN), code="unknown_kind")


_PICTURES: dict[MediaType, Callable[[bytes], bool]] = {
    MediaType.JPEG: lambda head: head.startswith(b"\xff\xd8\xff"),
    MediaType.PNG: lambda head: head.startswith(b"\x89PNG\r\n\x1a\n"),
    MediaType.WEBP: lambda head: head[:4] == b"RIFF" and head[8:12] == b"WEBP",
}


def _check_pdf(file: IO[bytes] | Any) -> None:
    end = file.seek(0, 2)
    file.seek(max(0, end - _TAIL))
    if b"%%EOF" not in file.read():
        raise ValidationError(_("PDF ini tidak utuh: akhirnya hilang. Kirim sekali lagi."), code="broken")


def _check_picture(file: IO[bytes] | Any, media_type: MediaType) -> None:
    try:
        _walk_over(file, media_type)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        message = _("Gambar ini terlalu banyak pikselnya. Kecilkan dulu, lalu kirim sekali lagi.")
        raise ValidationError(message, code="too_many_pixels") from error
    # A parser given hostile bytes fails in many ways; each of them means that this is no picture to keep.
    except Exception as error:
        message = _("Gambar ini tidak utuh atau rusak. Foto atau pindai sekali lagi.")
        raise ValidationError(message, code="broken") from error


def _walk_over(file: IO[bytes] | Any, media_type: MediaType) -> None:
    """Look at every part of a picture without unpacking it; raises what Pillow raises."""
    with _opened(file, media_type) as picture:
        if picture.width * picture.height > MOST_PIXELS:
            raise Image.DecompressionBombError
        picture.verify()
    # `verify` means something for PNG only. Of JPEG an eighth of the size costs little and finds a missing end;
    # WebP says in its head how long it is.
    if media_type == MediaType.JPEG:
        with _opened(file, media_type) as picture:
            picture.draft(picture.mode, (picture.width // 8, picture.height // 8))
            picture.load()
    if media_type == MediaType.WEBP:
        file.seek(4)
        said = int.from_bytes(file.read(4), "little")
        if file.seek(0, 2) < said + 8:
            raise EOFError


def _opened(file: IO[bytes] | Any, media_type: MediaType) -> Image.Image:
    file.seek(0)
    return Image.open(file, formats=[media_type.name])


def in_megabytes(size: int) -> str:
    """“2,4 MB”; what is smaller than a tenth says so in kB."""
    if size < 100_000:
        return f"{number_format(-(-size // 1_000))} kB"
    return f"{number_format(size / 1_000_000, decimal_pos=0 if size % 1_000_000 == 0 else 1)} MB"


def harmless_name(name: str, media_type: MediaType) -> str:
    """What the person called the file, without folders, control or direction marks, and with the true ending."""
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    name = "".join(sign for sign in name if unicodedata.category(sign)[0] != "C")
    name = " ".join(re.sub(r'[<>:"|?*%;]', "-", name).split())
    stem = re.sub(r"\.[A-Za-z0-9]{1,5}$", "", name).strip(". ")
    return f"{stem[: LONGEST_NAME - 5].strip() or _('berkas')}.{media_type.extension}"


def hidden_path(folder: str) -> str:
    """Where a file is stored: a random name without an ending, so that nothing can guess it or take it for a program."""
    key = uuid.uuid4().hex
    return f"{folder}/{key[:2]}/{key}"

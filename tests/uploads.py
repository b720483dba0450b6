"""Files as people send them, good and bad, made in code."""

import io
import struct
import zlib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
HTML = b"<!doctype html><script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def picture(kind: str, *, width: int = 40, height: int = 30) -> bytes:
    buffer = io.BytesIO()
    Image.effect_noise((width, height), 60).convert("RGB").save(buffer, kind)
    return buffer.getvalue()


def png_that_says_it_is(width: int, height: int) -> bytes:
    """A few bytes that a careless reader would unpack into gigabytes."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + checksum

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def typed_paper(content: bytes | None = None, name: str = "pindai.pdf", **changed: str) -> dict[str, Any]:
    given: dict[str, Any] = {
        "kind": "deed",
        "title": "",
        "number": "12",
        "issued_on": "2025-06-02",
        "expires_on": "",
    }
    if content is not None:
        given["upload"] = SimpleUploadedFile(name, content, "application/octet-stream")
    return given | changed


def body_of(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def stored_files() -> list[Path]:
    return sorted(path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file())

import hashlib

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from kkmp.files import MediaType, harmless_name, hidden_path, in_megabytes, look_at
from tests.uploads import HTML, PDF, SVG, picture, png_that_says_it_is

MOST = 10_000_000


def looked_at(
    content: bytes, name: str = "pindai.pdf", said: str = "application/pdf"
) -> tuple[str, str, str, int]:
    upload = look_at(SimpleUploadedFile(name, content, said), most_bytes=MOST)
    return upload.media_type, upload.name, upload.sha256, upload.size


@pytest.mark.parametrize(
    ("content", "media_type", "name"),
    [
        (PDF, MediaType.PDF, "pindai.pdf"),
        (picture("JPEG"), MediaType.JPEG, "pindai.jpg"),
        (picture("PNG"), MediaType.PNG, "pindai.png"),
        (picture("WEBP"), MediaType.WEBP, "pindai.webp"),
    ],
)
@pytest.mark.parametrize("said_name", ["pindai.pdf", "pindai.png", "pindai.exe", "pindai"])
def test_content_tells_the_kind_whatever_the_name_says(
    content: bytes, media_type: MediaType, name: str, said_name: str
) -> None:
    digest = hashlib.sha256(content).hexdigest()
    assert looked_at(content, said_name, "text/html") == (media_type, name, digest, len(content))


NOT_TAKEN = "unknown_kind"
BROKEN = "broken"
TOO_MANY = "too_many_pixels"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (HTML, NOT_TAKEN),
        (b"\n" + PDF, NOT_TAKEN),
        (SVG, NOT_TAKEN),
        (b"GIF89a" + b"\0" * 40, NOT_TAKEN),
        (b"MZ" + b"\0" * 40, NOT_TAKEN),
        (b"PK\x03\x04" + b"\0" * 40, NOT_TAKEN),
        (b"x", NOT_TAKEN),
        (PDF[:20], BROKEN),
        (b"\x89PNG\r\n\x1a\n" + HTML, BROKEN),
        (b"\xff\xd8\xff" + HTML, BROKEN),
        (b"RIFF\x10\0\0\0WEBP" + HTML, BROKEN),
        (picture("JPEG", width=400, height=400)[:-3000], BROKEN),
        (picture("PNG")[:-200], BROKEN),
        (picture("WEBP")[:-200], BROKEN),
        (png_that_says_it_is(60_000, 60_000), TOO_MANY),
        (png_that_says_it_is(9_000, 9_000), TOO_MANY),
        (png_that_says_it_is(9_300, 9_900), TOO_MANY),
    ],
)
def test_anything_else_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        looked_at(content)
    assert refusal.value.code == code


def test_a_large_file_is_refused_before_it_is_read() -> None:
    class Unread(SimpleUploadedFile):
        def read(self, *_arguments: object) -> bytes:
            raise AssertionError

    file = Unread("besar.pdf", b"x")
    file.size = 50_000_000
    with pytest.raises(ValidationError) as refusal:
        look_at(file, most_bytes=MOST)
    assert refusal.value.messages == [
        "Berkas ini 50 MB, paling besar 10 MB. Pindai dengan mutu lebih rendah, atau bagi menjadi beberapa berkas."
    ]


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("..\\..\\windows\\system32\\akta.pdf", "akta.pdf"),
        ("/var/www/akta.php", "akta.pdf"),
        ("akta.pdf.exe", "akta.pdf.pdf"),
        ("akta\r\nSet-Cookie: a=b.pdf", "aktaSet-Cookie- a=b.pdf"),
        ("fdp.\u202eexe.pdf", "fdp.exe.pdf"),
        ('a"b<c>|d?.pdf', "a-b-c--d-.pdf"),
        ("...", "berkas.pdf"),
        (".pdf", "berkas.pdf"),
        ("", "berkas.pdf"),
        ("Akta Pendirian No. 12 – 😀.PDF", "Akta Pendirian No. 12 – 😀.pdf"),
        ("a" * 300 + ".pdf", "a" * 115 + ".pdf"),
    ],
)
def test_names_are_kept_without_their_thorns(name: str, kept: str) -> None:
    assert harmless_name(name, MediaType.PDF) == kept


def test_stored_names_say_nothing_and_repeat_never() -> None:
    paths = {hidden_path("papers") for _turn in range(100)}
    assert len(paths) == 100
    assert all(path.startswith("papers/") and "." not in path and len(path) == 42 for path in paths)


@pytest.mark.parametrize(
    ("size", "words"), [(1, "1 kB"), (99_001, "100 kB"), (2_440_000, "2,4 MB"), (10_000_000, "10 MB")]
)
def test_sizes_are_told_shortly(size: int, words: str) -> None:
    assert in_megabytes(size) == words

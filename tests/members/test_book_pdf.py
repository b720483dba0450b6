"""Books as PDFs, read back: the same lines as the page, page x of y, heads repeated, identity numbers only when asked."""

import io
import re
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from cooperatives.models import Cooperative
from kkmp.accounts.models import User
from kkmp.pdf.fonts import REGULAR, register_fonts
from kkmp.pdf.lines import wrapped
from tests.factories import BoardTermFactory, CooperativeFactory, officer_of
from tests.member_factories import MemberFactory, SavingsEntryFactory, synthetic_national_id
from tests.reading import page_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
ODD_NAMES = [
    "<b>Siti</b> & <font size=40>Aminah</font>",
    "محمد أحمد",
    "Siti 🌾 Aminah",
    "Élodie Łukasz Đặng",
    "Nama" + "panjang" * 20,
]


@pytest.fixture
def mine() -> Cooperative:
    return CooperativeFactory.create(legal_name="Koperasi “Maju” & <Bersama>")


@pytest.fixture
def reader(client: Client, mine: Cooperative) -> Client:
    officer: User = officer_of(mine.kelurahan, full_name="Petugas Contoh")
    client.force_login(officer)
    return client


def squeezed(text: str) -> str:
    """Without what differs by nature: line breaks and spaces between words."""
    return re.sub(r"\s", "", text)


def pages_of(answer: Any) -> list[str]:
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    return [page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages]


def said_by(page: BeautifulSoup) -> list[str]:
    """Head, facts, each line of each table as one, signatures and foot of a book's page, in its order."""
    parts = page.select(
        ".book header > p:not(.lead), .book h1, .book h2, .book section > p, .book dl > div, .book-table tbody tr, "
        ".signatures li, .book > footer"
    )
    return [squeezed(part.get_text()) for part in parts]


def missing(page: BeautifulSoup, pdf: list[str]) -> list[str]:
    text = "".join(squeezed(one) for one in pdf)
    return [said for said in said_by(page) if said not in text]


def test_pdf_says_what_the_page_says(reader: Client, mine: Cooperative) -> None:
    member = MemberFactory.create(
        cooperative=mine,
        full_name="Siti Contoh",
        national_id=synthetic_national_id(1),
        address="Jl. Melati 3",
    )
    MemberFactory.create(cooperative=mine, ended=True)
    MemberFactory.create(cooperative=mine, voided=True)
    BoardTermFactory.create(cooperative=mine)
    SavingsEntryFactory.create(member=member, principal=True)
    SavingsEntryFactory.create(member=member)
    for address in (
        reverse("books:book", args=[mine.kelurahan_id, "01"]),
        reverse("books:book", args=[mine.kelurahan_id, "02"]),
        reverse("books:book", args=[mine.kelurahan_id, "03"]),
        reverse("books:savings_book", args=[member.pk]),
    ):
        page = page_of(reader, address)
        assert (len(said_by(page)) > 5, missing(page, pages_of(reader.get(address, {"format": "pdf"})))) == (
            True,
            [],
        ), address


def test_every_page_has_its_number_and_the_heads_of_the_columns(reader: Client, mine: Cooperative) -> None:
    for number in range(1, 31):
        MemberFactory.create(cooperative=mine, number=f"{number}")
    answer = reader.get(reverse("books:book", args=[mine.kelurahan_id, "01"]), {"format": "pdf"})
    pages = pages_of(answer)
    assert answer["Content-Disposition"].endswith('-2026-03-16.pdf"')
    assert len(pages) > 2
    for number, page in enumerate(pages, start=1):
        text = squeezed(page)
        assert f"Halaman{number}dari{len(pages)}" in text
        assert "DicetakolehPetugasContoh,16Maret202612.00" in text
        assert "BukuDaftarAnggota" in text
        if number < len(pages):
            assert "Capjempol" in text
    written = "".join(squeezed(page) for page in pages)
    assert [number for number in range(1, 31) if f"{number}{number}Anggota" not in written] == []


@pytest.mark.parametrize("name", ODD_NAMES)
def test_whatever_was_typed_is_text(reader: Client, mine: Cooperative, name: str) -> None:
    MemberFactory.create(cooperative=mine, full_name=name, address=name)
    address = reverse("books:book", args=[mine.kelurahan_id, "01"])
    page = page_of(reader, address)
    assert name in page.get_text()
    [text] = pages_of(reader.get(address, {"format": "pdf"}))
    # Letters that the face lacks leave a sign each, never a gap.
    shown = re.sub("[\u0600-\u06ff🌾]", "□", name).split()
    assert [word for word in shown if squeezed(text).count(word) < 2 * shown.count(word)] == []


def test_identity_numbers_only_for_a_purpose_and_marked_on_each_page(
    reader: Client, mine: Cooperative
) -> None:
    numbers = [synthetic_national_id(number) for number in range(1, 25)]
    for number in numbers:
        MemberFactory.create(cooperative=mine, national_id=number)
    address = reverse("books:book", args=[mine.kelurahan_id, "01"])
    masked = "".join(squeezed(page) for page in pages_of(reader.get(address, {"format": "pdf"})))
    opened = pages_of(reader.post(address, {"purpose": "RAT 2026 di notaris", "format": "pdf"}))
    assert [number for number in numbers if number in masked] == []
    text = "".join(squeezed(page) for page in opened)
    assert [number for number in numbers if number not in text] == []
    assert len(opened) > 1
    mark = squeezed("Memuat NIK · Petugas Contoh · 16 Maret 2026 12.00 · keperluan: RAT 2026 di notaris")
    assert [mark in squeezed(page) for page in opened] == [True] * len(opened)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("satu", ["satu"]),
        ("satu dua tiga", ["satu dua", "tiga"]),
        ("satuduatigaempat", ["satuduati", "gaempat"]),
        ("a satuduatigaempat b", ["a", "satuduati", "gaempat", "b"]),
    ],
)
def test_lines_break_between_words_and_long_words_inside(text: str, expected: list[str]) -> None:
    register_fonts()
    assert wrapped(text, REGULAR, 10, 50) == expected

"""Tables in files, in: CSV and workbooks of any making become rows of known columns.

Every FileError is a sentence for the person who brought the file.
"""

import csv
import io
import json
import logging
import subprocess
import sys
import unicodedata
from codecs import BOM_UTF8
from collections.abc import Sequence
from datetime import datetime, time
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from kkmp.tabular.heads import (
    HEAD_ROWS,
    Cell,
    Column,
    FileError,
    Grid,
    Row,
    Sheet,
    Table,
    head_of,
    only_table,
)
from kkmp.tabular.workbook import LOCKED, MOST_COLUMNS, TOO_LARGE, TOO_LONG
from kkmp.tabular.writing import FORMULA_STARTS

logger = logging.getLogger(__name__)

__all__ = ["Cell", "Column", "FileError", "Grid", "Row", "Table", "read", "read_grid", "too_many_bytes"]

READER = Path(__file__).with_name("workbook.py")
READER_SECONDS = 30
OLE_MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
SEPARATORS = (";", ",", "\t")


def read(file: BinaryIO, columns: Sequence[Column], *, max_bytes: int, max_rows: int) -> Table:
    """The one table of the file whose head row names these columns. Raises FileError."""
    grid = read_grid(file, columns, max_bytes=max_bytes, max_rows=max_rows)
    keys = {letter: key for key, letter in grid.letters.items()}
    rows = [
        Row(row.number, {keys[letter]: cell for letter, cell in row.cells.items() if letter in keys})
        for row in grid.rows
    ]
    return Table(rows, [title for letter, title in grid.titles.items() if letter not in keys])


def read_grid(
    file: BinaryIO,
    columns: Sequence[Column],
    *,
    max_bytes: int,
    max_rows: int,
    may_be_named_later: bool = False,
) -> Grid:
    """The table of the file with all its columns. Raises FileError.

    `may_be_named_later`: titles that nobody understands, or that stand twice, are no error; somebody will say.
    """
    # One byte more than allowed shows that there is more, whatever size the browser declared.
    source = file.read(max_bytes + 1)
    if len(source) > max_bytes:
        raise FileError(too_many_bytes(max_bytes))
    if not source.strip():
        raise FileError(_("Berkas ini kosong."))
    sheets = _sheets(source, columns, most_rows=max_rows + HEAD_ROWS)
    grid = only_table(sheets, columns, may_be_named_later=may_be_named_later)
    if not grid.rows:
        raise FileError(_("Di bawah baris judul tidak ada isian."))
    if len(grid.rows) > max_rows:
        raise FileError(_too_many_rows(max_rows))
    return grid


def too_many_bytes(max_bytes: int) -> str:
    size = max_bytes // 1_000_000
    return _(
        "Berkas lebih besar dari %(size)d MB. Simpan hanya lembar yang diperlukan, lalu unggah lagi."
    ) % {"size": size}


def _too_many_rows(max_rows: int) -> str:
    return _(
        "Tabelnya lebih dari %(rows)s baris, atau ada isian jauh di bawah tabel. "
        "Salin tabelnya saja ke berkas baru, lalu unggah lagi."
    ) % {"rows": number_format(max_rows, force_grouping=True)}


def _sheets(source: bytes, columns: Sequence[Column], *, most_rows: int) -> list[Sheet]:
    """Name and cells of each visible sheet; what the file is follows from its content, not from its name."""
    if source.startswith(OLE_MAGIC) and ENCRYPTED in source:
        raise FileError(_locked())
    if source.startswith((b"PK\x03\x04", OLE_MAGIC)):
        return _workbook(source, most_rows)
    if (
        source.removeprefix(BOM_UTF8)
        .lstrip()[:200]
        .lower()
        .startswith((b"<!doctype", b"<html", b"<table", b"<?xml", b"<meta"))
    ):
        raise FileError(
            _(
                "Ini halaman web atau XML, bukan lembar kerja. Buka di Excel, simpan sebagai .xlsx, lalu unggah lagi."
            )
        )
    text = _decoded(source)
    return [("", _csv_rows(text, columns, most_rows))]


def _locked() -> str:
    return _("Berkas ini dikunci kata sandi. Buka di Excel, hapus kata sandinya, simpan, lalu unggah lagi.")


def _workbook(source: bytes, most_rows: int) -> list[Sheet]:
    command = [sys.executable, "-I", str(READER), str(most_rows)]
    try:
        # An environment of its own: the reader needs nothing of ours, least of all keys.
        reader = subprocess.run(  # noqa: S603  # a program of ours, named by an absolute path
            command, input=source, capture_output=True, timeout=READER_SECONDS, env={}, check=False
        )
        status = reader.returncode
    except subprocess.TimeoutExpired:
        status = TOO_LARGE
    if status == LOCKED:
        raise FileError(_locked())
    if status == TOO_LONG:
        raise FileError(_too_many_rows(most_rows - HEAD_ROWS))
    if status == TOO_LARGE or status < 0:
        raise FileError(
            _("Isi lembar kerja ini terlalu besar. Salin tabelnya saja ke berkas baru, lalu unggah lagi.")
        )
    if status:
        logger.info("workbook not read, status %s: %s", status, reader.stderr[-500:].decode(errors="replace"))
        raise FileError(
            _("Berkas ini rusak atau tidak lengkap. Buka di Excel, simpan sebagai .xlsx, lalu unggah lagi.")
        )
    sheets = [json.loads(line) for line in reader.stdout.splitlines()]
    return [(name, [[_cell(cell) for cell in row] for row in rows]) for name, rows in sheets]


def _cell(cell: Any) -> Cell:
    if isinstance(cell, list):
        moment = datetime.fromisoformat(cell[0])
        return moment.date() if moment.time() == time.min else moment
    return _clean(cell) if isinstance(cell, str) else cell


def _clean(text: str) -> str:
    """Without control characters, which PostgreSQL and XML refuse, what nobody sees, and spaces at the ends."""
    if text.isprintable():
        return text.strip()
    kept = (char for char in text if unicodedata.category(char) != "Cf")
    return "".join(" " if unicodedata.category(char) in {"Cc", "Zs"} else char for char in kept).strip()


def _decoded(source: bytes) -> str:
    unreadable = FileError(
        _("Berkas ini bukan Excel dan bukan CSV. Simpan sebagai .xlsx atau .csv, lalu unggah lagi.")
    )
    if source.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\0" in source:
        # Latin text in two bytes a character has a zero in every other place.
        encodings = ["utf-16-le" if source[1:2] == b"\0" else "utf-16-be"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = source.decode(encoding)
        except UnicodeDecodeError:
            continue
        odd = sum(
            char not in "\t\r\n" and unicodedata.category(char) in {"Cc", "Cn", "Co"} for char in text[:2000]
        )
        if odd <= 5 + len(text[:2000]) // 50:
            return text
    raise unreadable


def _csv_rows(text: str, columns: Sequence[Column], most_rows: int) -> list[list[Cell]]:
    """Cells of the text, split by the separator that finds the most of our columns."""

    def head_found_by(separator: str) -> tuple[int, int]:
        top = list(islice(csv.reader(io.StringIO(text, newline=""), delimiter=separator), HEAD_ROWS))
        found = max((len(head_of(row, columns).places) for row in top), default=0)
        return found, sum(len(row) for row in top)

    try:
        separator = max(SEPARATORS, key=head_found_by)
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        rows: list[list[Cell]] = [
            [_unquoted(_clean(cell)) for cell in row[:MOST_COLUMNS]] for row in islice(reader, most_rows + 1)
        ]
    except csv.Error as error:
        raise FileError(
            _("CSV ini rusak: tanda kutip tidak berpasangan. Simpan sebagai .xlsx, lalu unggah lagi.")
        ) from error
    if len(rows) > most_rows:
        raise FileError(_too_many_rows(most_rows - HEAD_ROWS))
    return rows


def _unquoted(text: str) -> str:
    """Without the apostrophe that `write_csv` puts before what looks like a formula."""
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA_STARTS) else text

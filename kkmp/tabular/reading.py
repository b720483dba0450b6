"""Tables in files, in: CSV and workbooks of any making become rows of known columns.

Every FileError is a sentence for the person who brought the file.
"""

import csv
import io
import json
import logging
import re
import subprocess
import sys
import unicodedata
from codecs import BOM_UTF8
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from xlsxwriter.utility import xl_col_to_name

from kkmp.languages import in_every_language
from kkmp.tabular.workbook import LOCKED, MOST_COLUMNS, TOO_LARGE
from kkmp.tabular.writing import FORMULA_STARTS, Text

logger = logging.getLogger(__name__)

Cell = str | float | bool | date | None
Sheet = tuple[str, list[list[Cell]]]

# Titles, notes and merged heads above the table; a table that starts lower is not found.
HEAD_ROWS = 40
READER = Path(__file__).with_name("workbook.py")
READER_SECONDS = 30
OLE_MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
SEPARATORS = (";", ",", "\t")


class FileError(ValueError):
    """The file cannot be read; the text says why and what to do."""


@dataclass(frozen=True)
class Column:
    """A column that a file may have. `names` are other titles met in real files, the most telling first."""

    key: str
    title: Text
    names: tuple[str, ...] = ()
    is_required: bool = False
    is_day: bool = False


@dataclass(frozen=True)
class Row:
    """The cells of one row by column key, blank ones left out. `number` is the row as Excel counts it."""

    number: int
    cells: dict[str, Cell]


@dataclass(frozen=True)
class Table:
    """What was found in a file. `ignored` are titles of columns that nobody reads."""

    rows: list[Row]
    ignored: list[str] = field(default_factory=list)


def read(file: BinaryIO, columns: Sequence[Column], *, max_bytes: int, max_rows: int) -> Table:
    """The one table of the file whose head row names these columns. Raises FileError."""
    # One byte more than allowed shows that there is more, whatever size the browser declared.
    source = file.read(max_bytes + 1)
    if len(source) > max_bytes:
        raise FileError(too_many_bytes(max_bytes))
    if not source.strip():
        raise FileError(_("Berkas ini kosong."))
    table = _only_table(_sheets(source, columns, most_rows=max_rows + HEAD_ROWS), columns)
    if not table.rows:
        raise FileError(_("Di bawah baris judul tidak ada isian."))
    if len(table.rows) > max_rows:
        raise FileError(_too_many_rows(max_rows))
    return table


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
    """Without control characters, which PostgreSQL and XML refuse, and without spaces at the ends."""
    return "".join(" " if unicodedata.category(char) in {"Cc", "Zs"} else char for char in text).strip()


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

    def head_found_by(separator: str) -> int:
        top = islice(csv.reader(io.StringIO(text, newline=""), delimiter=separator), HEAD_ROWS)
        return max((len(_head(row, columns).places) for row in top), default=0)

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


def _name_key(title: object) -> str:
    """“Kebutuhan modal (Rp)” → “kebutuhanmodal”."""
    text = str(title).casefold()
    return _alphanumeric(re.sub(r"\([^)]*\)", "", text)) or _alphanumeric(text)


def _alphanumeric(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text)


@dataclass(frozen=True)
class _Head:
    """Where in a row our columns are named: column key → places, all under the most telling of its names."""

    places: dict[str, list[int]]
    ignored: list[str]


def _head(row: Sequence[Cell], columns: Sequence[Column]) -> _Head:
    titles = {place: _name_key(cell) for place, cell in enumerate(row) if cell not in (None, "")}
    places: dict[str, list[int]] = {}
    for column in columns:
        for name in (*in_every_language(column.title), *column.names):
            found = [place for place, title in titles.items() if title == _name_key(name)]
            if found:
                places[column.key] = found
                break
    used = {place for found in places.values() for place in found}
    return _Head(places, [str(row[place]) for place in titles if place not in used])


@dataclass(frozen=True)
class _Found:
    """A sheet with a row that names columns of ours."""

    sheet: str
    head: _Head
    rows: list[Row]


def _only_table(sheets: Sequence[Sheet], columns: Sequence[Column]) -> Table:
    found = [table for sheet, cells in sheets for table in _table_of(sheet, cells, columns)]
    if not found:
        titles = ", ".join(str(column.title) for column in columns)
        raise FileError(
            _("Baris judul tidak ditemukan. Tulis judul kolom di satu baris: %(titles)s.")
            % {"titles": titles}
        )
    filled = [table for table in found if table.rows and not _missing(table.head, columns)]
    if len(filled) > 1:
        names = ", ".join(f"“{table.sheet}”" for table in filled)
        raise FileError(
            _("Ada beberapa lembar dengan tabel seperti ini: %(names)s. Gabungkan ke satu lembar.")
            % {"names": names}
        )
    table = filled[0] if filled else max(found, key=lambda table: len(table.head.places))
    _check(table.head, columns)
    return Table(table.rows, table.head.ignored)


def _table_of(sheet: str, cells: list[list[Cell]], columns: Sequence[Column]) -> Iterator[_Found]:
    heads = [_head(row, columns) for row in cells[:HEAD_ROWS]]
    best = max(range(len(heads)), key=lambda place: len(heads[place].places), default=0)
    # One word that fits may stand in any text; two in one row are a head.
    if heads and len(heads[best].places) > 1:
        yield _Found(sheet, heads[best], _rows_below(cells, best, heads[best]))


def _missing(head: _Head, columns: Sequence[Column]) -> list[str]:
    return [str(column.title) for column in columns if column.is_required and column.key not in head.places]


def _check(head: _Head, columns: Sequence[Column]) -> None:
    if missing := _missing(head, columns):
        raise FileError(
            ngettext("Kolom %(titles)s tidak ada.", "Kolom %(titles)s tidak ada.", len(missing))
            % {"titles": ", ".join(f"“{title}”" for title in missing)}
        )
    for column in columns:
        places = head.places.get(column.key, [])
        if len(places) > 1:
            letters = ", ".join(xl_col_to_name(place) for place in places)
            raise FileError(
                _("Kolom “%(title)s” ada lebih dari satu: %(letters)s. Sisakan satu.")
                % {"title": column.title, "letters": letters}
            )


def _rows_below(cells: list[list[Cell]], head_at: int, head: _Head) -> list[Row]:
    below = []
    for number, row in enumerate(cells[head_at + 1 :], start=head_at + 2):
        filled: dict[str, Cell] = {
            key: row[place]
            for key, (place, *_others) in head.places.items()
            if place < len(row) and row[place] not in (None, "")
        }
        if filled:
            below.append(Row(number, filled))
    return below

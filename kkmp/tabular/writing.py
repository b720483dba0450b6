"""Tables in files, out: rows become CSV and XLSX that Indonesian Excel opens, typed, without formulas from text."""

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import zip_longest
from typing import IO, Any

import xlsxwriter
from django.conf import settings
from django.http import HttpResponse, StreamingHttpResponse
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from xlsxwriter.utility import xl_range, xl_range_abs

Text = str | Promise
OutCell = str | int | float | bool | date | Promise | None

# Excel and its kin calculate cells that begin so; an apostrophe in front keeps them text.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
# A piece of a streamed file: small enough to keep, large enough to send.
CHUNK = 64 * 1024
CSV = "text/csv; charset=utf-8"
# Name of the hidden sheet with the words of drop-down lists; a formula names it, so it is one word.
WORDS = "Daftar"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

# Text stays text, whatever it looks like.
NO_FORMULAS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
HEAD = {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}


@dataclass(frozen=True)
class Heading:
    """A column of a file that we write. `choices` become a drop-down list, `hint` shows beside a chosen cell."""

    title: Text
    width: int = 18
    is_text: bool = False
    choices: tuple[Text, ...] = ()
    hint: Text = ""


def sample_marker() -> str:
    """What every file of an installation with sample data says in its first row; empty elsewhere."""
    return _("DATA CONTOH: bukan data resmi") if settings.IS_DEMO else ""


def write_csv(headings: Sequence[Heading], rows: Iterable[Sequence[OutCell]]) -> bytes:
    return b"".join(csv_chunks(headings, rows))


def csv_chunks(headings: Sequence[Heading], rows: Iterable[Sequence[OutCell]]) -> Iterator[bytes]:
    """As Indonesian Excel opens it: semicolons, UTF-8 with a mark, days as 22/09/2025; one piece at a time in memory."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    # The mark of UTF-8, by which Excel knows the encoding.
    out.write("\ufeff")
    if marker := sample_marker():
        writer.writerow([marker])
    writer.writerow([_csv_text(heading.title) for heading in headings])
    for row in rows:
        writer.writerow([_csv_text(cell) for cell in row])
        if out.tell() >= CHUNK:
            yield _taken(out)
    yield _taken(out)


def _taken(out: io.StringIO) -> bytes:
    text = out.getvalue()
    out.seek(0)
    out.truncate()
    return text.encode()


def _csv_text(cell: OutCell) -> str:
    if isinstance(cell, bool):
        return _yes_no(cell)
    if isinstance(cell, date):
        return _day_text(cell)
    if cell is None:
        return ""
    if isinstance(cell, int | float):
        return str(cell).replace(".", ",")
    text = str(cell)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _yes_no(cell: bool) -> str:  # noqa: FBT001  # a cell, not a switch
    return _("ya") if cell else _("tidak")


def _day_text(cell: date) -> str:
    if isinstance(cell, datetime):
        return f"{timezone.localtime(cell) if timezone.is_aware(cell) else cell:%d/%m/%Y %H.%M}"
    return f"{cell:%d/%m/%Y}"


def write_xlsx(
    headings: Sequence[Heading],
    rows: Iterable[Sequence[OutCell]],
    *,
    sheet: str,
    guide: Sequence[Sequence[Text]] = (),
) -> bytes:
    out = io.BytesIO()
    save_xlsx(out, headings, rows, sheet=sheet, guide=guide)
    return out.getvalue()


def save_xlsx(
    out: IO[bytes],
    headings: Sequence[Heading],
    rows: Iterable[Sequence[OutCell]],
    *,
    sheet: str,
    guide: Sequence[Sequence[Text]] = (),
) -> None:
    """One sheet with typed cells below a frozen head; with `guide`, a second sheet of plain rows that explain it.

    One row at a time is in memory; the others wait in a file until the workbook is closed.
    """
    book = xlsxwriter.Workbook(out, {"constant_memory": True, **NO_FORMULAS})
    head = book.add_format(HEAD)
    page = book.add_worksheet(sheet)
    first, last = _write_table(book, page, headings, rows, head)
    _offer_choices(book, page, headings, first, last)
    if guide:
        _write_guide(book, guide, head)
    book.close()


@dataclass(frozen=True)
class Page:
    """One sheet of a workbook of several."""

    title: str
    headings: Sequence[Heading]
    rows: Iterable[Sequence[OutCell]]


def write_book(pages: Iterable[Page]) -> bytes:
    """A workbook of several sheets, each as wide as a page of A4 when printed."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, **NO_FORMULAS})
    head = book.add_format(HEAD)
    for one in pages:
        page = book.add_worksheet(one.title)
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        _write_table(book, page, one.headings, one.rows, head)
    book.close()
    return out.getvalue()


def _write_table(
    book: Any, page: Any, headings: Sequence[Heading], rows: Iterable[Sequence[OutCell]], head: Any
) -> tuple[int, int]:
    """The marker of sample data, the head and the rows; returns the first and the last row below the head."""
    formats = {
        str: book.add_format({"num_format": "@"}),
        date: book.add_format({"num_format": "dd/mm/yyyy"}),
        datetime: book.add_format({"num_format": "dd/mm/yyyy hh:mm"}),
        int: book.add_format({"num_format": "#,##0"}),
    }
    for place, heading in enumerate(headings):
        page.set_column(place, place, heading.width, formats[str] if heading.is_text else None)
    first = 1
    if marker := sample_marker():
        page.write_string(0, 0, marker, book.add_format({"bold": True, "font_color": "#B3121F"}))
        first = 2
    for place, heading in enumerate(headings):
        page.write_string(first - 1, place, str(heading.title), head)
    page.freeze_panes(first, 0)
    last = first
    for last, row in enumerate(rows, start=first):
        for place, cell in enumerate(row):
            _write_cell(page, last, place, cell, formats)
    # Numbers as text are meant in columns of text; Excel marks each with a green corner otherwise.
    page.ignore_errors({"number_stored_as_text": xl_range(first, 0, last, max(len(headings) - 1, 0))})
    return first, last


def _write_cell(page: Any, row: int, place: int, cell: OutCell, formats: dict[type, Any]) -> None:
    if isinstance(cell, bool):
        page.write_string(row, place, _yes_no(cell))
    elif isinstance(cell, datetime):
        moment = timezone.localtime(cell).replace(tzinfo=None) if timezone.is_aware(cell) else cell
        page.write_datetime(row, place, moment, formats[datetime])
    elif isinstance(cell, date):
        page.write_datetime(row, place, cell, formats[date])
    elif isinstance(cell, int | float):
        page.write_number(row, place, cell, formats[int] if isinstance(cell, int) else None)
    elif cell not in (None, ""):
        page.write_string(row, place, str(cell)[:32_767])


def _offer_choices(book: Any, page: Any, headings: Sequence[Heading], first: int, last: int) -> None:
    """Drop-down lists and hints. The words stand on a hidden sheet: in the rule itself a comma would split them."""
    offered = [heading for heading in headings if heading.choices]
    if offered:
        words = book.add_worksheet(WORDS)
        words.hide()
        for row, cells in enumerate(zip_longest(*(heading.choices for heading in offered), fillvalue="")):
            for place, word in enumerate(cells):
                words.write_string(row, place, str(word))
    for place, heading in enumerate(headings):
        hint = (
            {"input_title": str(heading.title)[:32], "input_message": str(heading.hint)[:255]}
            if heading.hint
            else {}
        )
        if heading.choices:
            source = f"={WORDS}!{xl_range_abs(0, offered.index(heading), len(heading.choices) - 1, offered.index(heading))}"
            # Other spellings are understood too, so the list offers and does not forbid.
            rule = {"validate": "list", "source": source, "error_type": "warning", **hint}
        elif hint:
            rule = {"validate": "any", **hint}
        else:
            continue
        page.data_validation(first, place, last, place, rule)


def _write_guide(book: Any, guide: Sequence[Sequence[Text]], bold: Any) -> None:
    page = book.add_worksheet(_("Petunjuk"))
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    page.set_column(0, 0, 26)
    page.set_column(1, 1, 90)
    for number, row in enumerate(guide):
        for place, text in enumerate(row):
            page.write_string(number, place, str(text), bold if place == 0 else wrap)


def download(content: bytes, *, name: str) -> HttpResponse:
    """The file as an answer; `name` ends in .csv or .xlsx."""
    kind = CSV if name.endswith(".csv") else XLSX
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def stream(
    headings: Sequence[Heading], rows: Iterable[Sequence[OutCell]], *, name: str, sheet: str
) -> StreamingHttpResponse:
    """As `download`, for any number of rows: they are taken one by one and never held together."""
    if name.endswith(".csv"):
        chunks, kind = csv_chunks(headings, rows), CSV
    else:
        chunks, kind = _xlsx_chunks(headings, rows, sheet=sheet), XLSX
    response = StreamingHttpResponse(_in_language(chunks, translation.get_language()), content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _xlsx_chunks(
    headings: Sequence[Heading], rows: Iterable[Sequence[OutCell]], *, sheet: str
) -> Iterator[bytes]:
    """The workbook is whole before its first piece leaves; its file is gone with the last one, or when nobody asks on."""
    with tempfile.TemporaryFile() as file:
        save_xlsx(file, headings, rows, sheet=sheet)
        file.seek(0)
        while piece := file.read(CHUNK):
            yield piece


def _in_language(chunks: Iterator[bytes], language: str) -> Iterator[bytes]:
    """The server takes the pieces after the answer has left the middleware that chose the language."""
    while True:
        with translation.override(language):
            chunk = next(chunks, None)
        if chunk is None:
            return
        yield chunk

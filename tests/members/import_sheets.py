"""Registers of members as offices keep them, built by code, and what the import says of them."""

import io
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import xlsxwriter

from cooperatives.models import Cooperative
from kkmp.accounts.models import User
from kkmp.imports.models import ImportBatch
from kkmp.imports.services import confirm, preview
from members.models import Member
from tests.member_factories import synthetic_national_id

Cell = str | int | float | date | None
BORN = date(1980, 5, 17)
ANI_ID = synthetic_national_id(1, born_on=BORN, is_woman=True)
BUDI_ID = synthetic_national_id(2, born_on=BORN)
HEAD = ("No. Anggota", "NIK", "Nama Lengkap", "L/P", "Tgl Lahir", "Tgl Masuk")


def workbook(*sheets: tuple[str, Sequence[Sequence[Cell]]]) -> bytes:
    """Sheets of typed cells."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_numbers": False})
    days = book.add_format({"num_format": "dd/mm/yyyy"})
    for name, rows in sheets:
        page = book.add_worksheet(name)
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                if isinstance(cell, date):
                    page.write_datetime(number, place, datetime(cell.year, cell.month, cell.day), days)  # noqa: DTZ001
                elif isinstance(cell, int | float):
                    page.write_number(number, place, cell)
                elif cell:
                    page.write_string(number, place, cell)
    book.close()
    return out.getvalue()


def csv_of(
    *rows: Sequence[str], head: Sequence[str] = HEAD, encoding: str = "utf-8", separator: str = ";"
) -> bytes:
    return "\r\n".join(separator.join(row) for row in (head, *rows)).encode(encoding)


def previewed(
    content: bytes, cooperative: Cooperative, *, by: User, name: str = "anggota.csv"
) -> ImportBatch:
    return preview(kind="members", file=io.BytesIO(content), file_name=name, by=by, cooperative=cooperative)


def imported(content: bytes, cooperative: Cooperative, *, by: User, name: str = "anggota.csv") -> ImportBatch:
    return confirm(batch=previewed(content, cooperative, by=by, name=name), by=by)


def errors_of(batch: ImportBatch) -> list[tuple[int, str, str, str]]:
    """(row, column, what stands there, what to type) of every error."""
    return [
        (row.number, error["column"], error["value"], error["text"])
        for row in batch.rows.order_by("number")
        for error in row.errors
    ]


def effects_of(batch: ImportBatch) -> list[tuple[int, str, str]]:
    return [(row.number, row.outcome, row.effect) for row in batch.rows.order_by("number")]


def notes_of(batch: ImportBatch) -> dict[int, list[str]]:
    return {
        row.number: [note["text"] for note in row.notes] for row in batch.rows.order_by("number") if row.notes
    }


def register(cooperative: Cooperative, *fields: str) -> list[tuple[Any, ...]]:
    return list(Member.objects.filter(cooperative=cooperative).order_by("number", "pk").values_list(*fields))

"""Sheets as offices fill them, and what the opening import says of them."""

import io
from collections.abc import Sequence

from kkmp.accounts.models import User
from kkmp.imports.models import ImportBatch
from kkmp.imports.services import preview

HEAD = (
    "Kode kelurahan",
    "Kecamatan",
    "Kelurahan",
    "Status gerai",
    "Sejak",
    "Sebab",
    "Kebutuhan modal (Rp)",
    "Jenis gerai",
    "Nama gerai",
)
Row = Sequence[str]


def csv_of(*rows: Row, head: Row = HEAD) -> bytes:
    return "\r\n".join(";".join(row) for row in (head, *rows)).encode()


def previewed(*rows: Row, by: User, name: str = "awal.csv") -> ImportBatch:
    return preview(kind="opening", file=io.BytesIO(csv_of(*rows)), file_name=name, by=by)


def errors_of(batch: ImportBatch) -> list[tuple[int, str, str, str]]:
    """(row, column, what stands there, what to type) of every error."""
    return [
        (row.number, error["column"], error["value"], error["text"])
        for row in batch.rows.all()
        for error in row.errors
    ]


def effects_of(batch: ImportBatch) -> list[tuple[int, str, str, list[str]]]:
    return [
        (row.number, row.outcome, row.effect, [note["text"] for note in row.notes])
        for row in batch.rows.all()
    ]

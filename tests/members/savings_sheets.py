"""Sheets with savings as offices fill them, brought in through the engine."""

import io
from typing import Any

from cooperatives.models import Cooperative
from kkmp.accounts.models import User
from kkmp.imports.models import ImportBatch
from kkmp.imports.services import preview
from members.models import SavingsEntry


def previewed(
    head: str, *rows: str, cooperative: Cooperative, by: User, name: str = "simpanan.csv"
) -> ImportBatch:
    """Cells are divided by a bar."""
    content = "\r\n".join(line.replace("|", ";") for line in (head, *rows)).encode()
    return preview(kind="savings", file=io.BytesIO(content), file_name=name, by=by, cooperative=cooperative)


def found_in(batch: ImportBatch) -> list[tuple[int, str, str]]:
    """(row, outcome, effect or what is wrong) of every row."""
    return [
        (
            one.number,
            one.outcome,
            one.effect or "; ".join(f"{error['column']}: {error['text']}" for error in one.errors),
        )
        for one in batch.rows.order_by("number")
    ]


def notes_of(batch: ImportBatch) -> list[str]:
    return [note["text"] for one in batch.rows.order_by("number") for note in one.notes]


def ledger() -> list[tuple[Any, ...]]:
    """(member, kind, movement, amount, day, month or paid until, receipt) of all entries."""
    return [
        (
            entry.member.number,
            entry.kind,
            entry.movement,
            entry.amount_idr,
            f"{entry.value_on:%d/%m/%Y}",
            f"{entry.month or entry.paid_until:%m/%Y}" if entry.month or entry.paid_until else "",
            f"{entry.receipt_no}/{entry.receipt_line}" if entry.receipt_no else "",
        )
        for entry in SavingsEntry.objects.select_related("member").order_by("pk")
    ]

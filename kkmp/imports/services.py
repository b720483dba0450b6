"""Preview, confirm and undo: the same three steps for every kind of file."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import BinaryIO

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kkmp.accounts.models import User
from kkmp.imports.importer import CheckedRow, GivenRow, Importer, importer_of
from kkmp.imports.models import BatchState, ImportBatch, ImportRow, Outcome
from kkmp.parsing import parse_day
from kkmp.tabular.reading import Cell, Column, read
from kkmp.templatetags.ui import waktu

# A longer cell is no value of ours; what is kept is enough to recognise it.
MOST_TEXT = 1_000
ROWS_AT_ONCE = 1_000
MOST_EFFECT = 500
_CHECKED = ("outcome", "effect", "messages")


def preview(*, kind: str, file: BinaryIO, file_name: str, by: User) -> ImportBatch:
    """Read and check a file and keep what was found; nothing else is written. Raises FileError."""
    importer = importer_of(kind)
    sha256 = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]  # an upload reads into buffers too
    file.seek(0)
    # Outside the transaction: reading may take seconds, and SQLite has one writer.
    table = read(file, importer.columns, max_bytes=settings.IMPORT_MAX_BYTES, max_rows=importer.max_rows)
    given = [GivenRow(row.number, _texts(row.cells, importer.columns)) for row in table.rows]
    with transaction.atomic():
        checked = importer.check(given, user=by)
        batch = ImportBatch.objects.create(
            kind=kind,
            file_name=_shortened(file_name),
            sha256=sha256,
            by=by,
            counts=_counts(checked),
            ignored=table.ignored,
        )
        rows = [
            ImportRow(batch=batch, number=row.given.number, payload=dict(row.given.cells)) for row in checked
        ]
        ImportRow.objects.bulk_create(map(_with_result, rows, checked), batch_size=ROWS_AT_ONCE)
    return batch


@transaction.atomic
def confirm(*, batch: ImportBatch, by: User) -> ImportBatch:
    """Check once more and write all rows, or none: then the batch is still PREVIEWED and its rows say why.

    Raises ValidationError when somebody confirmed it first, or when there is nothing to write.
    """
    batch = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if batch.state != BatchState.PREVIEWED:
        raise ValidationError(
            _("Berkas ini sudah dimasukkan oleh %(who)s pada %(when)s.")
            % {"who": batch.confirmed_by, "when": waktu(batch.confirmed_at)}
        )
    importer = importer_of(batch.kind)
    importer.lock()
    rows = {row.number: row for row in batch.rows.order_by("number")}
    checked = importer.check([GivenRow(row.number, row.payload) for row in rows.values()], user=by)
    for result in checked:
        _with_result(rows[result.given.number], result)
    batch.counts = _counts(checked)
    if not batch.failed_count:
        if not batch.writable_count:
            raise ValidationError(_("Tidak ada baris yang bisa dimasukkan."))
        _write(importer, batch, rows, checked, by=by)
    ImportRow.objects.bulk_update(rows.values(), [*_CHECKED, "targets"], batch_size=ROWS_AT_ONCE)
    batch.save()
    return batch


def _write(
    importer: Importer[object],
    batch: ImportBatch,
    rows: dict[int, ImportRow],
    checked: Sequence[CheckedRow[object]],
    *,
    by: User,
) -> None:
    for number, targets in importer.write(checked, batch=batch, by=by).items():
        rows[number].targets = [list(target) for target in targets]
    batch.state = BatchState.CONFIRMED
    batch.confirmed_at = timezone.now()
    batch.confirmed_by = by


@transaction.atomic
def undo(*, batch: ImportBatch, note: str, by: User) -> list[str]:
    """Take the whole batch back; returns what had to stay, a sentence each.

    Raises ValidationError when it is not in force: not yet confirmed, or already undone.
    """
    batch = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if batch.state == BatchState.UNDONE:
        raise ValidationError(
            _("Impor ini sudah dibatalkan oleh %(who)s pada %(when)s.")
            % {"who": batch.undone_by, "when": waktu(batch.undone_at)}
        )
    if batch.state != BatchState.CONFIRMED:
        raise ValidationError(_("Berkas ini belum dimasukkan, jadi tidak ada yang dibatalkan."))
    importer = importer_of(batch.kind)
    importer.lock()
    stayed = importer.undo(targets_of(batch), note=note, by=by)
    batch.state = BatchState.UNDONE
    batch.undone_at = timezone.now()
    batch.undone_by = by
    batch.undo_note = note
    batch.save()
    return stayed


def targets_of(batch: ImportBatch) -> dict[str, list[int]]:
    """Keys of all rows that the batch made, by label of their model."""
    made: dict[str, list[int]] = defaultdict(list)
    for targets in batch.rows.order_by("number").values_list("targets", flat=True):
        for label, key in targets:
            made[label].append(key)
    return made


def confirmed_twin(batch: ImportBatch) -> ImportBatch | None:
    """Another batch in force that came from a file with the very same content."""
    return (
        ImportBatch.objects.filter(kind=batch.kind, sha256=batch.sha256, state=BatchState.CONFIRMED)
        .exclude(pk=batch.pk)
        .select_related("confirmed_by")
        .order_by("-confirmed_at", "-pk")
        .first()
    )


def _counts(checked: Sequence[CheckedRow[object]]) -> dict[str, int]:
    found = Counter(str(row.outcome) for row in checked)
    return {str(outcome): found[outcome] for outcome in Outcome.values if found[outcome]}


def _with_result(row: ImportRow, checked: CheckedRow[object]) -> ImportRow:
    row.outcome = checked.outcome
    row.effect = checked.effect[:MOST_EFFECT]
    row.messages = [
        *({"column": each.column, "value": each.value, "text": each.text} for each in checked.problems),
        *({"column": "", "value": "", "text": note} for note in checked.notes),
    ]
    return row


def _shortened(file_name: str) -> str:
    """At most as long as the column, the ending kept."""
    longest = 200
    return file_name if len(file_name) <= longest else f"{file_name[: longest - 21]}…{file_name[-20:]}"


def _texts(cells: dict[str, Cell], columns: Sequence[Column]) -> dict[str, str]:
    days = {column.key for column in columns if column.is_day}
    return {key: _text(cell, is_day=key in days)[:MOST_TEXT] for key, cell in cells.items()}


def _text(cell: Cell, *, is_day: bool) -> str:
    """A cell as its owner would type it; Excel keeps days as numbers where the column has no date format."""
    if is_day and isinstance(cell, float | date):
        try:
            return f"{parse_day(cell):%d/%m/%Y}"
        except ValueError:
            pass
    if isinstance(cell, bool):
        return _("ya") if cell else _("tidak")
    if isinstance(cell, datetime):
        return f"{cell:%d/%m/%Y %H:%M}"
    if isinstance(cell, date):
        return f"{cell:%d/%m/%Y}"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else f"{cell:.15g}".replace(".", ",")
    return str(cell)

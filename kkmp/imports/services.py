"""Preview, confirm and undo: the same three steps for every kind of file."""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import BinaryIO

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cooperatives.models import Cooperative
from kkmp.accounts.models import User
from kkmp.imports import sealing, staging
from kkmp.imports.importer import CheckedRow, Importer, importer_for, importer_of
from kkmp.imports.models import MOST_ABOVE, BatchState, ImportBatch, ImportRow, Outcome
from kkmp.tabular.reading import read_grid
from kkmp.templatetags.ui import waktu


def preview(
    *, kind: str, file: BinaryIO, file_name: str, by: User, cooperative: Cooperative | None = None
) -> ImportBatch:
    """Read and check a file and keep what was found; nothing else is written. Raises FileError.

    A file of many rows is kept a thousand at a time, so that its page can say how far it is.
    """
    importer = importer_of(kind, cooperative=cooperative)
    sha256 = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]  # an upload reads into buffers too
    file.seek(0)
    # Outside of any transaction: reading may take seconds, and SQLite has one writer.
    grid = read_grid(
        file,
        (*importer.columns, *staging.RETURNED),
        max_bytes=settings.IMPORT_MAX_BYTES,
        max_rows=importer.max_rows,
        may_be_named_later=importer.maps_columns,
    )
    columns = staging.named_columns(grid, importer.columns)
    batch = ImportBatch.objects.create(
        kind=kind,
        cooperative=cooperative,
        file_name=_shortened(sealing.hide(file_name)),
        sha256=sha256,
        state=BatchState.READING,
        by=by,
        columns=columns,
        row_total=len(grid.rows),
        above=sealing.hide(grid.above)[:MOST_ABOVE],
        ignored=[column["title"] for column in columns if not column["key"]],
    )
    try:
        texts = staging.texts_of(grid, importer.columns)
        staging.unmask(texts, batch, importer.columns, user=by)
        batch.above = staging.words_above(texts, batch, user=by)
        rows = {number: ImportRow(batch=batch, number=number, outcome=Outcome.SKIPPED) for number in texts}
        is_proposed = importer.maps_columns and staging.propose_id_column(batch, texts, importer.columns)
        _check_and_stage(batch, rows, texts, by=by, must_be_named=is_proposed)
        staging.create_rows(list(rows.values()))
        batch.save()
    except Exception:
        # A half-read file would wait for ever.
        batch.delete()
        raise
    return batch


def name_columns(*, batch: ImportBatch, keys: Mapping[str, str], by: User) -> ImportBatch:
    """Say which column is which, `keys` by letter, and check all rows again.

    Raises ValidationError when the file is no longer waiting, or when a column is named twice.
    """
    with transaction.atomic():
        batch = _locked(batch)
        if batch.state not in {BatchState.UNNAMED, BatchState.PREVIEWED} or batch.purged_at:
            raise ValidationError(_("Kolom berkas ini tidak bisa diubah lagi."))
        named = [key for key in keys.values() if key]
        if len(named) != len(set(named)):
            raise ValidationError(_("Satu kolom dipilih dua kali. Sisakan satu."))
        # What came back names its rows by columns of the engine's own; nobody chooses those.
        batch.columns = [
            column if column["key"].startswith("_") else {**column, "key": keys.get(column["letter"], "")}
            for column in batch.columns
        ]
        batch.ignored = [column["title"] for column in batch.columns if not column["key"]]
        rows = {row.number: row for row in batch.rows.order_by("number")}
        texts = {number: dict(staging.kept_texts(row)) for number, row in rows.items()}
        staging.unmask(texts, batch, importer_for(batch).columns, user=by)
        _check_and_stage(batch, rows, texts, by=by)
        staging.update_rows(list(rows.values()), with_cells=True)
        batch.save()
    return batch


def _check_and_stage(
    batch: ImportBatch,
    rows: Mapping[int, ImportRow],
    texts: Mapping[int, staging.Texts],
    *,
    by: User,
    must_be_named: bool = False,
) -> None:
    """Fill the rows and the batch with what the cells say and what is wrong with them; saves nothing."""
    importer = importer_for(batch)
    ids = staging.letters_of_ids(batch, importer.columns)
    for number, row in rows.items():
        staging.stage(row, texts[number], ids)
    if must_be_named or staging.missing_columns(batch, importer.columns):
        batch.state, batch.counts = BatchState.UNNAMED, {Outcome.SKIPPED.value: len(rows)}
        for row in rows.values():
            row.outcome, row.effect, row.messages = Outcome.SKIPPED, "", []
        return
    checked = importer.check(staging.given_rows(batch, texts, importer.columns), user=by)
    for result in checked:
        staging.with_result(rows[result.given.number], result, importer)
    batch.state, batch.counts = BatchState.PREVIEWED, staging.counts_of(checked)


@transaction.atomic
def confirm(*, batch: ImportBatch, by: User) -> ImportBatch:
    """Check once more and write: all rows or none where the kind of file asks for it, else the rows that are good.

    Where nothing was written the batch is still PREVIEWED and its rows say why. Raises ValidationError when somebody
    confirmed it first, or when there is nothing to write.
    """
    batch = _locked(batch)
    if batch.confirmed_at:
        raise ValidationError(
            _("Berkas ini sudah dimasukkan oleh %(who)s pada %(when)s.")
            % {"who": batch.confirmed_by, "when": waktu(batch.confirmed_at)}
        )
    if batch.state != BatchState.PREVIEWED or batch.purged_at:
        raise ValidationError(
            _("Berkas ini belum selesai diperiksa, atau isinya sudah dihapus. Unggah lagi.")
        )
    importer = importer_for(batch)
    importer.lock()
    rows = {row.number: row for row in batch.rows.order_by("number")}
    texts = {number: staging.kept_texts(row) for number, row in rows.items()}
    checked = importer.check(staging.given_rows(batch, texts, importer.columns), user=by)
    news = {
        result.given.number
        for result in checked
        if staging.with_result(rows[result.given.number], result, importer)
    }
    batch.counts = staging.counts_of(checked)
    if not (importer.all_or_nothing and batch.failed_count):
        if not batch.writable_count:
            raise ValidationError(_("Tidak ada baris yang bisa dimasukkan."))
        made = _write(importer, batch, rows, checked, by=by)
        staging.save_targets([rows[number] for number in sorted(made - news)])
    staging.update_rows([rows[number] for number in sorted(news)])
    batch.save()
    return batch


def _write(
    importer: Importer[object],
    batch: ImportBatch,
    rows: dict[int, ImportRow],
    checked: Sequence[CheckedRow[object]],
    *,
    by: User,
) -> set[int]:
    """Returns the numbers of the rows that made something."""
    made = importer.write(checked, batch=batch, by=by)
    for number, targets in made.items():
        rows[number].targets = [list(target) for target in targets]
    batch.state = BatchState.CONFIRMED
    batch.confirmed_at = timezone.now()
    batch.confirmed_by = by
    return set(made)


def _locked(batch: ImportBatch) -> ImportBatch:
    # Of this row alone: PostgreSQL locks no outer join.
    return ImportBatch.objects.select_for_update(of=("self",)).select_related("cooperative").get(pk=batch.pk)


@transaction.atomic
def undo(*, batch: ImportBatch, note: str, by: User) -> list[str]:
    """Take the whole batch back; returns what had to stay, a sentence each.

    Raises ValidationError when it is not in force: not yet confirmed, or already undone.
    """
    batch = _locked(batch)
    if batch.state == BatchState.UNDONE:
        raise ValidationError(
            _("Impor ini sudah dibatalkan oleh %(who)s pada %(when)s.")
            % {"who": batch.undone_by, "when": waktu(batch.undone_at)}
        )
    if batch.state != BatchState.CONFIRMED:
        raise ValidationError(_("Berkas ini belum dimasukkan, jadi tidak ada yang dibatalkan."))
    importer = importer_for(batch)
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
        for label, key, *_own in targets:
            made[label].append(key)
    return made


def confirmed_twin(batch: ImportBatch) -> ImportBatch | None:
    """Another batch in force that came from a file with the very same content."""
    return (
        ImportBatch.objects.filter(kind=batch.kind, sha256=batch.sha256, state=BatchState.CONFIRMED)
        .filter(cooperative=batch.cooperative)
        .exclude(pk=batch.pk)
        .select_related("confirmed_by")
        .order_by("-confirmed_at", "-pk")
        .first()
    )


def _shortened(file_name: str) -> str:
    """At most as long as the column, the ending kept."""
    longest = 200
    return file_name if len(file_name) <= longest else f"{file_name[: longest - 21]}…{file_name[-20:]}"

"""What files said is not kept for ever: payloads, messages and former values go, counts and what was made stay."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from kkmp.imports.models import ImportBatch, ImportRow
from kkmp.imports.staging import ROWS_AT_ONCE


def purge(*, before: datetime) -> int:
    """Empty the files that came in before that moment; returns how many. Resumable: each file is emptied at once."""
    old = ImportBatch.objects.filter(at__lt=before, purged_at=None).order_by("pk")
    keys = list(old.values_list("pk", flat=True))
    for key in keys:
        with transaction.atomic():
            _empty(ImportBatch.objects.select_for_update().get(pk=key))
    return len(keys)


def empty_rows(rows: Sequence[ImportRow]) -> None:
    """What single rows of files said, and what stood there before them; the keys of what they made stay."""
    for row in rows:
        row.payload, row.messages, row.effect, row.sealed = {}, [], "", None
        row.targets = [one[:2] for one in row.targets]
    fields = ["payload", "messages", "effect", "sealed", "targets"]
    ImportRow.objects.bulk_update(rows, fields, batch_size=ROWS_AT_ONCE)


def _empty(batch: ImportBatch) -> None:
    batch.rows.update(payload={}, messages=[], effect="", sealed=None)
    # What stood there before an import is a person's too; the keys stay, so that additions can still be undone.
    changed = [
        row
        for row in batch.rows.exclude(targets=[]).order_by("pk")
        if any(len(one) > 2 for one in row.targets)
    ]
    for row in changed:
        row.targets = [one[:2] for one in row.targets]
    ImportRow.objects.bulk_update(changed, ["targets"], batch_size=ROWS_AT_ONCE)
    batch.columns = [{**column, "title": ""} if not column["key"] else column for column in batch.columns]
    batch.ignored = []
    batch.above = ""
    batch.purged_at = timezone.now()
    batch.save()

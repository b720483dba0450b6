from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from kkmp.accounts.models import User
from kkmp.imports.models import BatchState, ImportBatch, ImportRow, Outcome


@pytest.fixture
def batch(sudin: User) -> ImportBatch:
    return ImportBatch.objects.create(kind="opening", file_name="awal.csv", sha256="0" * 64, by=sudin)


@pytest.mark.parametrize(
    ("constraint", "state", "filled"),
    [
        ("confirmed_batch_says_when_and_who", BatchState.CONFIRMED, ()),
        ("confirmed_batch_says_when_and_who", BatchState.CONFIRMED, ("confirmed_at",)),
        ("confirmed_batch_says_when_and_who", BatchState.UNDONE, ("confirmed_by",)),
        ("confirmed_batch_says_when_and_who", BatchState.PREVIEWED, ("confirmed_at", "confirmed_by")),
        ("confirmed_batch_says_when_and_who", "entah", ("confirmed_at", "confirmed_by")),
        (
            "undone_batch_says_when_who_and_why",
            BatchState.UNDONE,
            ("confirmed_at", "confirmed_by", "undone_at", "undone_by"),
        ),
        (
            "undone_batch_says_when_who_and_why",
            BatchState.CONFIRMED,
            ("confirmed_at", "confirmed_by", "undone_at", "undone_by", "undo_note"),
        ),
        ("undone_batch_says_when_who_and_why", BatchState.PREVIEWED, ("undo_note",)),
    ],
)
def test_database_refuses_half_a_story(
    batch: ImportBatch, sudin: User, constraint: str, state: str, filled: tuple[str, ...]
) -> None:
    values: dict[str, Any] = {
        "confirmed_at": timezone.now(),
        "confirmed_by": sudin,
        "undone_at": timezone.now(),
        "undone_by": sudin,
        "undo_note": "Keliru",
    }
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        ImportBatch.objects.filter(pk=batch.pk).update(state=state, **{name: values[name] for name in filled})


def test_database_refuses_a_row_twice(batch: ImportBatch) -> None:
    for number in (2, 3):
        ImportRow.objects.create(batch=batch, number=number, outcome=Outcome.NEW)
    with pytest.raises(IntegrityError), transaction.atomic():
        ImportRow.objects.create(batch=batch, number=3, outcome=Outcome.NEW)


def test_undone_batch_must_say_so(batch: ImportBatch, sudin: User) -> None:
    """A batch that is undone has its three fields: the state alone is not enough."""
    with pytest.raises(IntegrityError, match="undone_batch_says_when_who_and_why"), transaction.atomic():
        ImportBatch.objects.filter(pk=batch.pk).update(
            state=BatchState.UNDONE, confirmed_at=timezone.now(), confirmed_by=sudin
        )

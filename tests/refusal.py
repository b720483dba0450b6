"""Whether the database itself refuses a row, and by which constraint; forms and full_clean are not asked."""

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction


def constraint_names(*of: type[models.Model]) -> set[str]:
    return {constraint.name for model in of for constraint in model._meta.constraints}


def assert_refused(constraint: str, write: Callable[[], Any]) -> None:
    """SQLite names a check but not a unique index, of which it names the columns, or the trigger that is faster."""
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        write()
    message = str(refusal.value)
    is_unique = any(
        isinstance(found, models.UniqueConstraint) and found.name == constraint
        for model in apps.get_models()
        for found in model._meta.constraints
    )
    if connection.vendor == "sqlite" and is_unique:
        assert any(words in message for words in ("UNIQUE constraint failed", "is append-only", "is locked"))
    else:
        assert constraint in message

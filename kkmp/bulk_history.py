"""New rows and their history in bulk: the history is copied from the rows just written, within the database."""

from collections.abc import Sequence
from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone
from simple_history.utils import get_history_model_for_model

ROWS_AT_ONCE = 1_000


@transaction.atomic
def bulk_create_with_copied_history(rows: Sequence[models.Model], *, by: Any, reason: str) -> None:
    """As `bulk_create_with_history`, at half of its cost: no row is made or sent a second time."""
    if not rows:
        return
    model = type(rows[0])
    model._default_manager.bulk_create(rows, batch_size=ROWS_AT_ONCE)
    history: Any = get_history_model_for_model(model)
    told = {
        "history_date": timezone.now(),
        "history_user_id": by.pk,
        "history_change_reason": reason,
        "history_type": "+",
    }
    fields = {field.attname: field for field in history._meta.concrete_fields}
    values = [fields[name].get_db_prep_save(value, connection) for name, value in told.items()]
    quote = connection.ops.quote_name
    # The key too: both tables name their columns alike.
    kept = [quote(str(field.column)) for field in history.tracked_fields]
    columns = ", ".join([*kept, *(quote(str(fields[name].column)) for name in told)])
    given = ", ".join(_typed(fields[name]) for name in told)
    table, key = quote(model._meta.db_table), quote(str(model._meta.pk.column))
    with connection.cursor() as cursor:
        for start in range(0, len(rows), ROWS_AT_ONCE):
            keys = [row.pk for row in rows[start : start + ROWS_AT_ONCE]]
            cursor.execute(
                f"INSERT INTO {quote(history._meta.db_table)} ({columns}) "  # noqa: S608  # names of models, values apart
                f"SELECT {', '.join(kept)}, {given} FROM {table} "
                f"WHERE {key} IN ({', '.join(['%s'] * len(keys))}) ORDER BY {key}",
                [*values, *keys],
            )


def _typed(field: Any) -> str:
    """A placeholder. PostgreSQL takes a bare one for text; SQLite's cast would make a number of a day."""
    return f"CAST(%s AS {field.db_type(connection)})" if connection.vendor == "postgresql" else "%s"

"""Which tables a backup holds, and how a row becomes a line that any of our databases can take back."""

import json
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connections, models
from django.db.models.functions import Collate
from django.db.models.sql import InsertQuery

# Whoever was signed in signs in again.
LEFT_OUT = ("sessions.Session",)
# `migrate` fills these by itself; a restore replaces what it made, since other rows name their keys.
MADE_BY_MIGRATE = ("auth.Permission", "contenttypes.ContentType")
_ROWS_AT_ONCE = 500

Row = models.Model
Table = type[models.Model]


def tables() -> list[Table]:
    """Every table of a model, ours and those of Django and allauth, history too; by label."""
    found = [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and model._meta.label not in LEFT_OUT
    ]
    return sorted(found, key=lambda model: model._meta.label)


def columns(model: Table) -> list[Any]:
    """The fields whose values are stored, without those that the database works out by itself."""
    return [field for field in model._meta.concrete_fields if not field.generated]


def names(model: Table) -> list[str]:
    return [field.attname for field in columns(model)]


def lines(model: Table, using: str) -> Iterator[bytes]:
    """The table's rows in the order of their keys: the same bytes from each database."""
    for row in _in_order(model, using).iterator(chunk_size=_ROWS_AT_ONCE):
        yield _line(row)


def _in_order(model: Table, using: str) -> models.QuerySet[Row]:
    rows: models.QuerySet[Row] = model._base_manager.using(using)
    is_text = isinstance(model._meta.pk, models.CharField)
    # Languages sort texts in their own ways; SQLite by their bytes.
    if is_text and connections[using].vendor == "postgresql":
        return rows.order_by(Collate("pk", "C"))
    return rows.order_by("pk")


def _line(row: Row) -> bytes:
    values = {field.attname: _plain(field, row) for field in columns(type(row))}
    return json.dumps(values, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def _plain(field: Any, row: Row) -> Any:
    value = row.__dict__[field.attname]
    if value is None or isinstance(value, bool | int | float | str) or isinstance(field, models.JSONField):
        return value
    return field.value_to_string(row)


def read_line(model: Table, line: bytes, using: str) -> Row:
    values: dict[str, Any] = json.loads(line)
    fields = columns(model)
    read = [_typed(field, values[field.attname]) for field in fields]
    return model.from_db(using, [field.attname for field in fields], read)


def _typed(field: Any, value: Any) -> Any:
    return value if value is None or isinstance(field, models.JSONField) else field.to_python(value)


def insert(model: Table, rows: list[Row], using: str) -> None:
    """As they are: `bulk_create` would set times of making anew, and write no key."""
    fields = columns(model)
    most = connections[using].ops.bulk_batch_size(fields, rows)
    for start in range(0, len(rows), most):
        query = InsertQuery(model)
        query.insert_values(fields, rows[start : start + most], raw=True)
        query.get_compiler(using=using).execute_sql()


def load(model: Table, some_lines: Iterator[bytes], using: str) -> None:
    waiting: list[Row] = []
    for line in some_lines:
        waiting.append(read_line(model, line, using))
        if len(waiting) == _ROWS_AT_ONCE:
            insert(model, waiting, using)
            waiting = []
    if waiting:
        insert(model, waiting, using)


def last_key(model: Table, using: str) -> int | None:
    """The highest key ever given, also to rows that are gone: their history must not become a new row's."""
    if not _counts_keys(model):
        return None
    table, column = model._meta.db_table, model._meta.pk.column
    connection = connections[using]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT pg_sequence_last_value(pg_get_serial_sequence(quote_ident(%s), %s)::regclass)",
                [table, column],
            )
        else:
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        found = cursor.fetchone()
    return int(found[0]) if found and found[0] is not None else 0


def go_on_after(model: Table, key: int | None, using: str) -> None:
    """Let the next row get a key higher than `key` and than all rows there are."""
    if key is None:
        return
    table, column = model._meta.db_table, str(model._meta.pk.column)
    highest = model._base_manager.using(using).aggregate(highest=models.Max("pk"))["highest"] or 0
    key = max(key, highest)
    connection = connections[using]
    if not key:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence(quote_ident(%s), %s), %s)", [table, column, key]
            )
        else:
            cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, key])


def _counts_keys(model: Table) -> bool:
    return isinstance(model._meta.pk, models.AutoField | models.BigAutoField)

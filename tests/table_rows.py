"""Rows of whole tables: emptied after a test that committed, and sample data written back instead of made again."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction

from kkmp import triggers

# Rows that migrate makes and no test changes.
MADE_BY_MIGRATE = {ContentType._meta.db_table, Permission._meta.db_table}
# Of one statement of SQLite.
AT_ONCE = 400


def filled_tables() -> list[str]:
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    asked = [
        f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {connection.ops.quote_name(name)})"
        for name in sorted({*names} - MADE_BY_MIGRATE)
    ]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked))
        return [name for (name,) in cursor.fetchall()]


@contextmanager
def without_triggers(tables: list[str]) -> Iterator[Any]:
    """A cursor that meets no rule of ours there. All or nothing: a failure must leave the rules behind."""
    with transaction.atomic(), connection.cursor() as cursor:
        triggers.drop(connection, of=tables)
        yield cursor
        # Also settles what PostgreSQL has put off: it makes no trigger on a table with open questions.
        connection.check_constraints()
        # Also what a test took away, such as the version of the data.
        triggers.install(connection)


def empty_what_was_filled() -> None:
    """Instead of Django's flush, which takes two seconds on PostgreSQL and which append-only tables refuse.

    TRUNCATE makes a file anew for each table and index; a test fills few of them.
    """
    tables = filled_tables()
    with without_triggers(tables) as cursor:
        for table in tables:
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")


@dataclass(frozen=True)
class Kept:
    """Rows by table, as this database reads them back, and the files that belong to them."""

    rows: dict[str, Any]
    files: Path


KEPT: dict[str, Kept] = {}
# With its folder given already.
Recall = Callable[[str, Callable[[], object]], None]


def recalled(name: str, make: Callable[[], object], folder: Path) -> None:
    """What `make` fills an empty database with: the second time in a process its rows are written back.

    Keys are the same, so that whoever follows a link comes to the same row. `folder` outlives the tests.
    """
    files = Path(settings.MEDIA_ROOT)
    if filled_tables():
        make()
    elif kept := KEPT.get(name):
        with without_triggers(list(kept.rows)) as cursor:
            for table, rows in kept.rows.items():
                _write(cursor, connection.ops.quote_name(table), rows)
        if kept.files.exists():
            shutil.copytree(kept.files, files, dirs_exist_ok=True)
    else:
        make()
        with connection.cursor() as cursor:
            rows = {table: _read(cursor, connection.ops.quote_name(table)) for table in filled_tables()}
        KEPT[name] = Kept(rows, folder / name)
        if files.exists():
            shutil.copytree(files, folder / name)


def _read(cursor: Any, table: str) -> Any:
    if connection.vendor == "postgresql":
        with cursor.copy(f"COPY {table} TO STDOUT") as copy:
            return b"".join(bytes(piece) for piece in copy)
    cursor.execute(f"SELECT name FROM pragma_table_info({table})")
    # By name: a test that remakes the table leaves its columns in another order.
    columns = [connection.ops.quote_name(name) for (name,) in cursor.fetchall()]
    said = " || ',' || ".join(f"quote({column})" for column in columns)
    # As SQL says them, so that nothing between reads a day or a sum in its own way.
    cursor.execute(f"SELECT {said} FROM {table}")
    return ", ".join(columns), [values for (values,) in cursor.fetchall()]


def _write(cursor: Any, table: str, rows: Any) -> None:
    if connection.vendor == "postgresql":
        with cursor.copy(f"COPY {table} FROM STDIN") as copy:
            copy.write(rows)
        return
    columns, values = rows
    for start in range(0, len(values), AT_ONCE):
        some = "),(".join(values[start : start + AT_ONCE])
        cursor.execute(f"INSERT INTO {table} ({columns}) VALUES ({some})")

"""Rules that no constraint can express, kept by database triggers: one declared list, installed after every migrate.

Beside the rules, every table of a subject is stamped: a write of whatever kind changes `kkmp_data_version`.

SQLite drops a table's triggers when a migration remakes the table, so `install` runs after each `migrate` and
puts back whatever is missing or differs; a test compares the list with what the database holds.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db import models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from kkmp.trigger_conditions import (
    changed,
    column_of,
    columns_of,
    locked_parent,
    locked_update,
    locked_when,
    row_check,
    update_refused_when,
)
from kkmp.trigger_rules import (
    CHECKED,
    DECLARED,
    REACHING,
    AppendOnly,
    Locked,
    LockedWith,
    Refusing,
    Rule,
    SameOwner,
    Stamped,
)

__all__ = ["DECLARED", "AppendOnly", "SameOwner", "drop", "expected", "held", "install", "make_way"]

PREFIX = "kkmp_"
# No model: no migration may ever remake the table that so many triggers name.
VERSION_TABLE = "kkmp_data_version"
_STAMPED = "_stamped"
STAMPED_APPS = ("cooperatives", "imports", "outlets", "members", "partners")
# Who looks after an area decides what waits for whom (kkmp.pages.tasks).
ALSO_STAMPED = ("accounts.User",)
# Staged lines of a file are shown by nothing but the import's own page.
NOT_STAMPED = {"imports.ImportRow"}


@dataclass(frozen=True, order=True)
class Trigger:
    """One trigger as the database is to hold it: the statements that make it, as the database itself prints them."""

    name: str
    table: str
    sql: tuple[str, ...]


def stamped() -> list[Stamped]:
    """One rule for each table of a subject; history tables are written only together with the row they tell of."""
    found = [
        model
        for app in STAMPED_APPS
        for model in apps.get_app_config(app).get_models(include_auto_created=True)
    ]
    labels = [
        model._meta.label
        for model in found
        if not hasattr(model, "instance_type") and model._meta.label not in NOT_STAMPED
    ]
    return [Stamped(label) for label in (*labels, *ALSO_STAMPED)]


def install(connection: BaseDatabaseWrapper) -> None:
    """Make the database hold exactly the declared triggers (of the tables that exist so far); writes only what differs."""
    tables = set(connection.introspection.table_names())
    wanted = {trigger for trigger in expected(connection) if trigger.table in tables}
    present = set(held(connection))
    missing = wanted - present
    keeps_version = _keeps_version(connection, tables)
    if keeps_version and present == wanted:
        return
    # All or nothing: between dropping and making there is no moment without the rules.
    with transaction.atomic(using=connection.alias):
        _drop(connection, present - wanted)
        with connection.cursor() as cursor:
            for trigger in sorted(missing):
                for statement in trigger.sql:
                    cursor.execute(statement)
            # Where a stamp was missing, writes may have gone by without one.
            if not keeps_version or any(_STAMPED in trigger.name for trigger in missing):
                for statement in _RENEW_POSTGRESQL if connection.vendor == "postgresql" else _RENEW_SQLITE:
                    cursor.execute(statement)


def _keeps_version(connection: BaseDatabaseWrapper, tables: set[str]) -> bool:
    """Whether the table of the data version is there and not empty: the stamps of SQLite renew a row, they make none."""
    if VERSION_TABLE not in tables:
        return False
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT 1 FROM "{VERSION_TABLE}" LIMIT 1')
        return cursor.fetchone() is not None


_RENEW_POSTGRESQL = (
    f'CREATE TABLE IF NOT EXISTS "{VERSION_TABLE}" (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, stamp uuid NOT NULL, written_in text NOT NULL)',
    f'DELETE FROM "{VERSION_TABLE}"',
    f"""INSERT INTO "{VERSION_TABLE}" (stamp, written_in) VALUES (gen_random_uuid(), '')""",
)
_RENEW_SQLITE = (
    f'CREATE TABLE IF NOT EXISTS "{VERSION_TABLE}" (id integer PRIMARY KEY, stamp text NOT NULL)',
    f'DELETE FROM "{VERSION_TABLE}"',
    f'INSERT INTO "{VERSION_TABLE}" (stamp) VALUES (hex(randomblob(16)))',
)


def make_way(connection: BaseDatabaseWrapper) -> None:
    """Before migrations on SQLite: it refuses to remake a table that a trigger of another table names.

    Without those triggers a migration that fails leaves a gap, which the next successful migrate closes.
    """
    if connection.vendor == "sqlite":
        reaching = [
            trigger.name
            for rule in DECLARED
            if isinstance(rule, REACHING)
            for trigger in _built(rule, connection)
        ]
        _drop(connection, [trigger for trigger in held(connection) if trigger.name in reaching])


def drop(connection: BaseDatabaseWrapper, *, of: Iterable[str] | None = None) -> None:
    """Remove our triggers that refuse something, of these tables or of all; stamps stand in nobody's way."""
    tables = None if of is None else set(of)
    _drop(
        connection,
        [
            trigger
            for trigger in held(connection)
            if _STAMPED not in trigger.name and (tables is None or trigger.table in tables)
        ],
    )


def _drop(connection: BaseDatabaseWrapper, unwanted: Iterable[Trigger]) -> None:
    with connection.cursor() as cursor:
        for trigger in unwanted:
            if connection.vendor == "postgresql":
                cursor.execute(f'DROP TRIGGER "{trigger.name}" ON "{trigger.table}"')
                cursor.execute(f'DROP FUNCTION IF EXISTS "{trigger.name}"()')
            else:
                cursor.execute(f'DROP TRIGGER "{trigger.name}"')


def held(connection: BaseDatabaseWrapper) -> list[Trigger]:
    """Every trigger of ours that the database holds now; one that is switched off differs from every declared one."""
    is_postgresql = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        cursor.execute(_HELD_POSTGRESQL if is_postgresql else _HELD_SQLITE, [f"{PREFIX}%"])
        rows = cursor.fetchall()
    if not is_postgresql:
        return [Trigger(name, table, (sql,)) for name, table, sql in rows]
    return [
        Trigger(
            name, table, (_function(name, body), definition if state == "O" else f"{definition} -- {state}")
        )
        for name, table, body, definition, state in rows
    ]


_HELD_SQLITE = (
    "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s ORDER BY 1"
)
_HELD_POSTGRESQL = """
    SELECT tgname, relname, prosrc, pg_get_triggerdef(pg_trigger.oid, true), tgenabled
    FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid JOIN pg_proc ON pg_proc.oid = tgfoid
    WHERE tgname LIKE %s AND NOT tgisinternal AND pg_table_is_visible(pg_class.oid) ORDER BY 1
"""


def expected(connection: BaseDatabaseWrapper) -> list[Trigger]:
    """Every declared trigger in this database's dialect."""
    return [trigger for rule in (*DECLARED, *stamped()) for trigger in _built(rule, connection)]


def _built(rule: Rule, connection: BaseDatabaseWrapper) -> Iterator[Trigger]:
    model = apps.get_model(rule.model)
    is_postgresql = connection.vendor == "postgresql"
    if isinstance(rule, Stamped):
        table = model._meta.db_table
        return _stamp_postgresql(table) if is_postgresql else _stamp_sqlite(table)
    build = _postgresql if is_postgresql else _sqlite
    return build(rule, model, connection)


def _stamp_sqlite(table: str) -> Iterator[Trigger]:
    # A plain UPDATE: INSERT OR REPLACE would become OR IGNORE where the statement that calls the trigger says so.
    stamp = f'UPDATE "{VERSION_TABLE}" SET stamp = hex(randomblob(16))'
    for event in ("INSERT", "UPDATE", "DELETE"):
        name = f"{PREFIX}{table}{_STAMPED}_{event.lower()}"
        made = f'CREATE TRIGGER "{name}" AFTER {event} ON "{table}" FOR EACH ROW BEGIN {stamp}; END'
        yield Trigger(name, table, (made,))


def _stamp_postgresql(table: str) -> Iterator[Trigger]:
    """Each transaction stamps one row that nobody else is writing, or a new one: no writer ever waits for another.

    A single row would make all writers queue, and lock each other out for good where they meet on a second row.
    The server's start belongs to the mark of the transaction: numbers come again after a restore elsewhere.
    """
    name = f"{PREFIX}{table}{_STAMPED}"
    mark = "txid_current() || ' ' || pg_postmaster_start_time()"
    body = f"""BEGIN
        PERFORM 1 FROM "{VERSION_TABLE}" WHERE written_in = {mark};
        IF NOT FOUND THEN
            UPDATE "{VERSION_TABLE}" SET stamp = gen_random_uuid(), written_in = {mark}
            WHERE id = (SELECT id FROM "{VERSION_TABLE}" ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED);
            IF NOT FOUND THEN
                INSERT INTO "{VERSION_TABLE}" (stamp, written_in) VALUES (gen_random_uuid(), {mark});
            END IF;
        END IF;
        RETURN NULL;
    END"""
    made = (
        f"CREATE TRIGGER {name} AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
    )
    yield Trigger(name, table, (_function(name, body), made))


def _sqlite(rule: Refusing, model: type[models.Model], connection: BaseDatabaseWrapper) -> Iterator[Trigger]:
    table = model._meta.db_table

    def trigger(kind: str, event: str, when: str, message: str) -> Trigger:
        name = f"{PREFIX}{table}_{kind}"
        condition = f" WHEN {when}" if when else ""
        body = f'CREATE TRIGGER "{name}" BEFORE {event} ON "{table}" FOR EACH ROW{condition} BEGIN SELECT RAISE(ABORT, \'{message}\'); END'
        return Trigger(name, table, (body,))

    if isinstance(rule, AppendOnly):
        message = f"{table} is append-only"
        yield trigger("no_delete", "DELETE", "", message)
        yield trigger("no_update", "UPDATE", update_refused_when(rule, model, "IS NOT"), message)
        yield trigger("no_replace", "INSERT", _sqlite_collision(model, connection), message)
    elif isinstance(rule, CHECKED):
        check = row_check(rule, model)
        for event in check.events:
            yield trigger(f"{check.kind}_{event.lower()}", event, check.when, check.message)
    elif isinstance(rule, Locked):
        message = f"{table} is locked"
        yield trigger("no_delete", "DELETE", locked_when(rule, model), message)
        yield trigger("no_update", "UPDATE", locked_update(rule, model, "IS NOT"), message)
        held = f""" AND "{table}"."{column_of(model, rule.field)}" = '{rule.value}'"""
        yield trigger("no_replace", "INSERT", _sqlite_collision(model, connection, held), message)
    elif isinstance(rule, LockedWith):
        message = f"{table} is locked"
        for event, rows in (("INSERT", ("NEW",)), ("UPDATE", ("OLD", "NEW")), ("DELETE", ("OLD",))):
            locked = " OR ".join(locked_parent(rule, model, row) for row in rows)
            yield trigger(f"no_{event.lower()}", event, locked, message)
    else:
        column, key = column_of(model, rule.field), str(model._meta.pk.column)
        message = f"{rule.field} cannot change"
        yield trigger(f"{rule.field}_fixed", f'UPDATE OF "{column}"', changed([column], "IS NOT"), message)
        # INSERT OR REPLACE of a stored row is an update in disguise.
        moved = f'EXISTS (SELECT 1 FROM "{table}" WHERE "{key}" = NEW."{key}" AND "{column}" IS NOT NEW."{column}")'
        yield trigger(f"{rule.field}_not_replaced", "INSERT", moved, message)


def _sqlite_collision(model: type[models.Model], connection: BaseDatabaseWrapper, also: str = "") -> str:
    """SQL that is true when a new row meets the key or a unique index of a stored one.

    INSERT OR REPLACE deletes the row it meets without calling DELETE triggers; so the insert itself is refused.
    """
    table = model._meta.db_table
    uniques: list[tuple[list[str], str]] = [
        ([str(field.column)], "") for field in model._meta.concrete_fields if field.unique
    ]
    # Not entered: it would switch foreign keys off and check them all, and we only ask it for words.
    editor = connection.schema_editor(collect_sql=True, atomic=False)
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint):
            condition = str(constraint.create_sql(model, editor)).partition(" WHERE ")[2]
            uniques.append(([column_of(model, field) for field in constraint.fields], condition))
    new_row = ", ".join(f'NEW."{column}" AS "{column}"' for column in columns_of(model))
    parts = []
    for columns, condition in uniques:
        same = " AND ".join(f'"{table}"."{column}" = NEW."{column}"' for column in columns)
        stored = (
            f'EXISTS (SELECT 1 FROM "{table}" WHERE {same}{f" AND {condition}" if condition else ""}{also})'
        )
        # The condition counts for the new row too: a row outside a partial index collides with nothing.
        new = (
            f' AND EXISTS (SELECT 1 FROM (SELECT {new_row}) AS "{table}" WHERE {condition})'
            if condition
            else ""
        )
        parts.append(f"({stored}{new})")
    return " OR ".join(parts)


def _function(name: str, body: str) -> str:
    return f'CREATE OR REPLACE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql AS $body${body}$body$'


def _postgresql(
    rule: Refusing, model: type[models.Model], _connection: BaseDatabaseWrapper
) -> Iterator[Trigger]:
    table = model._meta.db_table

    def trigger(
        kind: str, event: str, when: str, message: str, *, level: str = "ROW", returns: str = "NEW"
    ) -> Trigger:
        name = f"{PREFIX}{table}_{kind}"
        refuse = f"RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation';"
        body = f"IF {when} THEN {refuse} END IF; RETURN {returns};" if when else refuse
        made = f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH {level} EXECUTE FUNCTION {name}()"
        return Trigger(name, table, (_function(name, f"BEGIN {body} END"), made))

    if isinstance(rule, AppendOnly):
        message = f"{table} is append-only"
        yield trigger("no_delete", "DELETE", "", message)
        yield trigger("no_truncate", "TRUNCATE", "", message, level="STATEMENT")
        yield trigger("no_update", "UPDATE", update_refused_when(rule, model, "IS DISTINCT FROM"), message)
    elif isinstance(rule, CHECKED):
        check = row_check(rule, model)
        yield trigger(check.kind, " OR ".join(check.events), check.when, check.message)
    elif isinstance(rule, Locked):
        message = f"{table} is locked"
        yield trigger("no_delete", "DELETE", locked_when(rule, model), message, returns="OLD")
        yield trigger("no_truncate", "TRUNCATE", "", message, level="STATEMENT")
        yield trigger("no_update", "UPDATE", locked_update(rule, model, "IS DISTINCT FROM"), message)
    elif isinstance(rule, LockedWith):
        message = f"{table} is locked"
        for event, rows in (("INSERT", ("NEW",)), ("UPDATE", ("OLD", "NEW")), ("DELETE", ("OLD",))):
            locked = " OR ".join(locked_parent(rule, model, row) for row in rows)
            yield trigger(f"no_{event.lower()}", event, locked, message, returns=rows[-1])
        yield trigger("no_truncate", "TRUNCATE", "", message, level="STATEMENT")
    else:
        column = column_of(model, rule.field)
        yield trigger(
            f"{rule.field}_fixed",
            "UPDATE",
            changed([column], "IS DISTINCT FROM"),
            f"{rule.field} cannot change",
        )

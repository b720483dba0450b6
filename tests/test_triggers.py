"""The rules that triggers keep, tried past Django: in each database's own driver and shell, and after later migrations."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, models
from django.test import override_settings

from kkmp import triggers
from kkmp.accounts.models import AccessEvent, Verb
from members.models import MonthLock, SavingsEntry
from outlets.models import Outlet, ReportStep, SetAside, StatusChange
from partners.models import Disbursement, FollowUp, Letter, StageChange
from tests.factories import (
    CooperativeFactory,
    OutletFactory,
    ReportStepFactory,
    SetAsideFactory,
    StatusChangeFactory,
    UserFactory,
)
from tests.member_factories import MonthLockFactory, SavingsEntryFactory
from tests.partner_factories import DisbursementFactory, FollowUpFactory, LetterFactory, StageChangeFactory
from tests.past_django import Execute, execute, refused

# Fixtures count where they are named.
__all__ = ["execute"]
IS_POSTGRESQL = connection.vendor == "postgresql"
only_postgresql = pytest.mark.skipif(not IS_POSTGRESQL, reason="needs PostgreSQL")
only_sqlite = pytest.mark.skipif(IS_POSTGRESQL, reason="needs SQLite")
committed = pytest.mark.django_db(transaction=True)

APPEND_ONLY: tuple[type[models.Model], ...] = (
    *(AccessEvent, StatusChange, StageChange, SetAside, Disbursement, FollowUp, Letter, ReportStep),
    *(SavingsEntry, MonthLock),
)


def stored(execute: Execute, table: str) -> list[tuple[Any, ...]]:
    model = next(model for model in APPEND_ONLY if model._meta.db_table == table)
    return list(execute(f"SELECT {', '.join(columns_of(model))} FROM {table} ORDER BY id").fetchall())


def columns_of(model: type[models.Model]) -> list[str]:
    return [str(field.column) for field in model._meta.concrete_fields]


@pytest.fixture
def facts(transactional_db: None) -> dict[str, int]:
    """One row of each append-only table, and its key."""
    return {
        "outlets_statuschange": StatusChangeFactory.create().pk,
        "outlets_reportstep": ReportStepFactory.create().pk,
        "members_savingsentry": SavingsEntryFactory.create().pk,
        "members_monthlock": MonthLockFactory.create().pk,
        "partners_stagechange": StageChangeFactory.create().pk,
        "outlets_setaside": SetAsideFactory.create().pk,
        "partners_disbursement": DisbursementFactory.create().pk,
        "partners_followup": FollowUpFactory.create().pk,
        "partners_letter": LetterFactory.create().pk,
        "accounts_accessevent": AccessEvent.objects.create(user=UserFactory.create(), verb=Verb.PRINTED).pk,
    }


TABLES = {
    StatusChange._meta.db_table: "note = 'lain'",
    StageChange._meta.db_table: "reason = 'lain'",
    AccessEvent._meta.db_table: "target = 'lain'",
    ReportStep._meta.db_table: "reason = 'lain'",
    SavingsEntry._meta.db_table: "amount_idr = 1",
    MonthLock._meta.db_table: "through_on = '2031-01-31'",
    SetAside._meta.db_table: "amount_idr = 1",
    Disbursement._meta.db_table: "amount_idr = 1",
    FollowUp._meta.db_table: "note = 'lain'",
    Letter._meta.db_table: "number = 77",
}


@committed
@pytest.mark.parametrize("table", TABLES)
def test_append_only_rows_stay_as_they_are(table: str, facts: dict[str, int], execute: Execute) -> None:
    before = stored(execute, table)
    statements = [
        f"UPDATE {table} SET {TABLES[table]}",
        f"UPDATE {table} SET {TABLES[table]} WHERE id = {facts[table]}",
        f"UPDATE {table} SET id = id + 1000",
        f"UPDATE {table} SET id = id",
        f"DELETE FROM {table}",
        f"DELETE FROM {table} WHERE id = {facts[table]}",
    ]
    if IS_POSTGRESQL:
        # Plain TRUNCATE is refused by the foreign keys that lead to some of them.
        statements += [f"TRUNCATE {table} CASCADE"]
    else:
        statements += [
            f"REPLACE INTO {table} SELECT * FROM {table}",
            f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}",
            f"UPDATE OR REPLACE {table} SET {TABLES[table]}",
        ]
    assert [statement for statement in statements if not refused(execute, statement)] == []
    assert stored(execute, table) == before
    assert len(before) == 1


@committed
def test_append_only_tables_are_those_declared() -> None:
    declared = [rule.model for rule in triggers.DECLARED if isinstance(rule, triggers.AppendOnly)]
    assert declared == [model._meta.label for model in APPEND_ONLY]
    assert {model._meta.db_table for model in APPEND_ONLY} == set(TABLES)


@committed
@only_sqlite
@pytest.mark.parametrize("unique", ["outlet and day", "none and day"])
def test_replace_cannot_push_out_a_row_it_meets_in_a_unique_index(unique: str, execute: Execute) -> None:
    """INSERT OR REPLACE deletes what it collides with, and calls no DELETE trigger."""
    StatusChangeFactory.create(none=unique == "none and day")
    before = stored(execute, "outlets_statuschange")
    columns = ", ".join(column for column in columns_of(StatusChange) if column != "id")
    copy = (
        f"INSERT OR REPLACE INTO outlets_statuschange ({columns}) SELECT {columns} FROM outlets_statuschange"
    )
    assert refused(execute, copy)
    assert stored(execute, "outlets_statuschange") == before


@committed
@only_sqlite
def test_retracted_row_collides_with_nothing(execute: Execute) -> None:
    """Only the key and the indexes with their conditions count: a correction on the same day must pass."""
    change = StatusChangeFactory.create()
    retraction = (
        f"retracted_at = '2099-01-01 00:00:00', retracted_by_id = {change.recorded_by_id}, retract_note = 'x'"
    )
    execute(f"UPDATE outlets_statuschange SET {retraction}")
    StatusChangeFactory.create(outlet=change.outlet, effective_on=change.effective_on)
    assert StatusChange.objects.count() == 2


@committed
def test_retraction_fills_its_three_fields_together_and_once(execute: Execute) -> None:
    change = StatusChangeFactory.create()
    other = UserFactory.create(sudin=True)
    at, by, note = (
        "retracted_at = '2099-01-01 00:00:00'",
        f"retracted_by_id = {other.pk}",
        "retract_note = 'x'",
    )
    partial = [at, by, note, f"{at}, {by}", f"{at}, {note}", f"{by}, {note}"]
    more = f"{at}, {by}, {note}, effective_on = '2025-01-01'"
    statements = [f"UPDATE outlets_statuschange SET {fields}" for fields in (*partial, more)]
    assert [statement for statement in statements if not refused(execute, statement)] == []
    execute(f"UPDATE outlets_statuschange SET {at}, {by}, {note}")
    change.refresh_from_db()
    assert (change.retracted_by, change.retract_note) == (other, "x")
    again = [
        f"UPDATE outlets_statuschange SET {at}, {by}, retract_note = 'y'",
        "UPDATE outlets_statuschange SET retracted_at = NULL, retracted_by_id = NULL, retract_note = ''",
    ]
    assert [statement for statement in again if not refused(execute, statement)] == []


@committed
def test_change_belongs_to_the_cooperative_of_its_outlet(execute: Execute) -> None:
    change = StatusChangeFactory.create()
    other = CooperativeFactory.create()
    columns = (
        "outlet_id, status, reason, note, effective_on, recorded_at, recorded_by_id, source, retract_note"
    )
    insert = (
        f"INSERT INTO outlets_statuschange (cooperative_id, {columns}) "
        f"SELECT {other.pk}, outlet_id, status, reason, note, '2025-01-01', recorded_at, recorded_by_id, source, '' "
        f"FROM outlets_statuschange"
    )
    assert refused(execute, insert)
    assert refused(execute, f"UPDATE outlets_statuschange SET cooperative_id = {other.pk}")
    assert list(StatusChange.objects.values_list("cooperative", flat=True)) == [change.cooperative_id]


@committed
def test_outlet_stays_with_its_cooperative(execute: Execute) -> None:
    outlet, other = OutletFactory.create(), CooperativeFactory.create()
    assert refused(execute, f"UPDATE outlets_outlet SET cooperative_id = {other.pk}")
    if not IS_POSTGRESQL:
        columns = columns_of(Outlet)
        moved = ", ".join(str(other.pk) if column == "cooperative_id" else column for column in columns)
        replace = f"REPLACE INTO outlets_outlet ({', '.join(columns)}) SELECT {moved} FROM outlets_outlet"
        assert refused(execute, replace)
    execute("UPDATE outlets_outlet SET name = 'Nama lain'")
    outlet.refresh_from_db()
    assert (outlet.name, outlet.cooperative == other) == ("Nama lain", False)


SHELL = "psql" if IS_POSTGRESQL else "sqlite3"


@committed
@pytest.mark.skipif(shutil.which(SHELL) is None, reason=f"no {SHELL} on this machine")
def test_the_databases_own_shell_is_refused_too(facts: dict[str, int]) -> None:
    settings = connection.settings_dict
    if IS_POSTGRESQL:
        address = [
            f"--host={settings['HOST']}",
            f"--port={settings['PORT']}",
            f"--username={settings['USER']}",
        ]
        command = ["psql", "--no-psqlrc", "-v", "ON_ERROR_STOP=1", *address, settings["NAME"], "-c"]
    else:
        command = ["sqlite3", "-batch", "-bail", str(Path(settings["NAME"]))]
    for statement in ("UPDATE outlets_statuschange SET note = 'lain'", "DELETE FROM outlets_statuschange"):
        answer = subprocess.run([*command, statement], capture_output=True, text=True, check=False)
        assert answer.returncode != 0
        assert "outlets_statuschange is append-only" in answer.stderr
    assert StatusChange.objects.values_list("note", flat=True).get() == "Catatan contoh"


# --- installation -------------------------------------------------------------


def declared_and_held() -> bool:
    return triggers.held(connection) == sorted(triggers.expected(connection))


@committed
def test_database_holds_what_is_declared_word_for_word() -> None:
    assert triggers.held(connection) == sorted(triggers.expected(connection))
    names = [trigger.name for trigger in triggers.expected(connection)]
    assert len(set(names)) == len(names)
    # PostgreSQL would cut a longer name, and two could become one.
    assert [name for name in names if len(name) > 63] == []


@committed
def test_install_mends_what_is_missing_or_differs() -> None:
    trigger = next(
        one for one in triggers.expected(connection) if one.name.endswith("statuschange_no_delete")
    )
    on_table = f' ON "{trigger.table}"' if IS_POSTGRESQL else ""
    with connection.cursor() as cursor:
        cursor.execute(f'DROP TRIGGER "{trigger.name}"{on_table}')
    assert not declared_and_held()
    triggers.install(connection)
    assert declared_and_held()
    weaker = trigger.sql[-1].replace("DELETE", "INSERT")
    with connection.cursor() as cursor:
        cursor.execute(f'DROP TRIGGER "{trigger.name}"{on_table}')
        cursor.execute(weaker)
    assert not declared_and_held()
    triggers.install(connection)
    assert declared_and_held()


@committed
@only_postgresql
def test_install_switches_a_trigger_on_again() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE outlets_statuschange DISABLE TRIGGER USER")
    assert not declared_and_held()
    triggers.install(connection)
    assert declared_and_held()


@committed
def test_later_migration_keeps_rows_and_triggers(facts: dict[str, int], execute: Execute) -> None:
    """SQLite drops the triggers of a table that is remade, and refuses to remake one that a trigger elsewhere names."""
    before = stored(execute, "outlets_statuschange")
    latest = max(applied("outlets"))
    with override_settings(MIGRATION_MODULES={"outlets": "tests.outlets.migrations"}):
        try:
            call_command("migrate", "outlets", verbosity=0)
            assert "9999_remake" in applied("outlets")
            assert declared_and_held()
            assert stored(execute, "outlets_statuschange") == before
            assert refused(execute, "DELETE FROM outlets_statuschange")
            assert refused(execute, "UPDATE outlets_statuschange SET note = 'lain'")
        finally:
            call_command("migrate", "outlets", latest, verbosity=0)
    assert declared_and_held()
    assert stored(execute, "outlets_statuschange") == before


def applied(app: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM django_migrations WHERE app = %s", [app])
        return [name for (name,) in cursor.fetchall()]


@committed
def test_migrate_without_migrations_leaves_no_gap() -> None:
    """Nothing is dropped, not even for a moment, when there is nothing to migrate."""
    call_command("migrate", verbosity=0)
    assert declared_and_held()

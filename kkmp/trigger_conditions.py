"""Conditions of the triggers in SQL that both databases read: when a row breaks a rule."""

from typing import Any

from django.db import models

from kkmp.trigger_rules import AppendOnly, Locked, LockedWith, SameOwner, SameOwnerThrough


def column_of(model: type[models.Model], field: str) -> str:
    found: Any = model._meta.get_field(field)
    return str(found.column)


def columns_of(model: type[models.Model]) -> list[str]:
    return [str(field.column) for field in model._meta.concrete_fields]


def owner_check(rule: SameOwner, model: type[models.Model]) -> str:
    related: Any = model._meta.get_field(rule.field).related_model
    link, owner = column_of(model, rule.field), column_of(model, rule.owner)
    return (
        f'NEW."{link}" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "{related._meta.db_table}" r '
        f'WHERE r."{related._meta.pk.column}" = NEW."{link}" AND r."{column_of(related, rule.owner)}" = NEW."{owner}")'
    )


def owner_check_through(rule: SameOwnerThrough, model: type[models.Model]) -> str:
    related: Any = model._meta.get_field(rule.field).related_model
    middle: Any = model._meta.get_field(rule.via).related_model
    link, via = column_of(model, rule.field), column_of(model, rule.via)
    return (
        f'NEW."{link}" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "{related._meta.db_table}" r '
        f'JOIN "{middle._meta.db_table}" m ON m."{column_of(middle, rule.owner)}" = r."{column_of(related, rule.owner)}" '
        f'WHERE r."{related._meta.pk.column}" = NEW."{link}" AND m."{middle._meta.pk.column}" = NEW."{via}")'
    )


def locked_parent(rule: LockedWith, model: type[models.Model], row: str) -> str:
    """SQL that is true when the row (NEW or OLD) hangs on a locked one."""
    column = column_of(model, rule.path[0])
    inner = f'{row}."{column}"'
    owner = model
    for step in rule.path[:-1]:
        middle: Any = owner._meta.get_field(step).related_model
        following = column_of(middle, rule.path[rule.path.index(step) + 1])
        inner = f'(SELECT "{following}" FROM "{middle._meta.db_table}" WHERE "{middle._meta.pk.column}" = {inner})'
        owner = middle
    last: Any = owner._meta.get_field(rule.path[-1]).related_model
    return (
        f'EXISTS (SELECT 1 FROM "{last._meta.db_table}" WHERE "{last._meta.pk.column}" = {inner} '
        f"AND \"{column_of(last, rule.field)}\" = '{rule.value}')"
    )


def locked_when(rule: Locked, model: type[models.Model]) -> str:
    return f"""OLD."{column_of(model, rule.field)}" = '{rule.value}'"""


def locked_update(rule: Locked, model: type[models.Model], operator: str) -> str:
    once = AppendOnly(rule.model, rule.filled_once)
    return f"{locked_when(rule, model)} AND ({update_refused_when(once, model, operator)})"


def changed(columns: list[str], operator: str) -> str:
    return " OR ".join(f'NEW."{column}" {operator} OLD."{column}"' for column in columns)


def update_refused_when(rule: AppendOnly, model: type[models.Model], operator: str) -> str:
    """SQL condition under which an UPDATE of an append-only row is refused."""
    if not rule.filled_once:
        return ""
    once = [column_of(model, field) for field in rule.filled_once]
    others = [column for column in columns_of(model) if column not in once]
    already = " OR ".join(f"""COALESCE(CAST(OLD."{column}" AS text), '') <> ''""" for column in once)
    empty = " OR ".join(f"""COALESCE(CAST(NEW."{column}" AS text), '') = ''""" for column in once)
    return f"({changed(others, operator)}) OR ({already}) OR ({empty})"

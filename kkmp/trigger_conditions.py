"""Conditions of the triggers in SQL that both databases read: when a row breaks a rule."""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models

from kkmp.trigger_rules import (
    AppendOnly,
    Closed,
    Locked,
    LockedWith,
    Mirrored,
    NeverNegative,
    SameOwner,
    SameOwnerThrough,
)


def column_of(model: type[models.Model], field: str) -> str:
    found: Any = model._meta.get_field(field)
    return str(found.column)


def columns_of(model: type[models.Model]) -> list[str]:
    return [str(field.column) for field in model._meta.concrete_fields]


@dataclass(frozen=True)
class RowCheck:
    """When a new or changed row is refused: `kind` names the trigger, `when` is SQL about NEW."""

    kind: str
    events: tuple[str, ...]
    when: str
    message: str


def row_check(
    rule: SameOwner | SameOwnerThrough | Closed | NeverNegative | Mirrored, model: type[models.Model]
) -> RowCheck:
    both = ("INSERT", "UPDATE")
    match rule:
        case SameOwner() | SameOwnerThrough():
            when = (
                _owner_check(rule, model)
                if isinstance(rule, SameOwner)
                else _owner_check_through(rule, model)
            )
            return RowCheck(
                f"{rule.field}_owner", both, when, f"{rule.field} belongs to another {rule.owner}"
            )
        case Closed():
            return RowCheck(
                "closed", ("INSERT",), _in_closed_time(rule, model), f"{rule.day} is in a closed month"
            )
        case NeverNegative():
            return RowCheck(
                "negative", ("INSERT",), _below_zero(rule, model), f"{rule.amount} would fall below zero"
            )
        case Mirrored():
            return RowCheck(
                f"{rule.field}_mirrored",
                both,
                _unlike_mirror(rule, model),
                f"{rule.field} is not its opposite",
            )


def _owner_check(rule: SameOwner, model: type[models.Model]) -> str:
    related: Any = model._meta.get_field(rule.field).related_model
    link, owner = column_of(model, rule.field), column_of(model, rule.owner)
    return (
        f'NEW."{link}" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "{related._meta.db_table}" r '
        f'WHERE r."{related._meta.pk.column}" = NEW."{link}" AND r."{column_of(related, rule.owner)}" = NEW."{owner}")'
    )


def _owner_check_through(rule: SameOwnerThrough, model: type[models.Model]) -> str:
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


def _in_closed_time(rule: Closed, model: type[models.Model]) -> str:
    lock = apps.get_model(rule.lock)
    owner, day = column_of(model, rule.owner), column_of(model, rule.day)
    return (
        f'EXISTS (SELECT 1 FROM "{lock._meta.db_table}" l WHERE l."{column_of(lock, rule.owner)}" = NEW."{owner}" '
        f'AND l."{column_of(lock, rule.reopened)}" IS NULL AND l."{column_of(lock, rule.through)}" >= NEW."{day}")'
    )


def _below_zero(rule: NeverNegative, model: type[models.Model]) -> str:
    amount = column_of(model, rule.amount)
    same = " AND ".join(f'r."{column}" = NEW."{column}"' for column in (column_of(model, f) for f in rule.by))
    stored = f'SELECT SUM(r."{amount}") FROM "{model._meta.db_table}" r WHERE {same}'
    return f'NEW."{amount}" < 0 AND COALESCE(({stored}), 0) + NEW."{amount}" < 0'


def _unlike_mirror(rule: Mirrored, model: type[models.Model]) -> str:
    link, amount, marker = (column_of(model, field) for field in (rule.field, rule.amount, rule.marker))
    alike = "".join(
        f' AND r."{column}" = NEW."{column}"' for column in (column_of(model, f) for f in rule.alike)
    )
    return (
        f'NEW."{link}" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "{model._meta.db_table}" r '
        f'WHERE r."{model._meta.pk.column}" = NEW."{link}"{alike} AND r."{amount}" = -NEW."{amount}" '
        f"AND r.\"{marker}\" = '{rule.value}')"
    )


def changed(columns: list[str], operator: str) -> str:
    return " OR ".join(f'NEW."{column}" {operator} OLD."{column}"' for column in columns)


def update_refused_when(rule: AppendOnly, model: type[models.Model], operator: str) -> str:
    """SQL condition under which an UPDATE of an append-only row is refused."""
    if not rule.filled_once:
        return ""
    once = [column_of(model, field) for field in rule.filled_once]
    later = [column_of(model, field) for field in rule.or_once]
    others = [column for column in columns_of(model) if column not in (*once, *later)]
    if not later:
        return f"({changed(others, operator)}) OR {_refilled(once)}"
    # An update fills one of the two, or both; what it leaves alone may be empty or filled.
    groups = [f"(({changed(group, operator)}) AND ({_refilled(group)}))" for group in (once, later)]
    idle = f"NOT ({changed([*once, *later], operator)})"
    return f"({changed(others, operator)}) OR {' OR '.join(groups)} OR {idle}"


def _refilled(once: list[str]) -> str:
    """SQL that is true unless these columns go, together, from empty to filled."""
    already = " OR ".join(f"""COALESCE(CAST(OLD."{column}" AS text), '') <> ''""" for column in once)
    empty = " OR ".join(f"""COALESCE(CAST(NEW."{column}" AS text), '') = ''""" for column in once)
    return f"({already}) OR ({empty})"

"""Connections to the test database that know nothing of Django."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.db import connection


@contextmanager
def past_django() -> Iterator[Any]:
    """The driver's own connection, each statement a transaction unless BEGIN says otherwise."""
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        file = sqlite3.connect(settings["NAME"], isolation_level=None)
        yield file
        file.close()
        return
    with psycopg.connect(
        dbname=settings["NAME"],
        host=settings["HOST"],
        port=settings["PORT"],
        user=settings["USER"],
        password=settings["PASSWORD"],
        autocommit=True,
    ) as raw:
        yield raw


Execute = Callable[[str], Any]


@pytest.fixture
def execute() -> Iterator[Execute]:
    """Runs a statement on a connection that knows nothing of Django."""
    with past_django() as raw:
        yield raw.execute


def refused(execute: Execute, statement: str) -> bool:
    """Whether a trigger refuses; another error, as of a misspelt column, is an error of the test."""
    try:
        execute(statement)
    except (sqlite3.IntegrityError, psycopg.errors.IntegrityConstraintViolation) as error:
        words = ("append-only", "belongs to another", "cannot change", "is locked")
        return any(word in str(error) for word in words)
    return False

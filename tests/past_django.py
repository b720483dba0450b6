"""Connections to the test database that know nothing of Django."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
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

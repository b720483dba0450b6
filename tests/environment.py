"""The environment the tests run in, set before Django reads it: same on every machine, whatever `.env` says."""

import os
from pathlib import Path
from typing import Any

import environ

ROOT = Path(__file__).resolve().parent.parent

os.environ.update(
    MODE="demo",
    SECRET_KEY="only-for-tests-" * 4,
    DATA_KEY="nCm1ptnIYS5W8Q7W0p8HsR8Hm3x7B1Y1rY8qE1mYw2E=",
    BACKUP_KEY="Rk0m0sX2rVQ8H1jv0i7cJxS0s6Zq1dPp3b6n2y9yTgU=",
    CACHE_URL="locmemcache://",
    # A file, since threads share no database in memory; a name of its own for each run, so that two may run at once.
    DATABASE_URL=os.environ.get("TEST_DATABASE_URL")
    or f"sqlite:///{ROOT / 'var' / f'test-{os.getpid()}.sqlite3'}",
)
for name in (
    "ALLOWED_HOSTS",
    "CSRF_TRUSTED_ORIGINS",
    "DATA_KEY_PREVIOUS",
    "MFA_REQUIRED",
    "RELEASE",
    "SECURE_SSL_REDIRECT",
):
    os.environ.pop(name, None)
reader: Any = environ.Env
reader.read_env = lambda *_arguments, **_overrides: None

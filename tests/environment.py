"""The environment the tests run in, set before Django reads it: same on every machine, whatever `.env` says."""

import os
from pathlib import Path
from typing import Any

import environ

ROOT = Path(__file__).resolve().parent.parent

os.environ.update(
    MODE="demo",
    SECRET_KEY="only-for-tests-" * 4,
    CACHE_URL="locmemcache://",
    # A file, since threads share no database in memory; a name of its own for each run, so that two may run at once.
    DATABASE_URL=os.environ.get("TEST_DATABASE_URL")
    or f"sqlite:///{ROOT / 'var' / f'test-{os.getpid()}.sqlite3'}",
)
for name in ("ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "MFA_REQUIRED", "RELEASE", "SECURE_SSL_REDIRECT"):
    os.environ.pop(name, None)
reader: Any = environ.Env
reader.read_env = lambda *_arguments, **_overrides: None

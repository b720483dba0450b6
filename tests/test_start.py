"""What a start refuses: each in a process of its own, since settings are read once."""

import os
import subprocess
import sys

import pytest

from dev_env import new_data_key, new_key
from tests.environment import ROOT

# Run where no `.env` lies: `read_env` is switched off, as for all tests.
START = """
import environ
environ.Env.read_env = lambda *arguments, **overrides: None
import django
django.setup()
"""
DATA_KEY = new_data_key()
PRODUCTION = {
    "MODE": "production",
    "SECRET_KEY": new_key(),
    "DATA_KEY": DATA_KEY,
    "BACKUP_KEY": new_data_key(),
    "ALLOWED_HOSTS": "kkmp.example.go.id",
    "DATABASE_URL": "sqlite://:memory:",
    "DJANGO_SETTINGS_MODULE": "kkmp.settings",
    "PATH": os.environ["PATH"],
}


def complaint_of(**changes: str | None) -> str:
    """The last line that a start in production prints; empty where it starts."""
    environment = {name: value for name, value in (PRODUCTION | changes).items() if value is not None}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", START],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stderr.strip().rpartition("\n")[2].partition("ImproperlyConfigured: ")[2]


def test_production_starts_with_its_keys() -> None:
    assert complaint_of() == ""
    assert complaint_of(DATA_KEY_PREVIOUS=new_data_key(), BACKUP_KEY=None) == ""


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"DATA_KEY": None}, "Set the DATA_KEY environment variable"),
        ({"DATA_KEY": "", "MODE": "demo"}, "DATA_KEY must be 32 random bytes in base64;"),
        ({"DATA_KEY": "rahasia"}, "DATA_KEY must be 32 random bytes in base64;"),
        ({"DATA_KEY": "A" * 43 + "="}, "DATA_KEY does not look random;"),
        ({"DATA_KEY_PREVIOUS": DATA_KEY}, "DATA_KEY_PREVIOUS is the same as DATA_KEY"),
        ({"BACKUP_KEY": "rahasia"}, "BACKUP_KEY must be 32 random bytes in base64;"),
        ({"BACKUP_KEY": DATA_KEY}, "BACKUP_KEY must differ from DATA_KEY"),
        ({"MFA_REQUIRED": "false"}, "MFA_REQUIRED=false is refused in MODE=production"),
    ],
)
def test_missing_and_weak_keys_are_refused(changes: dict[str, str | None], complaint: str) -> None:
    assert complaint_of(**changes).startswith(complaint)

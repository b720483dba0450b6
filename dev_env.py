"""The `.env` of a demo and the random keys in it, with the standard library only: dev.py needs it before set-up."""

from __future__ import annotations

import base64
import os
import secrets
import sys
from pathlib import Path


def new_key() -> str:
    return secrets.token_urlsafe(48)


def new_data_key() -> str:
    """32 random bytes, as kkmp/crypto.py and kkmp/backup want them."""
    return base64.b64encode(secrets.token_bytes(32)).decode()


KEYS = {"SECRET_KEY": new_key, "DATA_KEY": new_data_key, "BACKUP_KEY": new_data_key}


def dot_env(path: Path) -> dict[str, str]:
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    pairs = [line.partition("=") for line in text.splitlines() if not line.lstrip().startswith("#")]
    return {name.strip(): value.strip().strip("\"'") for name, equals, value in pairs if equals}


def write_dot_env(path: Path) -> None:
    """Give a demo's `.env` the random keys it lacks, readable by its owner only; nothing that stands there changes."""
    if path.exists():
        if dot_env(path).get("MODE") == "demo":
            append(path, lacking(path))
    elif "SECRET_KEY" not in os.environ or os.environ.get("MODE") == "demo":
        if os.environ.get("MODE", "demo") != "demo":
            sys.exit("MODE=production needs a SECRET_KEY of its own; .env.example says what else.")
        append(path, ["# .env.example says what each variable is for.", "MODE=demo", *lacking(path)])


def lacking(path: Path) -> list[str]:
    present = dot_env(path)
    return [f"{name}={new()}" for name, new in KEYS.items() if name not in present and name not in os.environ]


def append(path: Path, lines: list[str]) -> None:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "r+", encoding="utf-8") as file:
        if lines and not f"\n{file.read()}".endswith("\n"):
            file.write("\n")
        file.write("".join(f"{line}\n" for line in lines))

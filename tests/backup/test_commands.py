"""What the person at the terminal sees, and what the access log keeps of it."""

import io
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from kkmp.accounts.models import AccessEvent, Verb
from tests.backup.conftest import Place
from tests.environment import ROOT


def said(name: str, *arguments: str, **options: Any) -> list[str]:
    out = io.StringIO()
    call_command(name, *arguments, stdout=out, stderr=out, no_color=True, **options)
    return out.getvalue().splitlines()


def test_backup_is_written_read_back_and_logged(source: Place, tmp_path: Path) -> None:
    path = tmp_path / "kkmp.kkmp"
    lines = said("backup", str(path))
    assert (lines[0], lines[1]) == (f"Menulis {path}:", "  account.EmailAddress: 1 baris")
    assert [line for line in lines if not line.startswith(" ")][1] == f"Membaca kembali {path}:"
    assert lines[-1].startswith("Cadangan ")
    assert lines[-1].endswith(" utuh.")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.glob("*kkmp*")] == ["kkmp.kkmp"]
    event = AccessEvent.objects.latest("pk")
    assert (event.verb, event.target, event.purpose, event.user) == (
        Verb.EXPORTED,
        "cadangan lengkap: kkmp.kkmp",
        "manage.py backup",
        None,
    )


def test_verify_reads_and_writes_nothing(source: Place, tmp_path: Path) -> None:
    path = tmp_path / "1.kkmp"
    source.back_up(path)
    whole, events = path.read_bytes(), AccessEvent.objects.count()
    lines = said("backup", str(path), verify=True)
    assert (lines[0], len(lines)) == (f"Membaca kembali {path}:", 4)
    assert (path.read_bytes(), AccessEvent.objects.count()) == (whole, events)
    changed = bytearray(whole)
    changed[len(whole) // 2] ^= 1
    path.write_bytes(changed)
    with pytest.raises(CommandError, match="rusak, terpotong, atau diubah"):
        said("backup", str(path), verify=True)


def test_nothing_is_overwritten_and_nothing_half_is_left(source: Place, tmp_path: Path) -> None:
    path = tmp_path / "1.kkmp"
    path.write_bytes(b"lain")
    with pytest.raises(CommandError, match="sudah ada: pilih nama lain"):
        said("backup", str(path))
    assert (path.read_bytes(), len(list(tmp_path.glob("*1.kkmp*")))) == (b"lain", 1)
    with pytest.raises(CommandError, match="No such file or directory"):
        said("backup", str(tmp_path / "tidak ada" / "1.kkmp"))


def test_missing_key_and_missing_file_are_said(source: Place, tmp_path: Path, settings: Any) -> None:
    with pytest.raises(CommandError, match="Tidak dapat membaca"):
        said("backup", str(tmp_path / "1.kkmp"), verify=True)
    settings.BACKUP_KEY = None
    with pytest.raises(CommandError, match="BACKUP_KEY belum diisi"):
        said("backup", str(tmp_path / "1.kkmp"))


def test_file_that_is_missing_is_told(source: Place, tmp_path: Path) -> None:
    name = min(source.files())
    source.storage.delete(name)
    expected = f"Berkas yang disebut data tetapi tidak ada: 1, antara lain {name}."
    assert expected in said("backup", str(tmp_path / "1.kkmp"))


def test_restore_into_this_filled_database_is_refused(source: Place, tmp_path: Path) -> None:
    source.back_up(tmp_path / "1.kkmp")
    with pytest.raises(CommandError, match=r"tidak kosong .* Tidak ada yang ditulis\."):
        said("restore", str(tmp_path / "1.kkmp"))


def test_drill_at_the_terminal(source: Place, tmp_path: Path) -> None:
    """As docs/operations.md tells it: another machine with the keys, an empty database and folder."""
    manifest = source.back_up(tmp_path / "1.kkmp")
    names = ("PATH", "MODE", "SECRET_KEY", "DATA_KEY", "BACKUP_KEY")
    environment = {name: os.environ[name] for name in names} | {
        "DATABASE_URL": f"sqlite:///{tmp_path / 'drill.sqlite3'}",
        "FILES_DIR": str(tmp_path / "drill"),
        "RELEASE": "drill",
    }

    def manage(*arguments: str) -> tuple[int, list[str]]:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, (done.stdout + done.stderr).splitlines()

    assert manage("migrate", "--verbosity", "0") == (0, [])
    status, lines = manage("restore", str(tmp_path / "1.kkmp"))
    made = f"cadangan {manifest['made_at']} (rilis {manifest['release']}, {manifest['database']})"
    assert (status, lines[0], lines[-1]) == (0, "Memeriksa cadangan:", f"Dipulihkan: {made}.")
    assert Place("", tmp_path / "drill").files() == source.files()
    status, lines = manage("restore", str(tmp_path / "1.kkmp"))
    assert (status, lines[-1].endswith("Tidak ada yang ditulis.")) == (1, True)

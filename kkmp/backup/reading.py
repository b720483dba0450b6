"""Opens a backup and compares all that is in it with its manifest."""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Self

from django.utils.translation import gettext as _

from kkmp.backup.sealed import CHUNK, BackupError, SealedReader
from kkmp.backup.writing import FORMAT, MANIFEST, Tell, file_entry, table_entry


class Backup:
    """An opened backup. What is read from it is authentic; whether all of it can be read, `verify` says."""

    def __init__(self, sealed: SealedReader) -> None:
        self._sealed = sealed
        try:
            self._archive = zipfile.ZipFile(io.BufferedReader(sealed, CHUNK))
            self.manifest: dict[str, Any] = json.loads(self._archive.read(MANIFEST))
        except (zipfile.BadZipFile, KeyError, ValueError) as error:
            raise BackupError(_("Isi cadangan ini tidak dapat dibaca.")) from error
        if self.manifest["format"] != FORMAT:
            raise BackupError(_("Cadangan ini dibuat oleh rilis lain: %(release)s.") % self.manifest)

    def table(self, label: str) -> "Checked":
        return Checked(self._archive.open(table_entry(label)))

    def file(self, name: str) -> IO[bytes]:
        return self._archive.open(file_entry(name))

    def verify(self, tell: Tell) -> None:
        """Read every byte; BackupError where one was changed or one entry differs from the manifest."""
        self._sealed.read_all()
        tell(_("  segel: %(count)s bagian utuh") % {"count": self._sealed.chunks})
        tables, files = self.manifest["tables"], self.manifest["files"]
        expected = [*map(table_entry, tables), *map(file_entry, files), MANIFEST]
        if sorted(expected) != sorted(self._archive.namelist()):
            raise BackupError(_("Isi cadangan tidak sama dengan daftarnya."))
        for label, about in tables.items():
            with self.table(label) as lines:
                for _line in lines:
                    pass
                compare(label, (lines.count, lines.sha256), (about["rows"], about["sha256"]))
        for name, about in files.items():
            with self.file(name) as file:
                compare(name, hashed(iter(lambda: file.read(CHUNK), b"")), (about["bytes"], about["sha256"]))
        rows = sum(about["rows"] for about in tables.values())
        tell(
            _("  isi: %(tables)s tabel, %(rows)s baris, %(files)s berkas sama dengan daftarnya")
            % {"tables": len(tables), "rows": rows, "files": len(files)}
        )


class Checked:
    """The lines of a table, counted and hashed while they are read."""

    def __init__(self, file: Any) -> None:
        self._file, self._digest, self.count = file, hashlib.sha256(), 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._file.close()

    def __iter__(self) -> Iterator[bytes]:
        for line in self._file:
            self.count += 1
            self._digest.update(line)
            yield line

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()


def hashed(parts: Iterator[bytes]) -> tuple[int, str]:
    """Number of bytes and their SHA-256."""
    size, digest = 0, hashlib.sha256()
    for part in parts:
        size += len(part)
        digest.update(part)
    return size, digest.hexdigest()


def compare(name: str, found: tuple[int, str], expected: tuple[int, str]) -> None:
    if found != expected:
        raise BackupError(_("%(name)s tidak sama dengan daftar cadangan.") % {"name": name})


@contextmanager
def opened(path: Path, key: bytes) -> Iterator[Backup]:
    try:
        file = path.open("rb")
    except OSError as error:
        raise BackupError(
            _("Tidak dapat membaca %(path)s: %(why)s.") % {"path": path, "why": error.strerror}
        ) from error
    with file:
        yield Backup(SealedReader(file, key))

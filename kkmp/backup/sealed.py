"""A file sealed in chunks: it is written as a stream, read from anywhere, and every change of it is found.

`magic (8) · key id (4) · salt (16)`, then chunks of 256 KiB, each under AES-256-GCM. Every file has a key of its own from
BACKUP_KEY and the salt, so the number of a chunk can be its nonce. That number, and whether the chunk is the last one, are
authenticated with the header: a chunk that is changed, moved, repeated or left out does not open, nor does a shortened file.
"""

import io
import os
from collections.abc import Callable
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.utils.translation import gettext as _

from kkmp.crypto import KEY_ID_BYTES, key_id, subkey

CHUNK = 256 * 1024
_MAGIC = b"KKMPBAK\x01"
_SALT_BYTES = 16
_TAG_BYTES = 16
HEADER_BYTES = len(_MAGIC) + KEY_ID_BYTES + _SALT_BYTES


class BackupError(Exception):
    """Why nothing was written or restored, in words for the person at the terminal."""


class _Seal:
    def __init__(self, key: bytes, header: bytes) -> None:
        self._header = header
        self._cipher = AESGCM(subkey(key, b"backup/" + header[-_SALT_BYTES:]))

    def _place(self, number: int, *, is_last: bool) -> bytes:
        return number.to_bytes(11, "big") + bytes([is_last])

    def close(self, number: int, chunk: bytes, *, is_last: bool) -> bytes:
        place = self._place(number, is_last=is_last)
        return self._cipher.encrypt(place, chunk, self._header + place)

    def open(self, number: int, sealed: bytes, *, is_last: bool) -> bytes:
        place = self._place(number, is_last=is_last)
        return self._cipher.decrypt(place, sealed, self._header + place)


class SealedWriter(io.RawIOBase):
    """Write to it what is to be sealed, then `finish`: without that the file does not open."""

    def __init__(self, file: BinaryIO, key: bytes) -> None:
        header = _MAGIC + key_id(key) + os.urandom(_SALT_BYTES)
        file.write(header)
        self._file, self._seal = file, _Seal(key, header)
        self._waiting, self._number = bytearray(), 0

    def writable(self) -> bool:
        return True

    def write(self, some: Any) -> int:
        self._waiting += some
        # At least one byte waits: only `finish` knows which chunk is the last one.
        while len(self._waiting) > CHUNK:
            self._write_chunk(bytes(self._waiting[:CHUNK]), is_last=False)
            del self._waiting[:CHUNK]
        return len(some)

    def finish(self) -> None:
        self._write_chunk(bytes(self._waiting), is_last=True)

    def _write_chunk(self, chunk: bytes, *, is_last: bool) -> None:
        self._file.write(self._seal.close(self._number, chunk, is_last=is_last))
        self._number += 1


class SealedReader(io.RawIOBase):
    """What was sealed, as a file that can be read from anywhere; holds one chunk in memory."""

    def __init__(self, file: BinaryIO, key: bytes) -> None:
        header = file.read(HEADER_BYTES)
        if len(header) < HEADER_BYTES or not header.startswith(_MAGIC):
            raise BackupError(_("Berkas ini bukan cadangan KKMP, atau bagian awalnya rusak."))
        named = header[len(_MAGIC) : -_SALT_BYTES]
        if named != key_id(key):
            raise BackupError(
                _(
                    "Cadangan ini dikunci dengan BACKUP_KEY lain (%(theirs)s, bukan %(ours)s), atau bagian awalnya rusak."
                )
                % {"theirs": named.hex(), "ours": key_id(key).hex()}
            )
        self._file, self._seal = file, _Seal(key, header)
        body = file.seek(0, io.SEEK_END) - HEADER_BYTES
        self.chunks = max(1, -(-body // (CHUNK + _TAG_BYTES)))
        self._size = body - self.chunks * _TAG_BYTES
        self._position, self._number, self._chunk = 0, -1, b""
        if self._size < 0:
            raise BackupError(_damaged())

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        self._position = max(0, base + offset)
        return self._position

    def readinto(self, buffer: Any) -> int:
        wanted = memoryview(buffer).cast("B")
        if self._position >= self._size or not wanted:
            return 0
        number, start = divmod(self._position, CHUNK)
        part = self._read_chunk(number)[start : start + len(wanted)]
        wanted[: len(part)] = part
        self._position += len(part)
        return len(part)

    def read_all(self, progress: Callable[[int], None] = lambda _number: None) -> None:
        """Open every chunk; BackupError where one was changed."""
        for number in range(self.chunks):
            self._read_chunk(number)
            progress(number + 1)

    def _read_chunk(self, number: int) -> bytes:
        if number != self._number:
            self._file.seek(HEADER_BYTES + number * (CHUNK + _TAG_BYTES))
            sealed = self._file.read(CHUNK + _TAG_BYTES)
            try:
                self._chunk = self._seal.open(number, sealed, is_last=number == self.chunks - 1)
            except InvalidTag:
                raise BackupError(_damaged()) from None
            self._number = number
        return self._chunk


def _damaged() -> str:
    return _("Cadangan ini rusak, terpotong, atau diubah: pakailah cadangan lain.")

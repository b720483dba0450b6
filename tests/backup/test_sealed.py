"""The sealed file: what goes in comes out, and no change of it goes unnoticed."""

import io
import os
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from kkmp.backup import sealed
from kkmp.backup.reading import opened
from kkmp.backup.sealed import HEADER_BYTES, BackupError, SealedReader, SealedWriter
from tests.backup.conftest import KEY as BACKUP_KEY
from tests.backup.conftest import Place

KEY = os.urandom(32)
TAG_BYTES = 16


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(sealed, "CHUNK", 64)
    return 64


def seal(content: bytes, *, step: int = 50, key: bytes = KEY) -> bytes:
    file = io.BytesIO()
    writer = SealedWriter(file, key)
    for start in range(0, len(content), step):
        writer.write(content[start : start + step])
    writer.finish()
    return file.getvalue()


def unseal(some: bytes, key: bytes = KEY) -> bytes:
    reader = SealedReader(io.BytesIO(some), key)
    reader.read_all()
    return reader.read()


@pytest.mark.usefixtures("small_chunks")
@pytest.mark.parametrize("size", [0, 1, 63, 64, 65, 127, 128, 129, 1000])
@pytest.mark.parametrize("step", [1, 64, 1000])
def test_what_is_sealed_comes_out(size: int, step: int) -> None:
    content = os.urandom(size)
    some = seal(content, step=step)
    assert unseal(some) == content
    assert len(some) == HEADER_BYTES + size + TAG_BYTES * max(1, -(-size // 64))


def test_it_can_be_read_from_anywhere(small_chunks: int) -> None:
    content = os.urandom(1000)
    reader = io.BufferedReader(SealedReader(io.BytesIO(seal(content)), KEY))
    for start in (999, 0, 64, 63, 500, 1000, 2000):
        reader.seek(start)
        assert reader.read(100) == content[start : start + 100]
    reader.seek(-10, io.SEEK_END)
    assert (reader.tell(), reader.read()) == (990, content[-10:])


def test_every_flipped_byte_is_found(small_chunks: int) -> None:
    some = seal(os.urandom(200))
    for position in range(len(some)):
        changed = bytearray(some)
        changed[position] ^= 1
        with pytest.raises(BackupError):
            unseal(bytes(changed))


def test_every_shortening_is_found(small_chunks: int) -> None:
    """At the end of a chunk too, where all that is left is in order."""
    some = seal(os.urandom(200))
    for length in range(len(some)):
        with pytest.raises(BackupError):
            unseal(some[:length])


def test_moved_repeated_left_out_and_added_chunks_are_found(small_chunks: int) -> None:
    some = seal(os.urandom(64 * 3))
    head, body = some[:HEADER_BYTES], some[HEADER_BYTES:]
    one, two, three = (body[start : start + 64 + TAG_BYTES] for start in range(0, len(body), 64 + TAG_BYTES))
    assert unseal(head + one + two + three)
    for chunks in (
        two + one + three,
        one + one + three,
        one + three,
        one + two + three + three,
        one + two + three + b"x",
        three,
    ):
        with pytest.raises(BackupError, match="rusak, terpotong, atau diubah"):
            unseal(head + chunks)


def test_chunks_of_another_backup_are_found(small_chunks: int) -> None:
    """The same key and the same content: each file has a key of its own."""
    content = bytes(200)
    first, second = seal(content), seal(content)
    with pytest.raises(BackupError):
        unseal(first[:HEADER_BYTES] + second[HEADER_BYTES:])


def test_wrong_key_is_named_by_its_id() -> None:
    with pytest.raises(BackupError, match="dikunci dengan BACKUP_KEY lain"):
        unseal(seal(b"x"), key=os.urandom(32))


@pytest.mark.parametrize("some", [b"", b"PK\x03\x04", bytes(500)])
def test_other_files_are_refused_in_words(some: bytes) -> None:
    with pytest.raises(BackupError, match="bukan cadangan KKMP"):
        unseal(some)


@hypothesis_settings(max_examples=50)
@given(content=st.binary(max_size=600), position=st.integers(min_value=0), bit=st.integers(0, 7))
def test_no_bit_can_change(content: bytes, position: int, bit: int) -> None:
    changed = bytearray(seal(content))
    changed[position % len(changed)] ^= 1 << bit
    with pytest.raises(BackupError):
        unseal(bytes(changed))


def verify(path: Path) -> None:
    with opened(path, BACKUP_KEY) as backup:
        backup.verify(lambda _text: None)


def test_flipped_byte_of_a_whole_backup_is_found(
    source: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of the header, the last bytes, and many between: `verify` finds each, so nothing of it is restored."""
    monkeypatch.setattr(sealed, "CHUNK", 4096)
    path, other = tmp_path / "1.kkmp", tmp_path / "2.kkmp"
    source.back_up(path)
    whole = path.read_bytes()
    verify(path)
    last = len(whole) - 1
    positions = [*range(HEADER_BYTES + 4), *range(40, last, last // 60), *range(last - 20, last + 1)]
    for position in positions:
        changed = bytearray(whole)
        changed[position] ^= 0x10
        other.write_bytes(changed)
        with pytest.raises(BackupError):
            verify(other)
    for length in (0, 10, HEADER_BYTES, HEADER_BYTES + 4096 + TAG_BYTES, len(whole) // 2, last):
        other.write_bytes(whole[:length])
        with pytest.raises(BackupError):
            verify(other)


def test_memory_does_not_grow_with_files(source: Place, tmp_path: Path) -> None:
    source.folder.mkdir(exist_ok=True)
    with (source.folder / "besar.bin").open("wb") as file:
        for _number in range(40):
            file.write(os.urandom(1_000_000))
    source.back_up(tmp_path / "warm.kkmp")
    tracemalloc.start()
    source.back_up(tmp_path / "1.kkmp")
    verify(tmp_path / "1.kkmp")
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (tmp_path / "1.kkmp").stat().st_size > 40_000_000
    assert most < 12_000_000

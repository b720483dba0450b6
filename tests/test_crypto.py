import base64
from hashlib import sha256
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st

from kkmp import crypto
from kkmp.crypto import UndecipherableError, blind_index, blind_indexes, decrypt, encrypt, needs_rotation

# The same in each process: names of tests are made of them.
OLD, NEW, OTHER = (sha256(name).digest() for name in (b"old", b"new", b"other"))
PLAIN = b"3174070000000001"


def a_token() -> bytes:
    return encrypt(PLAIN, purpose="national id", aad=b"member/1")


@given(plain=st.binary(max_size=300), aad=st.binary(max_size=50))
def test_what_is_encrypted_comes_back(plain: bytes, aad: bytes) -> None:
    token = encrypt(plain, purpose="test", aad=aad)
    assert decrypt(token, purpose="test", aad=aad) == plain
    assert len(token) == len(plain) + 33


def test_equal_texts_make_unlike_tokens_that_show_nothing() -> None:
    tokens = {a_token() for _number in range(50)}
    assert len(tokens) == 50
    assert [token for token in tokens if PLAIN in token] == []


def test_token_opens_from_a_memoryview_too() -> None:
    assert decrypt(memoryview(a_token()), purpose="national id", aad=b"member/1") == PLAIN  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("purpose", "aad"), [("national id", b"member/2"), ("national id", b""), ("second factor", b"member/1")]
)
def test_token_opens_nowhere_else(purpose: str, aad: bytes) -> None:
    with pytest.raises(UndecipherableError):
        decrypt(a_token(), purpose=purpose, aad=aad)


def test_every_flipped_bit_is_found() -> None:
    token = a_token()
    for position in range(len(token) * 8):
        changed = bytearray(token)
        changed[position // 8] ^= 1 << position % 8
        with pytest.raises(UndecipherableError):
            decrypt(bytes(changed), purpose="national id", aad=b"member/1")


@pytest.mark.parametrize("token", [b"", b"\x01", PLAIN, b"\x01" + bytes(31)])
def test_what_is_no_token_is_said_to_be_none(token: bytes) -> None:
    with pytest.raises(UndecipherableError, match="no token"):
        decrypt(token, purpose="national id", aad=b"")
    with pytest.raises(UndecipherableError, match="no token"):
        needs_rotation(token)


def test_shortened_token_is_found() -> None:
    token = a_token()
    for length in range(len(token)):
        with pytest.raises(UndecipherableError):
            decrypt(token[:length], purpose="national id", aad=b"member/1")


def test_wrong_key_opens_nothing_and_is_told_apart_from_a_change(settings: Any) -> None:
    settings.DATA_KEYS = (OLD,)
    token = a_token()
    settings.DATA_KEYS = (OTHER,)
    with pytest.raises(UndecipherableError, match="not in the ring"):
        decrypt(token, purpose="national id", aad=b"member/1")


def test_previous_key_still_opens_and_asks_to_be_replaced(settings: Any) -> None:
    settings.DATA_KEYS = (OLD,)
    token = a_token()
    assert needs_rotation(token) is False
    settings.DATA_KEYS = (NEW, OLD)
    assert needs_rotation(token) is True
    plain = decrypt(token, purpose="national id", aad=b"member/1")
    again = encrypt(plain, purpose="national id", aad=b"member/1")
    settings.DATA_KEYS = (NEW,)
    assert (needs_rotation(again), decrypt(again, purpose="national id", aad=b"member/1")) == (False, PLAIN)


def test_index_finds_rows_of_both_keys_during_rotation(settings: Any) -> None:
    settings.DATA_KEYS = (OLD,)
    stored = blind_index("3174", purpose="national id")
    assert blind_indexes("3174", purpose="national id") == [stored]
    settings.DATA_KEYS = (NEW, OLD)
    assert blind_indexes("3174", purpose="national id") == [
        blind_index("3174", purpose="national id"),
        stored,
    ]
    assert blind_index("3174", purpose="national id") != stored


def test_index_differs_by_text_purpose_and_from_every_other_subkey() -> None:
    indexes = [
        blind_index("3174", purpose="national id"),
        blind_index("3175", purpose="national id"),
        blind_index("3174", purpose="family card"),
        crypto.subkey(NEW, b"encrypt/national id"),
        crypto.subkey(NEW, b"index/national id"),
    ]
    assert [len(index) for index in indexes] == [32] * 5
    assert len(set(indexes)) == 5


def text_of(key: bytes) -> str:
    return base64.b64encode(key).decode()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "DATA_KEY must be 32 random bytes in base64"),
        ("not base64 at all!", "DATA_KEY must be 32 random bytes in base64"),
        (text_of(NEW[:31]), "DATA_KEY must be 32 random bytes in base64"),
        (text_of(NEW + b"x"), "DATA_KEY must be 32 random bytes in base64"),
        (NEW.hex(), "DATA_KEY must be 32 random bytes in base64"),
        (text_of(bytes(32)), "DATA_KEY does not look random"),
        (text_of(b"abcdabcd" * 4), "DATA_KEY does not look random"),
        (text_of(b"a long password of somebody, ok?"), "DATA_KEY does not look random"),
    ],
)
def test_weak_key_is_refused_without_being_repeated(text: str, complaint: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=complaint) as caught:
        crypto.read_ring(text)
    assert not text or text not in str(caught.value)


def test_ring_holds_current_and_previous() -> None:
    assert crypto.read_ring(text_of(NEW)) == (NEW,)
    assert crypto.read_ring(text_of(NEW), text_of(OLD)) == (NEW, OLD)
    with pytest.raises(ImproperlyConfigured, match="same as DATA_KEY"):
        crypto.read_ring(text_of(NEW), text_of(NEW))
    with pytest.raises(ImproperlyConfigured, match="DATA_KEY_PREVIOUS must be"):
        crypto.read_ring(text_of(NEW), "old")


def test_ids_follow_from_the_keys(settings: Any) -> None:
    settings.DATA_KEYS = (NEW, OLD)
    ids = crypto.key_ids()
    assert ids == [crypto.key_id(NEW).hex(), crypto.key_id(OLD).hex()]
    assert (len(ids[0]), ids[0] == ids[1], ids[0] in NEW.hex()) == (8, False, False)

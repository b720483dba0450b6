"""Secrets in the database: encryption under a ring of two keys, and blind indexes to look an encrypted value up.

A token is `version (1) · key id (4) · nonce (12) · AES-256-GCM text and tag`. Every purpose has subkeys of its own (HKDF), so
a token of one purpose is no token of another, and an index tells nothing about the key that encrypts.
"""

import base64
import binascii
import hmac
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

KEY_BYTES = 32
KEY_ID_BYTES = 4
NONCE_BYTES = 12
_VERSION = b"\x01"
_HEADER_BYTES = len(_VERSION) + KEY_ID_BYTES
_TAG_BYTES = 16
# Of 32 random bytes about 30 differ; a word written several times has far fewer.
_FEWEST_DIFFERENT = 16
_PRINTABLE = frozenset(range(0x20, 0x7F))


class UndecipherableError(Exception):
    """The token was made with a key that is not in the ring, for something else, or has been changed."""


def read_key(name: str, text: str) -> bytes:
    """32 random bytes from base64; ImproperlyConfigured names the variable, never its value."""
    how = "`python3 dev.py key --data` prints one."
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise ImproperlyConfigured(f"{name} must be {KEY_BYTES} random bytes in base64; {how}")
    if len(set(key)) < _FEWEST_DIFFERENT or set(key) <= _PRINTABLE:
        raise ImproperlyConfigured(f"{name} does not look random; {how}")
    return key


def read_ring(current: str, previous: str = "") -> tuple[bytes, ...]:
    """The keys of DATA_KEY and, while rows still bear it, DATA_KEY_PREVIOUS."""
    ring = (read_key("DATA_KEY", current),)
    if not previous:
        return ring
    older = read_key("DATA_KEY_PREVIOUS", previous)
    if older in ring:
        raise ImproperlyConfigured(
            "DATA_KEY_PREVIOUS is the same as DATA_KEY: leave it out, or make a new DATA_KEY."
        )
    return (*ring, older)


@lru_cache(maxsize=256)
def subkey(key: bytes, label: bytes, length: int = KEY_BYTES) -> bytes:
    """A key for one use only; who learns it learns neither `key` nor any other subkey."""
    # No salt: the keys are random already, and a subkey has to come out the same again.
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=None, info=b"kkmp/1/" + label).derive(key)


def key_id(key: bytes) -> bytes:
    """Follows from the key, so that nobody can give one name to two keys."""
    return subkey(key, b"id", KEY_ID_BYTES)


def key_ids() -> list[str]:
    """The ids of the ring as written in manifests and logs, current first; they tell nothing about the keys."""
    return [key_id(key).hex() for key in settings.DATA_KEYS]


def encrypt(plain: bytes, *, purpose: str, aad: bytes) -> bytes:
    """`aad` says where the token belongs (table, key of the row); it opens nowhere else."""
    key = settings.DATA_KEYS[0]
    header = _VERSION + key_id(key)
    nonce = os.urandom(NONCE_BYTES)
    return header + nonce + _cipher(key, purpose).encrypt(nonce, plain, header + aad)


def decrypt(token: bytes, *, purpose: str, aad: bytes) -> bytes:
    token = bytes(token)  # PostgreSQL's driver answers with a memoryview
    header = token[:_HEADER_BYTES]
    nonce, sealed = token[_HEADER_BYTES:][:NONCE_BYTES], token[_HEADER_BYTES + NONCE_BYTES :]
    key = _keys_by_id().get(_key_id_of(token))
    if key is None:
        raise UndecipherableError("The key of this token is not in the ring.")
    try:
        return _cipher(key, purpose).decrypt(nonce, sealed, header + aad)
    except InvalidTag:
        raise UndecipherableError("This token was changed, or belongs elsewhere.") from None


def needs_rotation(token: bytes) -> bool:
    """Whether it was made with another key than the current one."""
    return _key_id_of(bytes(token)) != key_id(settings.DATA_KEYS[0])


def blind_index(text: str, *, purpose: str) -> bytes:
    """32 bytes that are equal where texts are equal and tell nothing else; under the current key, to be stored."""
    return _index(settings.DATA_KEYS[0], text, purpose)


def blind_indexes(text: str, *, purpose: str) -> list[bytes]:
    """All indexes `text` may be stored under, current key first: look up with `__in` while keys are being rotated.

    A unique constraint on the stored index sees no double between a row of each key: ask with these before writing.
    """
    return [_index(key, text, purpose) for key in settings.DATA_KEYS]


def _cipher(key: bytes, purpose: str) -> AESGCM:
    return AESGCM(subkey(key, b"encrypt/" + purpose.encode()))


def _index(key: bytes, text: str, purpose: str) -> bytes:
    return hmac.digest(subkey(key, b"index/" + purpose.encode()), text.encode(), "sha256")


def _keys_by_id() -> dict[bytes, bytes]:
    return {key_id(key): key for key in settings.DATA_KEYS}


def _key_id_of(token: bytes) -> bytes:
    if token[:1] != _VERSION or len(token) < _HEADER_BYTES + NONCE_BYTES + _TAG_BYTES:
        raise UndecipherableError("This is no token of ours.")
    return token[len(_VERSION) : _HEADER_BYTES]

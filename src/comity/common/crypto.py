"""Columns that hold personal data: encrypted, with the id of the key, and a keyed digest for look-ups.

The keys come from the settings ``DATA_KEYS`` (key id -> 32 bytes; the first encrypts, all decrypt) and
``LOOKUP_KEY``. Turning a key means adding a new first one and saving the rows again.
"""

import base64
import hashlib
import hmac
import os
import unicodedata
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models
from django.utils.crypto import salted_hmac

_NONCE = 12
_NUMBER = 8  # bytes


def encrypt(plain: str) -> str:
    """``plain`` as ``key-id:base64(nonce + ciphertext)``; an empty text stays empty."""
    if not plain:
        return ""
    key_id, key = next(iter(settings.DATA_KEYS.items()))
    nonce = os.urandom(_NONCE)
    sealed = AESGCM(key).encrypt(nonce, plain.encode(), key_id.encode())
    return f"{key_id}:{base64.urlsafe_b64encode(nonce + sealed).decode()}"


def decrypt(stored: str) -> str:
    """What ``encrypt`` was given. Raises ``KeyError`` for an unknown key, ``InvalidTag`` for altered data."""
    if not stored:
        return ""
    key_id, _, payload = stored.partition(":")
    raw = base64.urlsafe_b64decode(payload)
    return AESGCM(settings.DATA_KEYS[key_id]).decrypt(raw[:_NONCE], raw[_NONCE:], key_id.encode()).decode()


def lookup_digest(value: str) -> str:
    """A keyed digest of ``value``, trimmed and in small letters, by which an encrypted column can be found.

    Folds no further than that: "ß" and "ss", or wide and plain letters, are addresses of different people.
    """
    folded = unicodedata.normalize("NFC", value.strip().lower()).encode()
    return hmac.new(settings.LOOKUP_KEY, folded, hashlib.sha256).hexdigest()


def seal_number(number: int, *, about: str) -> str:
    """``number`` as a text that says nothing to whoever holds it, not even whether two are the same.

    ``about`` is what it counts; only with the same one it opens again.
    """
    nonce = os.urandom(_NONCE)
    sealed = _sealing().encrypt(nonce, number.to_bytes(_NUMBER, "big"), about.encode())
    return base64.urlsafe_b64encode(nonce + sealed).decode()


def open_number(sealed: str, *, about: str) -> int | None:
    """What ``seal_number`` was given; None for what it did not make for ``about``."""
    try:
        raw = base64.b64decode(sealed, altchars=b"-_", validate=True)
        return int.from_bytes(_sealing().decrypt(raw[:_NONCE], raw[_NONCE:], about.encode()), "big")
    except (InvalidTag, ValueError):
        return None


def _sealing() -> AESGCM:
    """With a key that does nothing else, made of the server's secret."""
    return AESGCM(salted_hmac("comity.common.crypto.seal_number", "key", algorithm="sha256").digest())


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]
    """Text that is plain in Python and encrypted in the database."""

    def from_db_value(self, value: str | None, _expression: object, _connection: object) -> str | None:
        return None if value is None else decrypt(value)

    def get_prep_value(self, value: Any) -> Any:
        return None if value is None else encrypt(str(value))

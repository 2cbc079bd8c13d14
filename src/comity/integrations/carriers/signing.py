"""What is pushed to us is signed, in the form of Standard Webhooks: HMAC-SHA256 of ``id.timestamp.body``.

Headers: ``webhook-id``, ``webhook-timestamp`` (seconds since 1970) and ``webhook-signature``, which is ``v1,`` and the
digest in base64; several, with blanks between, by several secrets. What is older than ``TOLERANCE`` is refused;
within it the same may come again, so whoever takes it must not mind.
"""

import base64
import binascii
import hashlib
import hmac
import os
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

TOLERANCE = timedelta(seconds=300)  # as Standard Webhooks' own libraries have it
SHORTEST = 24  # bytes of a secret, as Standard Webhooks asks
_LENGTH = 32  # bytes of one that is made here: as long as the digest
_PREFIX = "whsec_"
_DIGITS = 12  # of a timestamp, at most


class BadSignature(Exception):
    """Not signed, not by us known, or too old. The words are for the sender."""


def new_secret() -> str:
    """A random key, as ``whsec_<base64>``."""
    return _PREFIX + base64.b64encode(os.urandom(_LENGTH)).decode()


def read_secret(text: str) -> bytes:
    """The key in ``whsec_<base64>``. Raises ``ValueError`` for another form, or one that is too short."""
    try:
        key = base64.b64decode(text.removeprefix(_PREFIX), validate=True)
    except binascii.Error:
        key = b""
    if not text.startswith(_PREFIX) or len(key) < SHORTEST:
        raise ValueError(f"a secret is {_PREFIX} and at least {SHORTEST} random bytes in base64")
    return key


def sign(body: bytes, *, secret: bytes, message: str, now: datetime) -> dict[str, str]:
    """The headers under which ``body`` is sent; ``message`` names it, the same each time that it is tried."""
    timestamp = str(int(now.timestamp()))
    signature = f"v1,{base64.b64encode(_digest(secret, message, timestamp, body)).decode()}"
    return {"webhook-id": message, "webhook-timestamp": timestamp, "webhook-signature": signature}


def signers(
    headers: Mapping[str, str], body: bytes, *, secrets: Mapping[str, Iterable[bytes]], now: datetime
) -> frozenset[str]:
    """Which of those whose ``secrets`` these are signed ``body`` about now. Raises ``BadSignature`` if nobody did."""
    message, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not message or not timestamp.isascii() or not timestamp.isdecimal() or len(timestamp) > _DIGITS:
        raise BadSignature("The headers webhook-id, webhook-timestamp and webhook-signature are needed.")
    if abs(now.timestamp() - int(timestamp)) > TOLERANCE.total_seconds():
        raise BadSignature(f"Signed more than {TOLERANCE.total_seconds():.0f} seconds from now: sign it anew.")
    given = [_read_signature(one) for one in headers.get("webhook-signature", "").split()]
    signed = (message, timestamp, body)
    found = frozenset(who for who, theirs in secrets.items() if _is_signed(given, theirs, *signed))
    if not found:
        raise BadSignature("The signature is not that of this body under a secret that is known here.")
    return found


def _is_signed(given: list[bytes], secrets: Iterable[bytes], message: str, timestamp: str, body: bytes) -> bool:
    wanted = [_digest(secret, message, timestamp, body) for secret in secrets]
    return any(hmac.compare_digest(one, other) for one in given for other in wanted)


def _read_signature(text: str) -> bytes:
    version, _, digest = text.partition(",")
    try:
        return base64.b64decode(digest, validate=True) if version == "v1" else b""
    except (binascii.Error, ValueError):
        return b""


def _digest(secret: bytes, message: str, timestamp: str, body: bytes) -> bytes:
    return hmac.new(secret, b".".join((message.encode(), timestamp.encode(), body)), hashlib.sha256).digest()

"""What is pushed to us is signed, in the form of Standard Webhooks: HMAC-SHA256 of ``id.timestamp.body``.

Headers: ``webhook-id``, ``webhook-timestamp`` (seconds since 1970) and ``webhook-signature``, which is ``v1,`` and the
digest in base64; several, with blanks between, while a secret is changed. What is older than ``TOLERANCE`` is refused;
within it the same may come again, so whoever takes it must not mind.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

TOLERANCE = timedelta(seconds=300)  # as Standard Webhooks' own libraries have it
SHORTEST = 24  # bytes of a secret, as Standard Webhooks asks
_PREFIX = "whsec_"
_DIGITS = 12  # of a timestamp, at most


class BadSignature(Exception):
    """Not signed, not by us known, or too old. The words are for the sender."""


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


def require_signature(headers: Mapping[str, str], body: bytes, *, secrets: Iterable[bytes], now: datetime) -> None:
    """Raise ``BadSignature`` unless one of ``secrets`` signed ``body`` about now."""
    message, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not message or not timestamp.isascii() or not timestamp.isdecimal() or len(timestamp) > _DIGITS:
        raise BadSignature("The headers webhook-id, webhook-timestamp and webhook-signature are needed.")
    if abs(now.timestamp() - int(timestamp)) > TOLERANCE.total_seconds():
        raise BadSignature(f"Signed more than {TOLERANCE.total_seconds():.0f} seconds from now: sign it anew.")
    given = [_read_signature(one) for one in headers.get("webhook-signature", "").split()]
    wanted = [_digest(secret, message, timestamp, body) for secret in secrets]
    if not any(hmac.compare_digest(one, other) for one in given for other in wanted):
        raise BadSignature("The signature is not that of this body under a secret that is known here.")


def _read_signature(text: str) -> bytes:
    version, _, digest = text.partition(",")
    try:
        return base64.b64decode(digest, validate=True) if version == "v1" else b""
    except (binascii.Error, ValueError):
        return b""


def _digest(secret: bytes, message: str, timestamp: str, body: bytes) -> bytes:
    return hmac.new(secret, b".".join((message.encode(), timestamp.encode(), body)), hashlib.sha256).digest()

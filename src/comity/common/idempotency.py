"""One effect for a request however often it arrives: double clicks, retries, two tabs.

The answer to (actor, route, key) is stored in the transaction of its effect and given again to every repeat.
The same key with another request is refused. Nothing is stored when the service raised: what was refused may
be sent again, mended, with the same key.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import IntegrityError

from comity.common.canonical import Json, canonical
from comity.common.errors import Refused
from comity.common.models import IdempotencyKey
from comity.common.prepared import Prepared, insert
from comity.common.transactions import write

MAX_KEY = 255  # characters (reliability §1)


@dataclass(frozen=True, slots=True)
class Stored:
    """An answer: an HTTP status and ids. ``repeated`` says that the effect is an earlier request's."""

    status: int
    body: dict[str, Any]
    repeated: bool = False


class KeyReused(Refused):
    """The key already answers another request (409)."""

    def __init__(self) -> None:
        sentence = "This form has already been sent with other content. Open the page again and send it from there."
        super().__init__("key_reused", sentence, "key")


class KeyRefused(Refused):
    """The key cannot be stored (400)."""

    def __init__(self, length: int) -> None:
        sentence = f"The key has {length} characters: allowed are 1 to {MAX_KEY}, none of them a NUL."
        super().__init__("key_refused", sentence, "key")


def idempotent(
    service: Callable[[], Stored],
    *,
    actor: str,
    route: str,
    key: str,
    request: Mapping[str, Json],
    now: datetime,
) -> Stored:
    """Run ``service`` and store its answer in one transaction, or give the answer that is stored.

    Of concurrent requests with one key, one takes effect; the others are rolled back and given its answer.
    Raises ``KeyReused``, ``KeyRefused``, and what the service raises, with nothing stored.
    """
    about: dict[str, Any] = {"actor": actor, "route": route, "key": key, "request": request}
    if stored := replay(**about):
        return stored
    try:
        with write():
            answer = service()
            remember(**about, status=answer.status, body=answer.body, now=now)
    except (IntegrityError, Refused):
        # Somebody else's transaction with this key went first and left nothing to do, or this is the service's own.
        if stored := replay(**about):
            return stored
        raise
    return replace(answer, repeated=False)


_known = Prepared(
    lambda actor, route, key: IdempotencyKey.objects.filter(actor=actor, route=route, key=key),
    actor=str,
    route=str,
    key=str,
)


def replay(actor: str, route: str, key: str, request: Mapping[str, Json]) -> Stored | None:
    """The stored answer, None for a new key. Raises ``KeyReused`` when it answers another request."""
    if not 1 <= len(key) <= MAX_KEY or "\0" in key:
        raise KeyRefused(len(key))
    row = _known.first(actor=actor, route=route, key=key)
    if row is None:
        return None
    if row.request_digest != _digest(request):
        raise KeyReused
    return Stored(row.status, row.body, repeated=True)


def remember(
    actor: str, route: str, key: str, request: Mapping[str, Json], status: int, body: Mapping[str, Json], now: datetime
) -> None:
    """Store the answer; call it in the transaction of the effect. Raises ``IntegrityError`` for a known key."""
    row = IdempotencyKey(actor=actor, route=route, key=key, status=status, body=dict(body), created_at=now)
    row.request_digest = _digest(request)
    insert(row)


def _digest(request: Mapping[str, Json]) -> str:
    return hashlib.sha256(canonical(request).encode()).hexdigest()

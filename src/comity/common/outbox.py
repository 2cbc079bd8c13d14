"""Events: what happened, written in the transaction that made it true, handed on afterwards by ``jobs``."""

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from comity.common.canonical import Json
from comity.common.ids import new_id
from comity.common.models import OutboxEvent, Stream
from comity.common.prepared import add_all, insert

# Set when events have been committed in this process; the pump waits for it and clears it.
committed = threading.Event()


def emit(
    stream: Stream,
    *,
    name: str,
    data: Mapping[str, Json],
    stream_id: str,
    marketplace: str,
    now: datetime,
    actor: str = "",
    due_at: datetime | None = None,
) -> OutboxEvent:
    """Tell the stream's next event, in one statement: ids only in ``data``, never personal data.

    ``actor`` is the public id of the person who did it; empty for what happens by itself. With ``due_at`` no
    handler sees the event before that moment, nor a later event of the stream before this one.
    The stream's row must be locked. Its event count advances in memory: the caller saves it, in the same
    transaction. Raises ``RuntimeError`` outside of a transaction, where the event could outlive its reason.
    """
    _require_transaction(name)
    news = News(stream, name, data, stream_id, actor, due_at)
    event = insert(OutboxEvent(**_next_columns(news, marketplace, now)))
    transaction.on_commit(committed.set)
    return event


@dataclass(frozen=True, slots=True)
class News:
    """One event to come; see ``emit``."""

    stream: Stream
    name: str
    data: Mapping[str, Json]
    stream_id: str
    actor: str = ""
    due_at: datetime | None = None


def emit_all(news: Iterable[News], *, marketplace: str, now: datetime) -> None:
    """Tell events of many streams, in one statement: ``emit``. A stream that comes again must be the same object."""
    _require_transaction("an event")
    add_all(OutboxEvent, (_next_columns(one, marketplace, now) for one in news))
    transaction.on_commit(committed.set)


def _next_columns(news: News, marketplace: str, now: datetime) -> dict[str, Any]:
    news.stream.event_count += 1
    return {
        "public_id": new_id("evt", now),
        "name": news.name,
        "marketplace": marketplace,
        "stream": news.stream_id,
        "sequence": news.stream.event_count,
        "occurred_at": now,
        "actor": news.actor,
        "data": {**news.data, "due_at": news.due_at.isoformat()} if news.due_at else dict(news.data),
    }


def emit_alone(*, name: str, data: Mapping[str, Json], now: datetime) -> OutboxEvent:
    """Tell an event that concerns no row and no marketplace, in one statement: ids only in ``data``.

    It is the only one on a stream of its own, called as it is, so no row is locked and nothing waits behind it.
    Raises ``RuntimeError`` outside of a transaction.
    """
    _require_transaction(name)
    own = new_id("evt", now)
    event = OutboxEvent.objects.create(
        public_id=own, name=name, marketplace="", stream=own, sequence=1, occurred_at=now, data=dict(data)
    )
    transaction.on_commit(committed.set)
    return event


def _require_transaction(name: str) -> None:
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError(f"{name} was emitted outside of a transaction")


def due_at(event: OutboxEvent) -> datetime | None:
    """Before when no handler may see ``event``; None where it may be handed on at once."""
    moment = event.data.get("due_at")
    return datetime.fromisoformat(moment) if moment else None

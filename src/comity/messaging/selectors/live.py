"""What has changed since a position of the event log, as channels: names of what somebody's open pages show.

    b… s…           the lists of a buyer, of a seller
    v… h…           the service inbox and the held queue of a marketplace
    cb… cs… cv…     a conversation as its buyer, its seller and the service desk see it

Behind the letters stands a digest with the server's secret: readers carry these names in their tickets, and are not
to learn from them how many buyers, shops or conversations there are.

Nobody's channel moves for what they do not see: that something was written is told to its author's side alone until
it is delivered, and a report, a block or a look at the record moves nothing of those whom it is about.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.crypto import salted_hmac

from comity.common.models import OutboxEvent
from comity.messaging.models import Conversation, Side

_MOST = 500
_DIGITS = 24  # 96 bits: no two names are ever the same
_LETTERS: dict[str, str] = {Side.BUYER: "b", Side.SELLER: "s", Side.MARKETPLACE: "v"}
_BOTH, _ACTING, _TEAM, _BUYER, _NOBODY = "both", "acting", "team", "buyer", "nobody"
# By event of a conversation, whose channels move. ``_ACTING`` is the side that the event names: whose words they are,
# or who reported or blocked. ``_TEAM``: what the addressee's people do among themselves.
HEARD_BY: Mapping[str, str] = {
    "answer.voted": _BUYER,
    "attachment.opened": _NOBODY,
    "attachment.previewed": _NOBODY,
    "conversation.assigned": _TEAM,
    "conversation.labelled": _TEAM,
    "conversation.marked": _BOTH,
    "conversation.unassigned": _TEAM,
    "conversation.unlabelled": _TEAM,
    "message.accepted": _ACTING,
    "message.blocked": _ACTING,
    "message.delivered": _BOTH,
    "message.held": _ACTING,
    "message.reported": _ACTING,
    "message.ruled": _ACTING,
    "message.taken": _NOBODY,
    "message.withdrawn": _ACTING,
    "note.removed": _TEAM,
    "note.written": _TEAM,
    "notice.acknowledged": _BUYER,
    "offer.accepted": _BOTH,
    "offer.countered": _BOTH,
    "offer.declined": _BOTH,
    "party.blocked": _ACTING,
    "party.unblocked": _ACTING,
    "record.exported": _NOBODY,
    "record.opened": _NOBODY,
    "report.decided": _ACTING,
}
_OF_THE_QUEUE = frozenset({"message.held", "message.ruled", "message.withdrawn"})


@dataclass(frozen=True, slots=True)
class Change:
    """An event at ``position`` of the log, and whose pages it concerns."""

    position: int
    channels: frozenset[str]


def latest_position() -> int:
    """The position of the last event that has one. One query."""
    last = OutboxEvent.objects.exclude(position=None).order_by("-position").values_list("position", flat=True)
    return last.first() or 0


def changes_after(position: int) -> list[Change]:
    """The next 500 events behind ``position``, in order; two queries, one where nothing happened."""
    events = list(
        OutboxEvent.objects.filter(position__gt=position)
        .order_by("position")
        .values_list("position", "name", "stream", "data")[:_MOST]
    )
    if not events:
        return []
    about = Conversation.objects.filter(public_id__in={stream for _, _, stream, _ in events})
    fields = about.values_list("public_id", "pk", "buyer_id", "seller_id", "addressee", "marketplace_id")
    known = {public_id: rest for public_id, *rest in fields}
    return [Change(at or 0, _channels(name, data, *known.get(stream, ()))) for at, name, stream, data in events]


def reader_channel(side: str, row_id: int) -> str:
    """The channel of the lists of a buyer, a seller or, by marketplace, the service desk."""
    return _named(_LETTERS[side], row_id)


def queue_channel(marketplace_id: int) -> str:
    """The channel of a marketplace's held queue."""
    return _named("h", marketplace_id)


def conversation_channel(side: str, conversation_id: int) -> str:
    """The channel of one conversation as that side sees it."""
    return _named(f"c{_LETTERS[side]}", conversation_id)


def _named(kind: str, row_id: int) -> str:
    digest = salted_hmac("comity.messaging.live", f"{kind}{row_id}", algorithm="sha256").hexdigest()
    return f"{kind}{digest[:_DIGITS]}"


def _channels(name: str, data: dict[str, Any], *about: Any) -> frozenset[str]:
    if not about:
        return frozenset()
    conversation_id, buyer_id, seller_id, addressee, marketplace_id = about
    sides = _sides(name, data, addressee)
    rows: dict[str, int] = {Side.BUYER: buyer_id, Side.SELLER: seller_id, Side.MARKETPLACE: marketplace_id}
    found = {reader_channel(side, rows[side]) for side in sides}
    found |= {conversation_channel(side, conversation_id) for side in sides}
    if name in _OF_THE_QUEUE:
        found.add(queue_channel(marketplace_id))
    return frozenset(found)


def _sides(name: str, data: dict[str, Any], addressee: str) -> set[str]:
    """Who sees what the event tells of; nobody for an event that the table does not know."""
    sides: dict[str, set[str]] = {
        _BOTH: {Side.BUYER, addressee},
        _ACTING: {str(data.get("side"))} & {Side.BUYER, addressee},
        _TEAM: {addressee},
        _BUYER: {Side.BUYER},
    }
    return sides.get(HEARD_BY.get(name, _NOBODY), set())

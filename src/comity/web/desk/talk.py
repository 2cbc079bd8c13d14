"""The messages of a conversation as ``parts/message.html`` shows them to the people of seller and operator."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from django.urls import reverse

from comity.messaging.models import Conversation, Message, ReplyDeadline, Ruling, Side
from comity.messaging.models.outreach import REVIEW_REQUEST
from comity.messaging.selectors.doors import Seat
from comity.messaging.selectors.outreach import Declared, declared
from comity.screening.services import rulebook_date
from comity.web.files.shown import shown_files

State = Message.State
_WORD_OF: Mapping[str, str] = {
    Ruling.Decision.RELEASE: "released",
    Ruling.Decision.RETURN: "returned",
    Ruling.Decision.BLOCK: "blocked",
}
_HELD = (
    "The time to answer does not run while a person reads it. "
    "If it is returned or blocked, the old due time comes back."
)
_REFUSED = "The time to answer kept running."
_RULED_OUT = "The time to answer runs on to its old end."


def talk(seat: Seat, messages: list[Message], clocks: list[ReplyDeadline], *, page: str) -> list[dict[str, Any]]:
    """Messages and the marks between them, in order of time; ``page``, of who may write, is the conversation's."""
    replaced = {message.replaces_id for message in messages if message.replaces_id}
    shown = [message_view(seat, message, clocks, page="" if message.pk in replaced else page) for message in messages]
    if shown:
        shown[-1]["newest"] = True
    return sorted(shown + _marks(seat.conversation, clocks), key=lambda one: one["at"])


def message_view(seat: Seat, message: Message, clocks: list[ReplyDeadline], *, page: str = "") -> dict[str, Any]:
    """One message. ``clocks`` are all of its conversation; ``page`` lets its author write it again there."""
    mine = message.side == seat.side
    reason = declared(seat.conversation, message)
    knows_why = mine or seat.side == Side.MARKETPLACE
    return {
        "id": message.public_id,
        "author": author_name(seat.conversation, message),
        "author_note": _author_note(seat.conversation, message),
        "at": message.sent_at,
        "text": message.text,
        "files": shown_files(message, seat.conversation.marketplace.slug, says_unread=seat.side == Side.MARKETPLACE),
        "lang": message.language,
        "mine": mine,
        "state": message.state,
        "delivered_at": message.delivered_at,
        "answered_in": _answered_in(message, clocks),
        "held_at": message.sent_at,
        "held_until": message.held_until,
        "declared": reason,
        "rewrite_href": _rewrite_href(seat.conversation, message, page, reason) if mine and page else "",
        **(_why(message, clocks) if knows_why else {}),
    }


def _why(message: Message, clocks: list[ReplyDeadline]) -> dict[str, Any]:
    """What the rules and a person said, for its author and for the marketplace."""
    return {
        "findings": list(message.findings.all()),
        "rulebook_on": rulebook_on(message),
        "ruling": _ruling(message),
        "consequence": _consequence(message, clocks),
    }


def _rewrite_href(conversation: Conversation, message: Message, page: str, reason: Declared | None) -> str:
    if message.state not in (State.BLOCKED, State.WITHDRAWN) or message.purpose == REVIEW_REQUEST:
        return ""
    if reason and conversation.seller and conversation.order:  # what was written first is written again as such
        place = conversation.marketplace.slug, conversation.seller.public_id, conversation.order.public_id
        return f"{reverse('seller-contact-purpose', args=[*place, message.purpose])}?replaces={message.public_id}"
    return f"{page}{'&' if '?' in page else '?'}replaces={message.public_id}#write"


def author_name(conversation: Conversation, message: Message) -> str:
    """Who wrote: the person for seller and marketplace, the buyer under the name the marketplace knows."""
    if message.side == Side.BUYER:
        return conversation.buyer.name
    if message.author:
        return message.author.name
    return side_name(conversation, message.side)


def side_name(conversation: Conversation, side: str) -> str:
    """The name of a party: buyer, shop or marketplace."""
    if side == Side.BUYER:
        return conversation.buyer.name
    return conversation.seller.name if side == Side.SELLER and conversation.seller else conversation.marketplace.name


def rulebook_on(message: Message) -> date | None:
    """From when the rulebook applied to ``message`` is valid."""
    return rulebook_date(message.rulebook_digest)


def _author_note(conversation: Conversation, message: Message) -> str:
    if message.side == Side.BUYER:
        return "Buyer"
    return f"{side_name(conversation, message.side)}{', automatic' if message.automatic else ''}"


def _answered_in(message: Message, clocks: list[ReplyDeadline]) -> timedelta | None:
    started = next((clock.started_at for clock in clocks if clock.ended_by_id == message.pk), None)
    return message.sent_at - started if started and message.delivered_at else None


def _ruling(message: Message) -> dict[str, Any] | None:
    ruling = getattr(message, "ruling", None)
    if ruling is None:
        return None
    return {"decision": _WORD_OF[ruling.decision], "reason": ruling.reason, "at": ruling.decided_at}


def _consequence(message: Message, clocks: list[ReplyDeadline]) -> str:
    """What a message that did not go out means for the reply clock that ran when it was written."""
    if message.state == State.HELD:
        return _HELD if any(clock.ended_by_id == message.pk for clock in clocks) else ""
    if message.state not in (State.BLOCKED, State.WITHDRAWN):
        return ""
    ran = [
        clock
        for clock in clocks
        if clock.owed_by == message.side
        and clock.started_at <= message.sent_at
        and (clock.ended_at is None or clock.ended_at > message.sent_at)
    ]
    if not ran:
        return ""
    return _RULED_OUT if hasattr(message, "ruling") else _REFUSED


def _marks(conversation: Conversation, clocks: Iterable[ReplyDeadline]) -> list[dict[str, Any]]:
    return [
        {
            "kind": "note",
            "id": f"mark-{clock.pk}",
            "author": conversation.marketplace.name,
            "at": clock.ended_at,
            "text": f"{clock.marked_by.name if clock.marked_by else 'Somebody'} marked that no response is needed. "
            "The next message of the buyer starts the time to answer again.",
        }
        for clock in clocks
        if clock.end == ReplyDeadline.End.NOT_NEEDED
    ]

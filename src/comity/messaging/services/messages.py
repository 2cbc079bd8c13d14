"""Replying in a conversation."""

from dataclasses import dataclass, replace
from datetime import datetime

from comity.accounts.models import Restriction
from comity.accounts.selectors.restrictions import is_restricted
from comity.accounts.selectors.roles import may
from comity.messaging.models import Conversation, Message, Side
from comity.messaging.selectors.doors import Seat
from comity.messaging.services.clock import profile_of
from comity.messaging.services.posting import Sent, Unconfirmed, Words, needs_confirmation, once, post, verdict_on
from comity.messaging.services.text import MessageRefused, clean
from comity_policy.model import PURPOSES


@dataclass(frozen=True, slots=True)
class Reply:
    """What a form or a programme sends. ``key`` makes repeats harmless; ``confirmed`` is a verdict's ``input``."""

    text: str
    key: str
    confirmed: str = ""
    purpose: str = "reply"
    replaces: str = ""
    automatic: bool = False


def reply(*, seat: Seat, reply: Reply, now: datetime) -> Sent:
    """Check ``reply`` against the rules in force and put it on record.

    Raises ``MessageRefused`` (nothing stored) when it cannot be a message or the seat may not write, and
    ``KeyReused`` when ``reply.key`` came before with other words.
    """
    require_voice(seat, now=now)
    reply = replace(reply, text=clean(reply.text, limit=profile_of(seat.conversation, now).message_characters))
    if reply.purpose not in PURPOSES:
        raise MessageRefused("purpose", "Choose one of the purposes listed.", "purpose")
    return once(
        lambda: _send(seat, reply, now=now),
        actor=seat.user.public_id,
        route=f"reply/{seat.conversation.public_id}",
        key=reply.key,
        request={"text": reply.text, "purpose": reply.purpose, "replaces": reply.replaces},
        now=now,
    )


def require_voice(seat: Seat, *, now: datetime) -> None:
    """Raise ``MessageRefused`` unless the person in ``seat`` may write now."""
    if seat.staff is not None and not may(seat.staff, "reply"):
        raise MessageRefused(
            "role", "Your role reads here and does not write. Ask an owner or admin to change it.", "text"
        )
    if seat.side == Side.MARKETPLACE:
        return
    restriction = is_restricted(
        seller=seat.conversation.seller if seat.side == Side.SELLER else None,
        buyer=seat.conversation.buyer if seat.side == Side.BUYER else None,
        kind=Restriction.Kind.MESSAGING,
        now=now,
    )
    if restriction is not None:
        raise refusal_for(restriction)


def refusal_for(restriction: Restriction) -> MessageRefused:
    """Why a restricted party may not write, and until when."""
    until = f"until {restriction.ends_at:%d %B %Y, %H:%M} UTC" if restriction.ends_at else "until it is lifted"
    return MessageRefused("restricted", f"You cannot send messages {until}. Reason: {restriction.reason}", "text")


def _send(seat: Seat, reply: Reply, *, now: datetime) -> Sent:
    conversation = lock(seat.conversation.pk)
    words = Words(
        text=reply.text,
        side=seat.side,
        author=seat.user,
        purpose=reply.purpose,
        language=_language(conversation, seat.side),
        automatic=reply.automatic,
        replaces=replaced(conversation, seat.side, reply.replaces),
    )
    return deliver_verdict(conversation, words, reply.confirmed, now=now)


def deliver_verdict(conversation: Conversation, words: Words, confirmed: str, *, now: datetime) -> Sent:
    """Ask the rules, then store the message. Raises ``Unconfirmed`` for a warning not yet confirmed."""
    verdict = verdict_on(conversation, words, now=now)
    if needs_confirmation(verdict, confirmed):
        raise Unconfirmed(verdict)
    message = post(conversation, words, verdict, now=now)
    conversation.save(update_fields=CHANGED)
    return Sent(message.state, message, verdict)


CHANGED = [
    "event_count",
    "record_count",
    "record_head",
    "message_count",
    "last_message",
    "last_message_at",
    "reply_due_at",
    "buyer_waiting_since",
]


def lock(conversation_id: int) -> Conversation:
    """The conversation with what posting needs, its row locked until the transaction ends."""
    related = Conversation.objects.select_related("marketplace", "buyer", "seller", "order", "listing")
    return related.select_for_update(of=("self",)).get(pk=conversation_id)


def replaced(conversation: Conversation, side: str, public_id: str) -> Message | None:
    """The refused message of the same side that a new one replaces; nothing for an unknown or foreign id."""
    if not (public_id and public_id.isprintable()):
        return None
    refused = [Message.State.BLOCKED, Message.State.WITHDRAWN]
    return Message.objects.filter(conversation=conversation, side=side, public_id=public_id, state__in=refused).first()


def _language(conversation: Conversation, side: str) -> str:
    if side == Side.BUYER:
        return conversation.buyer.language
    return conversation.seller.language if conversation.seller else conversation.marketplace.language

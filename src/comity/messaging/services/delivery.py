"""Handing an accepted message to the other side."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from comity.common.prepared import Prepared
from comity.common.record import Entry
from comity.messaging.models import ANSWERS_NOTHING, Conversation, Message, Side
from comity.messaging.services import clock, duties, offers
from comity.messaging.services.messages import CHANGED, lock
from comity.messaging.services.posting import announce, put_on_record


def deliver(*, message_id: str, now: datetime) -> None:
    """Make an accepted message visible to the other side, and let the clocks follow; safe to repeat.

    Call inside a transaction. A message in any other state stays as it is.
    """
    ((conversation_id,),) = _place_of.tuples(message=message_id)
    conversation = lock(conversation_id, now=now)
    (message,) = _known(message=message_id)
    if message.state != Message.State.ACCEPTED:
        return
    put_on_record(conversation, [Entry("delivered", {"message": message.public_id})], now=now)
    message.state, message.delivered_at = Message.State.DELIVERED, now
    message.delivered_position = conversation.record_count
    message.save(update_fields=["state", "delivered_at", "delivered_position"])
    _after_delivery(conversation, message, now=now)
    duties.fulfil(conversation, message, now=now)
    offers.begin(conversation, message, now=now)
    announce(conversation, message, "message.delivered", now=now)
    conversation.save(update_fields=[*CHANGED, "unread_by_addressee", "only_notices"])


def _conversation_of(message: str) -> QuerySet[Any, Any]:
    return Message.objects.filter(public_id=message).values_list("conversation_id")


_place_of = Prepared(_conversation_of, message=str)
_known = Prepared(lambda message: Message.objects.filter(public_id=message), message=str)


def _after_delivery(conversation: Conversation, message: Message, *, now: datetime) -> None:
    first = conversation.last_message_id is None
    conversation.only_notices = _is_notice(message, conversation) and (first or conversation.only_notices)
    conversation.last_message, conversation.last_message_at = message, now
    if message.side != conversation.addressee:
        conversation.unread_by_addressee = True
    if message.side == Side.BUYER:
        clock.start(conversation, message, now=now)
    else:
        clock.end_wait(conversation, message, now=now)


def _is_notice(message: Message, conversation: Conversation) -> bool:
    """Whether the marketplace tells something in its own conversation that answers nobody."""
    return message.side == conversation.addressee == Side.MARKETPLACE and message.purpose in ANSWERS_NOTHING

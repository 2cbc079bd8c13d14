"""What messaging does about events. Each is safe to repeat: it looks at the state before it changes it."""

from datetime import datetime

from comity.common.models import OutboxEvent
from comity.common.record import Entry, append
from comity.messaging.models import Conversation, Message, Side
from comity.messaging.services import clock
from comity.messaging.services.messages import CHANGED, lock
from comity.messaging.services.posting import announce


def deliver_message(event: OutboxEvent, *, now: datetime) -> None:
    """Hand an accepted message to the other side: it is visible from now on, and clocks follow."""
    conversation = lock(Conversation.objects.values_list("pk", flat=True).get(public_id=event.stream), now=now)
    message = Message.objects.get(public_id=event.data["message"])
    if message.state != Message.State.ACCEPTED:
        return
    append(
        conversation,
        [Entry("delivered", {"message": message.public_id})],
        chain=conversation.public_id,
        marketplace=conversation.marketplace.public_id,
        now=now,
    )
    message.state, message.delivered_at = Message.State.DELIVERED, now
    message.delivered_position = conversation.record_count
    message.save(update_fields=["state", "delivered_at", "delivered_position"])
    _after_delivery(conversation, message, now=now)
    announce(conversation, message, "message.delivered", now=now)
    conversation.save(update_fields=CHANGED)


def _after_delivery(conversation: Conversation, message: Message, *, now: datetime) -> None:
    conversation.last_message, conversation.last_message_at = message, now
    if message.side == Side.BUYER:
        clock.start(conversation, message, now=now)
    else:
        clock.end_wait(conversation, message, now=now)

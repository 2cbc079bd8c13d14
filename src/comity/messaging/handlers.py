"""What messaging does about events; each reaction is safe to repeat."""

from datetime import datetime

from comity.common.models import OutboxEvent
from comity.messaging.services.delivery import deliver

# By the queue's names: a message that was acknowledged is delivered, however long it takes.
NEVER_SKIPPED = frozenset({"messaging.deliver_message"})


def deliver_message(event: OutboxEvent, *, now: datetime) -> None:
    """On ``message.accepted``: hand the message to the other side."""
    deliver(message_id=event.data["message"], now=now)

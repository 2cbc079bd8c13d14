"""What messaging does about events; each reaction is safe to repeat."""

from datetime import datetime

from comity.common.models import OutboxEvent
from comity.messaging.services.delivery import deliver


def deliver_message(event: OutboxEvent, *, now: datetime) -> None:
    """On ``message.accepted``: hand the message to the other side."""
    deliver(message_id=event.data["message"], now=now)

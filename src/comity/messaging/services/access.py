"""Reading what is on record is itself on the audit trail."""

from datetime import datetime
from typing import Literal

from comity.accounts.models import User
from comity.common.outbox import emit
from comity.common.transactions import write
from comity.messaging.models import Conversation

Access = Literal["record.opened", "record.exported"]


def note_access(*, conversation: Conversation, name: Access, by: User, now: datetime) -> None:
    """Tell that ``by`` has opened or exported the record of ``conversation``."""
    with write():
        row = Conversation.objects.select_for_update().get(pk=conversation.pk)
        emit(
            row,
            name=name,
            data={"conversation": row.public_id},
            stream_id=row.public_id,
            marketplace=conversation.marketplace.public_id,
            actor=by.public_id,
            now=now,
        )
        row.save(update_fields=["event_count"])

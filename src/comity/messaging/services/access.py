"""Reading what is on record is itself on the audit trail."""

from datetime import datetime
from typing import Literal

from comity.accounts.models import User
from comity.common.outbox import emit
from comity.common.transactions import write
from comity.messaging.models import Attachment, Conversation
from comity.messaging.selectors.attachments import is_seen_by_party

Access = Literal["record.opened", "record.exported"]


def note_access(*, conversation: Conversation, name: Access, by: User, now: datetime) -> None:
    """Tell that ``by`` has opened or exported the record of ``conversation``."""
    _note(conversation, name, {}, by=by, now=now)


def note_opening(*, attachment: Attachment, by: User, now: datetime) -> None:
    """Tell that ``by`` has opened ``attachment`` for the marketplace; a party to the conversation leaves no trace."""
    message = attachment.message
    if not is_seen_by_party(by, message):
        about = {"message": message.public_id, "attachment": attachment.public_id}
        _note(message.conversation, "attachment.opened", about, by=by, now=now)


def _note(conversation: Conversation, name: str, about: dict[str, str], *, by: User, now: datetime) -> None:
    with write():
        row = Conversation.objects.select_for_update().get(pk=conversation.pk)
        emit(
            row,
            name=name,
            data={"conversation": row.public_id, **about},
            stream_id=row.public_id,
            marketplace=conversation.marketplace.public_id,
            actor=by.public_id,
            now=now,
        )
        row.save(update_fields=["event_count"])

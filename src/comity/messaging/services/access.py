"""Reading what is on record is itself on the audit trail."""

from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from comity.accounts.models import User
from comity.common.days import midnight
from comity.common.models import OutboxEvent
from comity.common.outbox import emit
from comity.common.transactions import write
from comity.messaging.models import Attachment, Conversation
from comity.messaging.selectors.attachments import is_seen_by_party

Access = Literal["record.opened", "record.exported"]


def note_access(*, conversation: Conversation, name: Access, by: User, now: datetime) -> None:
    """Tell that ``by`` has opened or exported the record of ``conversation``."""
    _note(conversation, name, {}, by=by, now=now)


def note_opening(*, attachment: Attachment, by: User, now: datetime) -> None:
    """Tell that ``by`` has fetched ``attachment`` for the marketplace, each time.

    A party to the conversation leaves no trace.
    """
    message = attachment.message
    if not is_seen_by_party(by, message):
        _note(message.conversation, "attachment.opened", _about(attachment), by=by, now=now)


def note_preview(*, attachment: Attachment, by: User, now: datetime) -> None:
    """Tell that ``by`` was shown the small picture of ``attachment`` for the marketplace: once a day.

    Whoever opens a page is shown all of its pictures, on every look; told each time they would bury what was done on
    purpose. The day is the marketplace's.
    """
    message = attachment.message
    if not is_seen_by_party(by, message):
        zone = ZoneInfo(message.conversation.marketplace.time_zone)
        today = midnight(now.astimezone(zone).date(), zone)
        _note(message.conversation, "attachment.previewed", _about(attachment), by=by, once_since=today, now=now)


def _about(attachment: Attachment) -> dict[str, str]:
    return {"message": attachment.message.public_id, "attachment": attachment.public_id}


def _note(
    conversation: Conversation,
    name: str,
    about: dict[str, str],
    *,
    by: User,
    once_since: datetime | None = None,
    now: datetime,
) -> None:
    with write():
        row = Conversation.objects.select_for_update().get(pk=conversation.pk)
        if once_since and _is_told(row, name, about, by, once_since):
            return
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


def _is_told(conversation: Conversation, name: str, about: dict[str, str], by: User, since: datetime) -> bool:
    told = OutboxEvent.objects.filter(stream=conversation.public_id, name=name, actor=by.public_id)
    latest = told.filter(occurred_at__gte=since).values_list("data", flat=True)
    return any(data["attachment"] == about["attachment"] for data in latest)

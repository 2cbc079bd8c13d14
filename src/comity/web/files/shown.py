"""The files of a message for ``parts/message.html``."""

from typing import Any

from django.urls import reverse

from comity.files.services.inspection import megabytes
from comity.files.services.reading.kinds import KINDS
from comity.messaging.models import Attachment, Message

_WORDS = {kind.content_type: kind.word for kind in KINDS.values()}


def shown_files(message: Message, marketplace: str, *, says_unread: bool = False) -> list[dict[str, Any]]:
    """Each file with its address; ``says_unread`` to who judges it. Reads what ``with_files`` fetched."""
    if not message.file_count:
        return []
    return [_shown(one, marketplace, says_unread=says_unread) for one in message.attachments.all()]


def _shown(attachment: Attachment, marketplace: str, *, says_unread: bool) -> dict[str, Any]:
    place = [marketplace, attachment.public_id]
    unread = says_unread and attachment.reading != Attachment.Reading.READ
    return {
        "name": attachment.name,
        "about": about(attachment),
        "href": reverse("file", args=place),
        "preview_href": reverse("file-preview", args=place) if attachment.blob.preview_id else "",
        "unread": attachment.get_reading_display() if unread else "",
    }


def about(attachment: Attachment) -> str:
    """“PDF, 2 pages, 120 kB”."""
    pages = f"{attachment.pages} page{'' if attachment.pages == 1 else 's'}" if attachment.pages else ""
    words = [_WORDS.get(attachment.content_type, ""), pages, megabytes(attachment.size)]
    return ", ".join(filter(None, words))

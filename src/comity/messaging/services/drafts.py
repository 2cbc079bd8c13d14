"""Drafts: what a user has typed and not yet sent, kept per place."""

from datetime import datetime

from comity.accounts.models import User
from comity.common.transactions import write
from comity.messaging.models import Draft


def save_draft(*, user: User, place: str, text: str, topic: str = "", limit: int, now: datetime) -> None:
    """Keep ``text`` (cut at ten times the message limit: a draft may be too long to send) or, empty, forget it."""
    text = "".join(character for character in text if character != "\x00" and not "\ud800" <= character <= "\udfff")
    with write():
        if not text.strip():
            Draft.objects.filter(user=user, place=place).delete()
            return
        Draft.objects.update_or_create(
            user=user,
            place=place,
            defaults={"text": text[: limit * 10], "topic": topic, "updated_at": now},
        )


def discard_draft(*, user: User, place: str) -> None:
    """Forget the draft of ``place``, because it was sent or given up."""
    drafts = Draft.objects.filter(user=user, place=place)
    if drafts.exists():
        with write():
            drafts.delete()


def draft_at(*, user: User, place: str) -> Draft | None:
    """The draft ``user`` left at ``place``."""
    return Draft.objects.filter(user=user, place=place).first()

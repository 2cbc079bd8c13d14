"""Drafts: what a user has typed and not yet sent, kept per place."""

from datetime import datetime, timedelta

from comity.accounts.models import User
from comity.common.prepared import Prepared
from comity.common.transactions import write
from comity.messaging.models import Draft


def save_draft(
    *, user: User, place: str, text: str, topic: str = "", limit: int, rest: timedelta | None = None, now: datetime
) -> None:
    """Keep ``text`` (cut at ten times the message limit: a draft may be too long to send) or, empty, forget it.

    Whoever goes on after more than ``rest`` has begun to write anew: ``started_at`` moves.
    """
    text = "".join(character for character in text if character != "\x00" and not "\ud800" <= character <= "\udfff")
    with write():
        if not text.strip():
            Draft.objects.filter(user=user, place=place).delete()
            return
        kept = {"text": text[: limit * 10], "topic": topic, "updated_at": now}
        if rest is not None and Draft.objects.filter(user=user, place=place, updated_at__lt=now - rest).exists():
            kept["started_at"] = now
        Draft.objects.update_or_create(
            user=user, place=place, defaults=kept, create_defaults={**kept, "started_at": now}
        )


def discard_draft(*, user: User, place: str) -> None:
    """Forget the draft of ``place``, because it was sent or given up."""
    if _kept(user=user.pk, place=place):
        with write():
            Draft.objects.filter(user=user, place=place).delete()


def draft_at(*, user: User, place: str) -> Draft | None:
    """The draft ``user`` left at ``place``."""
    return _kept.first(user=user.pk, place=place)


_kept = Prepared(lambda user, place: Draft.objects.filter(user=user, place=place), user=int, place=str)

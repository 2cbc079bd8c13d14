"""What accounts do about events; each reaction is safe to repeat."""

from datetime import datetime

from comity.accounts.models import User
from comity.accounts.services.trail import note_failed_sign_in
from comity.common.models import OutboxEvent


def tell_of_failed_sign_in(event: OutboxEvent, *, now: datetime) -> None:
    """On ``sign_in.failed``: put it on the trail of the shops and marketplaces where the person has a seat.

    The event itself goes, with its delivery: anybody can cause it, for any address, and what shall be kept of it is
    on those trails.
    """
    del now  # the trail says when it was tried
    user = User.objects.filter(public_id=event.data["user"]).first()
    if user:
        note_failed_sign_in(user=user, tries=int(event.data["tries"]), now=event.occurred_at)
    OutboxEvent.objects.filter(pk=event.pk).delete()

"""Pictures of what comes or came back: as many as a message may have files, once more for each side."""

from collections.abc import Sequence
from datetime import datetime

from comity.accounts.profiles import profile_in_force
from comity.common.errors import Refused
from comity.common.ids import new_id
from comity.files.services.uploads import Upload
from comity.orders.models import Order, Return, ReturnPhoto


def require_few(photos: Sequence[Upload], *, order: Order, now: datetime) -> None:
    """Raise ``Refused`` (``photos``) for more than the profile allows with a message."""
    most = profile_in_force(order.marketplace, now).attachments.count
    if len(photos) > most:
        raise Refused("photos", f"{len(photos)} photos: up to {most} can be sent. Take some out.", "files")


def store_photos(returned: Return, photos: Sequence[Upload], *, side: str, now: datetime) -> None:
    """Keep them with the return, in one statement."""
    ReturnPhoto.objects.bulk_create(
        ReturnPhoto(
            returned=returned, public_id=new_id("rph", now), blob=one.blob, name=one.name[:200], side=side, added_at=now
        )
        for one in photos
    )

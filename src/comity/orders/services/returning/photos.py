"""Pictures of what comes or came back: as many as a message may have files, once more for each side."""

from collections.abc import Sequence
from datetime import datetime

from comity.accounts.profiles import profile_in_force
from comity.common.errors import Refused
from comity.common.ids import new_id
from comity.files.services.inspection import words_of
from comity.files.services.reading.kinds import KINDS
from comity.files.services.uploads import Upload
from comity.orders.models import Order, Return, ReturnPhoto


def require_photos(photos: Sequence[Upload], *, order: Order, now: datetime) -> None:
    """Raise ``Refused`` (``photos``) for more than the profile allows with a message, and for what is no picture."""
    limits = profile_in_force(order.marketplace, now).attachments.of_photos()
    if len(photos) > limits.count:
        raise Refused("photos", f"{len(photos)} photos: up to {limits.count} can be sent. Take some out.", "files")
    types = {KINDS[kind].content_type for kind in limits.kinds}
    if other := next((one for one in photos if one.blob.content_type not in types), None):
        sentence = f"“{other.name[:60]}” is no photo. Take it out; allowed: {words_of(limits.kinds)}."
        raise Refused("photos", sentence, "files")


def store_photos(returned: Return, photos: Sequence[Upload], *, side: str, now: datetime) -> None:
    """Keep them with the return, in one statement."""
    ReturnPhoto.objects.bulk_create(
        ReturnPhoto(
            returned=returned, public_id=new_id("rph", now), blob=one.blob, name=one.name[:200], side=side, added_at=now
        )
        for one in photos
    )

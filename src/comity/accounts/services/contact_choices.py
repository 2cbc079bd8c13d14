"""What a buyer lets others send unasked."""

from datetime import datetime

from comity.accounts.models import Buyer, User
from comity.common.outbox import emit
from comity.common.transactions import write


def choose_unsolicited(*, buyer: Buyer, user: User, wanted: bool, now: datetime) -> Buyer:
    """Take or decline messages that sellers send unasked; critical ones come either way (rules §2).

    Choosing again what is chosen changes nothing and keeps the first moment. Returns the buyer as it is now.
    """
    with write():
        row = Buyer.objects.select_for_update().get(pk=buyer.pk)
        if wanted == (row.unsolicited_declined_at is None):
            return row
        row.unsolicited_declined_at = None if wanted else now
        emit(
            row,
            name="buyer.unsolicited_accepted" if wanted else "buyer.unsolicited_declined",
            data={"buyer": row.public_id},
            stream_id=row.public_id,
            marketplace=buyer.marketplace.public_id,
            actor=user.public_id,
            now=now,
        )
        row.save(update_fields=["unsolicited_declined_at", "event_count"])
    return row

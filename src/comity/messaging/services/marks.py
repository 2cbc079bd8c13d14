"""Marks a person sets on a conversation: read, and "no response needed"."""

from datetime import datetime

from comity.common.errors import Refused
from comity.common.outbox import emit
from comity.common.record import Entry
from comity.common.transactions import write
from comity.messaging.models import Conversation, Participant
from comity.messaging.selectors.doors import Seat
from comity.messaging.services import clock
from comity.messaging.services.messages import CHANGED, lock, require_voice
from comity.messaging.services.posting import put_on_record


def mark_no_response_needed(*, seat: Seat, now: datetime) -> None:
    """End the reply clock without an answer; on record, and the buyer's next message starts a new one.

    Raises ``Refused``: ``role``, ``not_owed`` (another side owes the answer), ``nothing_due``.
    """
    require_voice(seat)
    with write():
        conversation = lock(seat.conversation.pk, now=now)
        if seat.side != conversation.addressee:
            raise Refused("not_owed", "Only the side that owes the answer can set this mark.")
        if conversation.reply_due_at is None:
            raise Refused("nothing_due", "No answer is due here, so there is nothing to mark.")
        clock.excuse(conversation, by=seat.user, now=now)
        facts = {"mark": "no_response_needed", "by": seat.user.public_id, "side": str(seat.side)}
        put_on_record(conversation, [Entry("marked", facts)], now=now)
        emit(
            conversation,
            name="conversation.marked",
            data={"conversation": conversation.public_id, "mark": "no_response_needed"},
            stream_id=conversation.public_id,
            marketplace=conversation.marketplace.public_id,
            actor=seat.user.public_id,
            now=now,
        )
        conversation.save(update_fields=CHANGED)


def mark_read(*, seat: Seat) -> None:
    """Remember that the seat has seen what is there now; writes only when there is something new."""
    read_up_to = seat.conversation.record_count
    seats = Participant.objects.filter(conversation=seat.conversation, side=seat.side)
    if seats.filter(read_up_to__gte=read_up_to).exists():
        return
    with write():
        if not seats.filter(read_up_to__lt=read_up_to).update(read_up_to=read_up_to):
            Participant.objects.get_or_create(
                conversation=seat.conversation, side=seat.side, defaults={"read_up_to": read_up_to}
            )
        if seat.side == seat.conversation.addressee:
            # Not when something has come meanwhile: nobody has seen that.
            seen = Conversation.objects.filter(pk=seat.conversation.pk, record_count__lte=read_up_to)
            seen.filter(unread_by_addressee=True).update(unread_by_addressee=False)

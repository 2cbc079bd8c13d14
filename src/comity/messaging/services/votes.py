"""“Did this solve it?”: the buyer's vote on an answer of the seller (rules §6)."""

from datetime import datetime

from comity.common.errors import NotFound
from comity.common.outbox import emit
from comity.common.transactions import write
from comity.messaging.models import Side, Vote
from comity.messaging.selectors.care import answers_in
from comity.messaging.selectors.doors import Seat
from comity.messaging.services.messages import lock


def vote(*, seat: Seat, message_id: str, solved: bool, now: datetime) -> Vote:
    """Store or change the buyer's vote on an answer; the event log keeps the earlier ones. Safe to repeat.

    Raises ``NotFound`` for what is no delivered answer of the seller in the buyer's own conversation.
    """
    if seat.side != Side.BUYER or not message_id.isprintable():
        raise NotFound(message_id)
    with write():
        conversation = lock(seat.conversation.pk, now=now)
        answer = answers_in(conversation).filter(public_id=message_id).first()
        if answer is None:
            raise NotFound(message_id)
        known = Vote.objects.filter(message=answer).first()
        if known is not None and known.solved == solved:
            return known
        fields = {"voted_by": seat.user, "solved": solved, "voted_at": now}
        places = {"conversation": conversation, "seller": conversation.seller}
        found, _ = Vote.objects.update_or_create(message=answer, defaults=fields, create_defaults={**fields, **places})
        emit(
            conversation,
            name="answer.voted",
            data={"conversation": conversation.public_id, "message": answer.public_id, "solved": solved},
            stream_id=conversation.public_id,
            marketplace=conversation.marketplace.public_id,
            actor=seat.user.public_id,
            now=now,
        )
        conversation.save(update_fields=["event_count"])
    return found

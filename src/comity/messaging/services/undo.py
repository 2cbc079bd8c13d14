"""Taking a reply back before it is delivered.

A reply from a desk is accepted at once and delivered not before ``undo_until``. Until its delivery its author may
take it back: it is withdrawn, on record, and the reply clock that it had stopped runs on to its old end. Delivery
and undo lock the same conversation, so one of them is first and the other finds that out.
"""

from datetime import datetime

from comity.common.errors import NotFound, Refused
from comity.common.record import Entry
from comity.common.transactions import write
from comity.messaging.models import TRANSITIONS, Conversation, Draft, Message
from comity.messaging.selectors.doors import Seat
from comity.messaging.services import clock
from comity.messaging.services.drafts import save_draft
from comity.messaging.services.messages import CHANGED, lock
from comity.messaging.services.posting import announce, put_on_record

State = Message.State


def undo(*, seat: Seat, message_id: str, place: str, typed: str, now: datetime) -> Message:
    """Withdraw an accepted reply and put its words back into the draft at ``place``, before what was ``typed`` since.

    A repeat changes nothing. Raises ``NotFound`` for a message that ``seat`` does not have, and ``Refused``:
    ``not_yours`` (a colleague wrote it), ``too_late`` (it is delivered, or was never to be taken back).
    """
    with write():
        conversation = lock(seat.conversation.pk, now=now)
        message = _own(conversation, seat, message_id)
        if message.state == State.WITHDRAWN and message.undo_until:
            return message
        if message.state != State.ACCEPTED or message.undo_until is None:
            raise Refused("too_late", "Too late to take it back: this message is not on its way any more.", "form")
        assert State.WITHDRAWN in TRANSITIONS[message.state]
        facts = {"message": message.public_id, "by": seat.user.public_id}
        put_on_record(conversation, [Entry("withdrawn", facts)], now=now)
        message.state = State.WITHDRAWN
        message.save(update_fields=["state"])
        clock.resume(conversation, message, now=now)
        announce(conversation, message, "message.withdrawn", by=seat.user, now=now)
        conversation.save(update_fields=CHANGED)
        _put_back(message, seat, place, typed, now=now)
    return message


def _own(conversation: Conversation, seat: Seat, message_id: str) -> Message:
    own = Message.objects.filter(conversation=conversation, side=seat.side).select_related("body")
    message = own.filter(public_id=message_id).first() if message_id.isprintable() else None
    if message is None:
        raise NotFound(message_id)
    if message.author_id != seat.user.pk:
        raise Refused("not_yours", "Only who wrote a message can take it back.", "form")
    return message


def _put_back(message: Message, seat: Seat, place: str, typed: str, *, now: datetime) -> None:
    """The words where they were typed; what came after them follows, so that nothing is lost."""
    draft = Draft.objects.filter(user=seat.user, place=place).first()
    later = typed.strip() or (draft.text.strip() if draft else "")
    text = f"{message.text}\n\n{later}" if later else message.text
    limit = clock.profile_of(seat.conversation, now).message_characters
    save_draft(user=seat.user, place=place, text=text, limit=limit, now=now)

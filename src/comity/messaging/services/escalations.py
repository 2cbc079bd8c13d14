"""A seller asks the marketplace for help with a conversation, and is answered (S29).

The marketplace reads the whole conversation where its record stands; what it answers is for the seller alone.
"""

from datetime import datetime

from comity.accounts.models import OperatorStaff, User
from comity.accounts.selectors.roles import require_writer
from comity.common.errors import Refused
from comity.common.ids import new_id
from comity.common.outbox import emit
from comity.common.transactions import write
from comity.messaging.models import Conversation, Escalation, Side
from comity.messaging.selectors.doors import Seat
from comity.messaging.selectors.offers import get_escalation
from comity.messaging.services.clock import profile_of
from comity.messaging.services.messages import CHANGED, lock, require_voice
from comity.messaging.services.text import clean


def escalate(*, seat: Seat, reason: str, now: datetime) -> Escalation:
    """Ask the marketplace to look at the whole conversation.

    Raises ``Refused`` (nothing stored): ``role``, ``side`` (buyers have a way of their own), ``waiting`` (asked already
    and not answered), an unusable text.
    """
    require_voice(seat)
    if seat.side != Side.SELLER:
        raise Refused("side", "Sellers ask for help here. Buyers choose it in the contact form.", "reason")
    if not reason.strip():
        raise Refused("reason", "Say what you need help with.", "reason")
    try:
        text = clean(reason, limit=profile_of(seat.conversation, now).message_characters)
    except Refused as refused:
        raise Refused(refused.code, refused.sentence, "reason") from None
    with write():
        conversation = lock(seat.conversation.pk, now=now)
        if conversation.escalations.filter(answered_at=None).exists():
            raise Refused("waiting", "You have asked already. The answer will stand here.", "reason")
        made = Escalation.objects.create(
            conversation=conversation, public_id=new_id("esc", now), reason=text, made_by=seat.user, made_at=now
        )
        _tell(conversation, made, "escalation.made", seat.user, now=now)
    return made


def answer_escalation(*, staff: OperatorStaff, escalation_id: str, text: str, now: datetime) -> Escalation:
    """Answer the seller, once. Raises ``NotFound`` and ``Refused``: ``role``, ``answer``, ``answered``."""
    require_writer(staff, action="serve")
    if not text.strip():
        raise Refused("answer", "Write what the seller should know or do.", "answer")
    with write():
        found = get_escalation(staff, escalation_id)
        conversation = lock(found.conversation_id, now=now)
        found.refresh_from_db()
        if found.answered_at:
            raise Refused("answered", "A colleague was quicker: this has been answered.", "answer")
        found.answer = clean(text, limit=profile_of(conversation, now).message_characters)
        found.answered_by, found.answered_at = staff.user, now
        found.save(update_fields=["answer", "answered_by", "answered_at"])
        _tell(conversation, found, "escalation.answered", staff.user, now=now)
    return found


def _tell(conversation: Conversation, escalation: Escalation, name: str, by: User, *, now: datetime) -> None:
    emit(
        conversation,
        name=name,
        data={"escalation": escalation.public_id, "conversation": conversation.public_id},
        stream_id=conversation.public_id,
        marketplace=conversation.marketplace.public_id,
        actor=by.public_id,
        now=now,
    )
    conversation.save(update_fields=CHANGED)

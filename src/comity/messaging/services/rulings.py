"""A moderator's decision on a held message."""

from datetime import datetime

from comity.accounts.models import OperatorStaff, Staff, User
from comity.accounts.selectors.roles import may
from comity.common.errors import NotFound, Refused
from comity.common.record import Entry
from comity.common.transactions import write
from comity.messaging.models import TRANSITIONS, Conversation, Message, Ruling
from comity.messaging.services import clock
from comity.messaging.services.messages import CHANGED, lock
from comity.messaging.services.posting import announce, put_on_record
from comity.messaging.services.text import clean

Decision = Ruling.Decision
State = Message.State

STATE_AFTER: dict[str, str] = {
    Decision.RELEASE: State.ACCEPTED,
    Decision.RETURN: State.WITHDRAWN,
    Decision.BLOCK: State.BLOCKED,
}


class AlreadyRuled(Refused):
    """Somebody else decided first; ``ruling`` is theirs, if there is one."""

    def __init__(self, ruling: Ruling | None) -> None:
        super().__init__("already_ruled", "This message is no longer held: somebody has ruled on it.", "decision")
        self.ruling = ruling


def rule(*, message_id: str, staff: OperatorStaff, user: User, decision: str, reason: str, now: datetime) -> Ruling:
    """Release, return or block a held message of the moderator's marketplace, with a reason its author is told.

    A released message is delivered next. A returned or blocked seller reply gives the old due time back.
    Raises ``NotFound``, ``AlreadyRuled``, and ``Refused`` for a missing reason, a role that may not rule,
    and one's own conversation.
    """
    _require_ruling(staff, decision)
    with write():
        conversation, message = _lock_held(message_id, staff, now=now)
        _require_stranger(conversation, message, user)
        limit = clock.profile_of(conversation, now).message_characters
        ruling = _decide(conversation, message, user, decision, _reason(reason, limit), now=now)
        conversation.save(update_fields=CHANGED)
    return ruling


def _require_ruling(staff: OperatorStaff, decision: str) -> None:
    if not may(staff, "rule"):
        raise Refused("role", "Your role does not rule on held messages.", "decision")
    if decision not in Decision.values:
        raise Refused("decision", "Choose release, return or block.", "decision")


def _require_stranger(conversation: Conversation, message: Message, user: User) -> None:
    """Nobody rules on their own words, or on a conversation that is theirs as buyer or for a shop."""
    works_there = Staff.objects.filter(seller=conversation.seller, user=user)
    if user.pk in (message.author_id, conversation.buyer.user_id) or works_there.exists():
        raise Refused("own", "You take part in this conversation: somebody else must rule on it.", "decision")


def _reason(reason: str, limit: int) -> str:
    if not reason.strip():
        raise Refused("reason", "Say why: the author is told this reason.", "reason")
    return clean(reason, limit=limit)


def _lock_held(message_id: str, staff: OperatorStaff, *, now: datetime) -> tuple[Conversation, Message]:
    found = Message.objects.filter(public_id=message_id, conversation__marketplace=staff.marketplace)
    conversation_id = found.values_list("conversation_id", flat=True).first()
    if conversation_id is None:
        raise NotFound(message_id)
    conversation = lock(conversation_id, now=now)
    message = found.get()
    if message.state != State.HELD:
        raise AlreadyRuled(Ruling.objects.select_related("decided_by").filter(message=message).first())
    return conversation, message


def _decide(
    conversation: Conversation, message: Message, user: User, decision: str, reason: str, *, now: datetime
) -> Ruling:
    state = STATE_AFTER[decision]
    assert state in TRANSITIONS[message.state]
    facts = {"message": message.public_id, "decision": decision, "by": user.public_id}
    (entry,) = put_on_record(conversation, [Entry("ruled", facts, reason)], now=now)
    message.state = state
    message.save(update_fields=["state"])
    ruling = Ruling.objects.create(message=message, decided_by=user, decision=decision, body=entry.body, decided_at=now)
    announce(conversation, message, "message.ruled", by=user, now=now)
    if decision == Decision.RELEASE:
        announce(conversation, message, "message.accepted", now=now)
    else:
        clock.resume(conversation, message, now=now)
        clock.withdraw_wait(conversation, message, now=now)
    return ruling

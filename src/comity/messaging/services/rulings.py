"""A moderator's decision on a held message.

The author is told the reason, so it may hold no contact details and no links. The other rules do not bind it: a
moderator has to be able to name what was wrong, and the marketplace's words are its own.
"""

from datetime import datetime

from comity.accounts.models import OperatorStaff, User
from comity.accounts.selectors.roles import may
from comity.common.errors import NotFound, Refused
from comity.common.record import Entry
from comity.common.transactions import write
from comity.messaging.models import TRANSITIONS, Conversation, Message, Ruling, Side
from comity.messaging.selectors.care import PARTIES, blocking, is_critical, takes_part
from comity.messaging.services import clock
from comity.messaging.services.messages import CHANGED, lock
from comity.messaging.services.posting import announce, put_on_record
from comity.messaging.services.text import clean
from comity.orders.selectors.orders import order_facts
from comity.screening.services import screen
from comity_policy.model import Outcome

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
    one's own conversation, and the release of what its recipient has refused to take since (``not_taken``).
    """
    _require_ruling(staff, decision)
    with write():
        conversation, message = _lock_held(message_id, staff, now=now)
        _require_stranger(conversation, message, user)
        limit = clock.profile_of(conversation, now).message_characters
        cleaned = _reason(reason, limit)
        if decision == Decision.RELEASE:
            _require_wanted(conversation, message, now=now)
        _require_no_contacts(conversation, cleaned, now=now)
        ruling = _decide(conversation, message, user, decision, cleaned, now=now)
        conversation.save(update_fields=CHANGED)
    return ruling


def take(*, message_id: str, staff: OperatorStaff, user: User, now: datetime) -> None:
    """Tell the others that ``user`` is reading a held message; who takes it later has it then.

    Raises ``NotFound``, ``AlreadyRuled``, and ``Refused`` for who may not rule on it.
    """
    _require_role(staff)
    with write():
        conversation, message = _lock_held(message_id, staff, now=now)
        _require_stranger(conversation, message, user)
        announce(conversation, message, "message.taken", by=user, now=now)
        conversation.save(update_fields=["event_count"])


def _require_role(staff: OperatorStaff) -> None:
    if not may(staff, "rule"):
        raise Refused("role", "Your role does not rule on held messages.", "decision")


def _require_ruling(staff: OperatorStaff, decision: str) -> None:
    _require_role(staff)
    if decision not in Decision.values:
        raise Refused("decision", "Choose release, return or block.", "decision")


def _require_stranger(conversation: Conversation, message: Message, user: User) -> None:
    """Nobody rules on their own words, or on a conversation that is theirs as buyer or for a shop."""
    if user.pk == message.author_id or takes_part(conversation, user):
        raise Refused("own", "You take part in this conversation: somebody else must rule on it.", "decision")


def _reason(reason: str, limit: int) -> str:
    if not reason.strip():
        raise Refused("reason", "Say why: the author is told this reason.", "reason")
    return clean(reason, limit=limit)


def _require_wanted(conversation: Conversation, message: Message, *, now: datetime) -> None:
    """What was held must not arrive when its recipient has blocked the author, or opted out, in the meantime."""
    if message.side not in PARTIES or is_critical(message.purpose, clock.profile_of(conversation, now)):
        return
    other = Side.SELLER if message.side == Side.BUYER else Side.BUYER
    declined = conversation.buyer.unsolicited_declined_at is not None
    unsolicited = message.side == Side.SELLER and message.purpose != "reply"
    if blocking(conversation, now=now).in_force(other):
        raise Refused("not_taken", "Its recipient has blocked the author since. Return it or block it.", "decision")
    if unsolicited and declined:
        raise Refused("not_taken", "The buyer takes no unsolicited messages. Return it or block it.", "decision")


def _require_no_contacts(conversation: Conversation, reason: str, *, now: datetime) -> None:
    """What is taken out of a message must not reach its author, or others, by way of the reason."""
    known = order_facts(conversation.order) if conversation.order else frozenset[str]()
    verdict = screen(
        text=reason,
        role="seller",  # the stricter of the two
        purpose="reply",
        language=conversation.marketplace.language,
        marketplace=conversation.marketplace,
        known_ids=known,
        now=now,
    )
    stops = (Outcome.HOLD, Outcome.BLOCK)
    found = [one for one in verdict.findings if one.rule.startswith(("contact.", "link.")) and one.outcome in stops]
    if found:
        sentence = f"The author reads this: describe “{found[0].quote(reason)}” instead of writing it out."
        raise Refused("reason_contacts", sentence, "reason")


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

"""Reporting a message of the other side, and the marketplace's decision on it (S86, S87).

The one whose message is reported learns nothing of it. The reporter is told the outcome, once.
"""

from datetime import datetime

from comity.accounts.models import OperatorStaff, User
from comity.accounts.selectors.roles import may
from comity.common.errors import NotFound, Refused
from comity.common.ids import new_id
from comity.common.models import RecordBody
from comity.common.outbox import emit
from comity.common.record import Entry
from comity.common.transactions import write
from comity.messaging.models import REPORT_TRANSITIONS, Conversation, Message, Report, Side
from comity.messaging.selectors.care import get_reportable, takes_part
from comity.messaging.selectors.doors import Seat
from comity.messaging.services import clock
from comity.messaging.services.messages import CHANGED, lock, require_voice
from comity.messaging.services.posting import put_on_record
from comity.messaging.services.text import clean

State = Report.State


class AlreadyDecided(Refused):
    """Somebody else decided first; ``report`` says who and how."""

    def __init__(self, report: Report) -> None:
        super().__init__("already_decided", "Somebody has decided on this report already.", "state")
        self.report = report


def report(*, seat: Seat, message_id: str, reason: str, words: str = "", now: datetime) -> Report:
    """Report a delivered message of the other side to the marketplace; on record with its reason.

    Raises ``NotFound`` for a message that this seat cannot report, its own among them, and ``Refused``:
    ``role``, ``reason``, ``words`` (for "other" they are needed), ``reported`` (once a side).
    """
    message = get_reportable(seat=seat, message_id=message_id)
    require_voice(seat)
    if reason not in Report.Reason.values:
        raise Refused("reason", "Choose what is wrong with the message.", "reason")
    if reason == Report.Reason.OTHER and not words.strip():
        raise Refused("words", "Say in your own words what is wrong with the message.", "words")
    if words.strip():
        words = clean(words, limit=clock.profile_of(seat.conversation, now).message_characters)
    with write():
        conversation = lock(seat.conversation.pk, now=now)
        found = _store(conversation, message, seat, reason, words.strip(), now=now)
        conversation.save(update_fields=CHANGED)
    return found


def _store(
    conversation: Conversation, message: Message, seat: Seat, reason: str, words: str, *, now: datetime
) -> Report:
    if Report.objects.filter(message=message, side=seat.side).exists():
        raise Refused("reported", "This message has been reported already. You are told the outcome.", "reason")
    public_id = new_id("rpt", now)
    body = _mark(conversation, "reported", message, public_id, seat.user, words, {"reason": reason}, now=now)
    return Report.objects.create(
        message=message,
        marketplace=conversation.marketplace,
        public_id=public_id,
        side=seat.side,
        reported_by=seat.user,
        reported_at=now,
        reason=reason,
        body=body,
    )


def decide(*, report_id: str, staff: OperatorStaff, user: User, decision: str, reason: str, now: datetime) -> Report:
    """Uphold or dismiss an open report of the moderator's marketplace, with a reason the reporter is told.

    Raises ``NotFound``, ``AlreadyDecided``, and ``Refused`` for a missing reason, a role that may not rule, and
    a conversation of one's own.
    """
    if not may(staff, "rule"):
        raise Refused("role", "Your role does not decide on reports.", "state")
    if decision not in REPORT_TRANSITIONS[State.OPEN]:
        raise Refused("state", "Choose whether the report is upheld or dismissed.", "state")
    if not reason.strip():
        raise Refused("reason", "Say why: the person who reported is told this reason.", "reason")
    with write():
        found, conversation = _lock_open(report_id, staff, now=now)
        if takes_part(conversation, user):
            raise Refused("own", "You take part in this conversation: somebody else must decide.", "state")
        reason = clean(reason, limit=clock.profile_of(conversation, now).message_characters)
        _decide(conversation, found, user, decision, reason, now=now)
        conversation.save(update_fields=CHANGED)
    return found


def _lock_open(report_id: str, staff: OperatorStaff, *, now: datetime) -> tuple[Report, Conversation]:
    known = Report.objects.filter(public_id=report_id, marketplace=staff.marketplace)
    conversation_id = known.values_list("message__conversation_id", flat=True).first()
    if conversation_id is None:
        raise NotFound(report_id)
    conversation = lock(conversation_id, now=now)
    found = known.select_related("message", "decided_by", "decision_body").get()
    if found.state != State.OPEN:
        raise AlreadyDecided(found)
    return found, conversation


def _decide(
    conversation: Conversation, found: Report, user: User, decision: str, reason: str, *, now: datetime
) -> None:
    facts = {"decision": decision}
    found.decision_body = _mark(
        conversation, "report_decided", found.message, found.public_id, user, reason, facts, now=now
    )
    found.state, found.decided_by, found.decided_at = decision, user, now
    found.save(update_fields=["state", "decided_by", "decided_at", "decision_body"])


def _mark(
    conversation: Conversation,
    mark: str,
    message: Message,
    report_id: str,
    user: User,
    words: str,
    facts: dict[str, str],
    *,
    now: datetime,
) -> RecordBody | None:
    """Put it on record and tell it. The entry says ``about`` and not ``message``: it changes nothing of that one."""
    about = {"mark": mark, "about": message.public_id, "report": report_id, "by": user.public_id, **facts}
    (entry,) = put_on_record(conversation, [Entry("marked", about, words or None)], now=now)
    reporter = Side.SELLER if message.side == Side.BUYER else Side.BUYER
    places = {"conversation": conversation.public_id, "message": message.public_id, "side": str(reporter)}
    emit(
        conversation,
        name="report.decided" if mark == "report_decided" else "message.reported",
        data={**places, "report": report_id, **facts},
        stream_id=conversation.public_id,
        marketplace=conversation.marketplace.public_id,
        actor=user.public_id,
        now=now,
    )
    return entry.body if words else None

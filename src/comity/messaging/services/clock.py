"""The reply clock of a conversation.

Rules
    * It starts when a buyer's message is delivered and none runs; a second message does not move it (S27, C4).
    * A reply of the side that owes one stops it when written, also while held; an automatic reply does not,
      unless the profile says so (rules §3). Requests for a review and notices to many buyers never do:
      they answer nothing.
    * If a held reply does not go out and no other was written, the old due time comes back; a clock that began
      meanwhile is merged into it.
    * "No response needed" ends it and is on record; the next buyer message starts a new one.
All functions change ``conversation`` in memory; the caller holds its lock and saves it.
"""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet

from comity.accounts.models import User
from comity.accounts.profiles import Profile, profile_in_force
from comity.messaging.models import ANSWERS_NOTHING, Conversation, Message, ReplyDeadline, Side

End = ReplyDeadline.End
State = Message.State
_ON_ITS_WAY = [State.ACCEPTED, State.HELD, State.DELIVERED]  # not refused, not given back


def profile_of(conversation: Conversation, now: datetime) -> Profile:
    """The profile in force for the conversation's marketplace."""
    return profile_in_force(conversation.marketplace, now)


def start(conversation: Conversation, message: Message, *, now: datetime) -> None:
    """Start the clock for a delivered buyer message, unless one runs already."""
    if conversation.reply_due_at is not None:
        return
    profile = profile_of(conversation, now)
    due_at = now + timedelta(hours=profile.reply_hours)
    ReplyDeadline.objects.create(
        conversation=conversation,
        owed_by=conversation.addressee,
        seller_id=conversation.seller_id if conversation.addressee == Side.SELLER else None,
        first_message=message,
        started_at=now,
        due_at=due_at,
        profile_digest=profile.digest,
    )
    conversation.reply_due_at = due_at


def stop(conversation: Conversation, reply: Message, *, now: datetime) -> None:
    """Stop the clock for a written reply, if it runs and the reply counts."""
    if conversation.reply_due_at is None or not counts_as_reply(conversation, reply, now=now):
        return
    _open(conversation).update(ended_at=now, end=End.ANSWERED, ended_by=reply)
    conversation.reply_due_at = None


def counts_as_reply(conversation: Conversation, message: Message, *, now: datetime) -> bool:
    """Whether ``message`` is an answer by the side that owes one."""
    if message.side != conversation.addressee or message.purpose in ANSWERS_NOTHING:
        return False
    return not message.automatic or profile_of(conversation, now).automatic_reply_stops_clock


def resume(conversation: Conversation, reply: Message, *, now: datetime) -> None:
    """Bring back the clock that ``reply`` had stopped, because the reply does not go out.

    Unless another reply was written meanwhile: then that one is the answer.
    """
    stopped = ReplyDeadline.objects.filter(conversation=conversation, ended_by=reply).order_by("due_at").first()
    if stopped is None:
        return
    others = _replies(conversation, now).exclude(pk=reply.pk).filter(number__gt=stopped.first_message.number)
    stopped.ended_by = others.filter(state__in=_ON_ITS_WAY).order_by("number").first()
    if stopped.ended_by is None:
        _open(conversation).update(ended_at=now, end=End.MERGED)
        stopped.ended_at, stopped.end = None, End.OPEN
        conversation.reply_due_at = stopped.due_at
    stopped.save(update_fields=["ended_at", "end", "ended_by"])


def excuse(conversation: Conversation, *, by: User, now: datetime) -> None:
    """End the clock because no response is needed."""
    _open(conversation).update(ended_at=now, end=End.NOT_NEEDED, marked_by=by)
    conversation.reply_due_at = None


def begin_wait(conversation: Conversation, message: Message) -> None:
    """The buyer's own wait begins when the first unanswered message is sent (S91)."""
    if message.side == Side.BUYER and conversation.buyer_waiting_since is None:
        conversation.buyer_waiting_since = message.sent_at


def end_wait(conversation: Conversation, reply: Message, *, now: datetime) -> None:
    """The buyer's wait ends when an answer is delivered, except for what the answer could not yet know of."""
    if counts_as_reply(conversation, reply, now=now):
        conversation.buyer_waiting_since = _waiting_since(conversation, now)


def withdraw_wait(conversation: Conversation, message: Message, *, now: datetime) -> None:
    """A buyer's message that does not go out no longer counts as waiting."""
    if message.side == Side.BUYER:
        conversation.buyer_waiting_since = _waiting_since(conversation, now)


def _waiting_since(conversation: Conversation, now: datetime) -> datetime | None:
    """When the first buyer message was sent that no delivered answer, written after its delivery, has answered."""
    answers = _replies(conversation, now).filter(state=State.DELIVERED, sent_at__gte=OuterRef("delivered_at"))
    asked = Message.objects.filter(conversation=conversation, side=Side.BUYER, state__in=_ON_ITS_WAY)
    unanswered = asked.filter(~Exists(answers)).order_by("number")
    return unanswered.values_list("sent_at", flat=True).first()


def _replies(conversation: Conversation, now: datetime) -> QuerySet[Message]:
    """What the side that owes an answer has written, as far as it counts as one."""
    replies = Message.objects.filter(conversation=conversation, side=conversation.addressee)
    replies = replies.exclude(purpose__in=ANSWERS_NOTHING)
    return replies if profile_of(conversation, now).automatic_reply_stops_clock else replies.filter(automatic=False)


def _open(conversation: Conversation) -> QuerySet[ReplyDeadline]:
    return ReplyDeadline.objects.filter(conversation=conversation, ended_at=None)

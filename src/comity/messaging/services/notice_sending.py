"""Sending a released notice: a few buyers in one transaction, then the next few, until nobody is left.

The notice's row is locked meanwhile, and message, recipient and the event that asks for the next few are one
transaction. A process that is killed leaves whole batches behind; doing one again finds the next buyers.
"""

from datetime import datetime

from comity.accounts.models import Buyer, Marketplace
from comity.accounts.profiles import profile_in_force
from comity.common.buggify import crash_point
from comity.common.outbox import emit
from comity.common.record import Entry
from comity.common.transactions import write
from comity.messaging.models import Message, Notice, NoticeRecipient, Side
from comity.messaging.selectors.audience import not_yet_handled
from comity.messaging.selectors.notices import due_reminders, get_recall_of_buyer, kind_of, open_recalls
from comity.messaging.services.contact import Subject, find_or_open
from comity.messaging.services.messages import CHANGED, lock
from comity.messaging.services.notices import may_not_send, move, tell, verdict_of
from comity.messaging.services.posting import Words, post, put_on_record
from comity.messaging.services.recall_text import REMINDER
from comity.orders.models import Order
from comity_policy.model import Verdict

State = Notice.State
Outcome = NoticeRecipient.Outcome
# Under which topic a buyer finds a conversation that the notice opens.
TOPICS = {Notice.Kind.RECALL: "recall"}
TOPIC = "product"


def send_batch(*, notice_id: str, now: datetime) -> None:
    """Send a released notice to its next buyers; safe to repeat. Call inside a transaction.

    Asks for another round with an event; the round that finds nobody ends it. One whose shop may not write first any
    more is stopped, and the rounds that follow put down whom it did not reach; a critical one goes on.
    """
    notice = _lock(notice_id)
    if notice.state == State.STOPPED:
        _put_down_the_rest(notice, now=now)
        return
    if notice.state == State.APPROVED:
        move(notice, State.SENDING, "notice.sending_began", now=now)
    if notice.state != State.SENDING:
        return
    critical, size = kind_of(notice, now).critical, _batch(notice.marketplace, now)
    buyers = not_yet_handled(notice, critical=critical, size=size)
    if buyers and may_not_send(notice, now=now):
        notice.closed_at = now
        move(notice, State.STOPPED, "notice.stopped", now=now)
        return
    for buyer in buyers:
        _hand_to(notice, buyer, now=now)
        crash_point("notice_handed_to_one")
    if buyers:
        tell(notice, "notice.batch_sent", now=now)
    else:
        notice.sent_at = now
        move(notice, State.SENT, "notice.sent", now=now)


def remind_batch(*, notice_id: str, now: datetime) -> None:
    """Remind the next buyers who have not said that they read a recall, each once; safe to repeat."""
    notice = _lock(notice_id)
    if notice.state not in (State.SENDING, State.SENT):
        return
    due = due_reminders(notice, now=now).select_related("buyer", "order", "message").order_by("pk")
    reminded = list(due[: _batch(notice.marketplace, now)])
    for recipient in reminded:
        text = REMINDER.format(title=notice.product.title)
        _say(notice, recipient.buyer, recipient.order, text, None, now=now)
        recipient.reminded_at = now
    NoticeRecipient.objects.bulk_update(reminded, ["reminded_at"])
    if reminded:
        tell(notice, "notice.reminders_sent", now=now)


def let_reminders_fall_due(*, now: datetime) -> int:
    """Ask for reminders where some are due; how many recalls that were. Safe to repeat: what is done is not due."""
    due = [notice for notice in open_recalls() if due_reminders(notice, now=now).exists()]
    for notice in due:
        with write():
            tell(_lock(notice.public_id), "notice.reminders_fell_due", now=now)
    return len(due)


def acknowledge(*, buyer: Buyer, notice_id: str, now: datetime) -> NoticeRecipient:
    """The buyer says "I have read this"; on record in the conversation, once. Raises ``NotFound``."""
    found = get_recall_of_buyer(buyer, notice_id)
    assert found.message is not None
    with write():
        conversation = lock(found.message.conversation_id, now=now)
        mine = NoticeRecipient.objects.filter(pk=found.pk, acknowledged_at=None)
        if not mine.update(acknowledged_at=now):
            return get_recall_of_buyer(buyer, notice_id)
        by = buyer.user.public_id if buyer.user else ""
        put_on_record(conversation, [Entry("marked", {"mark": "recall_read", "by": by, "notice": notice_id})], now=now)
        emit(
            conversation,
            name="notice.acknowledged",
            data={"conversation": conversation.public_id, "notice": notice_id, "buyer": buyer.public_id},
            stream_id=conversation.public_id,
            marketplace=conversation.marketplace.public_id,
            actor=by,
            now=now,
        )
        conversation.save(update_fields=CHANGED)
    return get_recall_of_buyer(buyer, notice_id)


def _lock(notice_id: str) -> Notice:
    related = Notice.objects.select_related("marketplace", "seller__marketplace", "product", "recall")
    return related.select_for_update(of=("self",)).get(public_id=notice_id)


def _batch(marketplace: Marketplace, now: datetime) -> int:
    return profile_in_force(marketplace, now).notice_batch


def _put_down_the_rest(notice: Notice, *, now: datetime) -> None:
    """Of a stopped notice: the next buyers get nothing, whatever else would have left them out."""
    buyers = not_yet_handled(notice, critical=False, size=_batch(notice.marketplace, now))
    NoticeRecipient.objects.bulk_create(
        NoticeRecipient(notice=notice, buyer=buyer, order_id=buyer.meant_order, outcome=Outcome.RESTRICTED)  # type: ignore[attr-defined]  # annotated by audience
        for buyer in buyers
    )
    if buyers:
        tell(notice, "notice.batch_stopped", now=now)


def _hand_to(notice: Notice, buyer: Buyer, *, now: datetime) -> None:
    outcome = buyer.left_out or Outcome.SENT  # type: ignore[attr-defined]  # annotated by audience
    order = Order.objects.select_related("seller", "buyer", "marketplace").get(pk=buyer.meant_order)  # type: ignore[attr-defined]  # as above
    message = None
    if outcome == Outcome.SENT:
        message = _say(notice, buyer, order, notice.text, verdict_of(notice), now=now)
    NoticeRecipient.objects.create(notice=notice, buyer=buyer, order=order, outcome=outcome, message=message)


def _say(notice: Notice, buyer: Buyer, order: Order, text: str, verdict: Verdict | None, *, now: datetime) -> Message:
    """Post in the buyer's conversation about the order with whoever speaks; it answers nothing (see ``clock``)."""
    topic = TOPICS.get(Notice.Kind(notice.kind), TOPIC)
    found = find_or_open(buyer=buyer, subject=Subject(order=order), addressee=notice.side, topic=topic, now=now)
    conversation = lock(found, now=now)
    speaks = order.seller if notice.side == Side.SELLER else notice.marketplace
    words = Words(text=text, side=notice.side, author=None, purpose=notice.kind, language=speaks.language)
    message = post(conversation, words, verdict, now=now)
    conversation.save(update_fields=CHANGED)
    return message

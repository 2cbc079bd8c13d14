"""Telling buyers of their subscriptions (S10): before each renewal, when it was not paid, and when it was the last.

A renewal is announced in the transaction that posts the message, so what is renewed was told. That a shop and the
marketplace agreed on the shop's own mails of renewals changes nothing here: without this one nothing is renewed.
"""

from datetime import datetime
from functools import partial

from comity.common.models import OutboxEvent
from comity.common.transactions import write
from comity.messaging.models import OrderNotice, Side
from comity.messaging.selectors.agreements import who_sends
from comity.messaging.selectors.subscription_words import told_of
from comity.messaging.services.contact import Subject
from comity.messaging.services.notice_posting import post_notice
from comity.orders.models import Subscription
from comity.orders.selectors.subscriptions import latest_order
from comity.orders.services.subscriptions import announce, some, to_announce

RENEWAL, CANCELLATION, DECLINED = "auto_renewal", "cancellation_confirmation", "renewal_declined"


def announce_due(now: datetime) -> None:
    """Tell the buyers whose next renewal is near, ``some`` of each marketplace."""
    for keys in to_announce(now):
        some(keys, partial(_announce, now=now), failed="The renewal of subscription %s could not be announced: %s")


def tell_end(event: OutboxEvent, *, now: datetime) -> None:
    """On ``subscription.cancelled`` and ``subscription.ended``: confirm it. Safe to repeat; call in a transaction."""
    one = _of(event)
    if _was_told(event, CANCELLATION):
        return
    if who_sends(one.seller, CANCELLATION, event.occurred_at).party == Side.MARKETPLACE:
        _say(one, CANCELLATION, f"subscription_{one.end_reason or one.state}", event, now)


def tell_declined(event: OutboxEvent, *, now: datetime) -> None:
    """On ``subscription.declined``: what the buyer can do now. Safe to repeat; call in a transaction.

    The marketplace always says it: it is the marketplace that asked for the money.
    """
    if not _was_told(event, DECLINED):
        _say(_of(event), DECLINED, "subscription_declined", event, now)


def _of(event: OutboxEvent) -> Subscription:
    rows = Subscription.objects.select_related("marketplace", "seller__marketplace", "buyer", "listing__product")
    return rows.get(public_id=event.data["subscription"])


def _was_told(event: OutboxEvent, kind: str) -> bool:
    return OrderNotice.objects.filter(event=event.public_id, kind=kind).exists()


def _announce(key: int, *, now: datetime) -> None:
    with write():
        if one := announce(key, now=now):
            event = OutboxEvent.objects.get(stream=one.public_id, sequence=one.event_count)
            _say(one, RENEWAL, RENEWAL, event, now)


def _say(one: Subscription, kind: str, words: str, event: OutboxEvent, now: datetime) -> None:
    """In the conversation about its latest order, without one about its listing."""
    order = latest_order(one)
    language, text = told_of(one, words)
    subject = Subject(order=order) if order else Subject(listing=one.listing)
    message = post_notice(subject, one.buyer, language, text, now=now)
    OrderNotice.objects.create(order=order, event=event.public_id, kind=kind, message=message, sent_at=now)

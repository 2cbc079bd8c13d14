"""What sellers owe buyers where the rulebook leaves it to them (S40, S42, C1): from an event until a message."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby

from django.db.models import Exists, OuterRef

from comity.accounts.profiles import profile_in_force
from comity.common.ids import new_id
from comity.common.models import OutboxEvent
from comity.common.transactions import write
from comity.messaging.models import Conversation, Duty, Message, Side
from comity.messaging.selectors.order_words import Telling
from comity.orders.services.happenings import Happening, happen, lock_orders

_AT_A_TIME = 500
_ON_ITS_WAY = (Message.State.ACCEPTED, Message.State.HELD)


def owe(telling: Telling, event: OutboxEvent, *, now: datetime) -> None:
    """The seller owes what ``telling`` says from the moment of ``event``; once, however often this is called.

    Nothing is owed of a kind for which the profile has no hours: the seller may send it.
    """
    order = telling.order
    profile = profile_in_force(order.marketplace, event.occurred_at)
    hours = profile.duties.hours.get(telling.kind)
    if hours is None:
        return
    Duty.objects.get_or_create(
        event=event.public_id,
        kind=telling.kind,
        defaults={
            "seller": order.seller,
            "order": order,
            "public_id": new_id("dty", now),
            "about": telling.about,
            "started_at": event.occurred_at,
            "due_at": event.occurred_at + timedelta(hours=hours),
            "profile_digest": profile.digest,
        },
    )


def fulfil(conversation: Conversation, message: Message, *, now: datetime) -> None:
    """A delivered message of a seller ends what it owed longest of that kind about the order.

    One query for what a seller writes first under a purpose that declares a kind, none for anything else.
    """
    if message.side != Side.SELLER or conversation.order_id is None:
        return
    kind = _kinds(conversation, message.sent_at).get(message.purpose)
    if kind is None:
        return
    owed = Duty.objects.select_for_update().filter(order=conversation.order_id, kind=kind, ended_at=None)
    if first := owed.order_by("due_at", "pk").first():
        first.ended_at, first.message = now, message
        first.save(update_fields=["ended_at", "message"])


def _kinds(conversation: Conversation, at: datetime) -> dict[str, str]:
    """What each purpose of the profile declares, of those that declare something."""
    purposes = profile_in_force(conversation.marketplace, at).purposes
    return {one.key: one.declares for one in purposes if one.declares}


def miss_due(now: datetime) -> int:
    """Put on record what was not sent in time; how much that was. Safe to repeat: each is missed once.

    A message that a person reads first, or that is about to be delivered, is waited for.
    """
    missed = 0
    while portion := _next_due(now):
        with write():
            missed += _miss(portion, now=now)
    return missed


def _next_due(now: datetime) -> list[Duty]:
    due = Duty.objects.filter(ended_at=None, missed_at=None, due_at__lte=now)
    written = Message.objects.filter(
        conversation__order=OuterRef("order"), side=Side.SELLER, state__in=_ON_ITS_WAY, sent_at__lte=OuterRef("due_at")
    ).exclude(purpose="reply")
    return list(due.filter(~Exists(written)).order_by("due_at", "pk")[:_AT_A_TIME])


def _miss(portion: Sequence[Duty], *, now: datetime) -> int:
    orders = lock_orders({duty.order_id for duty in portion})
    locked = Duty.objects.select_for_update().filter(pk__in=[one.pk for one in portion], ended_at=None, missed_at=None)
    found = sorted(locked, key=lambda duty: (orders[duty.order_id].marketplace_id, duty.pk))
    for _, same in groupby(found, key=lambda duty: orders[duty.order_id].marketplace_id):
        data = [(duty, {"duty": duty.public_id, "kind": duty.kind}) for duty in same]
        happen([Happening(orders[duty.order_id], "duty.missed", facts) for duty, facts in data], now=now)
    for duty in found:
        duty.missed_at = now
    Duty.objects.bulk_update(found, ["missed_at"])
    return len(found)

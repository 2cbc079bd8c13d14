"""Telling buyers what happened to their orders, once each (S10, S41–S48).

On an event either the marketplace says it, in its own conversation with the buyer about the order, or the seller owes
it (``duties``): as agreement, rulebook and profile have it. What the marketplace says comes from what is committed,
answers no question and stops no clock. What the seller wrote about a delay was checked when it was told.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from comity.accounts.profiles import profile_in_force
from comity.common.models import OutboxEvent
from comity.messaging.models import OrderNotice, Side
from comity.messaging.selectors.agreements import who_tells
from comity.messaging.selectors.order_words import Telling, of_adjustment, told
from comity.messaging.services.contact import Subject
from comity.messaging.services.duties import owe
from comity.messaging.services.notice_posting import post_notice
from comity.orders.models import Adjustment, CancelRequest, DelayNotice, Order, Return, Shipment
from comity.orders.selectors.replacements import replacements_about
from comity.orders.services.remaining import NOT_SENT

Data = Mapping[str, Any]


def tell(event: OutboxEvent, *, now: datetime) -> None:
    """Tell the buyer what ``event`` says, or have the seller owe it. Safe to repeat; call inside a transaction."""
    related = Order.objects.select_related("marketplace", "seller__marketplace", "buyer")
    order = related.get(public_id=event.data["order"])
    telling = TELLS[event.name](order, event.data)
    if telling is None:
        return
    if who_tells(order, telling.kind, event.occurred_at) == Side.SELLER:
        if event.name in OWING:
            owe(telling, event, now=now)
    elif not OrderNotice.objects.filter(event=event.public_id, kind=telling.kind).exists():
        _say(telling, event.public_id, now=now)


def _say(telling: Telling, event: str, *, now: datetime) -> None:
    order = telling.order
    limit = profile_in_force(order.marketplace, now).message_characters
    message = post_notice(Subject(order=order), order.buyer, *told(telling, limit=limit), now=now)
    OrderNotice.objects.create(order=order, event=event, kind=telling.kind, message=message, sent_at=now)


def _placed(order: Order, data: Data) -> Telling:
    del data
    found = replacements_about(order)
    words = "replacement_confirmation" if found.of else ""
    return Telling("order_confirmation", order, words, replaced=found.of)


def _shipped(order: Order, data: Data) -> Telling:
    return Telling("shipment_confirmation", order, shipment=_shipment_of(order, data))


def _corrected(order: Order, data: Data) -> Telling:
    return Telling("shipment_confirmation", order, "shipment_correction", shipment=_shipment_of(order, data))


def _left(order: Order, data: Data) -> Telling | None:
    """That it has left, where no parcel is known; of a part nobody knows which."""
    return None if data["part"] else Telling("shipment_confirmation", order)


def _shipment_of(order: Order, data: Data) -> Shipment:
    return Shipment.objects.get(order=order, public_id=data["shipment"])


def _adjusted(order: Order, data: Data) -> Telling:
    return of_adjustment(Adjustment.objects.get(order=order, public_id=data["adjustment"]), order)


def _given_up(order: Order, data: Data) -> Telling | None:
    """What is not sent, where no adjustment says so already: by the clock, the buyer, a file, or without money."""
    reason = data["reason"]
    if data["by"] != Side.MARKETPLACE and reason in NOT_SENT and order.adjustments.filter(reason=reason).exists():
        return None
    partly = Shipment.objects.filter(order=order).exists() or data["by"] == Side.MARKETPLACE
    return Telling("cancellation_confirmation", order, "rest_cancelled" if partly else "")


def _declined(order: Order, data: Data) -> Telling:
    asked = CancelRequest.objects.get(order=order, public_id=data["request"])
    return Telling("cancellation_declined", order, "cancel_declined", request=asked)


def _delayed(order: Order, data: Data) -> Telling:
    return Telling("delay_notice", order, delay=DelayNotice.objects.get(order=order, public_id=data["notice"]))


def _returned(order: Order, data: Data) -> Telling | None:
    returned = Return.objects.select_related("adjustment").get(order=order, public_id=data["return"])
    return Telling("return_confirmation", order, adjustment=returned.adjustment, returned=returned)


# Which events are told, and as what; the keys are those of ``jobs.table``.
TELLS: Mapping[str, Callable[[Order, Data], Telling | None]] = {
    "order.placed": _placed,
    "order.cancelled": lambda order, _: Telling("cancellation_confirmation", order),
    "order.cancel_declined": _declined,
    "order.unfulfillable": _given_up,
    "order.delayed": _delayed,
    "order.shipped": _left,
    "shipment.confirmed": _shipped,
    "shipment.corrected": _corrected,
    "adjustment.made": _adjusted,
    "return.refunded": _returned,
}
# What a seller owes of it where it is the seller's: a correction, say, is told as the seller likes, and of what has
# left without a parcel that is known a seller has nothing to tell.
OWING = frozenset({"shipment.confirmed", "adjustment.made"})

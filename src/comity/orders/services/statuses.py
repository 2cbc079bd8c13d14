"""Which status may follow which, and when an order is over."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Protocol

from comity.orders.models import TRANSITIONS, Order

OVER = frozenset({Order.Status.CANCELLED, Order.Status.UNFULFILLABLE})
TO_SHIP = frozenset({Order.Status.UNSHIPPED, Order.Status.PARTIALLY_SHIPPED})
LEFT = frozenset({Order.Status.SHIPPED, Order.Status.DELIVERED})


# In words that people read. Unfulfillable is what a seller cancelled because it could not be sent, or an order of which
# a part left and the rest was cancelled: cancelled either way.
STATUS_WORDS: Mapping[str, str] = {
    Order.Status.PENDING: "waiting for payment",
    Order.Status.UNSHIPPED: "not shipped",
    Order.Status.PARTIALLY_SHIPPED: "partly shipped",
    Order.Status.SHIPPED: "shipped",
    Order.Status.DELIVERED: "delivered",
    Order.Status.CANCELLED: "cancelled",
    Order.Status.UNFULFILLABLE: "cancelled",
}


def is_rest_cancelled(order: Order, *, begun: bool) -> bool:
    """Whether only the rest of it was cancelled, for something has ``begun`` to leave."""
    return begun and order.status == Order.Status.UNFULFILLABLE


class Dated(Protocol):
    """An order, or what somebody keeps of one."""

    @property
    def status(self) -> str: ...
    @property
    def placed_at(self) -> datetime: ...
    @property
    def deliver_by(self) -> datetime | None: ...
    @property
    def delivered_at(self) -> datetime | None: ...
    @property
    def cancelled_at(self) -> datetime | None: ...


def completed_at(order: Dated) -> datetime | None:
    """When the order was over; None before it has left.

    Where no carrier tells, the promise counts, without one the day of the order: it may not stay open for ever.
    """
    over = order.cancelled_at or order.delivered_at
    promised = order.deliver_by or order.placed_at
    return over or (promised if order.status in LEFT | OVER else None)


def days_since(order: Order, now: datetime) -> dict[str, int]:
    """Whole days from what is known of ``order`` to ``now``, as ``comity_policy.Context.days`` names them.

    Where no delivery was promised the carrier's word counts for it, as it does for a review request.
    """
    known = {
        "placed": order.placed_at,
        "delivered": order.delivered_at,
        "completed": completed_at(order),
        "promised_from": order.deliver_from or order.delivered_at,
        "promised_by": order.deliver_by or order.delivered_at,
    }
    return {name: (now - at).days for name, at in known.items() if at}


def open_until(order: Dated, *, days: int) -> datetime | None:
    """Until when an order that has left counts as open though no carrier tells of it: ``days`` after its promise.

    None where that is not known: what has not left, or is over already.
    """
    completed = completed_at(order) if order.status == Order.Status.SHIPPED else None
    return completed + timedelta(days=days) if completed else None


def is_open(order: Dated, *, days: int, now: datetime) -> bool:
    """Whether both sides may still have to write about it: neither delivered, nor given up, nor long past."""
    until = open_until(order, days=days)
    return order.status not in OVER | {Order.Status.DELIVERED} and (until is None or now <= until)


def reachable(status: str, later: str) -> bool:
    """Whether an order may come from ``status`` to ``later`` along the table, in any number of steps or none."""
    seen, ahead = {status}, [status]
    while ahead:
        for following in TRANSITIONS[ahead.pop()] - seen:
            seen.add(following)
            ahead.append(following)
    return later in seen


def ahead_of(status: str) -> list[str]:
    """Every status that an order in ``status`` may still come to, in the order of the table."""
    return [str(one) for one in TRANSITIONS if one != status and reachable(status, one)]

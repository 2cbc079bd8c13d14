"""What the clock does about orders that have not left: a reminder, the word late, in the end the cancellation.

Each step finds its orders by an index, takes a bounded number at a time and looks again once it holds their locks, so
it is safe to repeat and to be cut off: what one run leaves over is the next one's.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from comity.common.transactions import write
from comity.orders.models import DelayNotice, Order, ShipDeadline
from comity.orders.services.cancelling import give_up_rest
from comity.orders.services.deadlines import end_ship_deadlines
from comity.orders.services.happenings import Happening, happen, lock_orders
from comity.orders.services.statuses import OVER, TO_SHIP

BATCH = 500  # orders of each step in one run
NOT_SHIPPED_IN_TIME = "NotShippedInTime"


def watch_ship_deadlines(now: datetime) -> None:
    """Cancel what is long overdue, say what is late, remind of what soon will be; at most ``BATCH`` orders each.

    The sellers are reminded once of each deadline. Late without a notice of delay before is a breach (S45).
    """
    for step in _STEPS:
        with write():
            if late := _locked(step, now):
                step.act(late, now)


def _locked(step: "_Step", now: datetime) -> list[ShipDeadline]:
    """The deadlines that are due for ``step``, with their locked orders, in the order of these."""
    due = ShipDeadline.objects.filter(ended_at__isnull=True, **step.due(now))
    orders = lock_orders(due.order_by(step.column).values_list("order", flat=True)[:BATCH])
    _end_forgotten(list(orders.values()), now)
    found = list(due.filter(order__in=orders).order_by("order"))
    for one in found:
        one.order = orders[one.order_id]
    return found


def _end_forgotten(orders: Sequence[Order], now: datetime) -> None:
    """A clock that runs on though its order has left or is over ends here: nobody is late with that."""
    left = [one for one in orders if one.status not in TO_SHIP | OVER]
    end_ship_deadlines(left, end=ShipDeadline.End.SHIPPED, now=now)
    over = [one for one in orders if one.status in OVER]
    end_ship_deadlines(over, end=ShipDeadline.End.CANCELLED, now=now)


def _cancel(deadlines: Sequence[ShipDeadline], now: datetime) -> None:
    orders = [one.order for one in deadlines]
    give_up_rest(orders, reason=NOT_SHIPPED_IN_TIME, by="marketplace", actor="", now=now)


def _say_late(deadlines: Sequence[ShipDeadline], now: datetime) -> None:
    notices: dict[int, list[datetime]] = {}
    told = DelayNotice.objects.filter(order__in=[one.order_id for one in deadlines])
    for order, at in told.values_list("order", "told_at"):
        notices.setdefault(order, []).append(at)
    for one in deadlines:
        in_time = any(one.started_at < at <= one.due_at for at in notices.get(one.order_id, ()))
        one.late_at, one.breached_at = now, None if in_time else now
    ShipDeadline.objects.bulk_update(deadlines, ["late_at", "breached_at"])
    _tell([Happening(one.order, "order.late", {"breach": one.breached_at is not None}) for one in deadlines], now)


def _remind(deadlines: Sequence[ShipDeadline], now: datetime) -> None:
    ShipDeadline.objects.filter(pk__in=[one.pk for one in deadlines]).update(reminded_at=now)
    _tell([Happening(one.order, "order.ship_due_soon") for one in deadlines], now)


def _tell(happenings: Sequence[Happening], now: datetime) -> None:
    """Make them happen, marketplace by marketplace."""
    ordered = sorted(happenings, key=_marketplace)
    for _, group in groupby(ordered, key=_marketplace):
        happen(list(group), now=now)


def _marketplace(happening: Happening) -> int:
    return happening.order.marketplace_id


@dataclass(frozen=True, slots=True)
class _Step:
    """``column``: the indexed one that says when it is due; ``due``: the filter that fits that index."""

    column: str
    due: Callable[[datetime], Mapping[str, Any]]
    act: Callable[[Sequence[ShipDeadline], datetime], None]


_STEPS = (
    _Step("cancel_at", lambda now: {"cancel_at__lte": now}, _cancel),
    _Step("due_at", lambda now: {"due_at__lt": now, "late_at__isnull": True}, _say_late),
    _Step(
        "remind_at",
        lambda now: {"remind_at__lte": now, "due_at__gte": now, "reminded_at__isnull": True, "late_at__isnull": True},
        _remind,
    ),
)

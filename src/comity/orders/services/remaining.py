"""What of an order's money may still be adjusted: by line for the price, and for all of it together."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Sum

from comity.orders.models import AdjustmentPart, Order, OrderLine, ShipmentLine

_NOT_LEFT = frozenset({Order.Status.PENDING, Order.Status.UNSHIPPED, Order.Status.PARTIALLY_SHIPPED})


@dataclass(slots=True)
class LeftOfLine:
    """Of one line in minor units: ``paid`` for it, not adjusted yet, and worth of what has not been sent."""

    line: OrderLine
    paid: int
    principal: int
    unsent: int


@dataclass(slots=True)
class Left:
    """What is left of one order. It shrinks as changes are planned, before anything is written.

    ``open_minor`` has not been taken from the buyer, ``refundable_minor`` can be given back; ``waits``: whether any
    piece has yet to leave.
    """

    order: Order
    lines: dict[str, LeftOfLine]
    open_minor: int
    refundable_minor: int
    waits: bool

    @property
    def total_minor(self) -> int:
        """All that may still be adjusted."""
        return self.open_minor + self.refundable_minor


def left_of(orders: Collection[Order]) -> dict[int, Left]:
    """What is left of each order, by key; their payables are loaded. Three queries for any number."""
    keys = [order.pk for order in orders]
    principal = AdjustmentPart.objects.filter(adjustment__order__in=keys, component=AdjustmentPart.Component.PRINCIPAL)
    adjusted = dict(principal.values_list("line").annotate(Sum("amount_minor")))
    gone = dict(ShipmentLine.objects.filter(shipment__order__in=keys).values_list("line").annotate(Sum("quantity")))
    lines: dict[int, list[OrderLine]] = {key: [] for key in keys}
    for line in OrderLine.objects.filter(order__in=keys).order_by("id"):
        lines[line.order_id].append(line)
    return {order.pk: _left(order, lines[order.pk], adjusted, gone) for order in orders}


def _left(order: Order, lines: Iterable[OrderLine], adjusted: dict[int, int], gone: dict[int, int]) -> Left:
    found, waits = {}, False
    for line in lines:
        paid = line.unit_minor * line.quantity
        unsent = max(line.quantity - gone.get(line.pk, 0), 0) if order.status in _NOT_LEFT else 0
        waits = waits or bool(unsent)
        found[line.external_id] = LeftOfLine(line, paid, paid - adjusted.get(line.pk, 0), unsent * line.unit_minor)
    # An order that an older version stored gets its payable when money first moves.
    payable = order.payable
    taken = (payable.open_minor, payable.refundable_minor) if payable else (order.total_minor, 0)
    return Left(order, found, *taken, waits)

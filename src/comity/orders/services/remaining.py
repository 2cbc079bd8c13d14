"""What of an order's money may still be adjusted: by line for the price, and for all of it together."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Q, Sum

from comity.orders.models import Adjustment, AdjustmentPart, Order, OrderLine, ShipmentLine

_Reason = Adjustment.Reason
# Pieces whose price was adjusted for one of these reasons are not sent any more.
NOT_SENT = frozenset(
    {_Reason.NO_INVENTORY, _Reason.COULD_NOT_SHIP, _Reason.PRODUCT_OUT_OF_STOCK, _Reason.CUSTOMER_CANCEL}
)
_NOT_LEFT = frozenset({Order.Status.PENDING, Order.Status.UNSHIPPED, Order.Status.PARTIALLY_SHIPPED})


@dataclass(slots=True)
class LeftOfLine:
    """Of one line in minor units: ``paid`` for it, not adjusted yet, and worth of what has yet to be sent."""

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
    adjusted = prices_adjusted(keys)
    gone = dict(ShipmentLine.objects.filter(shipment__order__in=keys).values_list("line").annotate(Sum("quantity")))
    lines: dict[int, list[OrderLine]] = {key: [] for key in keys}
    for line in OrderLine.objects.filter(order__in=keys).order_by("id"):
        lines[line.order_id].append(line)
    return {order.pk: _left(order, lines[order.pk], adjusted, gone) for order in orders}


def prices_adjusted(orders: Collection[int]) -> dict[int, tuple[int, int]]:
    """What was adjusted of lines' prices, by their keys: all of it, and what is of pieces not sent. One query."""
    parts = AdjustmentPart.objects.filter(adjustment__order__in=orders, component=AdjustmentPart.Component.PRINCIPAL)
    not_sent = Sum("amount_minor", filter=Q(adjustment__reason__in=NOT_SENT), default=0)
    rows = parts.values("line").annotate(all=Sum("amount_minor"), not_sent=not_sent)
    return {line: (every, gone) for line, every, gone in rows.values_list("line", "all", "not_sent")}


def _left(
    order: Order,
    lines: Iterable[OrderLine],
    adjusted: Mapping[int, tuple[int, int]],
    gone: Mapping[int, int],
) -> Left:
    found, waits = {}, False
    for line in lines:
        paid = line.unit_minor * line.quantity
        every, not_sent = adjusted.get(line.pk, (0, 0))
        pieces = max(line.quantity - gone.get(line.pk, 0), 0) if order.status in _NOT_LEFT else 0
        unsent = max(pieces * line.unit_minor - not_sent, 0)
        waits = waits or bool(unsent or (pieces and not line.unit_minor))
        found[line.external_id] = LeftOfLine(line, paid, paid - every, unsent)
    # An order that an older version stored gets its payable when money first moves.
    payable = order.payable
    taken = (payable.open_minor, payable.refundable_minor) if payable else (order.total_minor, 0)
    return Left(order, found, *taken, waits)

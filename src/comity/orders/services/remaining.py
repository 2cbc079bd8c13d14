"""What of an order's money may still be adjusted: by line for the price, and for all of it together."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Q, Sum

from comity.common.many import many
from comity.ledger.services.payments import step_for
from comity.orders.models import Adjustment, AdjustmentPart, Order, OrderLine, ShipmentLine

_Reason = Adjustment.Reason
# Pieces whose price was adjusted for one of these reasons are not sent any more.
NOT_SENT = frozenset(
    {_Reason.NO_INVENTORY, _Reason.COULD_NOT_SHIP, _Reason.PRODUCT_OUT_OF_STOCK, _Reason.CUSTOMER_CANCEL}
)
_NOT_LEFT = frozenset({Order.Status.PENDING, Order.Status.UNSHIPPED, Order.Status.PARTIALLY_SHIPPED})


class Adjusted(NamedTuple):
    """How much of a line's price was adjusted, in minor units: in all, and for what is not sent any more.

    Of the latter (``NOT_SENT``) the ``pieces`` count where they were named, whatever they cost, else the ``amount``.
    """

    total: int = 0
    pieces: int = 0
    amount: int = 0

    def not_sent(self, unit_minor: int) -> int:
        """How many pieces are not sent any more."""
        return self.pieces + (self.amount // unit_minor if unit_minor else 0)


@dataclass(slots=True)
class LeftOfLine:
    """Of one line in minor units: its price (``paid``), and what of it is not adjusted yet (``principal``).

    ``waiting``: pieces that have not left, those that were ``given`` up among them.
    """

    line: OrderLine
    paid: int
    principal: int
    waiting: int
    given: Adjusted

    @property
    def gone(self) -> int:
        """How many pieces have left."""
        return self.line.quantity - self.waiting

    @property
    def unsent(self) -> int:
        """The price of what has yet to be sent."""
        return max((self.waiting - self.given.pieces) * self.line.unit_minor - self.given.amount, 0)

    @property
    def given_up(self) -> int:
        """How many of the pieces that have not left never will."""
        return min(self.given.not_sent(self.line.unit_minor), self.waiting)


@dataclass(slots=True)
class Left:
    """What is left of one order. It shrinks as changes are planned, before anything is written.

    ``open_minor`` has not been taken from the buyer, ``refundable_minor`` can be given back; ``waits``: whether any
    piece has yet to leave. Only multiples of ``step`` can be moved.
    """

    order: Order
    lines: dict[str, LeftOfLine]
    open_minor: int
    refundable_minor: int
    waits: bool
    step: int

    @property
    def total_minor(self) -> int:
        """All that may still be adjusted."""
        return self.open_minor + self.refundable_minor

    def worth(self, price_minor: int) -> int:
        """``shared``: what was paid for goods of this order that have such a price."""
        return shared(price_minor, of=sum(one.paid for one in self.lines.values()), total_minor=self.order.total_minor)


def shared(price_minor: int, *, of: int, total_minor: int) -> int:
    """What is paid for goods of such a price out of those that cost ``of``: a discount on all is shared by value."""
    return price_minor * min(total_minor, of) // of if of else 0


def left_of(orders: Collection[Order]) -> dict[int, Left]:
    """What is left of each order, by key; their payables are loaded. Three queries for any number."""
    keys = [order.pk for order in orders]
    adjusted = prices_adjusted(keys)
    gone = dict(
        ShipmentLine.objects.filter(shipment__order__in=many(keys)).values_list("line").annotate(Sum("quantity"))
    )
    lines: dict[int, list[OrderLine]] = {key: [] for key in keys}
    for line in OrderLine.objects.filter(order__in=many(keys)).order_by("id"):
        lines[line.order_id].append(line)
    return {order.pk: _left(order, lines[order.pk], adjusted, gone) for order in orders}


def prices_adjusted(orders: Collection[int]) -> dict[int, Adjusted]:
    """What was adjusted of lines' prices, by their keys. One query."""
    parts = AdjustmentPart.objects.filter(
        adjustment__order__in=many(orders), component=AdjustmentPart.Component.PRINCIPAL
    )
    not_sent = Q(adjustment__reason__in=NOT_SENT)
    rows = parts.values("line").annotate(
        total=Sum("amount_minor"),
        pieces=Sum("quantity", filter=not_sent, default=0),
        amount=Sum("amount_minor", filter=not_sent & Q(quantity__isnull=True), default=0),
    )
    return {line: Adjusted(*sums) for line, *sums in rows.values_list("line", "total", "pieces", "amount")}


def _left(
    order: Order,
    lines: Iterable[OrderLine],
    adjusted: Mapping[int, Adjusted],
    gone: Mapping[int, int],
) -> Left:
    found, waits = {}, False
    for line in lines:
        paid = line.unit_minor * line.quantity
        given = adjusted.get(line.pk, Adjusted())
        pieces = max(line.quantity - gone.get(line.pk, 0), 0) if order.status in _NOT_LEFT else 0
        one = LeftOfLine(line, paid, paid - given.total, pieces, given)
        waits = waits or bool(one.unsent or (pieces and not line.unit_minor))
        found[line.external_id] = one
    # An order that an older version stored gets its payable when money first moves.
    payable = order.payable
    taken = (payable.open_minor, payable.refundable_minor) if payable else (order.total_minor, 0)
    return Left(order, found, *taken, waits, step_for(payable))

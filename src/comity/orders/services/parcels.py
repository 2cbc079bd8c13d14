"""What of orders has left and what has yet to leave, and the leaving itself: money, clocks, the step along the table.

Charged with a parcel (S72) is the price of the pieces in it, less their share of a discount on the whole order; with
the one after which nothing is left to send, everything of the order that is still open: postage, tax, and what rounding
left, also to what the payment provider can take. Where less is open than the pieces cost, because some of it was given
up before, that is charged.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from comity.common.many import many
from comity.ledger.models import Journal
from comity.ledger.services.books import Move, book
from comity.ledger.services.payments import step_for
from comity.orders.models import (
    TRANSITIONS,
    Order,
    OrderLine,
    ShipDeadline,
    Shipment,
    ShipmentLine,
)
from comity.orders.services.deadlines import end_ship_deadlines
from comity.orders.services.happenings import Happening
from comity.orders.services.paying import money_of
from comity.orders.services.remaining import Adjusted, prices_adjusted, shared

TOLD = ("carrier", "service", "tracking_number", "shipped_at")  # what of a shipment is its seller's word


def told_of(shipment: Shipment) -> str:
    """That word, a line for each of ``TOLD``: what the record keeps of it when it is corrected."""
    return "\n".join(str(getattr(shipment, name)) for name in TOLD)


@dataclass(frozen=True, slots=True)
class Departure:
    """A parcel that left. ``complete``: nothing of its order is left to send; ``to``: its next status, or none.

    ``worth_minor``: what is paid for its pieces.
    """

    order: Order
    shipment: Shipment
    pieces: Mapping[OrderLine, int]
    worth_minor: int
    complete: bool
    to: str

    def happening(self, actor: str) -> Happening:
        """That it was confirmed."""
        data = {"shipment": self.shipment.public_id}
        return Happening(self.order, "shipment.confirmed", data, to=self.to, actor=actor)


@dataclass(slots=True)
class Parcels:
    """One order's lines and parcels; it changes as parcels are planned, before anything is written.

    ``left``: pieces yet to be sent, by key of the line; ``contents``: the same for each shipment, by its public id.
    """

    order: Order
    lines: dict[str, OrderLine]
    left: dict[int, int]
    shipments: list[Shipment]
    contents: dict[str, dict[int, int]]
    status: str

    def leave(self, shipment: Shipment, pieces: Mapping[OrderLine, int] | None = None) -> Departure:
        """Plan that ``shipment`` leaves with ``pieces``, or with everything that is left."""
        if pieces is None:
            pieces = {line: self.left[line.pk] for line in self.lines.values() if self.left[line.pk]}
        for line, count in pieces.items():
            self.left[line.pk] = max(self.left[line.pk] - count, 0)
        self.shipments.append(shipment)
        self.contents[shipment.public_id] = {line.pk: count for line, count in pieces.items()}
        complete = not any(self.left.values())
        to = Order.Status.SHIPPED if complete else Order.Status.PARTIALLY_SHIPPED
        if to not in TRANSITIONS[self.status]:
            return Departure(self.order, shipment, pieces, self._worth(pieces), complete, "")
        self.status = to
        return Departure(self.order, shipment, pieces, self._worth(pieces), complete, to)

    def _worth(self, pieces: Mapping[OrderLine, int]) -> int:
        goods = sum(line.unit_minor * line.quantity for line in self.lines.values())
        price = sum(line.unit_minor * count for line, count in pieces.items())
        return shared(price, of=goods, total_minor=self.order.total_minor)


def parcels_of(orders: Collection[Order]) -> dict[int, Parcels]:
    """What is known of each order, by key. Four queries for any number."""
    keys = [order.pk for order in orders]
    lines: dict[int, dict[str, OrderLine]] = {key: {} for key in keys}
    for line in OrderLine.objects.filter(order__in=many(keys)).order_by("id"):
        lines[line.order_id][line.external_id] = line
    shipments: dict[int, list[Shipment]] = {key: [] for key in keys}
    contents: dict[int, dict[int, int]] = {}
    for shipment in Shipment.objects.filter(order__in=many(keys)).order_by("id"):
        shipments[shipment.order_id].append(shipment)
        contents[shipment.pk] = {}
    rows = ShipmentLine.objects.filter(shipment__order__in=many(keys)).order_by("id")
    for key, line_id, pieces in rows.values_list("shipment", "line", "quantity"):
        contents[key][line_id] = pieces
    adjusted = prices_adjusted(keys)
    return {
        one.pk: _parcels(one, lines[one.pk], [(parcel, contents[parcel.pk]) for parcel in shipments[one.pk]], adjusted)
        for one in orders
    }


def _parcels(
    order: Order,
    lines: dict[str, OrderLine],
    shipments: list[tuple[Shipment, dict[int, int]]],
    adjusted: Mapping[int, Adjusted],
) -> Parcels:
    gone: Counter[int] = Counter()
    for _, pieces in shipments:
        gone.update(pieces)
    for line in lines.values():
        gone[line.pk] += adjusted.get(line.pk, Adjusted()).not_sent(line.unit_minor)
    # A parcel that an import brought without its contents is the whole order.
    whole = any(not pieces for _, pieces in shipments)
    left = {one.pk: 0 if whole else max(one.quantity - gone[one.pk], 0) for one in lines.values()}
    contents = {parcel.public_id: pieces for parcel, pieces in shipments}
    return Parcels(order, lines, left, [parcel for parcel, _ in shipments], contents, order.status)


def depart(departures: Sequence[Departure], *, actor: str, now: datetime) -> None:
    """Charge for what left, and end what waited for it. Orders and money are locked; the shipments are stored.

    A fixed number of statements. Nothing is told: see ``Departure.happening``.
    """
    charge(departures, kind=Journal.Kind.CAPTURE, actor=actor, now=now)
    complete = [one.order for one in departures if one.complete]
    end_ship_deadlines(complete, end=ShipDeadline.End.SHIPPED, now=now)


def charge(departures: Iterable[Departure], *, kind: str, actor: str, now: datetime) -> None:
    """Book what each parcel costs as ``kind``: captured, or brought forward where it was paid before these books."""
    moves: list[Move] = []
    taken: Counter[int] = Counter()
    for one in departures:
        payable = money_of(one.order)
        left = payable.open_minor - taken[payable.pk]
        worth = one.worth_minor - one.worth_minor % step_for(payable)
        if amount := left if one.complete else min(worth, left):
            taken[payable.pk] += amount
            moves.append(Move(payable, kind, amount, one.shipment.public_id, actor))
    if moves:
        book(moves, now=now)

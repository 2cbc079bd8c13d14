"""What goes into the box of an order, for the paper that goes with it (S65)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from comity.common.errors import NotFound
from comity.orders.models import Order, OrderLine, Shipment
from comity.orders.selectors.parcels import address_for_shop
from comity.orders.services.parcels import Parcels, parcels_of


@dataclass(frozen=True, slots=True)
class Slip:
    """The pieces in one parcel of an order.

    ``shipment``: the parcel, if it was confirmed already; ``number`` counts it among those of the order, of which there
    are ``count``, or 0 as long as pieces outside of it are left to send.
    """

    order: Order
    rows: list[tuple[OrderLine, int]]
    shipment: Shipment | None
    number: int
    count: int

    @property
    def recipient(self) -> str:
        """The address as far as the shop reads it, or the name alone."""
        return address_for_shop(self.order) or self.order.buyer.name


def slips_of(orders: Sequence[Order]) -> list[Slip]:
    """For each order a slip of what is left to send, or of all that has left where nothing is. Four queries."""
    known = parcels_of(orders)
    return [_next(known[order.pk]) for order in orders]


def slip_of(order: Order, shipment_id: str) -> Slip:
    """The slip of one confirmed parcel. Raises ``NotFound``. Four queries."""
    parcels = parcels_of([order])[order.pk]
    for number, shipment in enumerate(parcels.shipments, start=1):
        if shipment.public_id == shipment_id:
            rows = _rows(parcels, parcels.contents[shipment_id]) or _next(parcels).rows
            return Slip(order, rows, shipment, number, 0 if any(parcels.left.values()) else len(parcels.shipments))
    raise NotFound(shipment_id)


def _next(parcels: Parcels) -> Slip:
    if rows := _rows(parcels, parcels.left):
        number = len(parcels.shipments) + 1
        return Slip(parcels.order, rows, None, number, number)
    return Slip(parcels.order, _sent(parcels) or [(line, line.quantity) for line in parcels.lines.values()], None, 1, 1)


def _sent(parcels: Parcels) -> list[tuple[OrderLine, int]]:
    """What has left, without what was given up; nothing where a parcel does not say what is in it.

    Before an order was brought in the same pieces may have been sent twice.
    """
    contents = [parcels.contents[one.public_id] for one in parcels.shipments]
    together = sum(map(Counter, contents), Counter[int]())
    bought = {line.pk: min(line.quantity, together[line.pk]) for line in parcels.lines.values()}
    return _rows(parcels, bought) if all(contents) else []


def _rows(parcels: Parcels, pieces: dict[int, int]) -> list[tuple[OrderLine, int]]:
    return [(line, pieces[line.pk]) for line in parcels.lines.values() if pieces.get(line.pk)]

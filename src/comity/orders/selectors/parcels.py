"""Parcels as their seller sees them: what is left to send, and one that was confirmed."""

from comity.common.errors import NotFound
from comity.orders.models import Order, OrderLine, Shipment
from comity.orders.services.parcels import parcels_of


def left_to_send(order: Order) -> list[tuple[OrderLine, int]]:
    """The lines of an order with how many pieces of each have yet to be sent, none left out. Four queries."""
    found = parcels_of([order])[order.pk]
    return [(line, found.left[line.pk]) for line in found.lines.values()]


def get_shipment_of_order(order: Order, shipment_id: str) -> Shipment:
    """A parcel of this order by its public id, its lines loaded. Raises ``NotFound``."""
    rows = Shipment.objects.filter(order=order).prefetch_related("lines__line")
    found = rows.filter(public_id=shipment_id).first() if shipment_id.isprintable() else None
    if found is None:
        raise NotFound(shipment_id)
    return found

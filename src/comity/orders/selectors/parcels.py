"""Parcels as their seller sees them: what is left to send, and one that was confirmed."""

from collections.abc import Collection

from comity.common.errors import NotFound
from comity.orders.models import CarrierEvent, Order, OrderLine, Shipment
from comity.orders.services.following import is_about, number_of
from comity.orders.services.parcels import TOLD, parcels_of
from comity.orders.services.statuses import OVER


def address_for_shop(order: Order) -> str:
    """Where the shop sends the order; empty where it sends nothing: the marketplace does, or the order is over."""
    sends = order.fulfilment == Order.Fulfilment.SELLER and order.status not in OVER
    return order.ship_to if sends else ""


def left_to_send(order: Order) -> list[tuple[OrderLine, int]]:
    """The lines of an order with how many pieces of each have yet to be sent, none left out. Four queries."""
    found = parcels_of([order])[order.pk]
    return [(line, found.left[line.pk]) for line in found.lines.values()]


def left_of_each(orders: Collection[Order]) -> dict[int, list[tuple[OrderLine, int]]]:
    """By key of the order, its lines of which pieces have yet to be sent, with how many. Four queries."""
    found = parcels_of(orders)
    return {
        key: [(line, one.left[line.pk]) for line in one.lines.values() if one.left[line.pk]]
        for key, one in found.items()
    }


def said_of(order: Order) -> list[tuple[CarrierEvent, bool]]:
    """All that carriers said under the numbers of an order's parcels, oldest first; whether it counts. Two queries."""
    numbers = {number_of(one.carrier, one.tracking_number) for one in Shipment.objects.filter(order=order)}
    rows = CarrierEvent.objects.filter(
        marketplace=order.marketplace_id, tracking_number__in={number for _, number in numbers} - {""}
    )
    said = [one for one in rows.order_by("occurred_at", "pk") if number_of(one.carrier, one.tracking_number) in numbers]
    return [(one, is_about(order, one.occurred_at)) for one in said]


def told_before(entry: str) -> tuple[str, str, str]:
    """Carrier, service and tracking number as they were until a correction, out of the words of its entry.

    Nothing where these have been erased, or stand in one line, as once they did: where each ends is not known then.
    """
    lines = entry.split("\n")
    found = dict(zip(TOLD, lines, strict=True)) if len(lines) == len(TOLD) else dict.fromkeys(TOLD, "")
    return found["carrier"], found["service"], found["tracking_number"]


def get_shipment_of_order(order: Order, shipment_id: str) -> Shipment:
    """A parcel of this order by its public id, its lines loaded. Raises ``NotFound``."""
    rows = Shipment.objects.filter(order=order).prefetch_related("lines__line")
    found = rows.filter(public_id=shipment_id).first() if shipment_id.isprintable() else None
    if found is None:
        raise NotFound(shipment_id)
    return found

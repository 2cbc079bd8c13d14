"""An order as its buyer reads it."""

from datetime import date, datetime
from typing import Any

from django.utils import timezone

from comity.messaging.models import Conversation, Side
from comity.messaging.selectors.topics import topic_label
from comity.orders.models import Order, OrderLine, Shipment

Status = Order.Status
_STATUS: dict[str, str] = {
    Status.PENDING: "Payment is being confirmed",
    Status.UNSHIPPED: "Not shipped yet",
    Status.PARTIALLY_SHIPPED: "Partly shipped",
    Status.SHIPPED: "On its way",
    Status.DELIVERED: "Delivered",
    Status.CANCELLED: "Cancelled",
    Status.UNFULFILLABLE: "Could not be fulfilled",
}
_UNDER_WAY = (Status.UNSHIPPED, Status.PARTIALLY_SHIPPED, Status.SHIPPED)


def order_row(order: Order) -> dict[str, Any]:
    """One row of "your orders"; lines must be prefetched."""
    lines = list(order.lines.all())
    return {
        "order": order,
        "status": _STATUS[order.status],
        "title": lines[0].title if lines else order.number,
        "more": max(len(lines) - 1, 0),
        "due": _due(order),
    }


def order_view(
    order: Order, lines: list[OrderLine], shipments: list[Shipment], conversations: list[Conversation]
) -> dict[str, Any]:
    """The order page: lines with totals, what happened and what is promised, parcels, conversations."""
    rows: list[dict[str, Any]] = [{"line": line, "total": line.quantity * line.unit_minor} for line in lines]
    rest = order.total_minor - sum(row["total"] for row in rows)
    return {
        "order": order,
        "status": _STATUS[order.status],
        "rows": rows,
        "rest": max(0, rest),
        "served_by": order.marketplace.name if order.fulfilment == Order.Fulfilment.MARKETPLACE else order.seller.name,
        "steps": _steps(order, shipments),
        "shipments": shipments,
        "conversations": [_conversation(one) for one in conversations],
    }


def _conversation(conversation: Conversation) -> dict[str, Any]:
    with_marketplace = conversation.addressee == Side.MARKETPLACE
    return {
        "public_id": conversation.public_id,
        "topic": topic_label(conversation.topic),
        "with_marketplace": with_marketplace,
        "at": conversation.last_message_at,
    }


def _due(order: Order) -> dict[str, Any] | None:
    """What was promised for an order that is under way: a day, never taken for the delivery itself."""
    if order.delivered_at:
        what = "" if order.status == Status.DELIVERED else "Delivered"  # the status says it
        return {"what": what, "at": order.delivered_at}
    if order.status in _UNDER_WAY and order.deliver_by:
        return {"what": "Promised by", "at": _day(order.deliver_by)}
    return None


def _steps(order: Order, shipments: list[Shipment]) -> list[dict[str, Any]]:
    steps: list[dict[str, Any]] = [{"what": "Ordered", "at": order.placed_at, "state": "done"}]
    for number, shipment in enumerate(shipments, start=1):
        what = "Shipped" if len(shipments) == 1 else f"Shipped, parcel {number} of {len(shipments)}"
        steps.append({"what": what, "at": shipment.shipped_at, "state": "done", "detail": shipment.carrier})
    if order.cancelled_at:
        steps.append({"what": "Cancelled", "at": order.cancelled_at, "state": "bad"})
    elif order.delivered_at:
        steps.append({"what": "Delivered", "at": order.delivered_at, "state": "done"})
    else:
        steps += _to_come(order, shipped=bool(shipments))
    return steps


def _to_come(order: Order, *, shipped: bool) -> list[dict[str, Any]]:
    coming = []
    if not shipped and order.ship_by and order.status in _UNDER_WAY:
        coming.append({"what": "To be shipped by", "at": _day(order.ship_by), "state": "todo"})
    if order.deliver_by and order.status in _UNDER_WAY:
        coming.append({"what": "Promised to arrive by", "at": _day(order.deliver_by), "state": "todo"})
    return coming


def _day(at: datetime) -> date:
    return timezone.localtime(at).date()

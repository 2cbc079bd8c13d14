"""An order as its buyer reads it."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from comity.common.ids import new_id
from comity.messaging.models import Conversation, Side
from comity.messaging.selectors.topics import topic_label
from comity.orders.models import CancelRequest, Order, OrderLine, Shipment
from comity.orders.selectors.life import arrival_of, latest_request, notices_of, open_notice
from comity.orders.selectors.parcels import left_of_each
from comity.orders.services.addresses import may_readdress
from comity.orders.services.cancel_requests import free_until
from comity.orders.services.statuses import TO_SHIP, is_rest_cancelled
from comity.web.order_story import OVERDUE, TO_LEAVE, promises, story, sums_of

Status = Order.Status
STATUS: dict[str, str] = {
    Status.PENDING: "Payment is being confirmed",
    Status.UNSHIPPED: "Not shipped yet",
    Status.PARTIALLY_SHIPPED: "Partly shipped",
    Status.SHIPPED: "On its way",
    Status.DELIVERED: "Delivered",
    Status.CANCELLED: "Cancelled",
    Status.UNFULFILLABLE: "Could not be fulfilled",
}
_UNDER_WAY = (Status.UNSHIPPED, Status.PARTIALLY_SHIPPED, Status.SHIPPED)


def _status(order: Order, *, begun: bool) -> str:
    return "Rest cancelled" if is_rest_cancelled(order, begun=begun) else STATUS[order.status]


def order_rows(page: Collection[Order], *, now: datetime) -> list[dict[str, Any]]:
    """The rows of "your orders"; lines and shipments must be prefetched. No query, four where an order left in part."""
    parted = [one for one in page if one.status == Status.PARTIALLY_SHIPPED]
    left = left_of_each(parted) if parted else {}
    return [_row(one, left.get(one.pk), now) for one in page]


def _row(order: Order, left: list[tuple[OrderLine, int]] | None, now: datetime) -> dict[str, Any]:
    lines = list(order.lines.all())
    return {
        "order": order,
        "status": _status(order, begun=bool(order.shipments.all())),
        "title": lines[0].title if lines else order.number,
        "more": max(len(lines) - 1, 0),
        "to_come": None if left is None else _to_come(left, list(order.shipments.all())),
        "due": _due(order, now),
    }


def _to_come(left: list[tuple[OrderLine, int]], shipments: Collection[Shipment]) -> dict[str, Any]:
    """What has yet to be sent of an order that left in part; no ``pieces`` where nobody told what has left."""
    pieces = left if shipments else []
    return {"pieces": pieces, "more": sum(count for _, count in pieces[1:])}


def order_view(
    order: Order, lines: list[OrderLine], shipments: list[Shipment], conversations: list[Conversation], *, now: datetime
) -> dict[str, Any]:
    """The order page: lines with totals, what happened and what is promised, parcels, conversations, what waits."""
    rows: list[dict[str, Any]] = [{"line": line, "total": line.quantity * line.unit_minor} for line in lines]
    rest = order.total_minor - sum(row["total"] for row in rows)
    notices = notices_of(order)
    delay = open_notice(order, notices)
    return {
        "order": order,
        "status": _status(order, begun=bool(shipments)),
        "rows": rows,
        "rest": max(0, rest),
        "sums": sums_of(order),
        "served_by": order.marketplace.name if order.fulfilment == Order.Fulfilment.MARKETPLACE else order.seller.name,
        "steps": story(order, shipments, notices, reader="buyer", now=now),
        "shipments": shipments,
        **_rest(order, shipments, now),
        "conversations": [_conversation(one) for one in conversations],
        "delay": delay,
        "arrives_by": arrival_of(order, delay) if delay else None,
        **open_matters(order, now=now),
    }


def _rest(order: Order, shipments: list[Shipment], now: datetime) -> dict[str, Any]:
    """What of an order that left in part is to come, and the days it was promised for. Four queries then."""
    if order.status != Status.PARTIALLY_SHIPPED:
        return {}
    to_come = _to_come(left_of_each([order])[order.pk], shipments)
    return {"to_come": to_come, "promises": list(promises(order, reader="buyer", now=now))}


def open_matters(order: Order, *, now: datetime) -> dict[str, Any]:
    """Whether the buyer may still call the order off, and how. One query."""
    waits = order.status in TO_SHIP | {Status.PENDING}
    by_seller = order.fulfilment == Order.Fulfilment.SELLER
    free = free_until(order, now)
    latest = latest_request(order)
    asked = latest if latest and latest.state == CancelRequest.State.WAITING else None
    return {
        "free_until": free,
        "may_readdress": may_readdress(order),
        "asked": asked,
        "declined": latest if latest and latest.state == CancelRequest.State.DECLINED else None,
        "may_call_off": bool(free) or (waits and by_seller and not asked),
        "key": new_id("form", now),
    }


def _conversation(conversation: Conversation) -> dict[str, Any]:
    with_marketplace = conversation.addressee == Side.MARKETPLACE
    return {
        "public_id": conversation.public_id,
        "topic": topic_label(conversation.topic),
        "with_marketplace": with_marketplace,
        "at": conversation.last_message_at,
    }


def _due(order: Order, now: datetime) -> dict[str, Any] | None:
    """What was promised for an order that is under way: a day, never taken for the delivery itself."""
    if order.delivered_at:
        what = "" if order.status == Status.DELIVERED else "Delivered"  # the status says it
        return {"what": what, "at": order.delivered_at}
    if order.status in _UNDER_WAY and order.deliver_by:
        late = _day(order.deliver_by) < _day(now)
        return {"what": "Late: promised by" if late else "Promised by", "at": _day(order.deliver_by)}
    if order.status in TO_SHIP and order.ship_by:
        return {"what": OVERDUE if order.ship_by < now else TO_LEAVE, "at": _day(order.ship_by)}
    return None


def _day(at: datetime) -> date:
    return timezone.localtime(at).date()

"""The panes beside a conversation: the list on the left, the order on the right."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.core.paginator import Page
from django.utils import timezone

from comity.accounts.models import User
from comity.messaging.models import Conversation, ReplyDeadline
from comity.messaging.selectors.conversations import NextStep
from comity.messaging.selectors.inbox import View
from comity.messaging.selectors.topics import topic_label
from comity.orders.models import Order, OrderLine, Shipment
from comity.web.templatetags import times

_GROUPS = ("Overdue", "Needs an answer", "Waiting for a ruling", "Waiting for the buyer")
_SNIPPET = 160  # characters, more than a row is wide
VIEW_NAMES: Mapping[View, str] = {
    "to_answer": "To answer",
    "waiting": "Waiting",
    "held": "Held",
    "all": "All",
}


def groups(
    page: "Page[Any]",
    clocks: Mapping[int, ReplyDeadline],
    *,
    href: Callable[[Conversation], str],
    side: str,
    user: User,
    current: str,
    now: datetime,
) -> list[dict[str, Any]]:
    """The rows of an inbox page under their headings, what is most urgent first."""
    found: dict[str, list[dict[str, Any]]] = {label: [] for label in _GROUPS}
    for conversation in page:
        label = _group(conversation, now)
        clock = clocks.get(conversation.pk)
        item = _item(conversation, clock, href=href(conversation), side=side, now=now)
        found[label].append({**item, **_team(conversation, user), "current": conversation.public_id == current})
    return [{"label": label, "items": items} for label, items in found.items() if items]


def _group(conversation: Any, now: datetime) -> str:
    overdue, open_, held, waiting = _GROUPS
    if conversation.reply_due_at is None:
        return held if conversation.has_held else waiting
    return overdue if conversation.reply_due_at <= now else open_


def _item(conversation: Any, clock: ReplyDeadline | None, *, href: str, side: str, now: datetime) -> dict[str, Any]:
    last = conversation.last_message
    return {
        "id": conversation.public_id,
        "href": href,
        "name": conversation.buyer.name,
        "unread": conversation.unread,
        "due": conversation.reply_due_at,
        "started": clock.started_at if clock else None,
        "aside": _since(conversation.last_message_at, now),
        "topic": topic_label(conversation.topic),
        "about": about(conversation),
        "snippet": last.text[:_SNIPPET] if last else "",
        "tail": "You wrote last" if last and last.side == side else "",
        "tags": ["held"] if conversation.has_held else [],
    }


def _team(conversation: Any, user: User) -> dict[str, Any]:
    """Who of the team has it, and the labels it carries."""
    whose = conversation.assignee
    return {
        "assignee": "" if whose is None else "You" if whose == user else whose.name,
        "labels": conversation.carried,
    }


def _since(at: datetime | None, now: datetime) -> str:
    if at is None:
        return ""
    day = times.moment_words(timezone.localtime(at).date(), now)
    return "today" if day == "Today" else f"since {day}"


def about(conversation: Conversation) -> str:
    """What a conversation is about in a few characters: order number, product, shop."""
    if conversation.order:
        return conversation.order.number
    if conversation.listing:
        return conversation.listing.product.title
    return conversation.seller.name if conversation.seller else "No order"


def deadlines(
    conversation: Conversation, clock: ReplyDeadline | None, step: NextStep | None, now: datetime
) -> list[dict[str, Any]]:
    """By when an answer is due, and from when the buyer may take the next step (S27, S91)."""
    found: list[dict[str, Any]] = []
    if clock:
        tone = times.state_of(clock.due_at, clock.started_at, now)
        found.append({"label": "Answer by", "at": clock.due_at, "tone": tone})
    if step:
        words = "Buyer may take the next step since" if step.open else "Buyer may take the next step from"
        found.append({"label": words, "at": step.opens_at, "tone": ""})
    order = conversation.order
    if order and order.deliver_by and not order.delivered_at and not order.cancelled_at:
        found.append({"label": "Promised by", "at": order.deliver_by, "tone": ""})
    return found


def order_view(
    order: Order, lines: list[OrderLine], shipments: list[Shipment], *, ships: str, href: str = "", now: datetime
) -> dict[str, Any]:
    """An order for ``parts/order.html``, without deadlines. ``ships`` is the seller as the reader calls it: “you”."""
    return {
        "number": order.number,
        "href": href,
        "placed_at": order.placed_at,
        "fulfilled_by": f"shipped by {ships if order.fulfilment == Order.Fulfilment.SELLER else 'the marketplace'}",
        "currency": order.currency,
        "lines": [
            {
                "title": line.title,
                "detail": line.sku,
                "quantity": line.quantity,
                "total": line.quantity * line.unit_minor,
            }
            for line in lines
        ],
        "total": order.total_minor,
        "steps": steps(order, shipments, now=now),
    }


def steps(order: Order, shipments: list[Shipment], *, now: datetime) -> list[dict[str, Any]]:
    """What has happened to the order and what comes next. Delivery is the carrier's word, never a promise."""
    found: list[dict[str, Any]] = [{"what": "Placed", "at": order.placed_at}]
    found += [
        {"what": f"Shipped with {shipment.carrier}", "code": shipment.tracking_number, "at": shipment.shipped_at}
        for shipment in shipments
    ]
    if order.cancelled_at:
        return [*found, {"what": "Cancelled", "at": order.cancelled_at, "state": "bad"}]
    if not shipments and order.ship_by:
        found.append(
            {"what": "To be shipped by", "at": order.ship_by, "state": "bad" if order.ship_by < now else "todo"}
        )
    if order.delivered_at:
        return [*found, {"what": "Delivered", "at": order.delivered_at}]
    if order.deliver_by:
        found.append({"what": "Promised to arrive by", "at": order.deliver_by, "state": "todo"})
    return found


def others(conversations: list[Conversation], href: Callable[[Conversation], str]) -> list[dict[str, Any]]:
    """Further conversations with the same buyer, as links."""
    return [
        {
            "href": href(conversation),
            "topic": topic_label(conversation.topic),
            "about": about(conversation),
            "at": conversation.last_message_at,
            "due": conversation.reply_due_at,
        }
        for conversation in conversations
    ]

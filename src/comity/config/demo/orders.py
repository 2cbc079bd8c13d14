"""In the demo orders are at work: some to ship today, one late, one that a buyer wants back, money that went back."""

import io
import json
from collections.abc import Iterator
from datetime import datetime, timedelta

from comity.accounts.models import Staff
from comity.config.demo.talk import deliver_waiting
from comity.messaging.models import Conversation, Offer
from comity.messaging.selectors.doors import get_seat_of_staff
from comity.messaging.services.offers import Proposal, make
from comity.orders.models import Feed, Order
from comity.orders.services.adjusting import Change, Part, adjust
from comity.orders.services.cancel_requests import call_off
from comity.orders.services.confirming import Confirmation, confirm
from comity.orders.services.delaying import tell_delay
from comity.orders.services.feeds.processing import process
from comity.orders.services.feeds.submitting import submit
from comity.orders.services.results import only
from comity.orders.services.returning.requests import Wanted, request_return

_SOURCE = "demo"
_SHOP = "alder-loom"  # whose link is printed
_OFFER = "I am sorry about that. I can give you a part of the price back and you keep it, if that suits you."
_DELAY = "The maker sends us the glass a few days later than promised."


def work_orders(now: datetime) -> None:
    """What sellers and buyers did with orders today, through the services that their pages use."""
    to_ship = _orders(Order.Status.UNSHIPPED, now)
    arrived = _orders(Order.Status.DELIVERED, now)
    _ship_a_part(_orders(Order.Status.UNSHIPPED, now, pieces=2), now)
    _tell_of_a_delay(next(to_ship), now)
    _ask_to_cancel(next(to_ship), now)
    _send_a_feed(next(one for one in to_ship if one.seller.external_id == _SHOP), now)
    _ask_back(next(arrived), now)
    _give_something_back(next(arrived), now)
    _offer(now)
    deliver_waiting(now)


def _orders(status: str, now: datetime, *, pieces: int = 1) -> Iterator[Order]:
    """Orders that their sellers ship, the earliest first, without one that the visitor is meant to work on."""
    rows = Order.objects.filter(status=status, fulfilment=Order.Fulfilment.SELLER, lines__quantity__gte=pieces)
    rows = rows.filter(conversations=None, placed_at__lt=now - timedelta(hours=6), buyer__user__isnull=False)
    related = rows.select_related("buyer__user", "seller", "marketplace", "payable").order_by("placed_at", "pk")
    return iter(list(related.distinct()))


def _staff(order: Order) -> Staff:
    seats = Staff.objects.select_related("seller__marketplace", "user")
    return seats.filter(seller=order.seller, role=Staff.Role.AGENT).order_by("pk")[0]


def _ship_a_part(orders: Iterator[Order], now: datetime) -> None:
    order = next(orders)
    staff, line = _staff(order), order.lines.order_by("pk")[0]
    parcel = Confirmation(
        order=order.public_id,
        items=((line.external_id, 1),),
        carrier="DHL",
        service="",
        tracking="00340434161094042557",
        shipped_at=now - timedelta(hours=2),
        reference="demo-1",
    )
    only(confirm(order.seller, [parcel], source=_SOURCE, actor=staff.user.public_id, now=now))


def _tell_of_a_delay(order: Order, now: datetime) -> None:
    ship_on = (now + timedelta(days=6)).date()
    tell_delay(staff=_staff(order), order=order, ship_on=ship_on, reason=_DELAY, now=now)


def _ask_to_cancel(order: Order, now: datetime) -> None:
    call_off(order=order, buyer=order.buyer, reason="I ordered the wrong colour.", now=now)


def _send_a_feed(order: Order, now: datetime) -> None:
    """One record that is applied, and one about an order that is not there."""
    day = now.date().isoformat()
    records = [{"order": order.number, "ship_date": day, "carrier": "UPS", "tracking": "1Z12345E0205271688"}]
    records.append({**records[0], "order": "000-0000000-0000000"})
    content = "".join(json.dumps(record) + "\n" for record in records).encode()
    about = {"kind": str(Feed.Kind.SHIPPING_CONFIRMATION), "name": "shipped-today.jsonl", "size": len(content)}
    actor = _staff(order).user.public_id
    process(submit(order.seller, io.BytesIO(content), actor=actor, now=now, **about).feed, now=now)  # type: ignore[arg-type]  # as the keys say


def _ask_back(order: Order, now: datetime) -> None:
    line = order.lines.order_by("pk")[0]
    wanted = Wanted(line.external_id, 1, "not_as_described", "The colour is darker than in the picture.")
    request_return(order, [wanted], actor=order.buyer.user.public_id, now=now)  # type: ignore[union-attr]  # filtered by it


def _give_something_back(order: Order, now: datetime) -> None:
    line = order.lines.order_by("pk")[0]
    part = Part(line.external_id, "Principal", line.unit_minor // 4, None)
    change = Change(order.public_id, "GeneralAdjustment", (part,), reference="demo-1", note="A scratch on the foot.")
    only(adjust(order.seller, [change], source=_SOURCE, actor=_staff(order).user.public_id, now=now))


def _offer(now: datetime) -> None:
    """In a conversation about an order that has left, whose buyer still waits for an answer the longest."""
    left = (Order.Status.SHIPPED, Order.Status.DELIVERED)
    waiting = Conversation.objects.filter(addressee="seller", reply_due_at__gt=now, order__status__in=left)
    related = waiting.select_related("order__seller").filter(order__fulfilment=Order.Fulfilment.SELLER)
    conversation = related.order_by("-reply_due_at", "pk")[0]
    assert conversation.order is not None
    staff = _staff(conversation.order)
    seat = get_seat_of_staff(staff=staff, user=staff.user, conversation_id=conversation.public_id)
    amount = conversation.order.lines.order_by("pk")[0].unit_minor // 5
    make(seat=seat, proposal=Proposal(Offer.Kind.PARTIAL, _OFFER, "demo-offer", amount), now=now)

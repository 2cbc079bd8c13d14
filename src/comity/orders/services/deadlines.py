"""Until when an order must have left: media within the profile's business days (S73), else as the offers say (S74).

Business days are the seller's. An order of several items must leave when the last of them must; for an item of no
offer we know, the shortest time there is counts. What the marketplace itself sends has no such clock.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from comity.accounts.models import Seller
from comity.accounts.profiles import profile_in_force
from comity.catalog.models import Product
from comity.common.business_days import add_business_days, end_of_business_day
from comity.common.many import many
from comity.orders.models import CancelRequest, Order, OrderLine, ShipDeadline
from comity.orders.services.statuses import TO_SHIP


def start_ship_deadlines(orders: Sequence[Order], *, now: datetime, since: datetime | None = None) -> None:
    """Start the clock of those locked ``orders`` that their sellers have yet to send and that have none: 5 statements.

    It runs from ``since``, from when each was placed unless given. Orders that were promised no day get theirs now.
    """
    waiting = [one for one in orders if one.status in TO_SHIP and one.fulfilment == Order.Fulfilment.SELLER]
    if not waiting:
        return
    zones = dict(Seller.objects.filter(pk__in={one.seller_id for one in waiting}).values_list("pk", "time_zone"))
    _promise([one for one in waiting if one.ship_by is None], zones, since=since, now=now)
    ShipDeadline.objects.bulk_create([_deadline(one, zones[one.seller_id], since=since, now=now) for one in waiting])


def end_ship_deadlines(orders: Sequence[Order], *, end: str, now: datetime) -> None:
    """End the clocks of locked ``orders``; ``end`` says why, one of ``ShipDeadline.End``.

    Unless the order goes on under another one, a request to cancel it that nobody answered is overtaken with it.
    """
    keys = [order.pk for order in orders]
    running = ShipDeadline.objects.filter(order__in=many(keys), ended_at__isnull=True)
    running.update(ended_at=now, end=end)
    if end != ShipDeadline.End.DELAYED:
        waiting = CancelRequest.objects.filter(order__in=many(keys), state=CancelRequest.State.WAITING)
        waiting.update(state=CancelRequest.State.OVERTAKEN, answered_at=now)


def _promise(orders: Sequence[Order], zones: dict[int, str], *, since: datetime | None, now: datetime) -> None:
    """Set ``ship_by`` of orders that were promised none."""
    if not orders:
        return
    days: dict[int, int] = {}
    lines = OrderLine.objects.filter(order__in=[one.pk for one in orders])
    marketplaces = {one.pk: one.marketplace for one in orders}
    for order, kind, handling in lines.values_list("order", "listing__product__kind", "listing__handling_days"):
        media = profile_in_force(marketplaces[order], now).orders.media_ship_days
        needed = media if kind in (Product.Kind.MEDIA, None) else handling
        days[order] = max(days.get(order, 0), needed)
    for one in orders:
        begun = since or one.placed_at
        one.ship_by = end_of_business_day(begun, days.get(one.pk, 0), zones[one.seller_id])
    Order.objects.bulk_update(orders, ["ship_by"])


def _deadline(order: Order, zone: str, *, since: datetime | None, now: datetime) -> ShipDeadline:
    profile = profile_in_force(order.marketplace, now)
    assert order.ship_by is not None  # promised above
    return ShipDeadline(
        order=order,
        started_at=since or order.placed_at,
        due_at=order.ship_by,
        remind_at=order.ship_by - timedelta(hours=profile.orders.remind_hours),
        cancel_at=add_business_days(order.ship_by, profile.orders.auto_cancel_days, zone),
        profile_digest=profile.digest,
    )

"""In the demo the buyer whose link is printed has a subscription: bought, renewed once, the next renewal announced."""

from datetime import datetime, timedelta
from typing import Any

from comity.catalog.models import Listing
from comity.catalog.selectors.listings import calendar_day
from comity.common.days import months_after
from comity.common.transactions import write
from comity.config.demo.talk import deliver_waiting
from comity.config.demo.world import enter
from comity.ledger.services.payments import needs_authorisation
from comity.messaging.services.subscription_notices import announce_due
from comity.orders.models import Order, Subscription
from comity.orders.services.confirming import Confirmation, confirm
from comity.orders.services.results import only
from comity.orders.services.scanning import Scan, take_scans
from comity.orders.services.subscriptions import renew

_SOURCE = "demo"
_BUYER, _GOODS, _PRICE = "buyer-0", "Beeswax candle", "17.00"
_TERMS = """One set of six candles every month at £17.00, shipping included.
You can cancel at any time; what has been ordered still comes."""
_SHIP_TO = "Daniel Osei\n14 Quay Street\nBristol BS1 4RN"
_BEGUN = timedelta(days=56)  # so that a second renewal is about to come
_PARCEL = ("DHL", "00340434161094099001")
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


def subscribe(now: datetime) -> None:
    """What the shop's file, the clock, the seller and the carrier did since, each in its time.

    Nothing where the payment provider cannot charge renewals.
    """
    if needs_authorisation():
        return
    listing = Listing.objects.select_related("marketplace", "seller", "product").get(
        product__title__startswith=_GOODS, source=_SOURCE
    )
    begun = now - _BEGUN
    renewed = months_after(calendar_day(listing.marketplace, now=begun), 1, anchor=begun.day)
    _bring(listing, begun, renewed.isoformat(), now)
    one = Subscription.objects.get()
    day = begun + (renewed - begun.date())
    announce_due(day - 8 * _DAY)
    announce_due(day - 7 * _DAY)
    order = renew(one.pk, now=day)
    assert order is not None
    _deliver(order, day)
    coming = months_after(renewed, 1, anchor=begun.day)
    announce_due(begun + (coming - begun.date()) - 7 * _DAY)
    deliver_waiting(now)


def _bring(listing: Listing, begun: datetime, next_renewal: str, now: datetime) -> None:
    slug = listing.marketplace.slug
    enter("orders", [_first_order(listing, begun)], slug, now)
    row = {
        "external_id": "candles-0",
        "seller": listing.seller.external_id,
        "buyer": _BUYER,
        "listing": listing.external_id,
        "terms": _TERMS.replace("£", {"GBP": "£", "EUR": "€"}.get(listing.currency, f"{listing.currency} ")),
        "months": 1,
        "price": _PRICE,
        "currency": listing.currency,
        "started_at": begun,
        "next_renewal": next_renewal,
        "order": "candles-0",
    }
    enter("subscriptions", [row], slug, now)


def _first_order(listing: Listing, begun: datetime) -> dict[str, Any]:
    line = {"external_id": "1", "listing": listing.external_id, "title": listing.product.title, "sku": listing.sku}
    arrived = begun + 3 * _DAY
    parcel = {"external_id": "1", "carrier": _PARCEL[0], "shipped_at": begun + _DAY, "delivered_at": arrived}
    return {
        "external_id": "candles-0",
        "seller": listing.seller.external_id,
        "buyer": _BUYER,
        "status": "delivered",
        "fulfilment": "seller",
        "currency": listing.currency,
        "placed_at": begun,
        "ship_to": _SHIP_TO,
        "delivered_at": arrived,
        "lines": [{**line, "quantity": 1, "price": _PRICE}],
        "shipments": [{**parcel, "lines": [{"line": "1", "quantity": 1}]}],
    }


def _deliver(order: Order, day: datetime) -> None:
    """The seller ships it the day after, and it arrives two days later."""
    carrier, tracking = _PARCEL
    left, arrived = day + _DAY, day + 3 * _DAY
    parcel = Confirmation(order.public_id, (), carrier, "", tracking, left, "demo-candles")
    with write():
        only(confirm(order.seller, [parcel], source=_SOURCE, actor="", now=left))
        scans = [Scan(carrier, tracking, "delivered", arrived, "Bristol")]
        only(take_scans(order.marketplace, scans, source=_SOURCE, now=arrived))

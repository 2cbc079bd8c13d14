"""Orders to ship and what is confirmed of them, for tests."""

from datetime import timedelta

from comity.ledger.models import Journal
from comity.orders.models import Order, OrderLine
from comity.orders.services.confirming import Confirmation, confirm
from tests import factories
from tests.factories import NOW

UPS = "1Z999AA10123456784"


def purchase(shop=None, *, pieces=(2, 1), extra=300, **fields):
    """An order with a line for each number of pieces, 10.00 a piece, and ``extra`` for postage."""
    shop = shop or factories.seller()
    offer = factories.listing(shop, price_minor=1_000)
    total = sum(pieces) * 1_000 + extra
    made = factories.order(shop=shop, offer=offer, total_minor=total, **fields)
    made.lines.update(quantity=pieces[0])
    for number, quantity in enumerate(pieces[1:], start=2):
        OrderLine.objects.create(
            order=made, external_id=str(number), title=f"Lamp {number}", sku="L", quantity=quantity, unit_minor=1_000
        )
    return made


def parcel(order, *items, **change):
    """What a seller says of a parcel that left a day ago."""
    said = {
        "order": order if isinstance(order, str) else order.number,
        "items": items,
        "carrier": "UPS",
        "service": "Standard",
        "tracking": UPS,
        "shipped_at": NOW - timedelta(days=1),
        "reference": "P-1",
    }
    return Confirmation(**said | change)


def ship(shop, *parcels, now=NOW):
    return confirm(shop, parcels, source="comity", actor="usr_1", now=now)


def codes(result):
    return [(one.field, one.code) for one in result.faults]


def charged(order):
    """The amounts booked, oldest first, as (kind, amount)."""
    return list(Journal.objects.filter(payable__order=order).order_by("id").values_list("kind", "amount_minor"))


def state(order):
    return Order.objects.get(pk=order.pk).status

"""Rows with sensible defaults. Every value that must differ is counted, so any number can be made.

north, south = marketplace(), marketplace()
shop = seller(north)
boss = staff(shop)                       # a new user with an owner's seat
purchase = order(buyer(north), shop)
"""

from datetime import UTC, date, datetime, timedelta
from itertools import count

from comity.accounts.models import Buyer, Marketplace, OperatorStaff, Organisation, Seller, Staff
from comity.accounts.services.users import create_user
from comity.catalog.models import Listing, Product
from comity.common.crypto import lookup_digest
from comity.common.ids import new_id
from comity.orders.models import Order, OrderLine, Renewal, Shipment, ShipmentLine, Subscription
from comity.orders.services.paying import open_payables_of

NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)  # a Monday
PASSWORD = "correct horse battery staple"
_numbers = count(1)


def marketplace(**fields):
    n = next(_numbers)
    defaults = {"slug": f"market-{n}", "name": f"Market {n}", "hand_over_secret": f"hand-over secret {n} " + "x" * 32}
    return Marketplace.objects.create(**{"public_id": new_id("mkt", NOW), **defaults, **fields})


def user(**fields):
    """Signs in with ``PASSWORD`` unless said otherwise."""
    n = next(_numbers)
    defaults = {"email": f"person{n}@example.com", "name": f"Person {n}", "password": PASSWORD, "now": NOW}
    return create_user(**{**defaults, **fields})


def buyer(market=None, **fields):
    """With a user of its own; ``user=None`` makes a buyer who never signed in."""
    n = next(_numbers)
    fields.setdefault("email", f"buyer{n}@example.com")
    defaults = {"external_id": f"buyer-{n}", "name": f"Buyer {n}", "email_lookup": lookup_digest(fields["email"])}
    if "user" not in fields:
        defaults["user"] = user(email=fields["email"], name=fields.get("name", f"Buyer {n}"))
    chosen = market or marketplace()
    return Buyer.objects.create(**{"marketplace": chosen, "public_id": new_id("buy", NOW), **defaults, **fields})


def seller(market=None, **fields):
    n = next(_numbers)
    defaults = {"external_id": f"seller-{n}", "name": f"Shop {n}", "time_zone": "Europe/Berlin"}
    if "organisation" not in fields:
        defaults["organisation"] = Organisation.objects.create(public_id=new_id("org", NOW), name=f"Company {n}")
    chosen = market or marketplace()
    return Seller.objects.create(**{"marketplace": chosen, "public_id": new_id("sel", NOW), **defaults, **fields})


def staff(shop=None, role=Staff.Role.OWNER, **fields):
    """A seat with a seller, for a new user unless ``user`` is given."""
    fields.setdefault("user", None)
    person = fields.pop("user") or user()
    return Staff.objects.create(seller=shop or seller(), user=person, role=role, **fields)


def operator(market=None, role=OperatorStaff.Role.ADMIN, **fields):
    """A seat with the operator of a marketplace, for a new user unless ``user`` is given."""
    fields.setdefault("user", None)
    person = fields.pop("user") or user()
    return OperatorStaff.objects.create(marketplace=market or marketplace(), user=person, role=role, **fields)


def product(market=None, **fields):
    n = next(_numbers)
    defaults = {"external_id": f"product-{n}", "kind": Product.Kind.NON_MEDIA, "title": f"Oil lamp {n}"}
    chosen = market or marketplace()
    return Product.objects.create(**{"marketplace": chosen, "public_id": new_id("prd", NOW), **defaults, **fields})


def listing(shop=None, item=None, **fields):
    n = next(_numbers)
    shop = shop or seller()
    defaults = {"external_id": f"listing-{n}", "sku": f"SKU-{n:04}", "price_minor": 2450, "currency": "EUR"}
    places = {"marketplace": shop.marketplace, "seller": shop, "product": item or product(shop.marketplace)}
    return Listing.objects.create(**{"public_id": new_id("lst", NOW), "quantity": 9, **places, **defaults, **fields})


def order(person=None, shop=None, offer=None, **fields):
    """One line of one piece, shipped by the seller within two days, on its way for five."""
    n = next(_numbers)
    person = person or buyer(shop.marketplace if shop else None)
    shop = shop or seller(person.marketplace)
    offer = offer or listing(shop)
    placed_at = fields.get("placed_at", NOW - timedelta(days=4))
    defaults = {
        "external_id": f"order-{n}",
        "number": f"305-{n:07}-{9_000_000 + n:07}",
        "status": Order.Status.UNSHIPPED,
        "fulfilment": Order.Fulfilment.SELLER,
        "currency": offer.currency,
        "total_minor": offer.price_minor,
        "placed_at": placed_at,
        "ship_from": placed_at,
        "ship_by": placed_at + timedelta(days=2),
        "deliver_from": placed_at + timedelta(days=4),
        "deliver_by": placed_at + timedelta(days=7),
    }
    places = {"marketplace": person.marketplace, "buyer": person, "seller": shop}
    made = Order.objects.create(**{"public_id": new_id("ord", NOW), **places, **defaults, **fields})
    line = {"title": offer.product.title, "sku": offer.sku, "quantity": 1, "unit_minor": offer.price_minor}
    OrderLine.objects.create(order=made, listing=offer, external_id="1", **line)
    open_payables_of([made], now=placed_at)
    return made


def shipment(of=None, **fields):
    """All lines of an order, handed to a carrier. Moves the order to shipped."""
    n = next(_numbers)
    of = of or order()
    defaults = {"external_id": f"shipment-{n}", "carrier": "Parcel Post", "tracking_number": f"JVGL06{n:012}"}
    made = Shipment.objects.create(
        **{"order": of, "public_id": new_id("shp", NOW), "shipped_at": NOW - timedelta(days=3), **defaults, **fields}
    )
    for line in of.lines.all():
        ShipmentLine.objects.create(shipment=made, line=line, quantity=line.quantity)
    of.status = Order.Status.SHIPPED
    of.save(update_fields=["status"])
    return made


def subscription(person=None, shop=None, offer=None, **fields):
    """Begun on 9 October with an order, renewed monthly: next on 9 November, to be announced on 2 November."""
    n = next(_numbers)
    person = person or buyer(shop.marketplace if shop else None)
    shop = shop or seller(person.marketplace)
    offer = offer or listing(shop)
    started_at = fields.get("started_at", datetime(2026, 10, 9, 12, 0, tzinfo=UTC))
    first = fields.pop("first") if "first" in fields else order(person, shop, offer, placed_at=started_at)
    defaults = {
        "external_id": f"subscription-{n}",
        "terms": "One box a month.",
        "price_minor": 1250,
        "currency": "EUR",
        "started_at": started_at,
        "renews_on": date(2026, 11, 9),
        "anchor_day": fields.get("renews_on", date(2026, 11, 9)).day,
    }
    places = {"marketplace": person.marketplace, "buyer": person, "seller": shop, "listing": offer}
    made = Subscription.objects.create(**{"public_id": new_id("sub", NOW), **places, **defaults, **fields})
    if first:
        Renewal.objects.create(subscription=made, order=first, period_on=started_at.date())
    return made

"""Fills the empty tables of a server that is about to start and prints, as JSON, what journeys need to know.

COMITY_DATA=folder python -m tests.journeys.seed
"""

import json
import sys
from datetime import timedelta

import django


def main():
    django.setup()
    json.dump(fill(), sys.stdout)


def fill():
    from django.utils import timezone

    from comity.common.transactions import write
    from comity.messaging.services.search import index_missing
    from tests import factories  # models need Django, which is ready only now

    market = factories.marketplace(slug="wayfold", name="Wayfold")
    shop = factories.seller(market, name="Alder & Loom")
    staff = factories.staff(shop, user=factories.user(name="Tomas Brandt"))
    colleague = factories.staff(shop, user=factories.user(name="Noor Haddad"))
    buyer = factories.buyer(market, name="Daniel Osei")
    lamp = factories.product(market, title="Ash table lamp, natural", description="Turned ash, brass fittings, 42 cm.")
    listing = factories.listing(shop, lamp, price_minor=7400)
    order = factories.order(buyer, shop, listing)
    factories.shipment(order)
    second = factories.buyer(market, name="Ines Calder")
    unshipped = factories.order(second, shop, listing, placed_at=timezone.now())
    own = {width: things_of_its_own(shop, buyer, width) for width in ("1280", "390")}
    late, people = late_order(market)
    with write():
        while index_missing():  # as an import would have it done
            pass
    return {
        "market": market.slug,
        "seller": shop.public_id,
        "listing": listing.public_id,
        "order": order.public_id,
        "order_number": order.number,
        "unshipped": unshipped.public_id,
        "second_email": second.user.email,
        "own": own,
        "late": late,
        "sessions": {
            **people,
            "buyer": session_of(buyer.user),
            "second buyer": session_of(second.user),
            "seller": session_of(staff.user),
            "colleague": session_of(colleague.user),
            "operator": session_of(factories.operator(market, user=factories.user(name="Mara Lind")).user),
        },
    }


def things_of_its_own(shop, buyer, width):
    """For the journeys at one width of the screen: a product, an order of it on its way, and one of tomorrow.

    What a shop promises today holds for the order of tomorrow; while that is open, nobody can be blocked.
    """
    from django.utils import timezone

    from tests import factories

    hook = factories.product(shop.marketplace, title=f"Coat hook no. {width}")
    offer = factories.listing(shop, hook)
    bought = factories.order(buyer, shop, offer)
    factories.shipment(bought)
    tomorrow = factories.order(buyer, shop, offer, placed_at=timezone.now() + timedelta(days=1))
    return {
        "title": hook.title,
        "sku": offer.sku,
        "listing": offer.public_id,
        "order": bought.public_id,
        "order_number": bought.number,
        "tomorrow": tomorrow.public_id,
        "tomorrow_number": tomorrow.number,
    }


def late_order(market):
    """An order of two pieces that should have left days ago, of a shop and a buyer who have nothing else.

    Placed as live orders are: its clock runs, and the marketplace has to confirm it.
    """
    from django.utils import timezone

    from comity.accounts.services.carrier_keys import renew_carrier_key
    from comity.common.transactions import write
    from comity.orders.services.deadlines import start_ship_deadlines
    from comity.orders.services.happenings import Happening, happen, lock_order
    from tests import factories

    shop = factories.seller(market, name="Kiln Street Pottery")
    potter = factories.staff(shop, user=factories.user(name="Rosa Keller")).user
    guest = factories.buyer(market, name="Yusuf Demir")
    mug = factories.product(market, title="Stoneware mug, speckled")
    placed_at = timezone.now() - timedelta(days=5)
    paid = {"placed_at": placed_at, "total_minor": 4900, "ship_to": "Yusuf Demir\n9 Harbour Row\nHull HU1 2AA"}
    order = factories.order(guest, shop, factories.listing(shop, mug), **paid)
    order.lines.update(quantity=2)
    with write():
        order = lock_order(order)
        start_ship_deadlines([order], now=placed_at)
        happen([Happening(order, "order.placed")], now=placed_at)
    admin = factories.operator(market).user
    secret = renew_carrier_key(marketplace=market, carrier="DHL", by=admin, now=timezone.now())
    ids = {"seller": shop.public_id, "order": order.public_id, "number": order.number, "carrier_secret": secret}
    return ids, {"potter": session_of(potter), "mug buyer": session_of(guest.user)}


def session_of(user):
    """The key of a session in which ``user`` is signed in, as the sign-in page makes one."""
    from django.contrib.auth import login
    from django.contrib.sessions.backends.db import SessionStore
    from django.http import HttpRequest

    request = HttpRequest()
    request.session = SessionStore()
    login(request, user, backend="comity.accounts.backends.EmailBackend")
    request.session.save()
    return request.session.session_key


if __name__ == "__main__":
    main()

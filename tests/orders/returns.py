"""Orders that have arrived, and returns of them on their way.

one = arrived(quantity=3)                      # three pieces, delivered three days ago, paid
made = wanted(one, 2, reason="better_price")   # requested by the buyer
"""

from datetime import timedelta

from comity.files.models import Reading
from comity.files.services import blobs
from comity.files.services.uploads import Upload
from comity.ledger.models import Payable
from comity.orders.models import Return
from comity.orders.services.returning.answers import authorise
from comity.orders.services.returning.arrivals import Graded, grade, receive
from comity.orders.services.returning.requests import Wanted, request_return
from tests.factories import NOW, buyer, listing, marketplace, order, product, seller

BUYER, SELLER = "usr_buyer", "usr_seller"
HOME = "Returns, Hafenstr. 4, 20457 Hamburg"
LATER = NOW + timedelta(hours=1)


def arrived(*, days=3, quantity=1, unit=1_000, postage=0, kind="non_media", shop=None, **fields):
    """An order of one line, delivered ``days`` ago (None: no carrier told), with ``postage`` beside its goods."""
    shop = shop or seller(marketplace())
    offer = listing(shop, product(shop.marketplace, kind=kind), price_minor=unit)
    delivered_at = None if days is None else NOW - timedelta(days=days)
    known = {"status": "delivered" if delivered_at else "shipped", "delivered_at": delivered_at}
    fields = {"total_minor": unit * quantity + postage, "placed_at": NOW - timedelta(days=(days or 0) + 5), **fields}
    made = order(buyer(shop.marketplace), shop, offer, **{**known, **fields})
    made.lines.update(quantity=quantity)
    return made


def wanted(one, quantity=1, *, reason="no_longer_wanted", opened=False, comment="", now=NOW, **more):
    line = Wanted("1", quantity, reason, comment, opened)
    return request_return(one, [line], actor=BUYER, now=now, **more)


def label():
    blob = blobs.store(b"a label", content_type="application/pdf", now=NOW)
    blob.reading = Reading.objects.get_or_create(blob=blob, extent="read")[0]
    return Upload(blob, "label.pdf")


def accepted(one, quantity=1, **more):
    made = wanted(one, quantity, **more)
    authorise(made, side=one.fulfilment, address=HOME, label=label(), actor=SELLER, now=LATER)
    return again(made)


def back(one, quantity=1, **more):
    made = accepted(one, quantity, **more)
    receive(made, side=one.fulfilment, actor=SELLER, now=LATER)
    return again(made)


def graded(one, quantity=1, *, as_="new", why="", percent=None, comment="", **more):
    made = back(one, quantity, **more)
    grade(made, [Graded("1", as_, why, comment, percent)], side=one.fulfilment, actor=SELLER, now=LATER)
    return again(made)


def again(made):
    """The return as it is stored."""
    return Return.objects.select_related("order__marketplace", "order__seller").get(pk=made.pk)


def given_back(one):
    return Payable.objects.get(subject=one.public_id).refunded_minor

"""Feeds for tests: a shop with orders, and files about them."""

import io
import json

from comity.orders.models import Feed
from comity.orders.services.feeds.processing import process
from comity.orders.services.feeds.submitting import submit
from tests.factories import NOW, buyer, listing, marketplace, order, seller

SHIPPING, ADJUSTMENT, ACKNOWLEDGEMENT = Feed.Kind.values


def shop_with(count=1, **fields):
    """A seller and its orders, each of one line of 24.50 EUR."""
    shop = seller(marketplace())
    person, offer = buyer(shop.marketplace), listing(shop, quantity=1000)
    return shop, [order(person, shop, offer, **fields) for _ in range(count)]


def send(shop, content, kind=SHIPPING, *, now=NOW, name="feed"):
    """Take a file in and process it."""
    content = content if isinstance(content, bytes) else content.encode()
    return process(take_in(shop, content, kind, now=now, name=name).feed, now=now)


def take_in(shop, content, kind=SHIPPING, *, now=NOW, name="feed"):
    return submit(shop, io.BytesIO(content), kind=kind, name=name, size=len(content), actor="usr_1", now=now)


def lines(*records):
    """JSON Lines."""
    return "".join(json.dumps(record) + "\n" for record in records)


def shipped(one, **fields):
    return {"order": one.number, "ship_date": "2026-11-02", "carrier": "DHL", **fields}


def refund(one, amount="10.00", **fields):
    part = {"component": "Principal", "amount": amount, "currency": "EUR"}
    return {"order": one.number, "items": [{"line": "1", "reason": "CustomerReturn", "parts": [part], **fields}]}


def results(feed):
    """What is said of its records."""
    return list(feed.results.order_by("record", "id").values_list("record", "order_number", "field", "code"))

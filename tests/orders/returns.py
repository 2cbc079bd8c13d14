"""Orders that have arrived, and returns of them on their way.

one = arrived(quantity=3)                      # three pieces, delivered three days ago, paid
made = wanted(one, 2, reason="better_price")   # requested by the buyer
"""

from datetime import timedelta

import pytest

from comity.common.errors import Refused
from comity.common.models import OutboxEvent, RecordEntry
from comity.files.models import Reading
from comity.files.services import blobs
from comity.files.services.uploads import Upload
from comity.ledger.models import Payable
from comity.orders.models import Adjustment, Return, ReturnDeadline, ReturnLine, ReturnPhoto
from comity.orders.services.returning.answers import authorise, decline, refund_without_goods
from comity.orders.services.returning.arrivals import Graded, grade, receive
from comity.orders.services.returning.requests import Wanted, close, mark_sent, request_return
from tests.factories import NOW, buyer, listing, marketplace, order, product, seller

BUYER, SELLER = "usr_buyer", "usr_seller"
HOME = "Returns, Hafenstr. 4, 20457 Hamburg"
LATER = NOW + timedelta(hours=1)
State = Return.State


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


def picture():
    return Upload(blobs.store(b"a picture", content_type="image/png", now=NOW), "lamp.png")


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


def told(one):
    return [event.name for event in OutboxEvent.objects.filter(stream=one.public_id).order_by("sequence")]


def counts():
    models = (Return, ReturnLine, ReturnPhoto, ReturnDeadline, Adjustment, OutboxEvent, RecordEntry)
    return [model.objects.count() for model in models]


def refused(call, *arguments, **named):
    """The code and field of the refusal, which stored nothing."""
    before = counts()
    with pytest.raises(Refused) as error:
        call(*arguments, **named)
    assert counts() == before
    return error.value.code, error.value.field


STEPS = {
    State.AUTHORISED: lambda one: authorise(one, side="seller", address=HOME, actor=SELLER, now=LATER),
    State.DECLINED: lambda one: decline(one, side="seller", reason="It is late.", actor=SELLER, now=LATER),
    State.IN_TRANSIT: lambda one: mark_sent(one, carrier="Post", tracking="", actor=BUYER, now=LATER),
    State.RECEIVED: lambda one: receive(one, side="seller", actor=SELLER, now=LATER),
    State.GRADED: lambda one: grade(one, [Graded("1", "new")], side="seller", actor=SELLER, now=LATER),
    State.REFUNDED: lambda one: refund_without_goods(one, side="seller", actor=SELLER, now=LATER),
    State.CLOSED: lambda one: close(one, actor=BUYER, now=LATER),
}

"""An order that the product makes itself begins like one that a file brings."""

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.db.models import Max

from comity.common.models import OutboxEvent
from comity.common.transactions import write
from comity.orders.models import Order, OrderLine, ShipDeadline
from comity.orders.services.placing import place
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return factories.seller()


@pytest.fixture
def person(shop):
    return factories.buyer(shop.marketplace)


def fresh(person, offer, name, quantity=2, **fields):
    made = Order(
        marketplace=person.marketplace,
        seller=offer.seller,
        buyer=person,
        source="renewal",
        external_id=name,
        status=Order.Status.UNSHIPPED,
        fulfilment=Order.Fulfilment.SELLER,
        currency="EUR",
        total_minor=quantity * 2450,
        placed_at=NOW,
        **fields,
    )
    line = OrderLine(listing=offer, external_id="1", title="Oil lamp", sku=offer.sku, quantity=quantity)
    line.unit_minor = 2450
    return made, [line]


def put(*orders):
    with write():
        return place(orders, now=NOW)


def test_order_is_numbered_owed_told_taken_from_stock_and_must_leave(shop, person):
    offer = factories.listing(shop, quantity=9)
    (made,) = put(fresh(person, offer, "one"))
    made.refresh_from_db()
    offer.refresh_from_db()
    (line,) = made.lines.all()
    assert re.fullmatch(r"\d{3}-\d{7}-\d{7}", made.number)
    assert (made.payable.authorised_minor, made.payable.subject) == (4900, made.public_id)
    assert (line.taken, offer.quantity) == (2, 7)
    assert [(one.name, one.stream) for one in OutboxEvent.objects.all()] == [("order.placed", made.public_id)]
    assert (made.record_count, made.event_count) == (1, 1)
    assert ShipDeadline.objects.get(order=made).due_at == made.ship_by > NOW + timedelta(hours=10)


def test_name_that_is_a_number_is_the_number_unless_another_order_has_it(shop, person):
    taken = factories.order(person, shop).number
    first, second = put(
        fresh(person, factories.listing(shop), "302-1234567-7654321"), fresh(person, factories.listing(shop), taken)
    )
    assert first.number == "302-1234567-7654321"
    assert second.number != taken


def test_what_is_not_there_is_not_taken(shop, person):
    offer = factories.listing(shop, quantity=1)
    (made,) = put(fresh(person, offer, "one"))
    assert made.lines.get().taken == 1


def test_the_same_order_again_is_none(shop, person):
    offer = factories.listing(shop, quantity=9)
    put(fresh(person, offer, "one"))
    with pytest.raises(IntegrityError):
        put(fresh(person, offer, "one"))
    offer.refresh_from_db()
    assert (Order.objects.count(), offer.quantity) == (1, 7)


def test_statements_do_not_grow_with_the_orders(shop, person, django_assert_num_queries):
    offer = factories.listing(shop, quantity=9)
    with django_assert_num_queries(18), write():
        place([fresh(person, offer, "one")], now=NOW)
    with django_assert_num_queries(18), write():
        place([fresh(person, offer, name) for name in ("two", "three", "four")], now=NOW)
    assert Order.objects.aggregate(Max("record_count"))["record_count__max"] == 1

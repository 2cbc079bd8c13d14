"""The doors of orders, and what a list of them costs."""

import pytest

from comity.common.errors import NotFound
from comity.orders.models import OrderLine
from comity.orders.selectors.orders import (
    get_order_of_buyer,
    get_order_of_seller,
    lines_of,
    order_facts,
    orders_of_buyer,
    shipments_of,
)
from tests.factories import buyer, order, seller, shipment, staff

pytestmark = pytest.mark.django_db


def test_a_buyer_finds_an_order_by_public_id_and_by_number():
    one = order()
    assert get_order_of_buyer(one.buyer, one.public_id) == one
    assert get_order_of_buyer(one.buyer, one.number) == one


def test_a_seller_finds_its_order_by_public_id_and_by_number():
    one = order()
    seat = staff(one.seller)
    assert get_order_of_seller(seat, one.public_id) == one
    assert get_order_of_seller(seat, one.number) == one


@pytest.mark.parametrize("name", ["public_id", "number"])
def test_a_stranger_s_order_looks_like_a_missing_one(name):
    one = order()
    neighbour = buyer(one.marketplace)
    rival = staff(seller(one.marketplace))
    with pytest.raises(NotFound):
        get_order_of_buyer(neighbour, getattr(one, name))
    with pytest.raises(NotFound):
        get_order_of_seller(rival, getattr(one, name))


@pytest.mark.parametrize("wrong", ["", "305-0000000-0000000", "nul\0nul", "'; --", "1" * 10_000])
@pytest.mark.postgres
def test_doors_stay_shut_for_what_is_no_id(wrong):
    one = order()
    with pytest.raises(NotFound):
        get_order_of_buyer(one.buyer, wrong)


def test_a_door_takes_one_query_with_seller_and_marketplace(django_assert_num_queries):
    one = order()
    with django_assert_num_queries(1):
        found = get_order_of_buyer(one.buyer, one.public_id)
        assert (found.seller.name, found.marketplace.slug) == (one.seller.name, one.marketplace.slug)


@pytest.mark.parametrize("count", [1, 3])
def test_a_buyer_s_orders_take_four_queries(django_assert_num_queries, count):
    person = buyer()
    for _ in range(count):
        shipment(order(person))
    with django_assert_num_queries(4):
        rows = [(one.seller.name, len(one.lines.all()), len(one.shipments.all())) for one in orders_of_buyer(person)]
    assert [row[1:] for row in rows] == [(1, 1)] * count


def test_the_latest_order_comes_first():
    person = buyer()
    old, new = order(person), order(person)
    assert list(orders_of_buyer(person)) == [new, old]


@pytest.mark.postgres
def test_order_facts_are_all_ids_of_an_order_in_one_query(django_assert_num_queries):
    one = order(external_id="W-17", number="305-1234567-7654321")
    line = one.lines.get()
    OrderLine.objects.create(order=one, external_id="2", title="Wick", sku="WICK-9", quantity=1, unit_minor=100)
    shipment(one, tracking_number="JVGL0123456789")
    shipment(one, tracking_number="")
    shipment(order(), tracking_number="FOREIGN")
    with django_assert_num_queries(1):
        facts = order_facts(one)
    assert facts == {"W-17", "305-1234567-7654321", line.sku, "WICK-9", "1", "2", "JVGL0123456789"}


def test_lines_and_shipments_of_an_order(django_assert_num_queries):
    one = order()
    parcel, line = shipment(one), one.lines.get()
    with django_assert_num_queries(1):
        assert [(each, each.listing.sku) for each in lines_of(one)] == [(line, line.sku)]
    with django_assert_num_queries(3):
        assert [(each, each.lines.all()[0].line.order_id) for each in shipments_of(one)] == [(parcel, one.pk)]

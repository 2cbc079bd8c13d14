"""A buyer sees the parcels and the refunds of an order on its page (S57)."""

import re

import pytest

from comity.ledger.models import Journal
from comity.ledger.services.books import Move, book
from comity.orders.models import Order
from comity.orders.services.adjusting import Change, Part, adjust
from comity.orders.services.results import only
from comity.orders.services.returning.refunds import refund
from tests import factories
from tests.factories import NOW
from tests.orders.returns import LATER, arrived, graded

pytestmark = pytest.mark.django_db


def give_back(order, amount, reference):
    change = Change(order.number, "GeneralAdjustment", (Part("1", "Principal", amount),), reference)
    only(adjust(order.seller, [change], source="comity", actor="", now=NOW))


def page(shop, order):
    return shop.get(f"orders/{order.public_id}/").content.decode()


@pytest.mark.requirement("S57")
def test_parcels_and_refunds_stand_on_the_page_of_the_order(shop):
    order = factories.order(shop.buyer, shop.seller)
    assert "Money back" not in page(shop, order)
    give_back(order, 450, "a-1")
    assert "you do not have to pay" in page(shop, order)
    parcel = factories.shipment(order)
    order.payable.refresh_from_db()
    book([Move(order.payable, Journal.Kind.CAPTURE, 2_000, parcel.public_id)], now=NOW)
    give_back(order, 700, "a-2")
    shown = page(shop, order)
    for words in (parcel.tracking_number, "€4.50", "€7.00"):
        assert words in shown


def sums(shop, order):
    """What stands below the items: words and amounts."""
    return re.findall(r'colspan="3">([^<]+)</th><td class="num">(?:<[^>]+>)*([^<]+)<', page(shop, order))


def test_what_is_not_charged_yet_is_a_total_and_what_was_charged_is_paid(shop):
    order = factories.order(shop.buyer, shop.seller)
    assert sums(shop, order) == [("Total", "€24.50")]
    book([Move(order.payable, Journal.Kind.CAPTURE, 2_000, "shp_1")], now=NOW)
    assert sums(shop, order) == [("Total", "€24.50"), ("Paid so far", "€20.00"), ("To be charged", "€4.50")]
    book([Move(order.payable, Journal.Kind.CAPTURE, 450, "shp_2")], now=NOW)
    assert sums(shop, order) == [("Paid", "€24.50")]


def test_of_a_smaller_sum_the_buyer_reads_what_will_be_charged(shop):
    order = factories.order(shop.buyer, shop.seller)
    give_back(order, 450, "a-1")
    assert sums(shop, order) == [("Total", "€24.50"), ("To be charged", "€20.00")]


def test_what_is_never_charged_is_not_paid(shop):
    order = factories.order(shop.buyer, shop.seller)
    book([Move(order.payable, Journal.Kind.CAPTURE, 2_000, "shp_1")], now=NOW)
    book([Move(order.payable, Journal.Kind.RELEASE, 450, "adj_1")], now=NOW)
    assert sums(shop, order) == [("Total", "€24.50"), ("Paid", "€20.00")]


@pytest.mark.requirement("S57")
def test_the_money_of_a_return_is_named_once_where_the_order_stands(shop):
    made = graded(arrived(shop=shop.seller))
    Order.objects.filter(pk=made.order_id).update(buyer=shop.buyer)
    refund(made, side="seller", actor="", now=LATER)
    shown = page(shop, made.order)
    where = shown[shown.index("Where it stands") :]
    assert ("Return paid back" in where, "Given back to you" in where, where.count("€10.00")) == (True, False, 1)

"""Orders take stock: never below zero, never twice, and back when they are cancelled."""

import threading
from contextlib import contextmanager

import pytest
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from comity.catalog.models import Listing
from comity.orders.models import Order, OrderLine
from comity.orders.services.adjusting import Change, Part, adjust
from comity.orders.services.stock import give_back, take
from tests import factories
from tests.orders.importing import ORDER, bring, bring_shop
from tests.orders.shipping import parcel, purchase, ship

PIECES = st.lists(st.integers(1, 7), min_size=1, max_size=6)


@pytest.fixture
def shop(db):
    factories.marketplace(slug="north")
    bring_shop()
    bring("listings", [{**OFFER, "quantity": 5}])


OFFER = {"external_id": "l1", "seller": "s1", "product": "p1", "sku": "LAMP", "price": "12.50", "currency": "EUR"}


def row(number=1, quantity=2, **change):
    line = {**ORDER["lines"][0], "quantity": quantity}
    return {**ORDER, "external_id": f"W-{number}", "lines": [line], **change}


def cancelled(number=1, quantity=2):
    return row(number, quantity, status="cancelled", cancelled_at="2026-02-02T10:00:00+01:00")


def stock():
    return Listing.objects.get(external_id="l1").quantity


@pytest.mark.requirement("S28")
def test_a_live_order_takes_its_pieces_once(shop):
    for _ in range(2):
        bring("orders", [row()], live=True)

    assert (stock(), OrderLine.objects.get().taken) == (3, 2)


def test_a_historic_order_takes_nothing_and_gives_nothing_back(shop):
    bring("orders", [row()])
    assert stock() == 5

    bring("orders", [cancelled()], live=True)
    assert stock() == 5


@pytest.mark.requirement("S28")
def test_more_than_there_is_takes_what_there_is(shop):
    bring("orders", [row(1, quantity=4), row(2, quantity=4)], live=True)

    assert stock() == 0
    assert list(OrderLine.objects.order_by("pk").values_list("taken", flat=True)) == [4, 1]


def test_a_cancelled_order_gives_back_what_it_took_once(shop):
    bring("orders", [row(1, quantity=4), row(2, quantity=4)], live=True)
    for _ in range(2):
        bring("orders", [cancelled(2, quantity=4)], live=True)

    assert (stock(), OrderLine.objects.get(order__external_id="W-2").taken) == (1, 0)


def test_a_line_that_a_later_file_makes_smaller_gives_back_what_it_took_beyond(shop):
    bring("orders", [row(quantity=4, total="50.00")], live=True)
    for _ in range(2):
        bring("orders", [row(quantity=1, total="50.00")], live=True)
        assert (stock(), OrderLine.objects.get().taken) == (4, 1)

    bring("orders", [row(quantity=1, total="50.00", status="cancelled")], live=True)
    assert (stock(), OrderLine.objects.get().taken) == (5, 0)


@pytest.mark.parametrize("status", ["unfulfillable", "shipped"])
def test_what_is_gone_does_not_come_back(shop, status):
    bring("orders", [row()], live=True)
    bring("orders", [row(status=status)], live=True)

    assert stock() == 3


def test_an_order_that_comes_in_cancelled_takes_nothing(shop):
    bring("orders", [cancelled()], live=True)

    assert stock() == 5


def test_an_order_makes_a_page_of_the_offer_that_was_opened_before_stale(shop):
    before = Listing.objects.get().version
    bring("orders", [row()], live=True)

    assert Listing.objects.get().version == before + 1


def test_an_import_of_the_offer_counts_as_a_change_of_it(shop):
    before = Listing.objects.get().version
    for _ in range(2):
        bring("listings", [{**OFFER, "quantity": 8}])

    assert (stock(), Listing.objects.get().version) == (8, before + 1)


def given_up(reason, *orders, pieces=1, reference="a"):
    """So many pieces of the first line of each, in one call."""
    part = Part("1", "Principal", 1_000 * pieces, pieces)
    named = reason if isinstance(reason, tuple) else (reason,) * len(orders)
    changes = [Change(one.number, why, (part,), reference) for one, why in zip(orders, named, strict=True)]
    results = adjust(orders[0].seller, changes, source="comity", actor="usr_1", now=factories.NOW)
    assert not any(result.faults for result in results)


@pytest.mark.django_db
@pytest.mark.requirement("S28")
@pytest.mark.parametrize(("reason", "left"), [("CustomerCancel", 11), ("CouldNotShip", 11), ("ProductOutofStock", 0)])
def test_pieces_that_are_not_sent_any_more_are_in_stock_again_though_the_order_goes_on(reason, left):
    one = purchase(pieces=(3,), extra=0)
    one.lines.update(taken=3)
    for reference in "ab":
        given_up(reason, one, reference=reference)
    assert (Listing.objects.get().quantity, one.lines.get().taken) == (left, 1 if left else 0)
    ship(one.seller, parcel(one))
    assert (Order.objects.get().status, Listing.objects.get().quantity) == ("shipped", left)


@pytest.mark.django_db
@pytest.mark.requirement("S43")
@pytest.mark.parametrize("pieces", [1, 3])
def test_what_there_is_none_of_stays_so_though_another_order_of_the_call_gives_it_back(pieces):
    one = purchase(pieces=(3,), extra=0)
    other = purchase(one.seller, pieces=(3,), extra=0)
    OrderLine.objects.update(listing=one.lines.get().listing_id, taken=3)
    given_up(("NoInventory", "CustomerCancel"), one, other, pieces=pieces)
    assert one.lines.get().listing.quantity == 0


@contextmanager
def undone():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def orders_of(offer, pieces):
    made = [factories.order(shop=offer.seller, offer=offer) for _ in pieces]
    for one, quantity in zip(made, pieces, strict=True):
        one.lines.update(quantity=quantity)
    return made


@pytest.mark.django_db
@given(stock=st.integers(0, 20), pieces=PIECES, back=st.sets(st.integers(0, 5)))
def test_stock_and_what_was_taken_always_add_up(stock, pieces, back):
    with undone():
        offer = factories.listing(quantity=stock)
        made = orders_of(offer, pieces)
        for one in made:
            take([one])
        give_back([one for number, one in enumerate(made) if number in back])

        offer.refresh_from_db()
        taken = sum(OrderLine.objects.filter(order__in=made).values_list("taken", flat=True))
        assert offer.quantity + taken == stock
        assert all(line.taken <= line.quantity for line in OrderLine.objects.filter(order__in=made))


@pytest.mark.postgres
def test_orders_at_the_same_moment_never_take_more_than_there_is(transactional_db):
    offers = [factories.listing(quantity=5) for _ in range(2)]
    made = [orders_of(offer, [2, 2, 2, 2]) for offer in offers]
    ready = threading.Barrier(4)

    def place(number):
        try:
            ready.wait()
            with transaction.atomic():
                take([made[number % 2][number], made[1 - number % 2][number]])
        finally:
            connection.close()

    threads = [threading.Thread(target=place, args=[number]) for number in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    assert list(Listing.objects.order_by("pk").values_list("quantity", flat=True)) == [0, 0]
    assert sum(OrderLine.objects.values_list("taken", flat=True)) == 10
    assert Order.objects.count() == 8

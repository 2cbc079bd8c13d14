"""How many days have gone by since what is known of an order."""

from datetime import timedelta

from comity.orders.models import Order
from comity.orders.services.statuses import days_since
from tests.factories import NOW


def order(**fields):
    return Order(placed_at=NOW - timedelta(days=9), **fields)


def test_what_is_not_known_is_left_out():
    assert days_since(order(), NOW) == {"placed": 9}


def test_days_are_whole_and_negative_before_the_promise():
    promised = order(deliver_from=NOW - timedelta(hours=47), deliver_by=NOW + timedelta(hours=1))
    assert days_since(promised, NOW) == {"placed": 9, "promised_from": 1, "promised_by": -1}


def test_without_a_promise_the_carriers_word_counts():
    assert days_since(order(delivered_at=NOW - timedelta(days=4)), NOW) == {
        "placed": 9,
        "delivered": 4,
        "completed": 4,
        "promised_from": 4,
        "promised_by": 4,
    }

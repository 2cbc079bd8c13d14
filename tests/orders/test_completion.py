"""When an order is over: one answer for who may write first about it and for who may block."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.messaging.selectors.purposes import ANCHORED
from comity.orders.models import Order
from comity.orders.selectors.orders import open_order_between
from comity.orders.services.statuses import completed_at, is_open, open_until
from tests import factories
from tests.factories import NOW

DAYS = 30
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Kept:
    """What is known of an order."""

    status: str = "shipped"
    placed_at: datetime = NOW - 5 * DAY
    deliver_by: datetime | None = NOW
    delivered_at: datetime | None = None
    cancelled_at: datetime | None = None


COMPLETED = {
    "pending": (Kept("pending"), None),
    "not yet": (Kept("unshipped"), None),
    "parted": (Kept("partially_shipped"), None),
    "the promise": (Kept(), NOW),
    "no promise": (Kept(deliver_by=None), NOW - 5 * DAY),
    "the carrier": (Kept("delivered", delivered_at=NOW + DAY), NOW + DAY),
    "cancelled": (Kept("cancelled", cancelled_at=NOW - DAY), NOW - DAY),
    "impossible": (Kept("unfulfillable"), NOW),
}


@pytest.mark.requirement("S17")
@pytest.mark.parametrize("case", COMPLETED)
def test_it_was_over_when_somebody_said_so_and_else_by_the_promise(case):
    order, at = COMPLETED[case]
    assert completed_at(order) == at


def test_writing_first_and_blocking_ask_the_same_function():
    assert ANCHORED["completed"] is completed_at


OPEN = {"pending": True, "unshipped": True, "partially_shipped": True, "shipped": True}


@pytest.mark.parametrize("status", Order.Status.values)
def test_what_has_neither_arrived_nor_been_given_up_is_open(status):
    assert is_open(Kept(status), days=DAYS, now=NOW) is OPEN.get(status, False)


@pytest.mark.parametrize("status", ["pending", "unshipped", "partially_shipped"])
def test_what_has_not_left_stays_open(status):
    assert is_open(Kept(status), days=DAYS, now=NOW + 1000 * DAY)
    assert open_until(Kept(status), days=DAYS) is None


@given(st.integers(0, 400), st.one_of(st.none(), st.integers(-60, 60)), st.integers(-100, 500))
def test_what_was_shipped_is_open_to_the_second_and_no_longer(days, promised, later):
    order = Kept(deliver_by=None if promised is None else NOW + promised * DAY)
    now = NOW + later * DAY
    end = (order.deliver_by or order.placed_at) + days * DAY

    assert open_until(order, days=days) == end
    assert is_open(order, days=days, now=now) is (now <= end)


DATES = [None, NOW, NOW - DAYS * DAY, NOW - DAYS * DAY - timedelta(seconds=1)]


@pytest.mark.django_db
@pytest.mark.parametrize("status", Order.Status.values)
def test_the_database_says_of_every_order_what_the_function_says(status):
    order = factories.order(factories.buyer())
    for placed_at, deliver_by, delivered_at in product(DATES[1:], DATES, DATES):
        known = {"status": status, "placed_at": placed_at, "deliver_by": deliver_by, "delivered_at": delivered_at}
        Order.objects.filter(pk=order.pk).update(**known)
        order.refresh_from_db()

        found = open_order_between(order.buyer_id, order.seller_id, days=DAYS, now=NOW)

        assert (found == order) is is_open(order, days=DAYS, now=NOW), known

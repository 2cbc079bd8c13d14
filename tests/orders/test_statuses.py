"""An order moves along one table; what is over stays over."""

import pytest

from comity.orders.models import TRANSITIONS, Order
from comity.orders.services.statuses import ahead_of, reachable

AHEAD = {
    "pending": ["unshipped", "partially_shipped", "shipped", "delivered", "cancelled", "unfulfillable"],
    "unshipped": ["partially_shipped", "shipped", "delivered", "cancelled", "unfulfillable"],
    "partially_shipped": ["shipped", "delivered", "cancelled", "unfulfillable"],
    "shipped": ["delivered"],
    "delivered": [],
    "cancelled": [],
    "unfulfillable": ["cancelled"],
}


def test_the_table_knows_every_status():
    assert set(TRANSITIONS) == set(Order.Status.values)


@pytest.mark.parametrize(("status", "ahead"), AHEAD.items())
def test_what_lies_ahead(status, ahead):
    assert ahead_of(status) == ahead


@pytest.mark.parametrize("status", Order.Status.values)
def test_to_stay_is_allowed_and_to_return_is_not(status):
    assert reachable(status, status)
    assert [later for later in ahead_of(status) if reachable(later, status)] == []

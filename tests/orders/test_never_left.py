"""What has never left is not given back as if it had come back, or had not been taken."""

import pytest

from comity.orders.models import Adjustment, Order
from comity.orders.services.adjusting import Change, Part, adjust
from tests.factories import NOW
from tests.orders.shipping import codes, parcel, purchase, ship

pytestmark = pytest.mark.django_db
NEVER = [("reason", "never_left")]


def price(amount, line="1", quantity=None):
    return Part(line, "Principal", amount, quantity)


def asked(order, *parts, reason="CustomerReturn"):
    (result,) = adjust(order.seller, [Change(order.number, reason, parts, "a-1")], source="feed", actor="", now=NOW)
    return codes(result)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([price(1_000, quantity=1)], []),
        ([price(2_000)], []),
        ([price(2_001)], NEVER),
        ([price(500, quantity=3)], NEVER),
        ([price(1_000, quantity=1), price(500, quantity=2)], NEVER),
        ([price(1_000), price(500, line="2")], NEVER),
        ([price(1_000), Part("2", "Tax", 100)], NEVER),
        ([Part("", "Goodwill", 100)], []),
    ],
)
def test_of_an_order_that_left_in_part_no_more_comes_back_than_left(parts, expected):
    order = purchase(pieces=(3, 1))
    ship(order.seller, parcel(order, ("1", 2)))
    assert asked(order, *parts) == expected


def test_the_sentence_counts_what_left():
    order = purchase(pieces=(3, 1))
    order.lines.filter(external_id="1").update(title="Lamp")
    ship(order.seller, parcel(order, ("1", 1)))
    changes = [Change(order.number, "CustomerReturn", (price(500, *which),), "a-1") for which in (("1", 2), ("2",))]
    said = [result.faults[0].sentence for result in adjust(order.seller, changes, source="feed", actor="", now=NOW)]
    assert [one.partition(" left, ")[0] for one in said] == [
        "Only 1 of 3 pieces of “Lamp” has",
        "Nothing of “Lamp 2” has",
    ]


def test_goodwill_and_what_cannot_be_sent_are_for_what_has_not_left():
    assert asked(purchase(), price(500), reason="GeneralAdjustment") == []
    assert asked(purchase(), price(2_000), reason="NoInventory") == []


def test_of_an_order_that_left_in_part_and_nobody_said_which_anything_may_come_back():
    order = purchase(status="partially_shipped")
    assert asked(order, price(2_000)) == []


def test_what_was_taken_before_is_repeated_whatever_has_left():
    order = purchase()
    Order.objects.filter(pk=order.pk).update(status="shipped")
    assert asked(order, price(2_000)) == []
    Order.objects.filter(pk=order.pk).update(status="unshipped")
    assert (asked(order, price(2_000)), Adjustment.objects.count()) == ([], 1)

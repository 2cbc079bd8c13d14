"""Several orders given up in one call: each once, whatever it is called and however often."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from comity.catalog.models import Listing
from comity.common.models import OutboxEvent
from comity.orders.models import Adjustment, Order, OrderLine
from comity.orders.services.acknowledging import Acknowledgement, acknowledge
from tests.factories import NOW, buyer, listing, marketplace, order, seller

pytestmark = pytest.mark.django_db


def shop_with(count):
    """A shop and its orders, each of a listing of its own, of which it took one."""
    shop = seller(marketplace())
    made = [order(buyer(shop.marketplace), shop, listing(shop)) for _ in range(count)]
    OrderLine.objects.update(taken=1)
    return shop, made


def give_up(shop, *named):
    asked = [Acknowledgement(name, reason) for name, reason in named]
    return acknowledge(shop, asked, source="feed", actor="usr_1", now=NOW)


def ended():
    over = OutboxEvent.objects.filter(name__in=("order.cancelled", "order.unfulfillable"))
    return [(event.stream, event.data["reason"]) for event in over.order_by("id")]


@pytest.mark.parametrize(
    ("first", "second"),
    [("PricingError", "RejectOrder"), ("PricingError", "NoInventory"), ("NoInventory", "PricingError")],
)
def test_an_order_that_is_named_twice_is_given_up_for_the_first_reason(first, second):
    shop, (one, other) = shop_with(2)
    results = give_up(shop, (one.number, first), (other.number, "RejectOrder"), (one.public_id, second))
    assert [[(fault.field, fault.code) for fault in each.faults] for each in results] == [
        [], [], [("order", "named_twice")],
    ]  # fmt: skip
    assert sorted(ended()) == sorted([(one.public_id, first), (other.public_id, "RejectOrder")])
    assert Adjustment.objects.count() == (first == "NoInventory")


@pytest.mark.parametrize("reason", ["PricingError", "NoInventory"])
def test_the_same_twice_is_done_once(reason):
    shop, (one,) = shop_with(1)
    results = give_up(shop, (one.number, reason), (one.public_id, ""), (one.public_id, reason))
    assert [each.faults for each in results] == [(), (), ()]
    assert ended() == [(one.public_id, reason)]


def test_the_listings_of_all_are_locked_before_the_first_is_changed():
    shop, made = shop_with(3)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        give_up(shop, *zip([one.number for one in made], ("RejectOrder", "NoInventory", "PricingError"), strict=True))
    about = [each["sql"] for each in asked if "catalog_listing" in each["sql"] and "IN (" in each["sql"]]
    locked, keys = about[0], Listing.objects.order_by("pk").values_list("pk", flat=True)
    inside, ordered, _ = locked.partition("IN (")[2].partition(") ORDER BY")
    assert ordered
    assert sorted(map(int, inside.split(", "))) == list(keys)


@pytest.mark.parametrize(("status", "end"), [("unshipped", "unfulfillable"), ("pending", "cancelled")])
def test_an_order_that_costs_nothing_is_given_up_without_stock_too(status, end):
    shop = seller(marketplace())
    free, paid = (order(buyer(shop.marketplace), shop, listing(shop, price_minor=each)) for each in (0, 1_000))
    Order.objects.update(status=status)
    OrderLine.objects.update(taken=1)
    results = give_up(shop, (free.number, "NoInventory"), (paid.number, "NoInventory"), (free.number, "NoInventory"))
    assert [(each.faults, each.repeated) for each in results] == [((), False)] * 3
    assert set(Order.objects.values_list("status", flat=True)) == {end}
    assert set(Listing.objects.values_list("quantity", flat=True)) == {0}
    assert sorted(ended()) == sorted((one.public_id, "NoInventory") for one in (free, paid))
    assert Adjustment.objects.get().order == paid


@pytest.mark.parametrize("count", [1, 3])
def test_any_number_without_stock_costs_the_same(count, django_assert_num_queries):
    shop, made = shop_with(count)
    with django_assert_num_queries(37):
        give_up(shop, *((one.number, "NoInventory") for one in made))

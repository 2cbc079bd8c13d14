"""Several orders given up in one call: each once, whatever it is called and however often."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from comity.catalog.models import Listing
from comity.common.models import OutboxEvent
from comity.orders.models import Adjustment, Order, OrderLine
from comity.orders.services.acknowledging import Acknowledgement, acknowledge
from tests.factories import NOW, buyer, listing, marketplace, order, seller
from tests.orders.shipping import charged, parcel, purchase, ship, state

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


@pytest.fixture
def partly():
    """A shop, its order of a lamp for 10.00, of two bulbs free with it and 3.00 of postage, and the listing of those."""
    shop = seller(marketplace())
    bulbs = listing(shop, quantity=5)
    one = purchase(shop, pieces=(1, 2), extra=-1_700)
    one.lines.filter(external_id="2").update(unit_minor=0, listing=bulbs, taken=2)
    return shop, one, bulbs


@pytest.mark.parametrize(
    ("reason", "by", "left"),
    [("NoInventory", "seller", 0), ("PricingError", "seller", 7), ("BuyerCanceled", "buyer", 7)],
)
def test_what_costs_nothing_and_has_not_left_is_given_up_and_what_is_open_charged(partly, reason, by, left):
    shop, one, bulbs = partly
    ship(shop, parcel(one, ("1", 1)))
    lamps = one.lines.get(external_id="1").listing
    sold = lamps.quantity
    (result, again) = give_up(shop, (one.number, reason), (one.public_id, reason))
    assert (result.faults, again.faults) == ((), ())
    assert (state(one), charged(one)) == ("unfulfillable", [("capture", 1_000), ("capture", 300)])
    assert ended() == [(one.public_id, reason)]
    assert OutboxEvent.objects.get(name="order.unfulfillable").data["by"] == by
    assert (Listing.objects.get(pk=bulbs.pk).quantity, Listing.objects.get(pk=lamps.pk).quantity) == (left, sold)
    assert Adjustment.objects.count() == 0
    assert give_up(shop, (one.number, reason))[0].repeated


@pytest.mark.parametrize("parcels", [[("2", 1)], [("2", 2)]], ids=["some", "all"])
def test_what_has_a_price_and_has_not_left_is_given_up_by_an_adjustment(partly, parcels):
    shop, one, _ = partly
    ship(shop, parcel(one, *parcels))
    (result,) = give_up(shop, (one.number, "NoInventory"))
    assert [(fault.field, fault.code) for fault in result.faults] == [("order", "status")]
    assert (state(one), charged(one)) == ("partially_shipped", [])


def test_of_an_order_that_costs_nothing_the_rest_is_given_up():
    one = purchase(pieces=(1, 1), extra=-2_000)
    one.lines.update(unit_minor=0)
    ship(one.seller, parcel(one, ("1", 1)))
    assert give_up(one.seller, (one.number, "RejectOrder"))[0].faults == ()
    assert (state(one), charged(one)) == ("unfulfillable", [])

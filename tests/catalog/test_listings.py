"""What anyone may look at: one marketplace's offers, a constant number of queries."""

import pytest

from comity.catalog.selectors.listings import (
    get_listing,
    get_seller,
    listings,
    listings_of_seller,
    offers_of_same_product,
)
from comity.common.errors import NotFound
from tests.factories import listing, marketplace, product, seller

pytestmark = pytest.mark.django_db
DOORS = [(get_listing, listing), (get_seller, seller)]


@pytest.mark.parametrize("shelf", [1, 3])
def test_listings_take_two_queries(django_assert_num_queries, shelf):
    market = marketplace()
    offers = [listing(seller(market)) for _ in range(shelf)]
    with django_assert_num_queries(2):
        found = [(one.product.title, one.seller.name) for one in listings(market)]
    assert found == [(one.product.title, one.seller.name) for one in reversed(offers)]


@pytest.mark.parametrize("shelf", [1, 3])
def test_listings_of_a_seller_take_two_queries(django_assert_num_queries, shelf):
    shop = seller()
    offers = [listing(shop) for _ in range(shelf)]
    listing()
    with django_assert_num_queries(2):
        found = [one.product.title for one in listings_of_seller(shop)]
    assert found == [one.product.title for one in reversed(offers)]


@pytest.mark.parametrize(("page", "number"), [(2, 2), ("2", 2), ("99", 2), ("-1", 2), ("x", 1), (None, 1), ("", 1)])
def test_a_page_that_is_none_shows_the_nearest(page, number):
    market = marketplace()
    for _ in range(3):
        listing(seller(market))
    assert listings(market, page, size=2).number == number


@pytest.mark.parametrize(("door", "make"), DOORS)
def test_doors_open_in_their_own_marketplace_only(door, make):
    thing = make()
    assert door(thing.marketplace, thing.public_id) == thing
    with pytest.raises(NotFound):
        door(marketplace(), thing.public_id)


@pytest.mark.parametrize(("door", "make"), DOORS)
@pytest.mark.parametrize("wrong", ["", "lst_0", "nul\0nul", "%", "ord_01m6e22wg0fyjsxj8ts3779r9d"])
@pytest.mark.postgres
def test_doors_stay_shut_for_what_is_no_id(door, make, wrong):
    with pytest.raises(NotFound):
        door(make().marketplace, wrong)


def test_other_offers_of_a_product_cheapest_first():
    market = marketplace()
    item = product(market)
    here, dear, cheap = (listing(seller(market), item, price_minor=price) for price in (200, 900, 100))
    listing(seller(market))
    assert offers_of_same_product(here) == [cheap, dear]
    assert offers_of_same_product(here, limit=1) == [cheap]

"""Products and sellers as anybody sees them, and a buyer's orders."""

from datetime import date, timedelta

import pytest
from django.test import Client

from tests import factories
from tests.web.buyer.shop import words

pytestmark = pytest.mark.django_db


@pytest.mark.requirement("S66")
def test_the_product_page_names_the_seller_and_leads_to_its_page(shop):
    page = shop.get(f"products/{shop.listing.public_id}/")

    assert f"Sold by {shop.seller.name}" in words(page)
    assert f'href="{shop.path(f"sellers/{shop.seller.public_id}/")}"' in page.content.decode()
    assert "€24.50" in words(page)
    assert "In stock . Ships within 2 days." in words(page).replace("stock. ", "stock . ")


@pytest.mark.requirement("S66")
def test_the_sellers_page_shows_its_products_and_since_when(shop):
    shop.seller.since_on = date(2021, 3, 1)
    shop.seller.save()
    page = words(shop.get(f"sellers/{shop.seller.public_id}/"))

    assert f"On {shop.market.name} since March 2021." in page
    assert shop.listing.product.title in page
    assert "Contact seller" in page


def test_something_sold_out_can_still_be_asked_about(shop):
    gone = factories.listing(shop.seller, quantity=0)
    page = words(shop.get(f"products/{gone.public_id}/"))

    assert "Not available now." in page
    assert "Contact seller" in page


def test_other_sellers_of_the_same_product_are_named(shop):
    rival = factories.listing(factories.seller(shop.market), shop.listing.product, price_minor=1999)

    assert f"{rival.seller.name} €19.99" in words(shop.get(f"products/{shop.listing.public_id}/"))


def test_products_are_open_to_people_who_are_not_signed_in(shop):
    for place in ("", f"products/{shop.listing.public_id}/", f"sellers/{shop.seller.public_id}/"):
        page = Client().get(shop.path(place))

        assert page.status_code == 200
        assert "Sign in" in words(page)


def test_staff_who_are_no_buyers_see_no_contact_link(shop):
    shop.client.force_login(shop.staff.user)

    assert "Contact seller" not in words(shop.get(f"products/{shop.listing.public_id}/"))


@pytest.mark.parametrize("place", ["orders/", "contact/", "messages/"])
def test_what_is_a_buyers_own_leads_strangers_to_the_sign_in_and_staff_nowhere(shop, place):
    assert Client().get(shop.path(place)).url.startswith("/sign-in/?next=")
    shop.client.force_login(shop.staff.user)

    assert shop.get(place).status_code == 404


def test_a_listing_of_another_marketplace_is_not_found(shop):
    other = factories.listing()

    assert shop.get(f"products/{other.public_id}/").status_code == 404
    assert shop.get(f"sellers/{other.seller.public_id}/").status_code == 404
    assert shop.get(f"contact/?listing={other.public_id}").status_code == 404


def test_an_order_page_shows_lines_status_and_parcels(shop):
    parcel = factories.shipment(shop.order)
    page = words(shop.get(f"orders/{shop.order.public_id}/"))

    assert f"Order {shop.order.number}" in page
    assert f"On its way. Sold and shipped by {shop.seller.name} ." in page
    assert f"Tracking number {parcel.tracking_number}" in page
    assert f"{shop.listing.product.title} 1 24.50 24.50" in page
    assert "Promised to arrive by" in page


def test_a_promised_day_is_never_shown_as_the_delivery(shop):
    order = factories.order(shop.buyer, shop.seller, shop.listing, placed_at=factories.NOW - timedelta(days=40))

    assert "Delivered" not in words(shop.get(f"orders/{order.public_id}/"))


@pytest.mark.requirement("S90")
def test_an_order_page_leads_to_its_conversation(shop):
    shop.contact("Where is it?", topic="order_status", about=f"order={shop.order.public_id}")
    page = shop.get(f"orders/{shop.order.public_id}/").content.decode()

    assert f'href="{shop.path(f"messages/{shop.conversation.public_id}/")}"' in page


def test_a_foreign_order_looks_like_a_missing_one(shop):
    foreign = factories.order(factories.buyer(shop.market), shop.seller, shop.listing)
    answers = [shop.get(f"orders/{name}/") for name in (foreign.public_id, "ord_missing")]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert words(answers[0]) == words(answers[1])


def test_no_orders_yet_says_what_comes_here(shop):
    shop.order.lines.all().delete()
    shop.order.delete()

    assert "No orders yet" in words(shop.get("orders/"))


@pytest.mark.parametrize("rows", [1, 3])
def test_lists_take_a_fixed_number_of_queries(shop, rows, django_assert_num_queries):
    for _ in range(rows - 1):
        factories.order(shop.buyer, shop.seller, factories.listing(factories.seller(shop.market)))
    # session, user, seat, unread, count, page; a seller its answers and policies, orders their lines, parcels, subscriptions
    for place, queries in {"": 6, f"sellers/{shop.seller.public_id}/": 9, "orders/": 9}.items():
        with django_assert_num_queries(queries):
            shop.get(place)


@pytest.mark.parametrize("parcels", [1, 3])
def test_an_order_page_takes_a_fixed_number_of_queries(shop, parcels, django_assert_num_queries):
    for _ in range(parcels):
        factories.shipment(shop.order)
    # session, user, seat, order, lines, parcels, their lines and items, conversations, unread, recalls; delays, record,
    # what may come back (3),
    # adjustments, request to cancel; offers, notices; returns, what of them may come back
    with django_assert_num_queries(23):
        shop.get(f"orders/{shop.order.public_id}/")

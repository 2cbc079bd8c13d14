"""A buyer's subscriptions: what they are, what they brought, how they end, and whom to ask."""

import re
from datetime import date, timedelta

import pytest

from comity.common import clock
from comity.common.models import OutboxEvent
from comity.messaging.services.subscription_notices import announce_due
from comity.orders.models import Order, Subscription
from comity.orders.services.subscriptions import renew_due
from tests import factories
from tests.factories import NOW
from tests.web.buyer.shop import deliver, field, words

WEEK = timedelta(days=7)
pytestmark = pytest.mark.requirement("S8")


@pytest.fixture
def one(shop, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return factories.subscription(shop.buyer, shop.seller, shop.listing)


def place(one, rest=""):
    return f"subscriptions/{one.public_id}/{rest}"


def test_your_orders_name_them_where_there_are_any(shop, monkeypatch):
    assert "Subscriptions" not in words(shop.get("orders/"))
    for _ in range(2):
        factories.subscription(shop.buyer, shop.seller, shop.listing)
    assert "Subscriptions (2)" in words(shop.get("orders/"))


def test_the_list_says_what_is_next(shop, one):
    Subscription.objects.filter(pk=one.pk).update(months=3)
    shown = words(shop.get("subscriptions/"))
    assert f"{shop.listing.product.title} €12.50 Active · next renewal Mon 9 Nov · every 3 months" in shown


def test_a_page_with_terms_price_next_renewal_and_every_order(shop, one):
    announce_due(NOW)
    renew_due(NOW + WEEK)
    shown = words(shop.get(place(one)))
    first, second = Order.objects.filter(renewal__subscription=one).order_by("pk")
    assert "Active. €12.50 every month, sold by" in shown
    assert "One box a month." in shown
    assert "9 December 2026 €12.50" in shown
    assert shown.index(second.number) < shown.index(first.number)
    assert "tells you of it at least 7 days before" in shown


def test_a_declined_renewal_says_what_can_be_done_in_the_list_and_on_its_page(shop, one):
    announce_due(NOW)
    Subscription.objects.update(declined_at=NOW + WEEK)
    row = words(shop.get("subscriptions/"))
    assert ("Payment declined · every month" in row, "next renewal" in row) == (True, False)
    shown = words(shop.get(place(one)))
    assert "Payment declined. €12.50 every month" in shown
    assert "The payment for the renewal of 9 November 2026 was declined" in shown
    assert "choose or confirm one where you subscribed" in shown
    assert "Cancel the subscription" in shown
    assert "told you of it" not in shown
    assert "Nothing more is ordered or charged." in words(shop.get(place(one, "cancel/")))


def test_the_announcement_is_said(shop, one):
    announce_due(NOW)
    assert "told you of it on 2 November 2026" in words(shop.get(place(one)))


def test_an_order_names_its_subscription(shop, one):
    announce_due(NOW)
    renew_due(NOW + WEEK)
    first, second = Order.objects.filter(renewal__subscription=one).order_by("pk")
    assert "First order of a subscription" in words(shop.get(f"orders/{first.public_id}/"))
    page = shop.get(f"orders/{second.public_id}/")
    assert "Renewal of 9 November 2026 of a subscription" in words(page)
    assert shop.path(place(one)) in page.content.decode()
    assert "a subscription" not in words(shop.get(f"orders/{shop.order.public_id}/"))


def test_it_is_cancelled_once_without_a_reason(shop, one):
    page = shop.get(place(one, "cancel/"))
    assert "On 9 November 2026 nothing is ordered and nothing is charged" in words(page)
    for _ in range(2):
        sent = shop.post(place(one, "cancel/"), key=field(page, "key"))
        assert (sent.status_code, sent["Location"]) == (302, shop.path(place(one)) + "?done=1")
    assert OutboxEvent.objects.filter(name="subscription.cancelled").count() == 1
    shown = words(shop.get(place(one), done="1"))
    assert "It is cancelled. What has been ordered still comes; nothing more after it." in shown
    assert "There is nothing to cancel" in words(shop.get(place(one, "cancel/")))


@pytest.mark.parametrize(
    ("reason", "said"), [("withdrawn", "it is not offered any more"), ("out_of_stock", "it was out of stock")]
)
def test_it_says_why_it_has_ended(shop, one, reason, said):
    Subscription.objects.update(state="ended", end_reason=reason, ended_at=NOW)
    shown = words(shop.get(place(one)))
    assert f"Ended: {said}." in shown
    assert "Cancel the subscription" not in shown


@pytest.mark.parametrize("key", ["", "k" * 300, "k\0"])
def test_a_cancellation_by_an_odd_form_changes_nothing_and_can_be_sent_again(shop, one, key):
    refused = shop.post(place(one, "cancel/"), key=key)
    assert refused.status_code == 422
    assert f"The key has {len(key)} characters" in words(refused)
    assert (Subscription.objects.get(pk=one.pk).state, "Cancel the subscription" in words(refused)) == ("active", True)
    fresh = re.search(r'name="key" value="([^"]+)"', refused.content.decode())[1]
    assert shop.post(place(one, "cancel/"), key=fresh).status_code == 302
    assert Subscription.objects.get(pk=one.pk).state == "cancelled"


def test_a_strangers_is_not_there(shop, one):
    other = factories.subscription(factories.buyer(shop.market), shop.seller, shop.listing)
    for rest in ("", "cancel/"):
        assert shop.get(place(other, rest)).status_code == 404
    assert shop.post(place(other, "cancel/"), key="k").status_code == 404
    assert Subscription.objects.get(pk=other.pk).state == "active"
    assert shop.get("subscriptions/sub%00/").status_code == 404


@pytest.mark.requirement("S2", "S8")
def test_whom_to_ask_is_a_press_away_and_chosen_there(shop, one):
    page = shop.get(place(one)).content.decode()
    order = one.renewals.get().order.public_id
    for topic, answers in (("subscription_renewal", shop.market.name), ("product", shop.seller.name)):
        address = f"contact/?order={order}&topic={topic}"
        assert address.replace("&", "&amp;") in page
        form = shop.client.get(shop.path(address))
        assert re.search(f'value="{topic}"[^>]* checked', form.content.decode())
        assert answers in words(form)
    sent = shop.contact("What will it cost?", "subscription_renewal", about=f"order={order}")
    assert sent.status_code == 302
    deliver()
    assert shop.conversation.addressee == "marketplace"


def test_without_an_order_it_is_asked_about_the_listing(shop, one):
    bare = factories.subscription(shop.buyer, shop.seller, shop.listing, first=None, renews_on=date(2026, 12, 1))
    page = shop.get(place(bare)).content.decode()
    assert "contact/?topic=subscription" in page
    assert f"contact/?listing={shop.listing.public_id}&amp;topic=product" in page


@pytest.mark.parametrize("rows", [1, 3])
def test_list_and_page_take_a_fixed_number_of_queries(shop, one, rows, django_assert_num_queries):
    for number in range(1, rows):
        factories.subscription(shop.buyer, shop.seller, shop.listing)
        order = factories.order(shop.buyer, shop.seller, shop.listing)
        one.renewals.create(order=order, period_on=date(2026, 10, number), announced_on=date(2026, 9, number))
    for address, queries in (("subscriptions/", 6), (place(one), 6)):
        shop.get(address)
        with django_assert_num_queries(queries):
            shop.get(address)

"""Subscriptions to what a shop offers, and whether it answers subscribers as quickly as everybody else."""

from datetime import timedelta

import pytest

from comity.common import clock
from comity.messaging.models import ReplyDeadline
from comity.messaging.selectors.parity import parity_of
from comity.messaging.services.contact import Subject
from comity.orders.models import Subscription
from tests import factories
from tests.factories import NOW
from tests.web.world import deliver, signed_in, write

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("S13")]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def shop():
    return factories.seller(factories.marketplace())


def asked(shop, hours, *, subscribes=False, days=2, **fields):
    """A buyer asks, so many days ago, and is answered after ``hours``; None: not at all."""
    person = factories.buyer(shop.marketplace)
    if subscribes:
        factories.subscription(person, shop, factories.listing(shop), **fields)
    conversation = write(person, Subject(order=factories.order(person, shop)), "order_status").conversation
    deliver()
    begun = NOW - days * DAY
    answered = {"ended_at": begun + hours * HOUR, "end": "answered"} if hours is not None else {}
    ReplyDeadline.objects.filter(conversation=conversation).update(started_at=begun, **answered)


def said(group):
    return group.count, group.usual and group.usual / HOUR, group.in_time


def test_subscribers_are_compared_with_everybody_else(shop):
    for hours in (1, 2, 3, 30, 40):
        asked(shop, hours, subscribes=True)
    for hours in (1, 1, 2, 3, 4, 5):
        asked(shop, hours)
    parity = parity_of(shop, now=NOW)
    assert (said(parity.subscribers), said(parity.others)) == ((5, 3, 60), (6, 2.5, 100))
    assert parity.comparable


def test_what_waits_too_long_counts_and_what_still_has_time_does_not(shop):
    for _ in range(4):
        asked(shop, 1, subscribes=True)
    asked(shop, None, subscribes=True)
    asked(shop, None, subscribes=True, days=0)
    parity = parity_of(shop, now=NOW)
    assert said(parity.subscribers) == (5, 1, 80)
    assert not parity.comparable


def test_who_had_cancelled_before_and_what_is_long_ago_is_no_subscribers_question(shop):
    asked(shop, 1, subscribes=True, state="cancelled", cancelled_at=NOW - 3 * DAY)
    asked(shop, 1, subscribes=True, state="cancelled", cancelled_at=NOW - DAY)
    asked(shop, 1, subscribes=True, started_at=NOW - DAY)
    asked(shop, 1, subscribes=True, days=91)
    factories.subscription(factories.buyer(shop.marketplace), factories.seller(shop.marketplace))
    parity = parity_of(shop, now=NOW)
    assert (parity.subscribers.count, parity.others.count) == (1, 2)


def page_of(shop, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    client = signed_in(factories.staff(shop, "read_only").user)
    return client, f"/{shop.marketplace.slug}/sell/{shop.public_id}/subscriptions/"


def test_the_page_is_to_be_read_and_linked_from_orders(shop, monkeypatch):
    one = factories.subscription(factories.buyer(shop.marketplace), shop)
    client, place = page_of(shop, monkeypatch)
    page = client.get(place).content.decode()
    assert all(words in page for words in (one.buyer.name, one.listing.product.title, "every month", "Active"))
    assert "Too few questions to compare: 0 of subscribers and 0 of others, 5 of each are needed." in page
    assert "<form" not in page.split("<main")[1].split("</main>")[0]
    assert place in client.get(place.replace("subscriptions/", "orders/")).content.decode()


def test_a_declined_renewal_says_that_the_shop_need_not_do_anything(shop, monkeypatch):
    factories.subscription(factories.buyer(shop.marketplace), shop, declined_at=NOW)
    client, place = page_of(shop, monkeypatch)
    page = client.get(place).content.decode()
    assert "Payment declined" in page
    assert "once the buyer pays otherwise; you need not do anything" in page


def test_the_page_says_both_figures(shop, monkeypatch):
    for _ in range(5):
        asked(shop, 2, subscribes=True)
        asked(shop, 30)
    client, place = page_of(shop, monkeypatch)
    page = client.get(place).content.decode()
    assert "From 5 questions of subscribers and 5 of others." in page
    assert all(words in page for words in ("<dd>2 h</dd>", "<dd>30 h</dd>", "<dd>100 %</dd>", "<dd>0 %</dd>"))


def test_the_order_page_names_the_subscription(shop, monkeypatch):
    one = factories.subscription(factories.buyer(shop.marketplace), shop)
    client, place = page_of(shop, monkeypatch)
    order = one.renewals.get().order
    page = client.get(place.replace("subscriptions/", f"orders/{order.public_id}/")).content.decode()
    assert f'First order of <a href="{place}">a subscription</a>' in page


def test_other_shops_are_not_shown(shop, monkeypatch):
    factories.subscription(factories.buyer(shop.marketplace), factories.seller(shop.marketplace))
    client, place = page_of(shop, monkeypatch)
    assert "No subscriptions" in client.get(place).content.decode()
    assert Subscription.objects.count() == 1


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_takes_as_many_queries_for_three_as_for_one(shop, rows, monkeypatch, django_assert_num_queries):
    for _ in range(rows):
        asked(shop, 1, subscribes=True)
    client, place = page_of(shop, monkeypatch)
    client.get(place)
    with django_assert_num_queries(7):
        client.get(place)

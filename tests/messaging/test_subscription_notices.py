"""What the marketplace tells of a subscription: each renewal before it, and its end, once each."""

from datetime import date, timedelta

import pytest

from comity.accounts.models import Seller
from comity.catalog.models import Listing
from comity.common.models import OutboxEvent
from comity.messaging.models import ORDER_NOTICE, Conversation, Message, OrderNotice
from comity.messaging.selectors.order_words import words_in
from comity.messaging.services import subscription_notices
from comity.messaging.services.subscription_notices import announce_due, tell_end
from comity.notify.models import Notification
from comity.orders.models import Order, Subscription
from comity.orders.services.subscriptions import cancel, renew_due
from tests.factories import NOW, buyer, listing, marketplace, product, seller, subscription
from tests.messaging.order_events import LANGUAGES, rest

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def of(language="en", **fields):
    market = marketplace(name="Wayfold")
    shop = seller(market, name="Alder & Loom")
    offer = listing(shop, product(market, title="Coffee box"))
    return subscription(buyer(market, language=language), shop, offer, **fields)


def told():
    return [one.text for one in Message.objects.order_by("pk")]


@pytest.mark.requirement("S10")
def test_a_renewal_is_announced_in_the_marketplaces_conversation_about_the_latest_order():
    one = of()
    for _ in range(2):
        announce_due(NOW)
    conversation = Conversation.objects.get()
    assert (conversation.addressee, conversation.order) == ("marketplace", one.renewals.get().order)
    assert told() == [
        (
            "Your subscription to Coffee box with Alder & Loom is renewed on 9 November 2026.\n"
            "Price: €12.50\n"
            "You need not do anything. You can cancel it until then: Your Orders, Subscriptions. Then nothing is ordered.\n"
            "What you agreed to:\n"
            "One box a month."
        )
    ]
    notice = OrderNotice.objects.get()
    assert (notice.kind, notice.event) == (
        "auto_renewal",
        OutboxEvent.objects.get(name="subscription.announced").public_id,
    )


@pytest.mark.requirement("S10")
def test_the_story_of_three_periods_each_told_once_and_mailed():
    one = of()
    for day in range(70):
        announce_due(NOW + day * DAY)
        renew_due(NOW + day * DAY)
    rest()
    assert list(one.renewals.order_by("period_on").values_list("period_on", flat=True)) == [
        date(2026, 10, 9),
        date(2026, 11, 9),
        date(2026, 12, 9),
        date(2027, 1, 9),
    ]
    kinds = OrderNotice.objects.order_by("pk").values_list("kind", flat=True)
    assert sorted(kinds) == ["auto_renewal"] * 3 + ["order_confirmation"] * 3
    assert OrderNotice.objects.filter(kind="auto_renewal").values("order").distinct().count() == 3
    assert Message.objects.filter(state="delivered", purpose=ORDER_NOTICE).count() == 6
    assert Notification.objects.filter(user=one.buyer.user, kind="order_news").count() == 6


def test_a_notice_that_cannot_be_posted_leaves_the_renewal_unannounced_and_keeps_no_other_back(monkeypatch):
    one, other = of(), of()
    post = subscription_notices.post_notice

    def breaks(subject, person, *said, now):
        if person == one.buyer:
            raise RuntimeError("no")
        return post(subject, person, *said, now=now)

    monkeypatch.setattr(subscription_notices, "post_notice", breaks)
    announce_due(NOW)
    renew_due(NOW + 8 * DAY)
    assert [Subscription.objects.get(pk=two.pk).announced_on for two in (one, other)] == [None, None]
    assert list(Order.objects.filter(renewal__period_on=date(2026, 11, 9)).values_list("buyer", flat=True)) == [
        other.buyer_id
    ]


@pytest.mark.requirement("S10")
@pytest.mark.parametrize("begun", [{}, {"first": None}], ids=["with an order", "without one"])
def test_a_cancellation_is_confirmed_once(begun):
    one = of(**begun)
    for _ in range(2):
        cancel(subscription=one, buyer=one.buyer, now=NOW)
    event = OutboxEvent.objects.get(name="subscription.cancelled")
    for _ in range(2):
        tell_end(event, now=NOW)
    assert told() == [
        (
            "Your subscription to Coffee box with Alder & Loom is cancelled.\n"
            "What has been ordered still comes. Nothing more is ordered or charged after it."
        )
    ]
    assert OrderNotice.objects.get().kind == "cancellation_confirmation"


@pytest.mark.parametrize(
    ("change", "because"), [({"offered": False}, "not offered any more"), ({"quantity": 0}, "out of stock")]
)
def test_the_buyer_is_told_why_it_has_ended(change, because):
    of()
    announce_due(NOW)
    Listing.objects.update(**change)
    renew_due(NOW + 7 * DAY)
    rest()
    assert f"has ended, because this is {because}." in told()[-1]
    assert Message.objects.filter(state="delivered").count() == 2


def test_without_an_order_it_is_told_in_a_conversation_about_the_listing():
    one = of(first=None)
    announce_due(NOW)
    conversation = Conversation.objects.get()
    assert (conversation.addressee, conversation.order, conversation.listing) == ("marketplace", None, one.listing)


def test_however_long_the_terms_are_the_rest_is_told():
    of(terms="All of this. " * 300)
    announce_due(NOW)
    (text,) = told()
    assert len(text) == 4000
    assert "You can cancel it until then" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_all_of_it(language):
    of(language)
    announce_due(NOW)
    (text,) = told()
    assert "{{" not in text
    assert all(known in text for known in ("Coffee box", "Alder & Loom", "12", "9", "2026", "One box a month."))
    for words in (
        "subscription_cancelled",
        "subscription_withdrawn",
        "subscription_out_of_stock",
        "subscription_declined",
    ):
        found, said = words_in(words, language)
        assert found == language
        assert said.count("{{subscription.title}}") == said.count("{{seller.name}}") == 1


def test_a_shop_that_sends_its_own_confirmations_sends_this_one_too(monkeypatch):
    one = of()
    cancel(subscription=one, buyer=one.buyer, now=NOW)
    sender = type("Sender", (), {"party": "seller"})
    monkeypatch.setattr(subscription_notices, "who_sends", lambda *_: sender)
    tell_end(OutboxEvent.objects.get(name="subscription.cancelled"), now=NOW)
    assert told() == []
    assert Seller.objects.count() == 1

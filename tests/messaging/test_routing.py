"""Who answers: decided by topic and fulfilment before anything is sent."""

from dataclasses import replace

import pytest

from comity.accounts.models import Buyer, Marketplace
from comity.messaging.models import Conversation, ReplyDeadline
from comity.messaging.selectors.topics import responsible_for, topic_keys, topics_for
from comity.messaging.services.contact import Subject
from comity.messaging.services.text import MessageRefused
from comity_policy.responsibility import TOPICS, may_be_routed
from tests.factories import subscription
from tests.messaging.desk import make_desk

SELLER_OWNS = {
    "S2": ["product", "price", "item_information", "technical_support", "warranty", "recall"],
    "S3": ["edition"],
    "S4": ["order_status", "shipping", "not_as_expected"],
    "S5": ["cancel_order"],
    "S6": ["seller_feedback"],
}
MARKETPLACE_OWNS = {"S7": ["payment"], "S8": ["site_features", "account", "cancel_process"], "S9": ["site_performance"]}


@pytest.fixture
def place():
    return {"marketplace": Marketplace()}


@pytest.mark.requirement("S2", "S3", "S4", "S5", "S6", "C10", "C11")
@pytest.mark.parametrize("topic", [topic for topics in SELLER_OWNS.values() for topic in topics])
def test_what_the_seller_owns_goes_to_the_seller(desk, topic):
    desk.ask(topic=topic)

    assert Conversation.objects.get().addressee == "seller"


@pytest.mark.requirement("S7", "S8", "S9", "C10", "C11")
@pytest.mark.parametrize("topic", [topic for topics in MARKETPLACE_OWNS.values() for topic in topics])
def test_what_the_marketplace_owns_goes_to_its_service(desk, topic):
    desk.ask(topic=topic)
    desk.deliver()

    assert Conversation.objects.get().addressee == "marketplace"
    assert list(ReplyDeadline.objects.values_list("owed_by", flat=True)) == ["marketplace"]


@pytest.mark.requirement("S36", "C10")
@pytest.mark.parametrize(
    ("topic", "addressee"), [("shipping", "marketplace"), ("return", "marketplace"), ("product", "seller")]
)
def test_who_ships_the_order_answers_for_it(db, easy_rules, topic, addressee):
    desk = make_desk(fulfilment="marketplace")
    desk.ask(topic=topic)

    assert Conversation.objects.get().addressee == addressee


@pytest.mark.requirement("S88", "S89")
def test_topics_depend_on_where_the_buyer_comes_from(place):
    assert {"product", "order_status", "shipping", "return", "refund", "dispute"} <= topic_keys("order", **place)
    assert "return" not in topic_keys("listing", **place)
    offered = topics_for("marketplace", **place)
    assert all(responsible_for(topic.key, None, **place).party == "marketplace" for topic in offered)


@pytest.mark.requirement("S2", "S4", "S5", "S8", "C11")
def test_of_a_subscription_its_renewal_and_end_are_the_marketplaces_and_the_goods_the_sellers(place):
    offered = topics_for("subscription", **place)
    asked = {topic.key: responsible_for(topic.key, None, **place).party for topic in offered}
    of_order = {topic.key for topic in topics_for("order", **place)}
    assert asked.keys() - of_order == {"subscription_renewal", "subscription_cancel"}
    assert of_order - asked.keys() == {"subscription"}
    assert asked["subscription_renewal"] == asked["subscription_cancel"] == asked["payment"] == "marketplace"
    assert asked["product"] == asked["not_as_expected"] == asked["cancel_order"] == asked["warranty"] == "seller"


@pytest.mark.requirement("S8")
@pytest.mark.parametrize("topic", ["subscription_renewal", "subscription_cancel"])
def test_what_is_asked_about_a_subscription_waits_at_the_service_desk(desk, topic):
    with pytest.raises(MessageRefused):
        desk.ask(topic=topic)
    subscription(desk.buyer, desk.order.seller, first=desk.order)
    desk.order.refresh_from_db()
    desk.ask(topic=topic)
    assert Conversation.objects.get().addressee == "marketplace"


def test_a_closed_topic_is_not_offered_and_not_taken(desk):
    market = Marketplace.objects.get()
    market.topics = {"closed": ["warranty", "return"]}
    market.save()
    desk = replace(desk, buyer=Buyer.objects.select_related("marketplace", "user").get(pk=desk.buyer.pk))

    assert {"warranty", "return"} & topic_keys("order", marketplace=market) == {"return"}  # S88 names returns
    with pytest.raises(MessageRefused, match="Choose what your message is about"):
        desk.ask(topic="warranty")


def test_a_topic_that_the_marketplace_took_over_goes_to_its_service_where_nothing_fixes_it(place):
    place["marketplace"].topics = {"taken_over": ["dispute", "product"]}

    assert [responsible_for(key, None, **place).party for key in ("dispute", "product")] == ["marketplace", "seller"]
    assert [key for key in TOPICS if may_be_routed(key)] == ["dispute"]


def test_writing_to_the_marketplace_without_a_subject_opens_one_conversation(desk):
    desk.ask(topic="account", about=Subject())
    desk.ask(topic="account", about=Subject())

    conversation = Conversation.objects.get()
    assert (conversation.addressee, conversation.seller, conversation.order) == ("marketplace", None, None)


@pytest.mark.requirement("S91", "C14")
def test_marketplace_steps_in_once_the_buyer_has_waited_and_not_before(desk):
    desk.ask()
    desk.deliver()
    with pytest.raises(MessageRefused, match="You can ask for this from 4 November 2026"):
        desk.later(47).ask("Please help.", topic="step_in")
    assert Conversation.objects.count() == 1

    desk.later(1).ask("Please help.", topic="step_in")

    assert sorted(Conversation.objects.values_list("addressee", flat=True)) == ["marketplace", "seller"]


@pytest.mark.requirement("S30", "S91")
def test_nobody_steps_in_where_the_seller_was_not_asked(desk):
    with pytest.raises(MessageRefused, match="Write to the seller first"):
        desk.ask("Please help.", topic="step_in")

    assert not Conversation.objects.exists()

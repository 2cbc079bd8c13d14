"""Who answers: decided by topic and fulfilment before anything is sent."""

import pytest

from comity.messaging.models import Conversation, ReplyDeadline
from comity.messaging.selectors.topics import responsible_for, topic_keys, topics_for
from comity.messaging.services.contact import Subject
from comity.messaging.services.text import MessageRefused
from tests.messaging.desk import make_desk

SELLER_OWNS = {
    "S2": ["product", "price", "item_information", "technical_support", "warranty", "recall"],
    "S3": ["edition"],
    "S4": ["order_status", "shipping", "not_as_expected"],
    "S5": ["cancel_order"],
    "S6": ["seller_feedback"],
}
MARKETPLACE_OWNS = {"S7": ["payment"], "S8": ["site_features", "account", "cancel_process"], "S9": ["site_performance"]}


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
def test_topics_depend_on_where_the_buyer_comes_from():
    assert {"product", "order_status", "shipping", "return", "refund", "dispute"} <= topic_keys("order")
    assert "return" not in topic_keys("listing")
    assert all(responsible_for(topic.key, None).party == "marketplace" for topic in topics_for("marketplace"))


def test_writing_to_the_marketplace_without_a_subject_opens_one_conversation(desk):
    desk.ask(topic="account", about=Subject())
    desk.ask(topic="account", about=Subject())

    conversation = Conversation.objects.get()
    assert (conversation.addressee, conversation.seller, conversation.order) == ("marketplace", None, None)


@pytest.mark.requirement("S91", "C14")
def test_marketplace_steps_in_once_the_buyer_has_waited_and_not_before(desk):
    desk.ask()
    desk.deliver()
    with pytest.raises(MessageRefused, match="You can ask for this from 04 November 2026"):
        desk.later(47).ask("Please help.", topic="step_in")
    assert Conversation.objects.count() == 1

    desk.later(1).ask("Please help.", topic="step_in")

    assert sorted(Conversation.objects.values_list("addressee", flat=True)) == ["marketplace", "seller"]


@pytest.mark.requirement("S30", "S91")
def test_nobody_steps_in_where_the_seller_was_not_asked(desk):
    with pytest.raises(MessageRefused, match="Write to the seller first"):
        desk.ask("Please help.", topic="step_in")

    assert not Conversation.objects.exists()

"""Who answers a buyer: the tables of S2–S9 and S36, line by line."""

import pytest

from comity_policy.model import PURPOSES
from comity_policy.responsibility import TOPICS, responsible, topics_for

SELLER_OWNS = {
    "product": ("product", "S2"),
    "price": ("price", "S2"),
    "item_information": ("item information", "S2"),
    "customisation": ("product", "S2"),
    "technical_support": ("technical support", "S2"),
    "warranty": ("warranty", "S2"),
    "recall": ("recall", "S2"),
    "edition": ("edition for another platform", "S3"),
    "order_status": ("fulfilment", "S4"),
    "shipping": ("delivery", "S4"),
    "not_as_expected": ("fulfilment", "S4"),
    "return": ("return", "S4"),
    "refund": ("refund", "S4"),
    "cancel_order": ("cancelling an order", "S5"),
    "seller_feedback": ("the seller's staff and policies", "S6"),
    "dispute": ("dispute about an order", "S29"),
}
MARKETPLACE_OWNS = {
    "payment": ("payment", "S7"),
    "cancel_process": ("how cancelling works", "S8"),
    "site_features": ("site features", "S8"),
    "account": ("account", "S8"),
    "subscription": ("subscription management", "S8"),
    "site_performance": ("site performance", "S9"),
    "step_in": ("stepping in where no answer came", "S91"),
}
SERVED_BY_SHIPPER = ["order_status", "shipping", "not_as_expected", "return", "refund", "cancel_order"]


def test_the_tables_cover_every_topic():
    assert set(TOPICS) == SELLER_OWNS.keys() | MARKETPLACE_OWNS.keys()


@pytest.mark.requirement("S2", "S3", "S4", "S5", "S6")
@pytest.mark.parametrize("fulfilment", ["seller", None])
@pytest.mark.parametrize(("topic", "owned"), SELLER_OWNS.items(), ids=SELLER_OWNS)
def test_seller_answers_what_the_seller_owns(topic, owned, fulfilment):
    answer = responsible(topic, fulfilment)
    assert (answer.party, answer.area, answer.source[0]) == ("seller", *owned)


@pytest.mark.requirement("S7", "S8", "S9", "S91")
@pytest.mark.parametrize("fulfilment", ["seller", "marketplace", None])
@pytest.mark.parametrize(("topic", "owned"), MARKETPLACE_OWNS.items(), ids=MARKETPLACE_OWNS)
def test_marketplace_answers_what_the_marketplace_owns(topic, owned, fulfilment):
    answer = responsible(topic, fulfilment)
    assert (answer.party, answer.area, answer.source[0]) == ("marketplace", *owned)


@pytest.mark.requirement("S36", "C10")
@pytest.mark.parametrize("topic", SELLER_OWNS)
def test_marketplace_answers_for_the_orders_it_ships(topic):
    answer = responsible(topic, "marketplace")

    assert answer.party == ("marketplace" if topic in SERVED_BY_SHIPPER else "seller")
    assert ("S36" in answer.source) == (topic in SERVED_BY_SHIPPER)


@pytest.mark.requirement("C11")
def test_cancelling_is_split_into_process_and_order():
    assert responsible("cancel_order", "seller").party == "seller"
    assert responsible("cancel_process", "seller").party == "marketplace"


@pytest.mark.requirement("S88", "S89")
@pytest.mark.parametrize(
    ("subject", "offered", "not_offered"),
    [
        ("order", {"product", "order_status", "shipping", "return", "refund", "dispute"}, set()),
        ("listing", {"product", "shipping", "price"}, {"order_status", "return", "refund", "dispute", "cancel_order"}),
        ("seller", {"product", "shipping", "seller_feedback"}, {"refund", "warranty", "subscription"}),
        ("marketplace", MARKETPLACE_OWNS.keys() - {"step_in"}, {*SELLER_OWNS, "step_in"}),
    ],
)
def test_topics_depend_on_what_is_written_about(subject, offered, not_offered):
    keys = {topic.key for topic in topics_for(subject)}
    assert offered <= keys
    assert not keys & not_offered


@pytest.mark.parametrize("topic", TOPICS.values(), ids=TOPICS)
def test_topic_says_what_the_engine_needs(topic):
    assert topic.purpose in PURPOSES
    assert topic.subjects
    assert TOPICS[topic.key] is topic


@pytest.mark.parametrize(
    ("topic", "fulfilment", "reason"),
    [
        ("warranty", None, "The seller is responsible for warranty and will answer you."),
        ("payment", "seller", "The marketplace is responsible for payment and will answer you."),
        ("refund", "marketplace", "The marketplace ships this order, so it answers questions about refund."),
    ],
)
def test_the_buyer_is_told_why(topic, fulfilment, reason):
    assert responsible(topic, fulfilment).reason == reason


def test_nothing_is_guessed():
    with pytest.raises(KeyError):
        responsible("weather", None)
    with pytest.raises(ValueError, match="fulfilment must be"):
        responsible("refund", "amazon")

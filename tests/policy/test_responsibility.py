"""Who answers a buyer: the tables of S2–S9 and S36, line by line."""

import pytest

from comity_policy.model import PURPOSES
from comity_policy.responsibility import TOPICS, may_be_routed, responsible, topics_for

SELLER_OWNS = {
    "product": ("the product", "S2"),
    "price": ("the price", "S2"),
    "item_information": ("the description of the item", "S2"),
    "customisation": ("the product", "S2"),
    "technical_support": ("technical support", "S2"),
    "warranty": ("the warranty", "S2"),
    "recall": ("product safety and recalls", "S2"),
    "edition": ("editions for other platforms", "S3"),
    "order_status": ("fulfilling the order", "S4"),
    "shipping": ("shipping and delivery", "S4"),
    "not_as_expected": ("fulfilling the order", "S4"),
    "return": ("returns", "S4"),
    "refund": ("refunds", "S4"),
    "cancel_order": ("cancelling an order", "S5"),
    "seller_feedback": ("its staff and policies", "S6"),
    "dispute": ("disputes about an order", "S29"),
}
MARKETPLACE_OWNS = {
    "payment": ("payments", "S7"),
    "cancel_process": ("how cancelling works on this site", "S8"),
    "site_features": ("the features of this site", "S8"),
    "account": ("your account", "S8"),
    "subscription": ("managing subscriptions", "S8"),
    "subscription_renewal": ("managing subscriptions", "S8"),
    "subscription_cancel": ("managing subscriptions", "S8"),
    "site_performance": ("how well this site works", "S9"),
    "step_in": ("stepping in where no answer came", "S91"),
}
OF_ONE = {"subscription_renewal", "subscription_cancel"}
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
    assert (answer.source == ("S36", "C10")) == (topic in SERVED_BY_SHIPPER)


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
        (
            "subscription",
            {"product", "return", "payment", "subscription_renewal", "subscription_cancel"},
            {"subscription"},
        ),
        ("marketplace", MARKETPLACE_OWNS.keys() - {"step_in", *OF_ONE}, {*SELLER_OWNS, "step_in", *OF_ONE}),
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
        ("warranty", None, "The seller is responsible for the warranty and will answer you."),
        ("payment", "seller", "The marketplace is responsible for payments and will answer you."),
        ("dispute", "seller", "The seller is responsible for disputes about an order and will answer you."),
        ("seller_feedback", None, "The seller is responsible for its staff and policies and will answer you."),
        ("refund", "marketplace", "The marketplace ships this order, so it answers questions about refunds."),
    ],
)
def test_the_buyer_is_told_why(topic, fulfilment, reason):
    assert responsible(topic, fulfilment).reason == reason


def test_a_marketplace_may_take_over_only_what_no_requirement_fixes():
    assert {topic for topic in TOPICS if may_be_routed(topic)} == {"dispute"}


def test_what_the_marketplace_takes_over_it_answers():
    answer = responsible("dispute", "seller", taken_over=True)

    assert (answer.party, answer.source) == ("marketplace", ("S29", "S30"))
    assert answer.reason == (
        "The marketplace has taken it upon itself to answer questions about disputes about an order."
    )


@pytest.mark.parametrize("topic", ["warranty", "refund", "cancel_order"])
def test_what_is_fixed_cannot_be_taken_over(topic):
    assert responsible(topic, "seller", taken_over=True) == responsible(topic, "seller")


def test_what_is_offered_for_an_order_comes_in_the_order_of_the_topics():
    offered = [topic.key for topic in topics_for("marketplace")]
    assert offered == ["payment", "cancel_process", "site_features", "site_performance", "account", "subscription"]


def test_nothing_is_guessed():
    with pytest.raises(KeyError):
        responsible("weather", None)
    with pytest.raises(ValueError, match=r"^fulfilment must be 'seller', 'marketplace' or None, not 'amazon'\.$"):
        responsible("refund", "amazon")

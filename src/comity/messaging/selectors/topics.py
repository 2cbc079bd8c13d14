"""Which topics a contact form offers, and who answers each; the tables are the rule engine's."""

from typing import Any

from comity.orders.models import Order
from comity_policy.responsibility import TOPICS, Responsibility, Topic, responsible


def topics_for(subject_kind: str) -> list[Topic]:
    """The topics a buyer may choose about an ``order``, a ``listing`` or a ``seller`` (S88).

    For ``marketplace`` those that the marketplace itself answers whatever is sold (S7–S9).
    """
    if subject_kind == "marketplace":
        return [topic for topic in TOPICS.values() if responsible(topic.key, None).party == "marketplace"]
    return [topic for topic in TOPICS.values() if subject_kind in topic.subjects]


def topic_keys(subject_kind: str) -> frozenset[str]:
    """The keys of ``topics_for``."""
    return frozenset(topic.key for topic in topics_for(subject_kind))


def topic_label(key: str) -> str:
    """What people read for a topic; the key itself when a later version no longer knows it."""
    return TOPICS[key].label if key in TOPICS else key


def purpose_of(key: str) -> str:
    """The purpose under which the engine checks a message on this topic."""
    return TOPICS[key].purpose


def responsible_for(key: str, order: Order | None) -> Responsibility:
    """Who answers a message on this topic, by issue area and by who fulfils the order (S2–S9, S36)."""
    fulfilment: Any = order.fulfilment if order else None
    return responsible(key, fulfilment)

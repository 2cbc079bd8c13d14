"""Which topics a contact form offers, and who answers each; the tables are the rule engine's.

A marketplace may close topics and take some upon itself (its settings), where no requirement fixes them.
"""

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any

from comity.accounts.models import Marketplace
from comity.orders.models import Order
from comity_policy.responsibility import (
    ALWAYS_OFFERED,
    TOPICS,
    Area,
    Responsibility,
    Topic,
    may_be_routed,
    responsible,
)
from comity_policy.responsibility import topics_for as of_subject

# Of a conversation that the marketplace's own notices of an order open: nobody picks it, and it has no purpose.
ORDER_UPDATES = "order_updates"
# What people read for every topic that a conversation has.
LABELS: Mapping[str, str] = MappingProxyType(
    {**{key: topic.label for key, topic in TOPICS.items()}, ORDER_UPDATES: "Order updates"}
)


def topics_for(subject_kind: str, *, marketplace: Marketplace, step_open: bool = False) -> list[Topic]:
    """The topics offered about an ``order``, a ``listing``, a ``seller`` or the ``marketplace`` itself (S88).

    ``subscription`` is an order that belongs to one. Asking the marketplace to step in is offered only to a buyer who
    has waited long enough: ``step_open``.
    """
    closed = {*marketplace.topics.get("closed", ())} - ALWAYS_OFFERED
    subject: Any = subject_kind
    offered = (topic for topic in of_subject(subject) if topic.key not in closed)
    return [topic for topic in offered if step_open or not asks_to_step_in(topic.key)]


def asks_to_step_in(key: str) -> bool:
    """Whether the topic asks the marketplace to step in (S91)."""
    return key in TOPICS and TOPICS[key].area == Area.STEP_IN


def topic_keys(subject_kind: str, *, marketplace: Marketplace) -> frozenset[str]:
    """The keys of all topics about that kind of subject, asking to step in included."""
    return frozenset(topic.key for topic in topics_for(subject_kind, marketplace=marketplace, step_open=True))


def topic_choices(offered: Collection[str], taken_over: Collection[str]) -> dict[str, list[str]]:
    """What the settings page may change about topics: what no requirement fixes, the rest is left out."""
    return {
        "closed": [key for key in TOPICS if key not in offered and key not in ALWAYS_OFFERED],
        "taken_over": [key for key in TOPICS if key in taken_over and may_be_routed(key)],
    }


def topic_label(key: str) -> str:
    """What people read for a topic; the key itself when a later version no longer knows it."""
    return LABELS.get(key, key)


def purpose_of(key: str) -> str:
    """The purpose under which the engine checks a message on this topic."""
    return TOPICS[key].purpose


def responsible_for(key: str, order: Order | None, *, marketplace: Marketplace) -> Responsibility:
    """Who answers a message on this topic, by issue area, who fulfils the order and what is set (S2–S9, S36)."""
    fulfilment: Any = order.fulfilment if order else None
    return responsible(key, fulfilment, taken_over=key in marketplace.topics.get("taken_over", ()))

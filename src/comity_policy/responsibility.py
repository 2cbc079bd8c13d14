"""Who must answer a buyer: the seller or the marketplace, by topic and by who fulfils the order.

Two axes decide (C10). By area the seller owns product, price, item information, support, warranty, recalls,
editions for other platforms, fulfilment, cancelling an order and its own staff (S2–S6); the marketplace owns
payment, site features and site performance (S7–S9). By fulfilment, an order that the marketplace ships is
served by the marketplace for everything about dispatch, delivery, return and refund (S36).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Literal

from comity_policy.model import Purpose

Party = Literal["seller", "marketplace"]
Fulfilment = Literal["seller", "marketplace"]
Subject = Literal["order", "subscription", "listing", "seller", "marketplace"]


class Area(StrEnum):
    """What an issue is about, as the requirements divide it, in the words that follow “responsible for”."""

    PRODUCT = "the product"
    PRICE = "the price"
    INFORMATION = "the description of the item"
    SUPPORT = "technical support"
    WARRANTY = "the warranty"
    RECALL = "product safety and recalls"
    EDITION = "editions for other platforms"
    FULFILMENT = "fulfilling the order"
    DELIVERY = "shipping and delivery"
    RETURN = "returns"
    REFUND = "refunds"
    ORDER_CANCELLATION = "cancelling an order"
    PERSONNEL = "its staff and policies"
    DISPUTE = "disputes about an order"
    PAYMENT = "payments"
    SITE_FEATURES = "the features of this site"
    CANCELLATION_PROCESS = "how cancelling works on this site"
    SITE_PERFORMANCE = "how well this site works"
    ACCOUNT = "your account"
    SUBSCRIPTION = "managing subscriptions"
    STEP_IN = "stepping in where no answer came"


_OWNED_BY_SELLER: dict[Area, tuple[str, ...]] = {
    Area.PRODUCT: ("S2",),
    Area.PRICE: ("S2",),
    Area.INFORMATION: ("S2",),
    Area.SUPPORT: ("S2",),
    Area.WARRANTY: ("S2",),
    Area.RECALL: ("S2",),
    Area.EDITION: ("S3",),
    Area.FULFILMENT: ("S4",),
    Area.DELIVERY: ("S4",),
    Area.RETURN: ("S4", "S28"),
    Area.REFUND: ("S4", "S28"),
    Area.ORDER_CANCELLATION: ("S5", "C11"),
    Area.PERSONNEL: ("S6",),
    Area.DISPUTE: ("S29", "S30"),
}
_OWNED_BY_MARKETPLACE: dict[Area, tuple[str, ...]] = {
    Area.PAYMENT: ("S7",),
    Area.SITE_FEATURES: ("S8",),
    Area.CANCELLATION_PROCESS: ("S8", "C11"),
    Area.SITE_PERFORMANCE: ("S9",),
    Area.ACCOUNT: ("S8",),
    Area.SUBSCRIPTION: ("S8",),
    Area.STEP_IN: ("S91", "S29"),
}
# What S2 to S9 give to one side for good, and stepping in (S91), which only a third party can do.
_FIXED = frozenset({"S2", "S3", "S4", "S5", "S6", "S7", "S8", "S9", "S91"})
# What S88 names as reasons to write, and the way to the marketplace (S91): offered everywhere.
ALWAYS_OFFERED = frozenset({"product", "order_status", "shipping", "return", "refund", "dispute", "step_in"})
# What whoever ships an order serves (S36).
SERVED_BY_SHIPPER = frozenset({Area.FULFILMENT, Area.DELIVERY, Area.RETURN, Area.REFUND, Area.ORDER_CANCELLATION})


@dataclass(frozen=True, slots=True)
class Topic:
    """A reason to write that a buyer picks; ``subjects`` are the things it may be picked for.

    ``subscription`` is an order that belongs to one: everything about it as an order may be picked, too.
    """

    key: str
    label: str
    area: Area
    purpose: Purpose
    subjects: frozenset[Subject]


@dataclass(frozen=True, slots=True)
class Responsibility:
    """Who answers, in which area, the sentence that tells the buyer, and the requirements behind it."""

    party: Party
    area: Area
    reason: str
    source: tuple[str, ...]


def _topic(key: str, label: str, area: Area, purpose: Purpose, *subjects: Subject) -> tuple[str, Topic]:
    return key, Topic(key, label, area, purpose, frozenset(subjects))


# S88 names product, order status, shipping, return, refund and dispute; the others keep what the marketplace
# owns, or what a buyer asks before an order, from being filed under one of those.
_ANYWHERE: tuple[Subject, ...] = ("order", "listing", "seller")
_OF_ONE: Subject = "subscription"
_SITE: tuple[Subject, ...] = (*_ANYWHERE, "marketplace")
_TOPICS = (
    _topic("product", "Question about the product", Area.PRODUCT, "inquiry", *_ANYWHERE),
    _topic("price", "Price or rebate", Area.PRICE, "inquiry", *_ANYWHERE),
    _topic("item_information", "Description or availability", Area.INFORMATION, "inquiry", "order", "listing"),
    _topic("customisation", "Customisation or gift message", Area.PRODUCT, "customisation", "order", "listing"),
    _topic("order_status", "Where is my order?", Area.FULFILMENT, "inquiry", "order"),
    _topic("shipping", "Shipping or delivery", Area.DELIVERY, "inquiry", *_ANYWHERE),
    _topic("not_as_expected", "Damaged, missing or not as described", Area.FULFILMENT, "order_problem", "order"),
    _topic("technical_support", "Help with using the product", Area.SUPPORT, "inquiry", "order", "listing"),
    _topic("warranty", "Warranty", Area.WARRANTY, "inquiry", "order", "listing"),
    _topic("recall", "Product safety or recall", Area.RECALL, "inquiry", *_ANYWHERE),
    _topic("edition", "Edition for another device or platform", Area.EDITION, "inquiry", "order", "listing"),
    _topic("return", "Return or exchange", Area.RETURN, "return", "order"),
    _topic("refund", "Refund", Area.REFUND, "return", "order"),
    _topic("cancel_order", "Cancel this order", Area.ORDER_CANCELLATION, "inquiry", "order"),
    _topic("dispute", "Disagreement about an order", Area.DISPUTE, "claim", "order"),
    _topic("seller_feedback", "The seller's staff or policies", Area.PERSONNEL, "inquiry", "order", "seller"),
    _topic("payment", "Payment, card or charge", Area.PAYMENT, "inquiry", *_SITE),
    _topic("cancel_process", "How cancelling works on this site", Area.CANCELLATION_PROCESS, "inquiry", *_SITE),
    _topic("site_features", "Ordering or another part of this site", Area.SITE_FEATURES, "inquiry", *_SITE),
    _topic("site_performance", "This site is slow or not working", Area.SITE_PERFORMANCE, "inquiry", *_SITE),
    _topic("account", "My account", Area.ACCOUNT, "inquiry", *_SITE),
    _topic("subscription", "Manage a subscription", Area.SUBSCRIPTION, "inquiry", "order", "marketplace"),
    _topic(
        "subscription_renewal", "Renewal, price or payment of the subscription", Area.SUBSCRIPTION, "inquiry", _OF_ONE
    ),
    _topic("subscription_cancel", "Cancel the subscription", Area.SUBSCRIPTION, "inquiry", _OF_ONE),
    _topic("step_in", "Ask the marketplace to step in", Area.STEP_IN, "claim", *_ANYWHERE),
)
TOPICS: Mapping[str, Topic] = MappingProxyType(dict(_TOPICS))

_REASONS = {
    "seller": "The seller is responsible for {area} and will answer you.",
    "marketplace": "The marketplace is responsible for {area} and will answer you.",
    "shipped": "The marketplace ships this order, so it answers questions about {area}.",
    "taken": "The marketplace has taken it upon itself to answer questions about {area}.",
}


def topics_for(subject: Subject) -> tuple[Topic, ...]:
    """Return the topics that may be chosen from ``subject``, in the order in which they are offered.

    Those of a subscription's order name its subscription, so the general topic about subscriptions is not offered.
    """
    if subject != _OF_ONE:
        return tuple(topic for topic in TOPICS.values() if subject in topic.subjects)
    own = (topic for topic in TOPICS.values() if subject in topic.subjects)
    as_order = (topic for topic in topics_for("order") if topic.area is not Area.SUBSCRIPTION)
    return (*as_order, *own)


def may_be_routed(topic: str) -> bool:
    """Return whether a marketplace may choose who answers ``topic``: only where no requirement fixes it."""
    area = TOPICS[topic].area
    return not _FIXED & {*_OWNED_BY_SELLER.get(area, ()), *_OWNED_BY_MARKETPLACE.get(area, ())}


def responsible(topic: str, fulfilment: Fulfilment | None, *, taken_over: bool = False) -> Responsibility:
    """Return who must answer a message under ``topic``.

    ``fulfilment`` says who ships the order, and is ``None`` where there is no order yet. ``taken_over`` says that
    the marketplace answers the topic itself; it counts where no requirement fixes who does. Raises ``KeyError``
    for an unknown topic and ``ValueError`` for an unknown fulfilment, so that neither is guessed.
    """
    if fulfilment not in {"seller", "marketplace", None}:
        raise ValueError(f"fulfilment must be 'seller', 'marketplace' or None, not {fulfilment!r}.")
    area = TOPICS[topic].area
    if area in _OWNED_BY_MARKETPLACE:
        return _answered_by("marketplace", area, "marketplace", _OWNED_BY_MARKETPLACE[area])
    if fulfilment == "marketplace" and area in SERVED_BY_SHIPPER:
        return _answered_by("marketplace", area, "shipped", ("S36", "C10"))
    if taken_over and may_be_routed(topic):
        return _answered_by("marketplace", area, "taken", _OWNED_BY_SELLER[area])
    return _answered_by("seller", area, "seller", _OWNED_BY_SELLER[area])


def _answered_by(party: Party, area: Area, reason: str, source: tuple[str, ...]) -> Responsibility:
    return Responsibility(party, area, _REASONS[reason].format(area=area.value), source)

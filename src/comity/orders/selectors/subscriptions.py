"""Subscriptions as their buyer, their seller and the marketplace see them. A stranger's looks like a missing one."""

from typing import Any

from django.core.paginator import Page
from django.db.models import Q, QuerySet

from comity.accounts.models import Buyer, Seller
from comity.common.counting import OpenEnded
from comity.common.errors import NotFound
from comity.orders.models import Order, Renewal, Subscription

PAGE_SIZE = 20
PAYABLE = Q(price_minor=0) | ~Q(method="")  # through a payment provider
_SHOWN = 60  # renewals of one subscription: five years of months


def get_subscription_of_buyer(buyer: Buyer, subscription_id: str) -> Subscription:
    """The buyer's own subscription by its public id, with what its page needs. Raises ``NotFound``."""
    rows = Subscription.objects.select_related("marketplace", "seller", "listing__product")
    # Ids come from addresses: one with a NUL in it would make PostgreSQL raise instead of finding nothing.
    known = subscription_id.isprintable()
    found = rows.filter(buyer=buyer, public_id=subscription_id).first() if known else None
    if found is None:
        raise NotFound(subscription_id)
    return found


def subscriptions_of_buyer(buyer: Buyer, page: int | str | None = 1) -> "Page[Any]":
    """A page of the buyer's subscriptions, those that go on first, then the latest; sellers and products loaded."""
    return _page(Subscription.objects.filter(buyer=buyer).select_related("seller", "listing__product"), page)


def subscriptions_of_seller(seller: Seller, page: int | str | None = 1) -> "Page[Any]":
    """A page of the subscriptions to what ``seller`` offers, likewise; buyers and products loaded."""
    return _page(Subscription.objects.filter(seller=seller).select_related("buyer", "listing__product"), page)


def subscription_count(buyer: Buyer) -> int:
    """How many the buyer has, those that are over included. One query."""
    return Subscription.objects.filter(buyer=buyer).count()


def unpaid_count() -> int:
    """How many go on, in every marketplace, and name nothing that a payment provider could be asked for. One query."""
    return Subscription.objects.filter(~PAYABLE, state=Subscription.State.ACTIVE).count()


def renewals_of(one: Subscription) -> list[Renewal]:
    """Its periods with their orders, the latest first. One query."""
    return list(one.renewals.select_related("order").order_by("-period_on")[:_SHOWN])


def latest_order(one: Subscription) -> Order | None:
    """The last order that the subscription made, or was begun with. One query."""
    return Order.objects.filter(renewal__subscription=one).order_by("-placed_at", "-pk").first()


def _page(rows: "QuerySet[Subscription]", page: int | str | None) -> "Page[Any]":
    # The states in the order of the alphabet: active, cancelled, ended.
    found: Page[Any] = OpenEnded(rows.order_by("state", "-started_at", "-pk"), PAGE_SIZE, page).get_page(page)
    return found

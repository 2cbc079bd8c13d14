"""Feeds and what became of them, as their seller sees them."""

from typing import Any

from django.core.paginator import Page, Paginator

from comity.accounts.models import Seller
from comity.common.errors import NotFound
from comity.orders.models import Feed

PAGE_SIZE = 20
RESULTS_A_PAGE = 50


def feeds_of(seller: Seller, page: int | str | None = 1, size: int = PAGE_SIZE) -> "Page[Any]":
    """A page of the seller's feeds, latest first. Two queries."""
    return Paginator(Feed.objects.filter(seller=seller).order_by("-id"), size).get_page(page)


def get_feed_of_seller(seller: Seller, feed_id: str) -> Feed:
    """One feed of the seller. Raises ``NotFound``; another seller's looks like a missing one."""
    found = Feed.objects.filter(seller=seller, public_id=feed_id) if feed_id.isprintable() else Feed.objects.none()
    if (feed := found.select_related("seller").first()) is None:
        raise NotFound(feed_id)
    return feed


def results_of(feed: Feed, page: int | str | None = 1, size: int = RESULTS_A_PAGE) -> "Page[Any]":
    """A page of what is said of a feed's records, in the order of the file. Two queries."""
    return Paginator(feed.results.order_by("record", "id"), size).get_page(page)

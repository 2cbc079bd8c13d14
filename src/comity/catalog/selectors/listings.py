"""What a buyer may look at: the offers of a marketplace and the sellers behind them."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django.core.paginator import Page, Paginator
from django.db.models import Q

from comity.accounts.models import Marketplace, Seller
from comity.catalog.models import HandlingChange, Listing
from comity.common.errors import NotFound

PAGE_SIZE = 24
Offers = TypeVar("Offers", bound=Iterable[Any])
# Ids come from addresses: one with a NUL in it would make PostgreSQL raise instead of finding nothing,
# hence ``isprintable`` below.


def get_listing(marketplace: Marketplace, listing_id: str) -> Listing:
    """The listing with this public id, its product, seller and marketplace loaded. Raises ``NotFound``."""
    rows = Listing.objects.select_related("product", "seller", "marketplace")
    found = rows.filter(marketplace=marketplace, public_id=listing_id).first() if listing_id.isprintable() else None
    if found is None:
        raise NotFound(listing_id)
    return found


def get_seller(marketplace: Marketplace, seller_id: str) -> Seller:
    """The seller with this public id, as anyone may see it. Raises ``NotFound``."""
    rows = Seller.objects.select_related("marketplace")
    found = rows.filter(marketplace=marketplace, public_id=seller_id).first() if seller_id.isprintable() else None
    if found is None:
        raise NotFound(seller_id)
    return found


def listings(marketplace: Marketplace, page: int | str | None = 1, size: int = PAGE_SIZE) -> "Page[Any]":
    """A page of everything on offer, newest first; a page number that is none shows the nearest page."""
    rows = Listing.objects.filter(marketplace=marketplace).select_related("product", "seller").order_by("-id")
    return Paginator(rows, size).get_page(page)


def listings_of_seller(seller: Seller, page: int | str | None = 1, size: int = PAGE_SIZE) -> "Page[Any]":
    """A page of what ``seller`` offers, newest first."""
    rows = Listing.objects.filter(seller=seller).select_related("product").order_by("-id")
    return Paginator(rows, size).get_page(page)


def offers_of_same_product(listing: Listing, limit: int = 5) -> list[Listing]:
    """Other sellers' offers of the product of ``listing``, cheapest first, at most ``limit``."""
    rows = Listing.objects.filter(product_id=listing.product_id).exclude(pk=listing.pk).select_related("seller")
    return list(rows.order_by("price_minor", "id")[:limit])


def calendar_day(marketplace: Marketplace, *, now: datetime) -> date:
    """Today in the marketplace's zone, by which offers begin and end."""
    return now.astimezone(ZoneInfo(marketplace.time_zone)).date()


def with_openness(offers: Offers, marketplace: Marketplace, *, now: datetime) -> Offers:
    """The same listings, each with ``open``: whether it can be bought today."""
    today = calendar_day(marketplace, now=now)
    for one in offers:
        one.open = one.is_open(today)
    return offers


def get_listing_of_seller(seller: Seller, listing_id: str) -> Listing:
    """One of the seller's own listings, with its product. Raises ``NotFound``."""
    rows = Listing.objects.select_related("product", "seller__marketplace")
    found = rows.filter(seller=seller, public_id=listing_id).first() if listing_id.isprintable() else None
    if found is None:
        raise NotFound(listing_id)
    return found


def listings_found(marketplace: Marketplace, query: str = "", page: int | str | None = 1) -> "Page[Any]":
    """Listings of the marketplace by SKU, title or shop, by title; all of them without a query."""
    rows = Listing.objects.filter(marketplace=marketplace).select_related("product", "seller")
    if query := "".join(character for character in query if character.isprintable()).strip():
        by_shop = Q(seller__name__icontains=query)
        rows = rows.filter(Q(sku__iexact=query) | Q(product__title__icontains=query) | by_shop)
    return Paginator(rows.order_by("product__title", "id"), PAGE_SIZE).get_page(page)


def handling_changes_of(listing: Listing, limit: int = 20) -> list[HandlingChange]:
    """How the marketplace changed the handling time, last change first."""
    return list(listing.handling_changes.select_related("changed_by").order_by("-id")[:limit])

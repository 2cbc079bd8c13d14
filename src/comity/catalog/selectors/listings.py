"""What a buyer may look at: the offers of a marketplace and the sellers behind them."""

from typing import Any

from django.core.paginator import Page, Paginator

from comity.accounts.models import Marketplace, Seller
from comity.catalog.models import Listing
from comity.common.errors import NotFound

PAGE_SIZE = 24
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

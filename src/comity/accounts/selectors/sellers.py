"""The shops of a marketplace as its operator sees them."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q

from comity.accounts.models import Marketplace, Seller
from comity.common.errors import NotFound

PAGE_SIZE = 25


def sellers_of(marketplace: Marketplace, *, query: str = "", page: int | str | None = 1) -> "Page[Any]":
    """Shops by name with the number of their people (``people``), found by a part of the name, number or id."""
    rows = Seller.objects.filter(marketplace=marketplace).annotate(people=Count("staff"))
    if query := "".join(character for character in query if character.isprintable()).strip():
        rows = rows.filter(Q(name__icontains=query) | Q(external_id=query) | Q(public_id=query))
    return Paginator(rows.order_by("name", "pk"), PAGE_SIZE).get_page(page)


def get_seller_of_marketplace(marketplace: Marketplace, public_id: str) -> Seller:
    """A shop of that marketplace. Raises ``NotFound``."""
    rows = Seller.objects.select_related("marketplace").filter(marketplace=marketplace)
    found = rows.filter(public_id=public_id).first() if public_id.isprintable() else None
    if found is None:
        raise NotFound(public_id)
    return found

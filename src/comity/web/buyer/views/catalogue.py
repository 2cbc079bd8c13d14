"""Products and sellers: open to everybody, with the way to contact a seller (S66, S89)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from comity.catalog.selectors.listings import (
    get_listing,
    get_seller,
    listings,
    listings_of_seller,
    offers_of_same_product,
)
from comity.web.buyer.frame import frame, visitor


@require_safe
def home(request: HttpRequest, marketplace: str) -> HttpResponse:
    """What the marketplace has on offer."""
    market, buyer = visitor(request, marketplace)
    page = listings(market, request.GET.get("page"))
    return render(request, "buyer/home.html", {**frame(request, market, buyer, "buyer-home"), "page": page})


@require_safe
def product(request: HttpRequest, marketplace: str, listing: str) -> HttpResponse:
    """One seller's offer of a product."""
    market, buyer = visitor(request, marketplace)
    offer = get_listing(market, listing)
    shown = {"listing": offer, "others": offers_of_same_product(offer), "may_write": _may_write(request, buyer)}
    return render(request, "buyer/product.html", {**frame(request, market, buyer), **shown})


@require_safe
def seller(request: HttpRequest, marketplace: str, seller: str) -> HttpResponse:
    """A seller and what it offers."""
    market, buyer = visitor(request, marketplace)
    shop = get_seller(market, seller)
    page = listings_of_seller(shop, request.GET.get("page"))
    shown = {"seller": shop, "page": page, "may_write": _may_write(request, buyer)}
    return render(request, "buyer/seller.html", {**frame(request, market, buyer), **shown})


def _may_write(request: HttpRequest, buyer: object) -> bool:
    """A buyer may; whoever is not signed in may turn out to be one."""
    return buyer is not None or not request.user.is_authenticated

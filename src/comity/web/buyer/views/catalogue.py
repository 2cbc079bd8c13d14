"""Products and sellers: open to everybody, with the way to contact a seller (S66, S89)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from comity.catalog.models import Listing
from comity.catalog.selectors.listings import (
    get_listing,
    get_seller,
    listings,
    listings_of_seller,
    offers_of_same_product,
    with_openness,
)
from comity.catalog.selectors.policies import get_version, policies_in_force
from comity.common import clock
from comity.messaging.selectors.answering import expected_answer
from comity.messaging.selectors.notices import public_recall_of
from comity.web.buyer.frame import frame, visitor
from comity.web.buyer.recall_view import public_banner


@require_safe
def home(request: HttpRequest, marketplace: str) -> HttpResponse:
    """What the marketplace has on offer."""
    market, buyer = visitor(request, marketplace)
    page = with_openness(listings(market, request.GET.get("page")), market, now=clock.now())
    return render(request, "buyer/home.html", {**frame(request, market, buyer, "buyer-home"), "page": page})


@require_safe
def product(request: HttpRequest, marketplace: str, listing: str) -> HttpResponse:
    """One seller's offer of a product."""
    market, buyer = visitor(request, marketplace)
    (offer,) = with_openness([get_listing(market, listing)], market, now=clock.now())
    others = with_openness(offers_of_same_product(offer), market, now=clock.now())
    shown = {"listing": offer, "others": others, "may_write": _may_write(request, buyer), "recall": _recall(offer)}
    return render(request, "buyer/product.html", {**frame(request, market, buyer), **shown})


@require_safe
def seller(request: HttpRequest, marketplace: str, seller: str) -> HttpResponse:
    """A seller: what it offers, how fast it answers, what it promises (S66, S82)."""
    market, buyer = visitor(request, marketplace)
    shop, now = get_seller(market, seller), clock.now()
    shown = {
        "seller": shop,
        "page": with_openness(listings_of_seller(shop, request.GET.get("page")), market, now=now),
        "usual": expected_answer(shop, market, now=now),
        "policies": policies_in_force(shop, at=now),
        "may_write": _may_write(request, buyer),
    }
    return render(request, "buyer/seller.html", {**frame(request, market, buyer), **shown})


@require_safe
def policy(request: HttpRequest, marketplace: str, seller: str, policy: str) -> HttpResponse:
    """One dated version of a seller's policy, the current one or an earlier one that an order was placed under."""
    market, buyer = visitor(request, marketplace)
    shop = get_seller(market, seller)
    shown = {"seller": shop, "version": get_version(shop, policy)}
    return render(request, "buyer/policy.html", {**frame(request, market, buyer), **shown})


def _recall(offer: Listing) -> dict[str, Any] | None:
    """The banner of a public recall of what is offered; a private one shows nowhere here."""
    found = public_recall_of(offer)
    return public_banner(offer.marketplace.slug, found) if found else None


def _may_write(request: HttpRequest, buyer: object) -> bool:
    """A buyer may; whoever is not signed in may turn out to be one."""
    return buyer is not None or not request.user.is_authenticated

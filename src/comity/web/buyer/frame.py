"""What stands around every buyer's page: the marketplace, who is here, where one can go."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import reverse

from comity.accounts.models import Buyer, Marketplace, User
from comity.accounts.selectors.marketplaces import get_marketplace
from comity.accounts.selectors.seats import buyer_seat
from comity.common import locales
from comity.common.errors import NotFound
from comity.messaging.models import Side
from comity.messaging.selectors.live import reader_channel
from comity.messaging.selectors.of_buyer import unread_count
from comity.web.account.gate import sign_in_address
from comity.web.live.tickets import watch


def visitor(request: HttpRequest, slug: str) -> tuple[Marketplace, Buyer | None]:
    """The marketplace, and the buyer whom the reader is there, if any. Raises ``NotFound`` for an unknown slug."""
    try:
        buyer = buyer_seat(request.user, slug)
    except NotFound:
        marketplace = get_marketplace(slug)
        locales.otherwise(marketplace.language)
        return marketplace, None
    return buyer.marketplace, buyer


def person(request: HttpRequest) -> User:
    """Who is signed in; only for views behind ``signed_in``. Raises ``NotFound`` otherwise."""
    if isinstance(request.user, AnonymousUser):
        raise NotFound("Nobody is signed in.")
    return request.user


def frame(request: HttpRequest, marketplace: Marketplace, buyer: Buyer | None, current: str = "") -> dict[str, Any]:
    """The input of ``base.html``; ``current`` is the route name of the main link that is open."""
    slug = marketplace.slug
    links = [_link("Products", "buyer-home", slug, current)]
    if buyer:
        links.append(_link("Orders", "buyer-orders", slug, current))
        links.append({**_link("Messages", "buyer-messages", slug, current), "count": unread_count(buyer)})
    elif not request.user.is_authenticated:
        links.append({"label": "Sign in", "href": sign_in_address(request.get_full_path()), "current": False})
    return {
        "marketplace": marketplace,
        "home_href": reverse("buyer-home", args=[slug]),
        "who": buyer.name if buyer else "",
        "nav": links,
        "live": watch(reader_channel(Side.BUYER, buyer.pk)) if buyer else None,
        "search_href": reverse("buyer-search", args=[slug]) if buyer else "",
    }


def _link(label: str, route: str, slug: str, current: str) -> dict[str, Any]:
    return {"label": label, "href": reverse(route, args=[slug]), "current": route == current}

"""Offers as pages show them to both sides, and what was told of an order."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import reverse

from comity.common.errors import Refused
from comity.common.import_values import BadValue, amount, minor
from comity.messaging.models import Offer, Side
from comity.messaging.selectors.offers import offers_about
from comity.messaging.selectors.order_notices import kind_words, notices_of
from comity.orders.models import Order
from comity.orders.selectors.orders import titles_of
from comity.orders.selectors.replacements import replacements_about
from comity.web.compose import blank

# what waits, for the buyer; a seller reads the state's own words
_YOURS: Mapping[str, str] = {
    Offer.State.OFFERED: "Waits for your answer",
    Offer.State.COUNTERED: "Waits for the seller: you ask for another amount",
}


def minor_of(typed: str, currency: str) -> int:
    """The amount that was typed, in minor units. Raises ``Refused`` beside the field ``amount``."""
    if not typed.strip():
        raise Refused("amount", "Enter an amount, such as 12.50.", "amount")
    try:
        return minor(amount(typed), currency, field="amount")
    except BadValue as bad:
        raise Refused("amount", f"The amount {bad.faults[0].sentence}", "amount") from None


def offer_views(
    offers: Iterable[Offer], *, side: str, slug: str = "", place: Mapping[str, str] | None = None
) -> list[dict[str, Any]]:
    """The input of ``parts/offers.html`` for the people of ``side``; a buyer answers below ``slug``.

    ``place``: that of a seller's desk, where what came of an offer stands.
    """
    shown = list(offers)
    titles = titles_of(offer.order_id for offer in shown if offer.pieces)
    return [{**_view(offer, side, slug, place or {}), "goods": _goods(offer, titles)} for offer in shown]


def _goods(offer: Offer, titles: Mapping[tuple[int, str], str]) -> str:
    """What is replaced or comes back."""
    return ", ".join(f"{pieces} × {titles.get((offer.order_id, key), key)}" for key, pieces in offer.pieces.items())


def _view(offer: Offer, side: str, slug: str, place: Mapping[str, str]) -> dict[str, Any]:
    turn = Side.BUYER if offer.state == Offer.State.OFFERED else Side.SELLER
    return {
        "offer": offer,
        "state": (_YOURS.get(offer.state) if side == Side.BUYER else "") or offer.get_state_display(),
        "yours": side == Side.BUYER,
        "currency": offer.order.currency,
        "mine": offer.is_open and turn == side,
        "counters": side == Side.BUYER and offer.is_money,
        "withdraws": side == Side.SELLER and offer.state == Offer.State.OFFERED,
        "action": reverse("buyer-offer", args=[slug, offer.conversation.public_id, offer.public_id]) if slug else "",
        "key": blank().typed.key,
        "made_href": _made_href(offer, "buyer" if slug else "seller", {"marketplace": slug} if slug else place),
    }


def _made_href(offer: Offer, routes: str, place: Mapping[str, str]) -> str:
    """Where the order or the return stands that an accepted offer made."""
    if not offer.made or not place:
        return ""
    what, named = ("order", "order") if offer.kind == Offer.Kind.REPLACEMENT else ("return", "returned")
    return reverse(f"{routes}-{what}", kwargs={**place, named: offer.made})


def replaced_links(order: Order, route: str, place: Mapping[str, str]) -> list[dict[str, Any]]:
    """The input of ``parts/replaced.html``: orders that this one replaces, or that replace it. One query.

    Without a ``route`` they are named and not linked.
    """
    found = replacements_about(order)
    named = [("Replacement for", found.of)] if found.of else []
    named += [("Replaced by", one) for one in found.by]
    return [
        {
            "what": what,
            "number": one.number,
            "href": reverse(route, kwargs={**place, "order": one.public_id}) if route else "",
            "first": one is found.of,
        }
        for what, one in named
    ]


def told_of(order: Order) -> dict[str, Any]:
    """The input of ``buyer/order_told.html``: offers to answer, and every notice with its place. Three queries."""
    slug = order.marketplace.slug
    return {
        "offers": offer_views(offers_about(order), side=Side.BUYER, slug=slug),
        "replaced": replaced_links(order, "buyer-order", {"marketplace": slug}),
        "told": [
            {
                "what": kind_words(one.kind),
                "at": one.sent_at,
                "href": reverse("buyer-conversation", args=[slug, one.message.conversation.public_id])
                + f"#{one.message.public_id}",
            }
            for one in notices_of(order)
        ],
    }

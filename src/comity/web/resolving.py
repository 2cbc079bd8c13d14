"""Offers as pages show them to both sides, and what was told of an order."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from comity.common.errors import Refused
from comity.common.import_values import BadValue, amount, minor
from comity.messaging.models import Offer, Side
from comity.messaging.selectors.offers import offers_about
from comity.messaging.selectors.order_notices import kind_words, notices_of
from comity.orders.models import Order
from comity.web.compose import blank


def minor_of(typed: str, currency: str) -> int:
    """The amount that was typed, in minor units. Raises ``Refused`` beside the field ``amount``."""
    try:
        return minor(amount(typed), currency, field="amount")
    except BadValue as bad:
        raise Refused("amount", f"The amount {bad.faults[0].sentence}", "amount") from None


def offer_views(offers: Iterable[Offer], *, side: str, slug: str = "") -> list[dict[str, Any]]:
    """The input of ``parts/offers.html`` for the people of ``side``; a buyer answers below ``slug``."""
    return [_view(offer, side, slug) for offer in offers]


def _view(offer: Offer, side: str, slug: str) -> dict[str, Any]:
    turn = Side.BUYER if offer.state == Offer.State.OFFERED else Side.SELLER
    return {
        "offer": offer,
        "currency": offer.order.currency,
        "mine": offer.is_open and turn == side,
        "counters": side == Side.BUYER and offer.is_money,
        "withdraws": side == Side.SELLER and offer.state == Offer.State.OFFERED,
        "action": reverse("buyer-offer", args=[slug, offer.conversation.public_id, offer.public_id]) if slug else "",
        "key": blank().typed.key,
    }


def told_of(order: Order) -> dict[str, Any]:
    """The input of ``buyer/order_told.html``: offers to answer, and every notice with its place. Two queries."""
    slug = order.marketplace.slug
    return {
        "offers": offer_views(offers_about(order), side=Side.BUYER, slug=slug),
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

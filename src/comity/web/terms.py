"""The policies of a shop that hold for an order: those in force when it was placed (S82)."""

from typing import Any

from django.urls import reverse

from comity.accounts.models import Seller
from comity.catalog.selectors.policies import policies_in_force
from comity.orders.models import Order


def terms_of(order: Order | None, seller: Seller | None, slug: str) -> list[dict[str, Any]]:
    """The version of each policy of ``seller`` in force at order time, as links to it. One query; none without order.

    ``slug`` is the marketplace's.
    """
    if order is None or seller is None:
        return []
    return [
        {
            "label": policy.get_kind_display(),
            "href": reverse("buyer-policy", args=[slug, seller.public_id, policy.public_id]),
            "valid_from": policy.valid_from,
        }
        for policy in policies_in_force(seller, at=order.placed_at)
    ]

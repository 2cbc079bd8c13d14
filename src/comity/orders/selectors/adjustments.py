"""What was given back for an order."""

from collections.abc import Iterable

from comity.accounts.models import Seller
from comity.orders.models import Adjustment, Order


def adjustments_of(order: Order) -> list[Adjustment]:
    """Every adjustment of the order, latest first, with its parts and their lines. Two queries."""
    rows = Adjustment.objects.filter(order=order).order_by("-made_at", "-id")
    return list(rows.prefetch_related("parts__line"))


def reasons_by_id(seller: Seller, ids: Iterable[str]) -> dict[str, str]:
    """The reason codes of the seller's adjustments with these public ids, by them. One query."""
    rows = Adjustment.objects.filter(order__seller=seller, public_id__in={*ids})
    return dict(rows.values_list("public_id", "reason"))

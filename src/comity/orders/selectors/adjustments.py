"""What was given back for an order."""

from comity.orders.models import Adjustment, Order


def adjustments_of(order: Order) -> list[Adjustment]:
    """Every adjustment of the order, latest first, with its parts and their lines. Two queries."""
    rows = Adjustment.objects.filter(order=order).order_by("-made_at", "-id")
    return list(rows.prefetch_related("parts__line"))

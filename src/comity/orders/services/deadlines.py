"""Until when an order must have left, and what follows when it has not (S73, S74, S81; rules §5)."""

from collections.abc import Sequence
from datetime import datetime

from comity.orders.models import Order, ShipDeadline


def end_ship_deadlines(orders: Sequence[Order], *, end: str, now: datetime) -> None:
    """End the open ship deadlines of locked ``orders``; ``end`` says why, one of ``ShipDeadline.End``."""
    running = ShipDeadline.objects.filter(order__in=[order.pk for order in orders], ended_at__isnull=True)
    running.update(ended_at=now, end=end)

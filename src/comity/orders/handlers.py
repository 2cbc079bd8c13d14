"""Reactions of orders to events. Each is safe to repeat."""

from datetime import datetime

from comity.common.models import OutboxEvent
from comity.orders.models import Order
from comity.orders.services.following import follow


def follow_parcel(event: OutboxEvent, *, now: datetime) -> None:
    """Apply what a carrier has said of a parcel before it was confirmed, or under the number it was corrected to."""
    follow(Order.objects.filter(public_id=event.data["order"]).values_list("pk", flat=True), now=now)

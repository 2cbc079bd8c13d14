"""Which order replaces which."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import F, Q, Sum

from comity.orders.models import Order, OrderLine, Replacement, ShipmentLine

_CAME_TO_NOTHING = (Order.Status.CANCELLED, Order.Status.UNFULFILLABLE)


@dataclass(frozen=True, slots=True)
class Replacements:
    """``of``: the order that this one replaces; ``by``: those that replace it, the first first."""

    of: Order | None
    by: tuple[Order, ...]


def replacements_about(order: Order) -> Replacements:
    """What ``order`` replaces and what replaces it. One query."""
    rows = Replacement.objects.filter(Q(order=order) | Q(of=order)).select_related("order", "of").order_by("pk")
    found = list(rows)
    of = next((one.of for one in found if one.order_id == order.pk), None)
    return Replacements(of, tuple(one.order for one in found if one.of_id == order.pk))


def sent_again(order: Order) -> dict[str, int]:
    """How many pieces of ``order`` were or will be sent again, by external id of the line. Two queries.

    Of a replacement that was cancelled or could not be sent only what had left.
    """
    lines = OrderLine.objects.filter(order__replaces__of=order).exclude(order__status__in=_CAME_TO_NOTHING)
    left = ShipmentLine.objects.filter(
        shipment__order__replaces__of=order, shipment__order__status__in=_CAME_TO_NOTHING
    )
    found = Counter(dict(lines.order_by().values_list("external_id").annotate(Sum("quantity"))))
    found.update(dict(left.order_by().values_list(F("line__external_id")).annotate(Sum("quantity"))))
    return dict(found)

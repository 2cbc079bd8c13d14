"""An order whose clock runs, for tests of its life."""

from datetime import timedelta

from comity.common.models import OutboxEvent
from comity.orders.models import Order
from comity.orders.services.deadlines import start_ship_deadlines
from tests import factories
from tests.factories import NOW

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def running(placed_at=NOW - HOUR, **fields):
    """Placed an hour ago unless said otherwise, its one piece out of stock, to be sent within two days."""
    made = factories.order(placed_at=placed_at, total_minor=2_450, **fields)
    made.lines.update(taken=1)
    start_ship_deadlines([made], now=placed_at)
    return Order.objects.select_related("seller", "marketplace", "buyer__user").get(pk=made.pk)


def events(of):
    """(name, data without the order) of all that was told of an order."""
    rows = OutboxEvent.objects.filter(stream=of.public_id).order_by("sequence").values_list("name", "data")
    return [(name, {key: value for key, value in data.items() if key != "order"}) for name, data in rows]

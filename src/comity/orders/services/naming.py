"""Orders as their sellers call them: by number or public id. What is not theirs looks like what does not exist."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from comity.accounts.models import Seller
from comity.common.import_values import Fault
from comity.orders.models import Order
from comity.orders.services.happenings import lock_orders
from comity.orders.services.paying import lock_money
from comity.orders.services.results import Result

_SHOWN = 40  # characters of a name that nobody has


def lock_named(seller: Seller, names: Iterable[str], *, now: datetime) -> dict[str, Order]:
    """The seller's orders by the names that they are called by, locked with their money."""
    asked = {name for name in names if name.isprintable()}  # PostgreSQL raises for a NUL
    rows = Order.objects.filter(Q(public_id__in=asked) | Q(number__in=asked), seller=seller)
    found = list(rows.values_list("pk", "public_id", "number"))
    locked = lock_orders([key for key, _, _ in found], marketplace=seller.marketplace)
    lock_money(locked.values(), now=now)
    return {name: locked[key] for key, *both in found for name in both if name in asked}


def unknown_order(name: str) -> Result:
    """The answer to a name that ``lock_named`` does not find."""
    sentence = f"You have no order “{name[:_SHOWN]}”. Enter the number as it stands on the order."
    return Result(faults=(Fault("order", "unknown_order", sentence),))

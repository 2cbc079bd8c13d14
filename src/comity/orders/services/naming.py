"""Orders as their sellers call them: by number or public id. What is not theirs looks like what does not exist."""

from collections.abc import Iterable
from datetime import datetime

from comity.accounts.models import Seller
from comity.common.import_values import Fault
from comity.common.many import many
from comity.orders.models import Order
from comity.orders.services.happenings import lock_orders
from comity.orders.services.paying import lock_money
from comity.orders.services.results import Result

_LONGEST_NUMBER = 19  # characters, as the column has them; a public id has more
_SHOWN = 40  # characters of a name that nobody has


def lock_named(seller: Seller, names: Iterable[str], *, now: datetime) -> dict[str, Order]:
    """The seller's orders by the names that they are called by, locked with their money."""
    asked = {name for name in names if name.isprintable()}  # PostgreSQL raises for a NUL
    numbers = {name for name in asked if len(name) <= _LONGEST_NUMBER}
    ways = (
        Order.objects.filter(public_id__in=many(asked - numbers)),
        Order.objects.filter(marketplace=seller.marketplace_id, number__in=many(numbers)),
    )
    # Whose they are is compared here: asked for it, too, SQLite reads all orders of the seller to find a few.
    rows = [row for one in ways for row in one.values_list("seller", "pk", "public_id", "number")]
    found = [row for row in rows if row[0] == seller.pk]
    locked = lock_orders([key for _, key, _, _ in found], marketplace=seller.marketplace)
    lock_money(locked.values(), now=now)
    return {name: locked[key] for _, key, *both in found for name in both if name in asked}


def unknown_order(name: str) -> Result:
    """The answer to a name that ``lock_named`` does not find."""
    sentence = f"You have no order “{name[:_SHOWN]}”. Enter the number as it stands on the order."
    return Result(faults=(Fault("order", "unknown_order", sentence),))

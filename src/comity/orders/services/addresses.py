"""A buyer has an order sent elsewhere, as long as nothing of it has left."""

from datetime import datetime

from comity.accounts.models import Buyer
from comity.accounts.profiles import profile_in_force
from comity.common.errors import Refused
from comity.common.texts import clean_text
from comity.common.transactions import write
from comity.orders.models import Order
from comity.orders.services.happenings import Happening, happen, lock_order

_WAITING = frozenset({Order.Status.PENDING, Order.Status.UNSHIPPED})


def change_address(*, order: Order, buyer: Buyer, address: str, now: datetime) -> Order:
    """Send ``order``, which the door opened for ``buyer``, to ``address``; the earlier one stays on record, erasable.

    The same address again changes nothing. Raises ``Refused``: ``has_left``, an empty or unusable address.
    """
    limit = profile_in_force(order.marketplace, now).orders.words_characters
    clean = clean_text(
        address.strip(), limit=limit, what="The address", empty="Write where it should go.", field="address"
    )
    with write():
        locked = lock_order(order)
        if locked.status not in _WAITING:
            sentence = "This order has left or is over: its address stays. Write to the seller if it must be stopped."
            raise Refused("has_left", sentence, "address")
        if locked.ship_to == clean:
            return locked
        before, locked.ship_to = locked.ship_to, clean
        actor = buyer.user.public_id if buyer.user else ""
        changed = Happening(locked, "order.address_changed", actor=actor, text=before)
        happen([changed], now=now, columns=["ship_to"])
    return locked

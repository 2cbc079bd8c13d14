"""A buyer has an order sent elsewhere, as long as nothing of it has left."""

from datetime import datetime

from comity.accounts.models import Buyer
from comity.accounts.profiles import profile_in_force
from comity.accounts.profiles.orders import OrderTerms
from comity.common.errors import Refused
from comity.common.texts import clean_text
from comity.common.transactions import write
from comity.orders.models import Order
from comity.orders.selectors.orders import order_facts
from comity.orders.services.happenings import Happening, happen, lock_order
from comity.orders.services.returning.words import require_deliverable
from comity.orders.services.words import Read

ADDRESS_CHANGED = "order.address_changed"  # files do not take it back
_WAITING = frozenset({Order.Status.PENDING, Order.Status.UNSHIPPED})


def may_readdress(order: Order) -> bool:
    """Whether the order may still be sent elsewhere: nothing of it has left, and it is not over."""
    return order.status in _WAITING


def change_address(*, order: Order, buyer: Buyer, address: str, now: datetime) -> Order:
    """Send ``order``, which the door opened for ``buyer``, to ``address``; the earlier one stays on record, erasable.

    The same address again changes nothing. Raises ``Refused``: ``has_left``, an empty or unusable address, or one that
    the rules would not deliver: the seller reads it.
    """
    clean = read_address(address, order, now=now)
    with write():
        locked = lock_order(order)
        if not may_readdress(locked):
            sentence = "This order has left or is over: its address stays. Write to the seller if it must be stopped."
            raise Refused("has_left", sentence, "address")
        if locked.ship_to == clean:
            return locked
        before, locked.ship_to = locked.ship_to, clean
        actor = buyer.user.public_id if buyer.user else ""
        changed = Happening(locked, ADDRESS_CHANGED, actor=actor, text=before, sealed=True)
        happen([changed], now=now, columns=["ship_to"])
    return locked


def read_address(address: str, order: Order, *, now: datetime) -> Read:
    """The address as ``change_address`` stores it, which does not have it read again. Raises what that raises of it."""
    if isinstance(address, Read):
        return address
    terms, field = profile_in_force(order.marketplace, now).orders, "address"
    empty, most = "Write where it should go.", terms.address_characters[1]
    clean = clean_text(address.strip(), limit=most, what="The address", empty=empty, field=field)
    if sentence := _misfit(clean, terms):
        raise Refused("address", sentence, field)
    require_deliverable(
        clean,
        order.marketplace,
        role="buyer",
        field=field,
        language=order.language,
        known_ids=order_facts(order),
        now=now,
    )
    return Read(clean)


def _misfit(clean: str, terms: OrderTerms) -> str:
    """Why no parcel can be sent there; empty where one may."""
    lines = clean.split("\n")
    if len(clean) < terms.address_characters[0] or not any(one.isalpha() for one in clean):
        return "No parcel finds this address. Write name, street, place and country."
    if len(lines) > terms.address_lines:
        return f"The address has {len(lines)} lines; {terms.address_lines} fit on a label. Leave some out."
    if max(map(len, lines)) > terms.address_line_characters:
        return f"A line of the address is too long: {terms.address_line_characters} characters fit. Begin a new line."
    return ""

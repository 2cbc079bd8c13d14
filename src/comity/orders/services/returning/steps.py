"""How a return moves: under the lock of its order, along the table, with an entry on the order's record."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from comity.accounts.profiles import profile_in_force
from comity.accounts.profiles.returns import ReturnTerms
from comity.accounts.selectors.settings import profile_by_digest
from comity.common.canonical import Json
from comity.common.errors import Refused
from comity.orders.models import RETURN_TRANSITIONS, Order, Return
from comity.orders.services.happenings import Happening, happen, lock_orders

State = Return.State
SIDES = Order.Fulfilment
_NOW = {
    State.REQUESTED: "This return waits for an answer to the request.",
    State.AUTHORISED: "This return is accepted and has not been sent yet.",
    State.IN_TRANSIT: "This return is on its way.",
    State.RECEIVED: "This return has arrived and is yet to be looked at.",
    State.GRADED: "This return has been looked at and waits for the refund.",
    State.REFUNDED: "This return has been refunded already.",
    State.DECLINED: "This return has been declined already.",
    State.CLOSED: "This return was closed by the buyer.",
}


def locked_return(returned: Return, *, to: str, side: str = "") -> Return:
    """The return as it is now, its order locked. Call inside a transaction.

    Raises ``Refused``: ``state`` where it cannot come to ``to``; where ``side`` is named and does not fulfil the order,
    ``marketplace_fulfils`` or ``seller_fulfils``.
    """
    order = lock_orders([returned.order_id])[returned.order_id]
    found = Return.objects.select_related("order__seller").get(pk=returned.pk)
    order.seller = found.order.seller
    found.order = order
    if side:
        require_side(order, side)
    if to not in RETURN_TRANSITIONS[found.state]:
        raise Refused("state", f"{_NOW[State(found.state)]} Open the page again to see what can be done now.")
    return found


def require_side(order: Order, side: str) -> None:
    """Raise ``Refused`` unless ``side`` fulfils the order."""
    if side == order.fulfilment:
        return
    if side == SIDES.SELLER:
        sentence = "The marketplace sent this order and answers its returns: there is nothing for you to do."
        raise Refused("marketplace_fulfils", sentence)
    raise Refused("seller_fulfils", "The seller sent this order and answers its returns.")


def move(
    returned: Return,
    to: str,
    *,
    actor: str,
    now: datetime,
    columns: Iterable[str] = (),
    data: Mapping[str, Json] | None = None,
    text: str | None = None,
) -> None:
    """Take the return to ``to`` and store it with ``columns``; tell ``return.<to>`` of it. Its order is locked."""
    returned.state = to
    returned.save(update_fields=["state", *columns])
    tell(returned, f"return.{to}", actor=actor, now=now, data=data, text=text)


def tell(
    returned: Return,
    name: str,
    *,
    actor: str,
    now: datetime,
    data: Mapping[str, Json] | None = None,
    text: str | None = None,
) -> None:
    """Put on the order's record that this happened to its return."""
    about = {"return": returned.public_id, **(data or {})}
    happen([Happening(returned.order, name, about, actor=actor, text=text or None)], now=now)


def terms_of(returned: Return) -> ReturnTerms:
    """The terms under which the return was asked for; those of that day as they read now, where nobody kept them."""
    kept = profile_by_digest(returned.profile_digest)
    return (kept or profile_in_force(returned.order.marketplace, returned.requested_at)).returns

"""How an order is given up: whoever wants it so, what it took goes back and nothing more is charged for it."""

from collections.abc import Sequence
from datetime import datetime

from comity.ledger.models import Journal
from comity.ledger.services.books import Move, book
from comity.orders.models import Order, ShipDeadline
from comity.orders.services import stock
from comity.orders.services.deadlines import end_ship_deadlines
from comity.orders.services.happenings import Happening, happen
from comity.orders.services.paying import lock_money, money_of


def give_up(
    orders: Sequence[Order], *, to: str, reason: str, by: str, actor: str, now: datetime, text: str = ""
) -> None:
    """End ``orders``, locked with their money, as ``to`` cancelled or unfulfillable: a fixed number of statements.

    What was not charged yet never will be, pieces that have not left come back into stock, the ship deadline ends and
    a request of the buyer that waits is overtaken. ``reason`` is a code, ``by`` the side that gave up (buyer, seller or
    marketplace), ``actor`` the public id of the person, empty for nobody, ``text`` what that person says of it. Raises
    ``ImpossibleStep`` where the table has no such step.
    """
    let_go(orders, actor=actor, now=now)
    stock.give_back(orders)
    for order in orders:
        order.cancelled_at = order.cancelled_at or now
    happen(
        [
            Happening(order, f"order.{to}", {"reason": reason, "by": by}, to=to, actor=actor, text=text or None)
            for order in orders
        ],
        now=now,
        columns=["cancelled_at"],
    )


def let_go(orders: Sequence[Order], *, actor: str = "", now: datetime) -> None:
    """Release the money that orders, locked with it, have not been charged yet, and end their clocks."""
    open_money = [order for order in orders if money_of(order).open_minor]
    if open_money:
        kind = Journal.Kind.RELEASE
        moves = [Move(money_of(one), kind, money_of(one).open_minor, one.public_id, actor) for one in open_money]
        book(moves, now=now)
    end_ship_deadlines(orders, end=ShipDeadline.End.CANCELLED, now=now)


def give_up_rest(orders: Sequence[Order], *, reason: str, by: str, actor: str, now: datetime, text: str = "") -> None:
    """``give_up`` of locked orders of any marketplaces, each as far as it still can be; locks their money.

    Where a part has left already the order ends as unfulfillable, else as cancelled.
    """
    lock_money(orders, now=now)
    stock.lock(orders, also=())
    for to, marketplace in sorted({(_end_of(one), one.marketplace_id) for one in orders}):
        ending = [one for one in orders if (_end_of(one), one.marketplace_id) == (to, marketplace)]
        give_up(ending, to=to, reason=reason, by=by, actor=actor, now=now, text=text)


def _end_of(order: Order) -> str:
    partly = order.status == Order.Status.PARTIALLY_SHIPPED
    return Order.Status.UNFULFILLABLE if partly else Order.Status.CANCELLED

"""How an order is given up: whoever wants it so, what it took goes back and nothing more is charged for it."""

from collections.abc import Sequence
from datetime import datetime

from comity.ledger.models import Journal
from comity.ledger.services.books import Move, book
from comity.orders.models import CancelRequest, Order, ShipDeadline
from comity.orders.services import stock
from comity.orders.services.deadlines import end_ship_deadlines
from comity.orders.services.happenings import Happening, happen
from comity.orders.services.paying import money_of


def give_up(orders: Sequence[Order], *, to: str, reason: str, by: str, actor: str, now: datetime) -> None:
    """End ``orders``, locked with their money, as ``to`` cancelled or unfulfillable: a fixed number of statements.

    What was not charged yet never will be, pieces that have not left come back into stock, the ship deadline ends and
    a request of the buyer that waits is overtaken. ``reason`` is a code, ``by`` the side that gave up (buyer, seller or
    marketplace), ``actor`` the public id of the person, empty for nobody. Raises ``ImpossibleStep`` where the table has
    no such step.
    """
    open_money = [order for order in orders if money_of(order).open_minor]
    if open_money:
        kind = Journal.Kind.RELEASE
        moves = [Move(money_of(one), kind, money_of(one).open_minor, one.public_id, actor) for one in open_money]
        book(moves, now=now)
    stock.give_back(orders)
    end_ship_deadlines(orders, end=ShipDeadline.End.CANCELLED, now=now)
    waiting = CancelRequest.objects.filter(order__in=orders, state=CancelRequest.State.WAITING)
    waiting.update(state=CancelRequest.State.OVERTAKEN, answered_at=now)
    for order in orders:
        order.cancelled_at = order.cancelled_at or now
    happen(
        [Happening(order, f"order.{to}", {"reason": reason, "by": by}, to=to, actor=actor) for order in orders],
        now=now,
        columns=["cancelled_at"],
    )

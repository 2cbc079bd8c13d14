"""What a buyer owes for an order: opened with the order, charged as it leaves, given up with what never leaves."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from comity.ledger.models import Journal, Payable
from comity.ledger.services.books import Move, book
from comity.ledger.services.payables import Owed, lock_payables, open_payables
from comity.ledger.services.payments import release_after_all
from comity.orders.models import Order

Kind = Journal.Kind
_LEFT = frozenset({Order.Status.PARTIALLY_SHIPPED, Order.Status.SHIPPED, Order.Status.DELIVERED})
_GIVEN_UP = frozenset({Order.Status.CANCELLED, Order.Status.UNFULFILLABLE})


def open_payables_of(orders: Sequence[Order], *, authorised: Mapping[int, str] | None = None, now: datetime) -> None:
    """Give each of these new orders its payable. Call in the transaction that stores them.

    ``authorised``: by the order's key the payment provider's id of what the buyer agreed to pay, where one was told.

    What has left already was paid before these books began; what is given up already will not be charged.
    """
    if not orders:
        return
    owed = [
        Owed(
            order.marketplace_id,
            order.seller_id,
            order.public_id,
            order.currency,
            order.total_minor,
            order.total_minor if order.status in _LEFT else 0,
            (authorised or {}).get(order.pk, ""),
        )
        for order in orders
    ]
    for order, payable in zip(orders, open_payables(owed, now=now), strict=True):
        order.payable = payable
    Order.objects.bulk_update(orders, ["payable"])
    given_up = [one for one in orders if one.status in _GIVEN_UP and one.payable and one.total_minor]
    book([Move(one.payable, Kind.RELEASE, one.total_minor, one.public_id) for one in given_up], now=now)  # type: ignore[arg-type]  # set above


def orders_paid_with(authorisations: Collection[str]) -> dict[str, str]:
    """The public id of the order that each of these stands on, by the provider's id; none that is free."""
    if not authorisations:
        return {}
    rows = Payable.objects.filter(authorisation__in=authorisations)
    return dict(rows.values_list("authorisation", "subject"))


def authorisations_of(orders: Collection[Order]) -> dict[int, str]:
    """The provider's id of what the buyer agreed to pay, by the order's key; empty where none was told. One query."""
    if not orders:
        return {}
    rows = Order.objects.filter(pk__in=[order.pk for order in orders])
    return {key: name or "" for key, name in rows.values_list("pk", "payable__authorisation")}


def authorise(payments: Mapping[Order, str], *, now: datetime) -> None:
    """Have these locked orders, of which none is known yet, charged with what the buyer has authorised since.

    What was given up meanwhile is let go.
    """
    if not payments:
        return
    lock_money(payments, now=now)
    for order, authorisation in payments.items():
        money_of(order).authorisation = authorisation
    payables = [money_of(order) for order in payments]
    Payable.objects.bulk_update(payables, ["authorisation"])
    release_after_all(payables, now=now)


def lock_money(orders: Iterable[Order], *, now: datetime) -> None:
    """Lock the payables of locked ``orders``, in the order of their keys; each is then its order's ``payable``.

    An order that an older version stored gets its payable now.
    """
    every = {order.pk: order for order in orders}
    open_payables_of([order for order in every.values() if order.payable_id is None], now=now)
    locked = lock_payables([order.payable_id for order in every.values() if order.payable_id])
    for order in every.values():
        if order.payable_id:
            order.payable = locked[order.payable_id]


def take_open(orders: Iterable[Order], *, kind: str, now: datetime) -> None:
    """Book as ``kind`` all that is still open of orders that are locked with their money; once for each order."""
    found = [(order, money_of(order)) for order in orders]
    moves = [Move(payable, kind, payable.open_minor, order.public_id) for order, payable in found if payable.open_minor]
    if moves:
        book(moves, now=now)


def money_of(order: Order) -> Payable:
    """The payable of an order after ``lock_money``."""
    assert order.payable is not None
    return order.payable

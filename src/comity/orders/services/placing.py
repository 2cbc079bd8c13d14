"""How an order begins, whether a file brings it or the product makes it itself: numbered, owed, told, taken from stock.

A new order gets the first 3-7-7 number that no other of its marketplace has, a payable, ``order.placed`` on record and
to all who listen, its pieces out of stock, and the clock until it must have left.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from comity.accounts.models import Marketplace
from comity.common.ids import new_id
from comity.orders.models import Order, OrderLine
from comity.orders.services import stock
from comity.orders.services.deadlines import start_ship_deadlines
from comity.orders.services.happenings import Happening, happen
from comity.orders.services.paying import open_payables_of
from comity.orders.services.statuses import OVER

_NUMBER = re.compile(r"[0-9]{3}-[0-9]{7}-[0-9]{7}")


def place(
    orders: Sequence[tuple[Order, Sequence[OrderLine]]], *, authorised: Mapping[str, str] | None = None, now: datetime
) -> list[Order]:
    """Store new orders of one marketplace with their lines, none saved yet: a fixed number of statements.

    The caller sets everything but ``public_id``, ``number`` and ``payable``, holds the transaction and afterwards takes
    no lock but those of listings. ``source`` and ``external_id`` name an order once: the same again raises
    ``IntegrityError``. Where there are too few pieces the order stands all the same; ``taken`` of its stored lines says
    how many there were.

    ``authorised``: by the order's external id the payment provider's id of what the buyer agreed to pay, where it is
    known.
    """
    if not orders:
        return []
    every = [order for order, _ in orders]
    numbers = free_numbers(every[0].marketplace, [(order.source, order.external_id) for order in every])
    for order in every:
        order.public_id, order.number = new_id("ord", now), numbers[order.source, order.external_id]
    Order.objects.bulk_create(every)
    for order, lines in orders:
        for line in lines:
            line.order = order
    OrderLine.objects.bulk_create([line for _, lines in orders for line in lines])
    paid_with = {order.pk: (authorised or {}).get(order.external_id, "") for order in every}
    open_payables_of(every, authorised=paid_with, now=now)
    begin(every, now=now)
    return every


def begin(orders: Sequence[Order], *, now: datetime) -> None:
    """Tell of ``orders`` that are stored with lines and payables, take their stock and start their clocks."""
    happen([Happening(order, "order.placed") for order in orders], now=now)
    stock.take(order for order in orders if order.status not in OVER)
    start_ship_deadlines(orders, now=now)


def free_numbers(home: Marketplace, names: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], str]:
    """For each new order, named by source and external id, the first candidate that no other of ``home`` has."""
    numbers: dict[tuple[str, str], str] = {}
    waiting = {name: _candidates(home, *name) for name in names}
    while waiting:
        tried = {name: next(candidates) for name, candidates in waiting.items()}
        found = Order.objects.filter(marketplace=home, number__in=tried.values())
        taken = set(found.values_list("number", flat=True)) | set(numbers.values())
        for name, number in tried.items():
            if number not in taken:
                numbers[name] = number
                taken.add(number)
                del waiting[name]
    return numbers


def _candidates(home: Marketplace, source: str, external_id: str) -> Iterator[str]:
    """The external id itself when it is 3-7-7 digits; then numbers made of what names the order, without end."""
    if _NUMBER.fullmatch(external_id):
        yield external_id
    attempt = 0
    while True:
        name = "\0".join((home.public_id, source, external_id, str(attempt)))
        digits = f"{int.from_bytes(hashlib.sha256(name.encode()).digest()) % 10**17:017}"
        yield f"{digits[:3]}-{digits[3:10]}-{digits[10:]}"
        attempt += 1

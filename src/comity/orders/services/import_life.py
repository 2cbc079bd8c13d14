"""What a file may change of an order that is known, and what follows of it for clock, money and stock."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Sum

from comity.common.import_values import Fault
from comity.common.many import many
from comity.common.models import RecordEntry
from comity.common.record import facts_of
from comity.ledger.models import Journal
from comity.orders.models import AdjustmentPart, DelayNotice, Order, OrderLine, ShipDeadline, ShipmentLine
from comity.orders.services import stock
from comity.orders.services.addresses import ADDRESS_CHANGED
from comity.orders.services.cancelling import let_go
from comity.orders.services.deadlines import end_ship_deadlines, start_ship_deadlines
from comity.orders.services.happenings import Happening, happen, lock_orders
from comity.orders.services.paying import lock_money, take_open
from comity.orders.services.statuses import LEFT, OVER, TO_SHIP

AGREED = ("ship_from", "ship_by", "deliver_from", "deliver_by")
Known = tuple[Order, str, datetime | None]  # with the status and the promised day that it had before the file


def fewest_pieces(lines: Iterable[OrderLine]) -> dict[int, int]:
    """By the key of each line how many pieces no file may go below: have left, or were adjusted. Two queries."""
    keys = [line.pk for line in lines]
    fewest = dict.fromkeys(keys, 0)
    for model in (ShipmentLine, AdjustmentPart):
        counted = model.objects.filter(line__in=many(keys), quantity__isnull=False).values_list("line")
        for key, pieces in counted.annotate(Sum("quantity")):
            fewest[key] = max(fewest[key], pieces)
    return fewest


def agreed_total(order: Order, lines: Iterable[Mapping[str, Any]], known: Mapping[str, OrderLine]) -> int:
    """The total of a known ``order`` of which a file names none: as it was, but for what its lines change."""
    change = 0
    for line in lines:
        old = known.get(line["external_id"])
        change += line["unit_minor"] * line["quantity"] - (old.unit_minor * old.quantity if old else 0)
    return order.total_minor + change


def owed_faults(
    order: Order,
    total: int,
    lines: Iterable[Mapping[str, Any]],
    known: Mapping[str, OrderLine],
    fewest: Mapping[int, int],
) -> Iterator[Fault]:
    """What a buyer owes stands in the books from the first file on: total, prices, and pieces that have moved."""
    if order.payable_id is None:
        return
    if total != order.total_minor:
        sentence = "cannot change once the order is imported: give money back by an adjustment, or sell another order."
        yield Fault("total", "fixed", sentence)
    for position, line in enumerate(lines):
        old = known.get(line["external_id"])
        if old and line["unit_minor"] != old.unit_minor:
            yield Fault(f"lines[{position}].price", "fixed", "cannot change once the order is imported.")
        if old and line["quantity"] < fewest.get(old.pk, 0):
            sentence = f"is less than the {fewest[old.pk]} that have left or were adjusted."
            yield Fault(f"lines[{position}].quantity", "fixed", sentence)


def keep_agreed_days(known: Iterable[tuple[Order, dict[str, Any]]]) -> None:
    """Take the promised days out of what a file says of orders whose buyers have agreed to other ones since."""
    columns = {order.pk: said for order, said in known}
    kept = DelayNotice.objects.filter(order__in=columns, choice=DelayNotice.Choice.KEEP)
    for order in kept.values_list("order", flat=True).distinct():
        for name in AGREED:
            columns[order].pop(name, None)


def keep_addresses(known: Iterable[tuple[Order, dict[str, Any]]]) -> None:
    """Take out of what a file says of orders another address than the one that their buyers have given here since."""
    moved = {one.public_id: said for one, said in known if said.get("ship_to", one.ship_to) != one.ship_to}
    rows = RecordEntry.objects.filter(chain__in=many(moved), kind=RecordEntry.Kind.MARKED) if moved else ()
    for row in rows:
        if facts_of(row.facts).get("what") == ADDRESS_CHANGED:
            moved[row.chain].pop("ship_to", None)


def follow_file(known: Sequence[Known], *, live: bool, now: datetime) -> None:
    """Call once the locked orders are saved as the file has them. Only a ``live`` file starts clocks and is told of."""
    given_up = [one for one, before, _ in known if one.status in OVER and before not in OVER]
    left = _gone(known)
    lock_money([*given_up, *left], now=now)
    let_go(given_up, now=now)
    # What a file calls unfulfillable is not known to be there.
    stock.give_back([one for one in given_up if one.status == Order.Status.CANCELLED])
    end_ship_deadlines(left, end=ShipDeadline.End.SHIPPED, now=now)
    if live:
        for one in given_up:
            one.cancelled_at = one.cancelled_at or now
        names = [(one, f"order.{one.status}") for one in given_up]
        over = [Happening(one, name, {"reason": "Other", "by": "marketplace"}) for one, name in names]
        happen(over, now=now, columns=["cancelled_at"])
        paid = [one for one, before, _ in known if before == Order.Status.PENDING and one.status not in OVER | {before}]
        happen([Happening(one, "order.paid") for one in paid], now=now)
        _start(known, now)


def tell_moves(known: Sequence[Known], confirmed: Collection[int], *, now: datetime) -> None:
    """Put on record how far a live file moved locked orders, once its parcels are put, and tell that they have left.

    Of which it told a parcel, by key ``confirmed``, that was confirmed as such.
    """
    moved = {one.pk: (one.status, before) for one, before, _ in known if one.status != before}
    moved = {key: steps for key, steps in moved.items() if steps[0] in LEFT | {Order.Status.PARTIALLY_SHIPPED}}
    orders = lock_orders(moved) if moved else {}  # as they are: what arrived meanwhile is on their records
    happenings: list[Happening] = []
    for key, (status, before) in moved.items():
        if key not in confirmed and before not in LEFT:
            part = status == Order.Status.PARTIALLY_SHIPPED
            happenings.append(Happening(orders[key], "order.shipped", {"part": part}))
        if status == Order.Status.DELIVERED:
            happenings.append(Happening(orders[key], "order.delivered"))
    happen(happenings, now=now)


def take_rest(known: Sequence[Known], *, live: bool, now: datetime) -> None:
    """Take what is still open of orders that the file says have left, once its parcels are charged.

    Without this nobody ever would: nothing of them is confirmed any more. Historic ones were paid before these books.
    """
    gone = _gone(known)
    lock_money(gone, now=now)
    take_open(gone, kind=Journal.Kind.CAPTURE if live else Journal.Kind.BROUGHT_FORWARD, now=now)


def _gone(known: Sequence[Known]) -> list[Order]:
    """What the file moves to shipped or delivered."""
    return list({one.pk: one for one, before, _ in known if before not in LEFT | OVER and one.status in LEFT}.values())


def _start(known: Sequence[Known], now: datetime) -> None:
    """A clock for what may be sent from now on, another for what was promised another day."""
    moved = [one for one, before, promised in known if before in TO_SHIP and one.ship_by != promised]
    end_ship_deadlines(moved, end=ShipDeadline.End.DELAYED, now=now)
    released = [one for one, before, _ in known if before == Order.Status.PENDING]
    start_ship_deadlines([*moved, *released], since=now, now=now)

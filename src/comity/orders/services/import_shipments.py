"""Shipments from a file, on their own or inside their orders. Applied in the transaction of the caller.

A live import confirms what is new as its seller would: the buyer is charged, the order moves, and it is told. A
historic one charges nobody and tells nobody: what it brings was paid before these books began.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

from comity.accounts.services.importing import Kind, Outcome, Scope
from comity.common.ids import new_id
from comity.common.import_values import Fault
from comity.common.import_writes import Changes
from comity.common.imports import Row
from comity.common.many import many
from comity.ledger.models import Journal
from comity.orders.models import Order, OrderLine, ShipDeadline, Shipment, ShipmentLine
from comity.orders.services.deadlines import end_ship_deadlines
from comity.orders.services.following import follow, unheard
from comity.orders.services.happenings import Happening, happen
from comity.orders.services.import_fields import SHIPMENT_ROW_FIELDS
from comity.orders.services.import_numbers import of_applied, read_numbers
from comity.orders.services.parcels import Departure, Parcels, charge, depart, parcels_of, told_of
from comity.orders.services.paying import lock_money
from comity.orders.services.statuses import LEFT, OVER, reachable

CLOCK_SKEW = timedelta(days=1)  # a shop whose clock runs ahead is not refused

Parcel = tuple[Order, dict[str, Any]]
Key = tuple[int, str]  # of a shipment: its order's and its external id


@dataclass(slots=True)
class Sent:
    """What is stored of one order's shipments, by external id of the line; it grows as a file tells of more.

    ``known``: those that the file's source told, by external id, and what is ``inside`` of each of which that is known;
    ``pieces``: of all together; ``elsewhere``: of the others, confirmed here. ``passed``: what of a file need not be
    stored, for it left in those.
    """

    known: set[str] = field(default_factory=set)
    inside: dict[str, dict[str, int]] = field(default_factory=dict)
    pieces: Counter[str] = field(default_factory=Counter)
    elsewhere: Counter[str] = field(default_factory=Counter)
    passed: set[str] = field(default_factory=set)

    def add(self, external_id: str, contents: Mapping[str, int]) -> None:
        """One more, or what was not known yet of one; nothing where that is known."""
        if contents and external_id not in self.inside:
            self.inside[external_id] = dict(contents)
            self.pieces.update(contents)

    def passes(self, parcel: Mapping[str, Any], ordered: Mapping[str, int]) -> bool:
        """Whether all that is in a shipment has left in others that were confirmed here; it is then in ``passed``."""
        if parcel["external_id"] in self.known or not self.elsewhere.total():
            return False
        contents = contents_of(parcel)
        if contents:
            more = any(self.pieces[line] + count > ordered[line] for line, count in contents.items())
            passes = more and all(self.elsewhere[line] >= count for line, count in contents.items())
        else:
            passes = all(self.pieces[line] >= count for line, count in ordered.items())
        if passes:
            self.elsewhere.subtract(contents)
            self.passed.add(parcel["external_id"])
        return passes


def sent_of(orders: Collection[Order], scope: Scope) -> dict[int, Sent]:
    """What has left of each order, by key. One query, none without orders."""
    found = {order.pk: Sent() for order in orders}
    rows = Shipment.objects.filter(order__in=many(found)) if found else Shipment.objects.none()
    names = ("order", "source", "external_id", "lines__line__external_id", "lines__quantity")
    for key, source, external_id, line, pieces in rows.values_list(*names):
        sent, ours = found[key], source == scope.source
        if ours:
            sent.known.add(external_id)
        if pieces is None:  # it came without its contents
            continue
        sent.pieces[line] += pieces
        if ours:
            sent.inside.setdefault(external_id, {})[line] = pieces
        else:
            sent.elsewhere[line] += pieces
    return found


def contents_of(parcel: Mapping[str, Any]) -> dict[str, int]:
    """What a row says is in a shipment: pieces by external id of the line; nothing means everything."""
    return {item["line"]: item["quantity"] for item in parcel.get("lines", [])}


def too_many_faults(parcel: Mapping[str, Any], ordered: Mapping[str, int], sent: Sent) -> Iterator[Fault]:
    """Whether a shipment that is not known with its contents brings more than was ``ordered``, beside the others.

    Not to be asked of history: what was lost was sent again, and nobody is charged for it.
    """
    if parcel["external_id"] in sent.inside:
        return
    for position, item in enumerate(parcel.get("lines", [])):
        left = max(ordered[item["line"]] - sent.pieces[item["line"]], 0)
        if item["quantity"] > left:
            sentence = f"is {item['quantity']}, but other shipments have {sent.pieces[item['line']]} of the "
            sentence = f"{sentence}{ordered[item['line']]} that were ordered: {left} at most."
            yield Fault(f"lines[{position}].quantity", "out_of_range", sentence)


def shipment_faults(
    parcel: Mapping[str, Any], ordered: Mapping[str, int], sent: Sent, *, placed_at: datetime, now: datetime
) -> Iterator[Fault]:
    """What speaks against a shipment of an order whose lines are ``ordered`` (external id -> pieces).

    What is in one that is known stays, as for its seller: nobody would be charged for more, nor paid back for less.
    """
    for name in ("shipped_at", "delivered_at"):
        if name in parcel and parcel[name] > now + CLOCK_SKEW:
            yield Fault(name, "future", "lies in the future.")
    for name, at in (("shipped_at", parcel["shipped_at"]), ("placed_at of its order", placed_at)):
        if parcel.get("delivered_at", at) < at:
            yield Fault("delivered_at", "sequence", f"lies before {name}.")
    yield from _content_faults(parcel, ordered)
    inside = sent.inside.get(parcel["external_id"])
    for position, item in enumerate(parcel.get("lines", [])):
        if inside is not None and inside.get(item["line"], 0) != item["quantity"]:
            sentence = f"is {item['quantity']}, but {inside.get(item['line'], 0)} are in this shipment already, and "
            sentence = f"{sentence}what is in a shipment stays: tell what left besides as another shipment."
            yield Fault(f"lines[{position}].quantity", "fixed", sentence)


def _content_faults(parcel: Mapping[str, Any], ordered: Mapping[str, int]) -> Iterator[Fault]:
    seen: set[str] = set()
    for position, item in enumerate(parcel.get("lines", [])):
        name = item["line"]
        if name not in ordered:
            yield Fault(f"lines[{position}].line", "unknown_reference", f"“{name}” is no line of this order.")
        elif item["quantity"] > ordered[name]:
            sentence = f"is {item['quantity']}, but only {ordered[name]} were ordered."
            yield Fault(f"lines[{position}].quantity", "out_of_range", sentence)
        if name in seen:
            yield Fault(f"lines[{position}].line", "duplicate", "stands in the shipment twice.")
        seen.add(name)


class Put(NamedTuple):
    """Shipments that a file made or changed, and the keys of the orders of which something left with it."""

    touched: frozenset[Key] = frozenset()
    left: frozenset[int] = frozenset()


def put_shipments(parcels: list[Parcel], scope: Scope) -> Put:
    """Write the shipments of locked orders."""
    if not parcels:
        return Put()
    orders = {order.pk: order for order, _ in parcels}
    for order in orders.values():
        order.marketplace = scope.home
    lock_money(orders.values(), now=scope.now)
    known = parcels_of(list(orders.values()))
    before = {one.pk: told_of(one) for parcels in known.values() for one in parcels.shipments}
    changes = Changes(Shipment)
    written = [_put(parcel, known[parcel[0].pk], changes, scope) for parcel in parcels]
    changes.save()
    new = {one.pk for one in changes.created}
    departures = [
        known[order.pk].leave(one, _leaving(parcel, known[order.pk], scope))
        for (order, parcel), one in zip(parcels, written, strict=True)
        if one.pk in new
    ]
    left = frozenset(one.order.pk for one in departures)
    touched = _keys(changes.touched) | _put_contents(parcels, written, departures if scope.live else ())
    if not scope.live:
        charge(departures, kind=Journal.Kind.BROUGHT_FORWARD, actor="", now=scope.now)
        return Put(frozenset(touched), left)
    _confirm(departures, scope)
    _correct({one: before[one.pk] for one in changes.changed}, orders, scope)
    return Put(frozenset(touched | _arrive(parcels, written, scope)), left)


def _keys(shipments: Iterable[Shipment]) -> set[Key]:
    return {(one.order_id, one.external_id) for one in shipments}


def _put(parcel: Parcel, known: Parcels, changes: "Changes[Shipment]", scope: Scope) -> Shipment:
    order, row = parcel
    columns = {name: value for name, value in row.items() if name not in ("order", "lines")}
    if scope.live:
        columns.pop("delivered_at", None)  # told as a carrier's word
    named = (scope.source, row["external_id"])
    found = next((one for one in known.shipments if (one.source, one.external_id) == named), None)
    if found and not found.delivered_at:
        number = columns["carrier"], columns.get("tracking_number", found.tracking_number)
        columns = unheard(found, *number) | columns
    told = {"confirmed_at": scope.now, "expected_by": order.deliver_by} if scope.live else {}
    make = partial(Shipment, order=order, source=scope.source, public_id=new_id("shp", scope.now), **told)
    return changes.put(found, columns, make)


def _pieces(row: Mapping[str, Any], known: Parcels) -> dict[OrderLine, int] | None:
    return {known.lines[item["line"]]: item["quantity"] for item in row.get("lines", [])} or None


def _leaving(row: Mapping[str, Any], known: Parcels, scope: Scope) -> dict[OrderLine, int] | None:
    """The pieces that leave for the first time: those that a history says were sent again were paid for once."""
    pieces = _pieces(row, known)
    if scope.live or pieces is None:
        return pieces
    return {line: min(count, known.left[line.pk]) for line, count in pieces.items()}


def _put_contents(parcels: list[Parcel], written: list[Shipment], departures: Iterable[Departure]) -> set[Key]:
    """Write what is in the shipments; returns the shipments for which that changed anything.

    What left in ``departures`` is written as it was planned: a row that names no lines is everything that was left.
    """
    planned = {one.shipment.pk: {line.pk: pieces for line, pieces in one.pieces.items()} for one in departures}
    lines = OrderLine.objects.filter(order__in={order.pk for order, _ in parcels})
    ids = {(line.order_id, line.external_id): line.pk for line in lines}
    known = {(one.shipment_id, one.line_id): one for one in ShipmentLine.objects.filter(shipment__in=written)}
    changes = Changes(ShipmentLine)
    for (order, parcel), shipment in zip(parcels, written, strict=True):
        named = {ids[order.pk, item["line"]]: item["quantity"] for item in parcel.get("lines", [])}
        for line, pieces in planned.get(shipment.pk, named).items():
            make = partial(ShipmentLine, shipment=shipment, line_id=line)
            changes.put(known.get((shipment.pk, line)), {"quantity": pieces}, make)
    changes.save()
    return _keys(one.shipment for one in changes.touched)


def _confirm(departures: list[Departure], scope: Scope) -> None:
    """What follows from a live import, as from a seller's own confirmations."""
    depart(departures, actor="", now=scope.now)
    happen([one.happening("") for one in departures], now=scope.now)


def _correct(corrected: Mapping[Shipment, str], orders: Mapping[int, Order], scope: Scope) -> None:
    """The same for what it corrects, with what was said until now."""
    Shipment.objects.filter(pk__in=[one.pk for one in corrected]).update(corrected_at=scope.now)
    happenings = [
        Happening(orders[one.order_id], "shipment.corrected", {"shipment": one.public_id}, text=before)
        for one, before in corrected.items()
    ]
    happen(happenings, now=scope.now)


def _arrive(parcels: list[Parcel], written: list[Shipment], scope: Scope) -> set[Key]:
    """What follows where a live import says that parcels have arrived, as from a carrier's word."""
    rows = zip(written, (row for _, row in parcels), strict=True)
    fresh = {
        one: row["delivered_at"] for one, row in rows if row.get("delivered_at", one.delivered_at) != one.delivered_at
    }
    if fresh:
        follow({one.order_id for one in fresh}, arrived={one.pk: at for one, at in fresh.items()}, now=scope.now)
    return _keys(fresh)


def apply_shipments(rows: list[Row], scope: Scope) -> Outcome:
    """Create or change shipments of known orders, and move those orders along as far as the shipments say."""
    outcome = Outcome()
    rows, warnings = read_numbers(rows, outcome, live=scope.live)
    orders = _orders_of(rows, scope)
    known = parcels_of(list(orders.values())) if scope.live else {}
    sent = sent_of(orders.values(), scope)
    parcels = []
    for row in rows:
        order = orders.get(row.values["order"])
        faults = list(_row_faults(row, order, sent, scope.now))
        if order and not faults and scope.live:
            faults = list(_live_faults(row.values, known[order.pk], scope))
            faults = faults or list(too_many_faults(row.values, _ordered(order), sent[order.pk]))
        if faults:
            outcome.refuse(*(row.raw.refusal(fault) for fault in faults))
        elif order is not None:
            sent[order.pk].add(row.values["external_id"], contents_of(row.values))
            parcels.append((order, row.values))
    touched = put_shipments(parcels, scope).touched
    if not scope.live:
        move_along(list({order.pk: order for order, _ in parcels}.values()), now=scope.now)
    outcome.warnings += of_applied(warnings, outcome)
    outcome.count(len(parcels), len(touched))
    return outcome


def _orders_of(rows: list[Row], scope: Scope) -> dict[str, Order]:
    names = [row.values["order"] for row in rows]
    found = Order.objects.select_for_update().filter(marketplace=scope.home, source=scope.source, external_id__in=names)
    return {order.external_id: order for order in found.order_by("pk").prefetch_related("lines")}


def _row_faults(row: Row, order: Order | None, sent: Mapping[int, Sent], now: datetime) -> Iterator[Fault]:
    if order is None:
        sentence = f"“{row.values['order']}” is not known here; import orders first, from the same source."
        yield Fault("order", "unknown_reference", sentence)
    elif order.status in OVER:
        yield Fault("order", "status", f"is {order.status}: nothing is shipped any more.")
    else:
        known = sent[order.pk]
        yield from shipment_faults(row.values, _ordered(order), known, placed_at=order.placed_at, now=now)


def _ordered(order: Order) -> dict[str, int]:
    return {line.external_id: line.quantity for line in order.lines.all()}


def _live_faults(row: Mapping[str, Any], known: Parcels, scope: Scope) -> Iterator[Fault]:
    """Why a new parcel cannot leave now; one that can is planned, so that the next row finds what it left."""
    named = (scope.source, row["external_id"])
    if any((one.source, one.external_id) == named for one in known.shipments):
        return
    if known.order.status == Order.Status.PENDING:
        yield Fault("order", "status", "is pending: nothing is shipped before it is paid.")
        return
    if not any(known.left.values()):
        yield Fault("order", "nothing_left", "has no piece left to ship.")
        return
    pieces = _pieces(row, known)
    for position, (line, count) in enumerate((pieces or {}).items()):
        if count > known.left[line.pk]:
            sentence = f"is {count}, but only {known.left[line.pk]} are left to ship."
            yield Fault(f"lines[{position}].quantity", "out_of_range", sentence)
            return
    new = Shipment(source=scope.source, external_id=row["external_id"], public_id=new_id("shp", scope.now))
    known.leave(new, pieces)


def move_along(orders: list[Order], *, now: datetime) -> None:
    """Bring each of these locked orders as far as its shipments say; the clock of what has left ends. Tells nobody."""
    if not orders:
        return
    changes = Changes(Order)
    every = Order.objects.filter(pk__in=[order.pk for order in orders]).prefetch_related("lines", "shipments__lines")
    facts = {order.pk: order for order in every}
    for order in orders:
        status = _status_by_shipments(facts[order.pk])
        if not reachable(order.status, status):
            continue
        columns: dict[str, Any] = {"status": status}
        if status == Order.Status.DELIVERED:
            arrivals = [one.delivered_at for one in facts[order.pk].shipments.all() if one.delivered_at]
            columns["delivered_at"] = max(arrivals)
        changes.put(order, columns, Order)
    changes.save()
    end_ship_deadlines([one for one in changes.changed if one.status in LEFT], end=ShipDeadline.End.SHIPPED, now=now)


def _status_by_shipments(order: Order) -> str:
    """Partially shipped, shipped, or delivered once every shipment of a complete order has arrived."""
    shipments = list(order.shipments.all())
    gone: dict[int, int] = {}
    for item in (item for one in shipments for item in one.lines.all()):
        gone[item.line_id] = gone.get(item.line_id, 0) + item.quantity
    whole = any(not one.lines.all() for one in shipments)
    if not whole and any(gone.get(line.pk, 0) < line.quantity for line in order.lines.all()):
        return Order.Status.PARTIALLY_SHIPPED
    return Order.Status.DELIVERED if all(one.delivered_at for one in shipments) else Order.Status.SHIPPED


SHIPMENTS = Kind(
    "shipments",
    SHIPMENT_ROW_FIELDS,
    apply_shipments,
    key=("order", "external_id"),
    columns=tuple(one for one in SHIPMENT_ROW_FIELDS if one.name != "lines"),
)

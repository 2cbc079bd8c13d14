"""Orders with their lines and shipments from a file. A batch is applied in the transaction of its caller."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from comity.accounts.models import Buyer, Seller
from comity.accounts.services.importing import Kind, Outcome, Scope
from comity.catalog.models import Listing
from comity.common import import_values as values
from comity.common.import_values import BadValue, Fault
from comity.common.import_writes import Changes
from comity.common.imports import Row
from comity.orders.models import Order, OrderLine
from comity.orders.services import stock
from comity.orders.services.deadlines import start_ship_deadlines
from comity.orders.services.happenings import Happening, happen
from comity.orders.services.import_fields import ORDER_COLUMNS, ORDER_FIELDS, fold_orders
from comity.orders.services.import_life import follow_file, keep_agreed_days, take_rest
from comity.orders.services.import_shipments import CLOCK_SKEW, Parcel, put_shipments, shipment_faults
from comity.orders.services.paying import open_payables_of, orders_paid_with
from comity.orders.services.statuses import OVER, ahead_of, reachable

_NUMBER = re.compile(r"[0-9]{3}-[0-9]{7}-[0-9]{7}")
_FIXED = ("seller_id", "buyer_id", "currency", "placed_at")
_NESTED = ("external_id", "seller", "buyer", "total", "payment", "lines", "shipments")
_LARGEST_TOTAL = 10**18


@dataclass(slots=True)
class _Wanted:
    """A row on its way into the database."""

    row: Row
    found: Order | None
    columns: dict[str, Any]
    lines: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class _Known:
    """What the rows of a batch refer to, by external id.

    ``paid_with``: the public id of the order that a payment stands on, empty for one of this batch; grows row by row.
    """

    orders: dict[str, Order]
    sellers: dict[str, Seller]
    buyers: dict[str, Buyer]
    listings: dict[str, Listing]
    paid_with: dict[str, str]


def apply_orders(rows: list[Row], scope: Scope) -> Outcome:
    """Create or change orders; one that is known moves only along the status table."""
    outcome = Outcome()
    known = _look_up(rows, scope)
    good: list[_Wanted] = []
    for row in rows:
        try:
            good.append(_understand(row, known, scope.now))
        except BadValue as bad:
            outcome.refuse(*(row.raw.refusal(fault) for fault in bad.faults))
    keep_agreed_days((want.found, want.columns) for want in good if want.found)
    known_orders = [(want.found, want.found.status, want.found.ship_by) for want in good if want.found]
    orders = _put_orders(good, scope)
    authorised = {order.pk: want.row.values.get("payment", "") for want, order in zip(good, orders.all, strict=True)}
    open_payables_of(orders.created, authorised=authorised, now=scope.now)
    if scope.live:
        happen([Happening(order, "order.placed") for order in orders.created], now=scope.now)
    lines = _put_lines(good, orders.all)
    if scope.live:
        stock.take(order for order in orders.created if order.status not in OVER)
        start_ship_deadlines(orders.created, now=scope.now)
    follow_file(known_orders, live=scope.live, now=scope.now)
    shipped = put_shipments(list(_parcels(good, orders.all)), scope)
    take_rest(known_orders, live=scope.live, now=scope.now)
    outcome.count(len(good), len({order.pk for order in orders.touched} | lines | {order for order, _ in shipped}))
    return outcome


def _parcels(good: list[_Wanted], orders: list[Order]) -> Iterator[Parcel]:
    for want, order in zip(good, orders, strict=True):
        for one in want.row.values.get("shipments", []):
            yield order, one


def _look_up(rows: list[Row], scope: Scope) -> _Known:
    listings = {line["listing"] for row in rows for line in row.values["lines"] if "listing" in line}
    locked = Order.objects.select_for_update().filter(
        marketplace=scope.home, source=scope.source, external_id__in=[row.values["external_id"] for row in rows]
    )
    return _Known(
        orders={order.external_id: order for order in locked.order_by("pk")},
        sellers=scope.known(Seller, [row.values["seller"] for row in rows]),
        buyers=scope.known(Buyer, [row.values["buyer"] for row in rows]),
        listings=scope.known(Listing, listings) if listings else {},
        paid_with=orders_paid_with({payment for row in rows if (payment := row.values.get("payment"))}),
    )


def _understand(row: Row, known: _Known, now: datetime) -> _Wanted:
    """What the row wants. Raises ``BadValue`` with everything that speaks against it."""
    faults = _reference_faults(row, known)
    lines, total = _money(row, faults)
    if faults:
        raise BadValue.of(faults)
    found = known.orders.get(row.values["external_id"])
    columns = {name: value for name, value in row.values.items() if name not in _NESTED} | {
        "seller_id": known.sellers[row.values["seller"]].pk,
        "buyer_id": known.buyers[row.values["buyer"]].pk,
        "total_minor": total,
    }
    for line in lines:
        if "listing" in line:
            line["listing_id"] = known.listings[line.pop("listing")].pk
    if faults := [*_life_faults(columns, found), *_time_faults(columns, found, now), *_parcel_faults(row, now)]:
        raise BadValue.of(faults)
    if payment := row.values.get("payment"):
        known.paid_with.setdefault(payment, "")
    return _Wanted(row, found, columns, lines)


def _reference_faults(row: Row, known: _Known) -> list[Fault]:
    wanted: dict[str, Mapping[str, Any]] = {"seller": known.sellers, "buyer": known.buyers}
    faults = [
        Fault(kind, "unknown_reference", _unknown(kind, row.values[kind]))
        for kind, there in wanted.items()
        if row.values[kind] not in there
    ]
    faults += _payment_faults(row, known)
    if not row.values["lines"]:
        faults.append(Fault("lines", "missing", "is empty; an order has at least one line."))
    seen: set[str] = set()
    for position, line in enumerate(row.values["lines"]):
        if line["external_id"] in seen:
            faults.append(Fault(f"lines[{position}].external_id", "duplicate", "names two lines of the same order."))
        if "listing" in line and line["listing"] not in known.listings:
            faults.append(
                Fault(f"lines[{position}].listing", "unknown_reference", _unknown("listing", line["listing"]))
            )
        seen.add(line["external_id"])
    return faults


def _payment_faults(row: Row, known: _Known) -> Iterator[Fault]:
    """One payment for several orders would be taken from the buyer for one and counted for all."""
    payment, found = row.values.get("payment"), known.orders.get(row.values["external_id"])
    if payment in known.paid_with and not (found and known.paid_with[payment] == found.public_id):
        sentence = f"“{payment}” is the payment of another order; authorise one for each order."
        yield Fault("payment", "duplicate", sentence)


def _unknown(kind: str, external_id: str) -> str:
    return f"“{external_id}” is not known here; import {kind}s first, from the same source."


def _money(row: Row, faults: list[Fault]) -> tuple[list[dict[str, Any]], int]:
    """The lines with prices in minor units, and the total; what does not fit the currency goes to ``faults``."""
    code = row.values["currency"]
    lines, total = [], 0
    for position, line in enumerate(row.values["lines"]):
        plain = {name: value for name, value in line.items() if name != "price"}
        try:
            plain["unit_minor"] = values.minor(line["price"], code, field=f"lines[{position}].price")
            total += plain["unit_minor"] * line["quantity"]
        except BadValue as bad:
            faults += bad.faults
        lines.append(plain)
    if "total" in row.values:
        try:
            total = values.minor(row.values["total"], code, field="total")
        except BadValue as bad:
            faults += bad.faults
    if total > _LARGEST_TOTAL:
        faults.append(Fault("total", "too_large", "is larger than any order can be."))
    return lines, total


def _life_faults(columns: dict[str, Any], found: Order | None) -> list[Fault]:
    """A known order keeps who, what and when, and moves along the table; delivery needs the carrier's word."""
    status = columns["status"]
    faults = []
    if found is not None:
        faults += [
            Fault(name.removesuffix("_id"), "fixed", "cannot change once the order is imported.")
            for name in _FIXED
            if getattr(found, name) != columns[name]
        ]
        if not reachable(found.status, status):
            ways = ", ".join(ahead_of(found.status)) or "nothing: that is an end"
            faults.append(Fault("status", "transition", f"is {status}, but from {found.status} follows {ways}."))
    delivered = columns.get("delivered_at") or (found and found.delivered_at)
    if (status == Order.Status.DELIVERED) != bool(delivered):
        sentence = "and status delivered go together: give both or neither."
        faults.append(Fault("delivered_at", "status", sentence))
    if "cancelled_at" in columns and status != Order.Status.CANCELLED:
        faults.append(Fault("cancelled_at", "status", "is given, but the status is not cancelled."))
    return faults


def _time_faults(columns: dict[str, Any], found: Order | None, now: datetime) -> Iterator[Fault]:
    for name in ("placed_at", "delivered_at", "cancelled_at"):
        if name in columns and columns[name] > now + CLOCK_SKEW:
            yield Fault(name, "future", "lies in the future.")
    for first, last in (("placed_at", "delivered_at"), ("ship_from", "ship_by"), ("deliver_from", "deliver_by")):
        begin, end = (columns.get(name) or getattr(found, name, None) for name in (first, last))
        if begin and end and begin > end:
            yield Fault(last, "sequence", f"lies before {first}.")


def _parcel_faults(row: Row, now: datetime) -> Iterator[Fault]:
    ordered = {line["external_id"]: line["quantity"] for line in row.values["lines"]}
    seen: set[str] = set()
    for position, parcel in enumerate(row.values.get("shipments", [])):
        for fault in shipment_faults(parcel, ordered, now):
            yield Fault(f"shipments[{position}].{fault.field}", fault.code, fault.sentence)
        if parcel["external_id"] in seen:
            yield Fault(f"shipments[{position}].external_id", "duplicate", "names two shipments of the same order.")
        seen.add(parcel["external_id"])


@dataclass(slots=True)
class _Orders:
    all: list[Order]
    created: list[Order]
    touched: set[Order]


def _put_orders(good: list[_Wanted], scope: Scope) -> _Orders:
    numbers = _numbers([want.row.values["external_id"] for want in good if want.found is None], scope)
    make = scope.make(Order, "ord", language=scope.home.language)
    changes = Changes(Order)
    every = []
    for want in good:
        external_id = want.row.values["external_id"]
        columns = want.columns if want.found else {**want.columns, "number": numbers[external_id]}
        every.append(changes.put(want.found, columns, partial(make, external_id)))
    changes.save()
    return _Orders(every, changes.created, changes.touched)


def _put_lines(good: list[_Wanted], orders: list[Order]) -> set[int]:
    """Write the lines; a known line that a row leaves out stays. Returns the orders whose lines changed."""
    old = OrderLine.objects.filter(order__in=[want.found.pk for want in good if want.found])
    known = {(line.order_id, line.external_id): line for line in old}
    changes = Changes(OrderLine)
    for want, order in zip(good, orders, strict=True):
        for line in want.lines:
            changes.put(known.get((order.pk, line["external_id"])), line, partial(OrderLine, order=order))
    changes.save()
    return {line.order_id for line in changes.touched}


def _numbers(external_ids: list[str], scope: Scope) -> dict[str, str]:
    """The number of each new order: the first candidate that no other order of the marketplace has."""
    numbers: dict[str, str] = {}
    waiting = {external_id: _candidates(external_id, scope) for external_id in external_ids}
    while waiting:
        tried = {external_id: next(candidates) for external_id, candidates in waiting.items()}
        found = Order.objects.filter(marketplace=scope.home, number__in=tried.values())
        taken = set(found.values_list("number", flat=True)) | set(numbers.values())
        for external_id, number in tried.items():
            if number not in taken:
                numbers[external_id] = number
                taken.add(number)
                del waiting[external_id]
    return numbers


def _candidates(external_id: str, scope: Scope) -> Iterator[str]:
    """The external id itself when it is 3-7-7 digits; then numbers made of what names the order, without end."""
    if _NUMBER.fullmatch(external_id):
        yield external_id
    attempt = 0
    while True:
        name = "\0".join((scope.home.public_id, scope.source, external_id, str(attempt)))
        digits = f"{int.from_bytes(hashlib.sha256(name.encode()).digest()) % 10**17:017}"
        yield f"{digits[:3]}-{digits[3:10]}-{digits[10:]}"
        attempt += 1


ORDERS = Kind("orders", ORDER_FIELDS, apply_orders, columns=ORDER_COLUMNS, fold=fold_orders)

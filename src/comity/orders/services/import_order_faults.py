"""What speaks against an order in a file, by itself or beside the order as it is known."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from comity.accounts.services.importing import Scope
from comity.common import import_values as values
from comity.common.import_values import BadValue, Fault
from comity.common.imports import Row
from comity.ledger.services.payments import step_of
from comity.orders.models import Order
from comity.orders.services.import_shipments import CLOCK_SKEW, Sent, contents_of, shipment_faults, too_many_faults
from comity.orders.services.statuses import ahead_of, reachable

PARTED = Order.Status.PARTIALLY_SHIPPED
_NOT_LEFT = (Order.Status.PENDING, Order.Status.UNSHIPPED)
# By who ships it follows whose clock runs, who answers and who bears what is lost.
_FIXED = ("seller_id", "buyer_id", "fulfilment", "currency", "placed_at")
_LARGEST_TOTAL = 10**18


def order_faults(row: Row, columns: dict[str, Any], found: Order | None, sent: Sent, scope: Scope) -> Iterator[Fault]:
    """Everything but references and money: life, moments, parcels. ``columns``: what the row would store.

    ``sent``: what is known of its shipments; what the row tells of more is put there, and what of it is passed over.
    """
    yield from _life_faults(columns, found)
    yield from _time_faults(columns, found, scope.now)
    yield from _parcel_faults(row, sent, scope)
    if found is None:
        yield from _whole_faults(row.values)


def sums_of_row(row: Row, faults: list[Fault]) -> tuple[list[dict[str, Any]], int]:
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
    if "payment" in row.values:
        faults += _step_faults(code, lines, total)
    return lines, total


def _step_faults(code: str, lines: list[dict[str, Any]], total: int) -> Iterator[Fault]:
    """What leaves apart is charged apart: each price must be one that the payment provider takes, and the total."""
    amounts = {f"lines[{n}].price": line.get("unit_minor", 0) for n, line in enumerate(lines)} | {"total": total}
    for field, amount in amounts.items():
        yield from step_faults(field, amount, code)


def step_faults(field: str, amount_minor: int, code: str) -> Iterator[Fault]:
    """A fault where the payment provider takes no such amount."""
    step = step_of(code)
    if amount_minor % step:
        smallest = Decimal(step).scaleb(-values.currencies()[code])
        sentence = f"is not a multiple of {smallest} {code}, and the payment provider takes nothing finer."
        yield Fault(field, "payment_step", sentence)


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


def _whole_faults(order: Mapping[str, Any]) -> Iterator[Fault]:
    """An order of which everything is in parcels cannot be one of which something is left to send: nobody could."""
    parcels = [parcel for parcel in order.get("shipments", []) if parcel.get("lines")]
    sent = Counter[str]()
    for parcel in parcels:
        sent.update(contents_of(parcel))
    if order["status"] == PARTED and all(sent[line["external_id"]] >= line["quantity"] for line in order["lines"]):
        sentence = f"is {PARTED}, but every piece is in a shipment: give shipped, or delivered with delivered_at."
        yield Fault("status", "status", sentence)


def _parcel_faults(row: Row, sent: Sent, scope: Scope) -> Iterator[Fault]:
    if row.values.get("shipments") and row.values["status"] in _NOT_LEFT:
        sentence = (
            f"says that something has left, but the status is {row.values['status']}: give partially_shipped with the "
            "lines of each shipment, shipped or delivered; or leave the shipments away until something has left."
        )
        yield Fault("shipments", "status", sentence)
    ordered = {line["external_id"]: line["quantity"] for line in row.values["lines"]}
    seen: set[str] = set()
    for position, parcel in enumerate(row.values.get("shipments", [])):
        faults = list(shipment_faults(parcel, ordered, sent, placed_at=row.values["placed_at"], now=scope.now))
        passed = scope.live and not faults and sent.passes(parcel, ordered)
        if scope.live and not faults and not passed:
            faults = list(too_many_faults(parcel, ordered, sent))
        for fault in faults:
            yield Fault(f"shipments[{position}].{fault.field}", fault.code, fault.sentence)
        if row.values["status"] == PARTED and not parcel.get("lines"):
            sentence = f"is missing: of an order that is {PARTED} each shipment says what is in it."
            yield Fault(f"shipments[{position}].lines", "missing", sentence)
        if parcel["external_id"] in seen:
            yield Fault(f"shipments[{position}].external_id", "duplicate", "names two shipments of the same order.")
        seen.add(parcel["external_id"])
        if not passed:
            sent.add(parcel["external_id"], contents_of(parcel))

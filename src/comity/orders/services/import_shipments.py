"""Shipments from a file, on their own or inside their orders. Applied in the transaction of the caller."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from comity.accounts.services.importing import Kind, Outcome, Scope
from comity.common.ids import new_id
from comity.common.import_values import Fault
from comity.common.import_writes import Changes
from comity.common.imports import Row
from comity.common.outbox import emit
from comity.orders.models import Order, OrderLine, Shipment, ShipmentLine
from comity.orders.services.import_fields import SHIPMENT_ROW_FIELDS
from comity.orders.services.statuses import OVER, reachable

CLOCK_SKEW = timedelta(days=1)  # a shop whose clock runs ahead is not refused

Parcel = tuple[Order, dict[str, Any]]
Key = tuple[int, str]  # of a shipment: its order's and its external id


def shipment_faults(parcel: Mapping[str, Any], ordered: Mapping[str, int], now: datetime) -> Iterator[Fault]:
    """What speaks against a shipment of an order whose lines are ``ordered`` (external id -> pieces)."""
    for name in ("shipped_at", "delivered_at"):
        if name in parcel and parcel[name] > now + CLOCK_SKEW:
            yield Fault(name, "future", "lies in the future.")
    if "delivered_at" in parcel and parcel["delivered_at"] < parcel["shipped_at"]:
        yield Fault("delivered_at", "sequence", "lies before shipped_at.")
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


def put_shipments(parcels: list[Parcel], scope: Scope) -> set[Key]:
    """Write the shipments; returns which of them that changed. In a live import, new ones are announced."""
    if not parcels:
        return set()
    orders = {order.pk: order for order, _ in parcels}
    old = Shipment.objects.filter(order__in=orders, source=scope.source)
    known = {(one.order_id, one.external_id): one for one in old}
    changes = Changes(Shipment)
    written = []
    for order, parcel in parcels:
        columns = {name: value for name, value in parcel.items() if name not in ("order", "lines")}
        make = partial(Shipment, order=order, source=scope.source, public_id=new_id("shp", scope.now))
        written.append(changes.put(known.get((order.pk, parcel["external_id"])), columns, make))
    changes.save()
    touched = {(one.order_id, one.external_id) for one in changes.touched} | _put_contents(parcels, written)
    if scope.live:
        _announce(changes.created, orders, scope)
    return touched


def _put_contents(parcels: list[Parcel], written: list[Shipment]) -> set[Key]:
    """Write what is in the shipments; returns the shipments for which that changed anything."""
    lines = OrderLine.objects.filter(order__in={order.pk for order, _ in parcels})
    ids = {(line.order_id, line.external_id): line.pk for line in lines}
    known = {(one.shipment_id, one.line_id): one for one in ShipmentLine.objects.filter(shipment__in=written)}
    changes = Changes(ShipmentLine)
    for (order, parcel), shipment in zip(parcels, written, strict=True):
        for item in parcel.get("lines", []):
            line = ids[order.pk, item["line"]]
            make = partial(ShipmentLine, shipment=shipment, line_id=line)
            changes.put(known.get((shipment.pk, line)), {"quantity": item["quantity"]}, make)
    changes.save()
    return {(one.shipment.order_id, one.shipment.external_id) for one in changes.touched}


def _announce(shipments: list[Shipment], orders: dict[int, Order], scope: Scope) -> None:
    for one in shipments:
        order = orders[one.order_id]
        data = {"order": order.public_id, "shipment": one.public_id}
        emit(
            order,
            name="shipment.confirmed",
            data=data,
            stream_id=order.public_id,
            marketplace=scope.home.public_id,
            now=scope.now,
        )
    Order.objects.bulk_update({one.order_id: orders[one.order_id] for one in shipments}.values(), ["event_count"])


def apply_shipments(rows: list[Row], scope: Scope) -> Outcome:
    """Create or change shipments of known orders, and move those orders along as far as the shipments say."""
    outcome = Outcome()
    orders = _orders_of(rows, scope)
    parcels = []
    for row in rows:
        order = orders.get(row.values["order"])
        faults = list(_row_faults(row, order, scope.now))
        if faults:
            outcome.refuse(*(row.raw.refusal(fault) for fault in faults))
        elif order is not None:
            parcels.append((order, row.values))
    touched = put_shipments(parcels, scope)
    _move(list({order.pk: order for order, _ in parcels}.values()))
    outcome.count(len(parcels), len(touched))
    return outcome


def _orders_of(rows: list[Row], scope: Scope) -> dict[str, Order]:
    names = [row.values["order"] for row in rows]
    found = Order.objects.select_for_update().filter(marketplace=scope.home, source=scope.source, external_id__in=names)
    return {order.external_id: order for order in found.order_by("pk").prefetch_related("lines")}


def _row_faults(row: Row, order: Order | None, now: datetime) -> Iterator[Fault]:
    if order is None:
        sentence = f"“{row.values['order']}” is not known here; import orders first, from the same source."
        yield Fault("order", "unknown_reference", sentence)
    elif order.status in OVER:
        yield Fault("order", "status", f"is {order.status}: nothing is shipped any more.")
    else:
        ordered = {line.external_id: line.quantity for line in order.lines.all()}
        yield from shipment_faults(row.values, ordered, now)


def _move(orders: list[Order]) -> None:
    """Bring each order as far as its shipments say."""
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

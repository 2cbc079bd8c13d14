"""Orders with their lines and shipments from a file. A batch is applied in the transaction of its caller."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from comity.accounts.models import Buyer, Seller
from comity.accounts.services.importing import Kind, Outcome, Scope
from comity.catalog.models import Listing
from comity.common.import_values import BadValue, Fault
from comity.common.import_writes import Changes
from comity.common.imports import Refusal, Row
from comity.orders.models import Order, OrderLine, Shipment
from comity.orders.services import stock
from comity.orders.services.import_fields import ORDER_COLUMNS, ORDER_FIELDS, fold_orders
from comity.orders.services.import_life import (
    agreed_total,
    fewest_pieces,
    follow_file,
    keep_addresses,
    keep_agreed_days,
    owed_faults,
    take_rest,
    tell_moves,
)
from comity.orders.services.import_numbers import of_applied, read_numbers
from comity.orders.services.import_order_faults import PARTED, order_faults, sums_of_row
from comity.orders.services.import_shipments import Parcel, Sent, move_along, put_shipments, sent_of
from comity.orders.services.paying import authorisations_of, authorise, open_payables_of, orders_paid_with
from comity.orders.services.placing import begin, free_numbers

_NESTED = ("external_id", "seller", "buyer", "total", "payment", "lines", "shipments")


@dataclass(slots=True)
class _Wanted:
    """A row on its way into the database. ``passed``: its shipments that are not stored, by external id."""

    row: Row
    found: Order | None
    columns: dict[str, Any]
    lines: list[dict[str, Any]]
    passed: set[str]


@dataclass(frozen=True, slots=True)
class _Known:
    """What the rows of a batch refer to, by external id.

    ``lines``: those of known orders, by the orders' keys; ``fewest``: how many pieces they have at least, by theirs.
    ``paid_with``: the public id of the order that a payment stands on, empty for one of this batch; grows row by row.
    ``paid_by``: the payment of known orders of which a row names one, by their keys, empty where there is none yet.
    ``sent``: what has left of known orders of whose shipments a row tells, by the orders' keys.
    """

    orders: dict[str, Order]
    lines: dict[int, dict[str, OrderLine]]
    fewest: dict[int, int]
    sellers: dict[str, Seller]
    buyers: dict[str, Buyer]
    listings: dict[str, Listing]
    paid_with: dict[str, str]
    paid_by: dict[int, str]
    sent: dict[int, Sent]


def apply_orders(rows: list[Row], scope: Scope) -> Outcome:
    """Create or change orders; one that is known moves only along the status table."""
    outcome = Outcome()
    rows, warnings = read_numbers(rows, outcome, live=scope.live)
    known = _look_up(rows, scope)
    good: list[_Wanted] = []
    for row in rows:
        try:
            good.append(_understand(row, known, scope))
        except BadValue as bad:
            outcome.refuse(*(row.raw.refusal(fault) for fault in bad.faults))
    before = [(want.found, want.columns) for want in good if want.found]
    keep_agreed_days(before)
    keep_addresses(before)
    known_orders = [(want.found, want.found.status, want.found.ship_by) for want in good if want.found]
    orders = _put_orders(good, scope)
    authorised = {order.pk: want.row.values.get("payment", "") for want, order in zip(good, orders.all, strict=True)}
    open_payables_of(orders.created, authorised=authorised, now=scope.now)
    paid = _put_payments(good, known, scope)
    lines = _put_lines(good, orders.all, known)
    if scope.live:
        begin(orders.created, now=scope.now)
    follow_file(known_orders, live=scope.live, now=scope.now)
    shipped = put_shipments(list(_parcels(good, orders.all)), scope)
    if scope.live:
        tell_moves(known_orders, shipped.left, now=scope.now)
    else:
        move_along([want.found for want in good if want.found and want.found.status == PARTED], now=scope.now)
    take_rest(known_orders, live=scope.live, now=scope.now)
    outcome.warnings += of_applied(warnings, outcome) + ([*_passed_over(good), *_unsaid(good)] if scope.live else [])
    touched = {order.pk for order in orders.touched} | paid | lines | {order for order, _ in shipped.touched}
    outcome.count(len(good), len(touched))
    return outcome


def _unsaid(good: list[_Wanted]) -> list[Refusal]:
    """A warning for each order of which a part has left, and no parcel says which: nobody can be charged for it."""
    parted = {want.found.pk: want for want in good if want.found and want.found.status == PARTED}
    told = set(Shipment.objects.filter(order__in=parted).values_list("order", flat=True)) if parted else ()
    sentence = (
        f"is {PARTED}, but no shipment says what has left, so nobody is charged for it yet. "
        "Tell the shipment with its lines, here or in a file of shipments."
    )
    return [want.row.refusal("status", "no_shipment", sentence) for key, want in parted.items() if key not in told]


def _passed_over(good: list[_Wanted]) -> Iterator[Refusal]:
    """A warning for each shipment whose pieces have left in others that were confirmed here."""
    for want in good:
        for position, one in enumerate(want.row.values.get("shipments", [])):
            if one["external_id"] in want.passed:
                sentence = (
                    f"“{one['external_id']}” is passed over: what is in it was confirmed here as another shipment. "
                )
                sentence = f"{sentence}Nobody is charged twice; all else that is said of the order is applied."
                yield want.row.refusal(f"shipments[{position}].external_id", "confirmed_here", sentence)


def _parcels(good: list[_Wanted], orders: list[Order]) -> Iterator[Parcel]:
    for want, order in zip(good, orders, strict=True):
        for one in want.row.values.get("shipments", []):
            if one["external_id"] not in want.passed:
                yield order, one


def _look_up(rows: list[Row], scope: Scope) -> _Known:
    listings = {line["listing"] for row in rows for line in row.values["lines"] if "listing" in line}
    locked = Order.objects.select_for_update().filter(
        marketplace=scope.home, source=scope.source, external_id__in=[row.values["external_id"] for row in rows]
    )
    orders = {order.external_id: order for order in locked.order_by("pk")}
    for order in orders.values():
        order.marketplace = scope.home  # the same for all, and loaded
    lines: dict[int, dict[str, OrderLine]] = {order.pk: {} for order in orders.values()}
    for line in OrderLine.objects.filter(order__in=lines):
        lines[line.order_id][line.external_id] = line
    told, paid = (
        [orders[name] for row in rows if row.values.get(what) and (name := row.values["external_id"]) in orders]
        for what in ("shipments", "payment")
    )
    return _Known(
        orders=orders,
        lines=lines,
        fewest=_fewest(rows, orders, lines),
        sellers=scope.known(Seller, [row.values["seller"] for row in rows]),
        buyers=scope.known(Buyer, [row.values["buyer"] for row in rows]),
        listings=scope.known(Listing, listings) if listings else {},
        paid_with=orders_paid_with({payment for row in rows if (payment := row.values.get("payment"))}),
        paid_by=authorisations_of(paid),
        sent=sent_of(told, scope),
    )


def _fewest(rows: list[Row], orders: dict[str, Order], lines: dict[int, dict[str, OrderLine]]) -> dict[int, int]:
    """``fewest_pieces`` of the lines of which a row has fewer than before."""
    fewer = []
    for row in rows:
        known = lines[order.pk] if (order := orders.get(row.values["external_id"])) else {}
        named = [(known.get(one["external_id"]), one["quantity"]) for one in row.values["lines"]]
        fewer += [line for line, quantity in named if line and quantity < line.quantity]
    return fewest_pieces(fewer) if fewer else {}


def _understand(row: Row, known: _Known, scope: Scope) -> _Wanted:
    """What the row wants. Raises ``BadValue`` with everything that speaks against it."""
    faults = _reference_faults(row, known)
    lines, total = sums_of_row(row, faults)
    if faults:
        raise BadValue.of(faults)
    found = known.orders.get(row.values["external_id"])
    if found:
        old = known.lines[found.pk]
        total = total if "total" in row.values else agreed_total(found, lines, old)
        faults += owed_faults(found, total, lines, old, known.fewest)
    columns = {name: value for name, value in row.values.items() if name not in _NESTED} | {
        "seller_id": known.sellers[row.values["seller"]].pk,
        "buyer_id": known.buyers[row.values["buyer"]].pk,
        "total_minor": total,
    }
    for line in lines:
        if "listing" in line:
            line["listing_id"] = known.listings[line.pop("listing")].pk
    sent = known.sent.get(found.pk, Sent()) if found else Sent()
    if faults := [*faults, *order_faults(row, columns, found, sent, scope)]:
        raise BadValue.of(faults)
    if payment := row.values.get("payment"):
        known.paid_with.setdefault(payment, "")
    return _Wanted(row, found, columns, lines, sent.passed)


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
    """One payment for several orders would be taken from the buyer once and counted for all; an order keeps its own."""
    payment, found = row.values.get("payment"), known.orders.get(row.values["external_id"])
    if payment in known.paid_with and not (found and known.paid_with[payment] == found.public_id):
        sentence = f"“{payment}” is the payment of another order; authorise one for each order."
        yield Fault("payment", "duplicate", sentence)
    elif payment and found and known.paid_by[found.pk] not in ("", payment):
        sentence = f"cannot change: this order is charged with “{known.paid_by[found.pk]}”."
        yield Fault("payment", "fixed", sentence)


def _unknown(kind: str, external_id: str) -> str:
    return f"“{external_id}” is not known here; import {kind}s first, from the same source."


@dataclass(slots=True)
class _Orders:
    all: list[Order]
    created: list[Order]
    touched: set[Order]


def _put_orders(good: list[_Wanted], scope: Scope) -> _Orders:
    new = [(scope.source, want.row.values["external_id"]) for want in good if want.found is None]
    numbers = free_numbers(scope.home, new)
    make = scope.make(Order, "ord", language=scope.home.language)
    changes = Changes(Order)
    every = []
    for want in good:
        external_id = want.row.values["external_id"]
        columns = want.columns if want.found else {**want.columns, "number": numbers[scope.source, external_id]}
        every.append(changes.put(want.found, columns, partial(make, external_id)))
    changes.save()
    return _Orders(every, changes.created, changes.touched)


def _put_payments(good: list[_Wanted], known: _Known, scope: Scope) -> set[int]:
    """A pending order is often paid after the file that brought it. Returns the orders that have their payment now."""
    named = [(want.found, want.row.values.get("payment", "")) for want in good if want.found]
    fresh = {order: payment for order, payment in named if payment and not known.paid_by[order.pk]}
    authorise(fresh, now=scope.now)
    return {order.pk for order in fresh}


def _put_lines(good: list[_Wanted], orders: list[Order], known: _Known) -> set[int]:
    """Write the lines; a known line that a row leaves out stays. Returns the orders whose lines changed.

    What one took out of stock beyond the pieces that it has from now on goes back.
    """
    changes = Changes(OrderLine)
    fewer: dict[int, int] = {}
    for want, order in zip(good, orders, strict=True):
        for line in want.lines:
            old = known.lines.get(order.pk, {}).get(line["external_id"])
            if old and line["quantity"] < old.quantity:
                fewer[old.pk] = line["quantity"]
            changes.put(old, line, partial(OrderLine, order=order))
    changes.save()
    if fewer:
        stock.lock(orders, also=())  # all that this batch may take or give back, in one order
        stock.keep(fewer)
    return {line.order_id for line in changes.touched}


ORDERS = Kind("orders", ORDER_FIELDS, apply_orders, columns=ORDER_COLUMNS, fold=fold_orders)

"""The columns of files of orders and shipments, nested in JSON Lines and flat in CSV."""

from collections.abc import Iterator
from itertools import groupby, islice

from comity.accounts.services.importing import EXTERNAL_ID, LANGUAGE
from comity.common import import_values as values
from comity.common.import_values import Fault
from comity.common.imports import LONGEST_LIST, Field, Items, Raw
from comity.integrations.carriers import TYPED_NUMBER
from comity.orders.models import Order

_MOMENT = "2026-02-28T17:30:00+01:00"
_PREFIX = "line_"

LINE_FIELDS = (
    Field("external_id", values.text(100), "Your own id of the order line, once per order", required=True),
    Field("listing", values.text(100), "external_id of the listing it was bought from"),
    Field("title", values.text(300), "What was bought, as it was called then", required=True),
    Field("sku", values.text(80), "The seller's article number then", required=True),
    Field("quantity", values.integer(1, 1_000_000), "Pieces", required=True),
    Field("price", values.amount, "Of one piece, in the order's currency: 12.50", required=True),
)
SHIPPED_LINE_FIELDS = (
    Field("line", values.text(100), "external_id of the order line", required=True),
    Field("quantity", values.integer(1, 1_000_000), "Pieces of it in this shipment", required=True),
)
SHIPMENT_FIELDS = (
    Field("external_id", values.text(100), "Your own id of the shipment, once per order", required=True),
    Field("carrier", values.text(60), "Who carries it", required=True),
    Field("service", values.text(60), "How: express, letter"),
    Field("tracking_number", values.text(TYPED_NUMBER), "The carrier's number"),
    Field("shipped_at", values.instant, f"When it left: {_MOMENT}", required=True),
    Field("delivered_at", values.instant, "When the carrier says it arrived"),
    Field("lines", Items(SHIPPED_LINE_FIELDS), "What is in it; nothing given means the whole order (JSON Lines only)"),
)
PLAIN_ORDER_FIELDS = (
    EXTERNAL_ID,
    Field("seller", values.text(100), "external_id of the seller", required=True),
    Field("buyer", values.text(100), "external_id of the buyer", required=True),
    Field("status", values.choice(Order.Status.values), "; ".join(Order.Status.values), required=True),
    Field("fulfilment", values.choice(Order.Fulfilment.values), "Who ships it: seller or marketplace", required=True),
    Field("currency", values.currency, "ISO 4217 code such as EUR", required=True),
    Field("total", values.amount, "What the buyer paid, 12.50; the sum of the lines unless given"),
    Field("payment", values.text(100), "The payment provider's id of what the buyer authorised"),
    LANGUAGE,
    Field("ship_to", values.text(1000, lines=True), "Postal address, stored encrypted"),
    Field("placed_at", values.instant, f"When it was placed: {_MOMENT}", required=True),
    Field("ship_from", values.instant, "First moment promised for dispatch"),
    Field("ship_by", values.instant, "Last moment promised for dispatch"),
    Field("deliver_from", values.instant, "First moment promised for arrival"),
    Field("deliver_by", values.instant, "Last moment promised for arrival"),
    Field("delivered_at", values.instant, "When the carrier says it arrived; with status delivered only"),
    Field("cancelled_at", values.instant, "When it was cancelled; with status cancelled only"),
)
ORDER_FIELDS = (
    *PLAIN_ORDER_FIELDS,
    Field("lines", Items(LINE_FIELDS), "What was bought, at least one", required=True),
    Field("shipments", Items(SHIPMENT_FIELDS), "What has left already"),
)
ORDER_COLUMNS = (
    *PLAIN_ORDER_FIELDS,
    *(Field(f"{_PREFIX}{one.name}", one.parse, one.meaning, required=one.required) for one in LINE_FIELDS),
)
SHIPMENT_ROW_FIELDS = (
    Field("order", values.text(100), "external_id of the order", required=True),
    *SHIPMENT_FIELDS,
)


def fold_orders(raws: Iterator[Raw]) -> Iterator[Raw]:
    """One nested row for each run of CSV lines with the same external_id; an empty order cell says "as above"."""
    for _, group in groupby(raws, key=lambda raw: raw.values["external_id"]):
        # One line more than an order may have is enough for its list to be refused; `groupby` skips the rest.
        yield _fold(list(islice(group, LONGEST_LIST + 1)))


def _fold(group: list[Raw]) -> Raw:
    order: dict[str, object] = {}
    first_at: dict[str, int] = {}
    faults = []
    for raw in group:
        for name, cell in raw.values.items():
            if name.startswith(_PREFIX) or not cell.strip():
                continue
            first_at.setdefault(name, raw.line)
            if order.setdefault(name, cell) != cell:
                sentence = f"differs between lines {first_at[name]} and {raw.line} of the same order."
                faults.append(Fault(name, "differs", sentence))
    lines = [_item(raw) for raw in group]
    return Raw(group[0].line, {**order, "lines": lines}, tuple(raw.line for raw in group), tuple(faults))


def _item(raw: Raw) -> dict[str, object]:
    return {name.removeprefix(_PREFIX): cell for name, cell in raw.values.items() if name.startswith(_PREFIX)}

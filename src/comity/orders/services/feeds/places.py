"""Where a fault is, as its sender wrote it: the key of a JSON line, the column of a text file, the path of an element.

Faults name the field of a record as JSON Lines do, ``items[0].parts[1].amount``, or as services name it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from comity.common.import_values import Fault
from comity.orders.models import Feed
from comity.orders.services.feeds.flat import COMPONENTS, TEXT, column_of

_COLUMNS = {component: column for column, component in COMPONENTS.items()}
_SERVICES = {"shipped_at": "ship_date"}
_ITEMS = {Feed.Kind.ORDER_ADJUSTMENT: "AdjustedItem"}
_REASONS = {Feed.Kind.ORDER_ADJUSTMENT: "AdjustmentReason", Feed.Kind.ORDER_ACKNOWLEDGEMENT: "CancelReason"}
_ELEMENTS = {
    "order": "AmazonOrderID",
    "merchant_order": "MerchantOrderID",
    "ship_date": "FulfillmentDate",
    "carrier": "FulfillmentData/CarrierCode",
    "carrier_name": "FulfillmentData/CarrierName",
    "service": "FulfillmentData/ShippingMethod",
    "tracking": "FulfillmentData/ShipperTrackingNumber",
    "action": "ActionType",
    "status": "StatusCode",
    "quantity": "Quantity",
    "cancelled": "QuantityCancelled",
    "component": "Type",
    "amount": "Amount",
    "currency": "Amount/@currency",
}
_Steps = list[tuple[str, int | None]]


def written(fault: Fault, record: Mapping[str, Any], *, kind: str, form: str) -> str:
    """What the sender of ``record`` calls the field of ``fault``; empty where that is about all of it."""
    if fault.code == "unknown_field":  # a name of theirs, whatever it looks like
        return fault.field
    values = record["values"]
    field = _meant(_SERVICES.get(fault.field, fault.field), values)
    if form in TEXT:
        return _column(field, values, kind)
    return _path(field, record, kind) if form == Feed.Form.XML and field else field


def _meant(field: str, values: Mapping[str, Any]) -> str:
    """Of two fields that say the same, the one that counts."""
    if field == "order" and "order" not in values and "merchant_order" in values:
        return "merchant_order"
    if field == "carrier":
        code = str(values.get("carrier", ""))
        return "carrier_name" if code.casefold() == "other" or (not code and "carrier_name" in values) else field
    item, dot, leaf = field.rpartition(".")
    cancels = leaf == "quantity" and "cancelled" in _items(values, dict(_steps(item))["items"])
    return f"{item}{dot}cancelled" if cancels else field


def _column(field: str, values: Mapping[str, Any], kind: str) -> str:
    steps = _steps(field)
    names = [name for name, _ in steps]
    if field == "items" and kind != Feed.Kind.ORDER_ADJUSTMENT:
        return "order-item-id"
    if names[-1] in ("amount", "component", "parts", "items"):
        parts = _items(values, dict(steps).get("items"))["parts"]
        position = dict(steps).get("parts") or 0
        return _COLUMNS[parts[position]["component"]] if parts else next(iter(COMPONENTS))
    return column_of(names[-1], kind)


def _path(field: str, record: Mapping[str, Any], kind: str) -> str:
    steps, values = _steps(field), record["values"]
    item = dict(steps).get("items")
    if field == "reason":  # of the whole order; elements have it in their items
        steps, item = [("items", 0), *steps], 0
    items: Sequence[Mapping[str, Any]] = values.get("items", ())
    found: list[str] = []
    for name, position in steps:
        if name == "items":
            found.append(_nth(_ITEMS.get(Feed.Kind(kind), "Item"), position, len(items)))
        elif name == "parts":
            found += _component(_items(values, item)["parts"], position)
        else:
            found.append(_leaf(name, record, kind))
    return "/".join(found)


def _leaf(name: str, record: Mapping[str, Any], kind: str) -> str:
    if name == "line":
        return "MerchantOrderItemID" if record.get("own_lines") else "AmazonOrderItemCode"
    if name == "reference":
        return "MerchantFulfillmentID" if kind == Feed.Kind.SHIPPING_CONFIRMATION else "MerchantAdjustmentItemID"
    return _REASONS[Feed.Kind(kind)] if name == "reason" else _ELEMENTS.get(name, name)


def _component(parts: Sequence[Mapping[str, Any]], position: int | None) -> list[str]:
    """The element of one amount; promotions stand apart from prices."""
    if position is None:
        return ["ItemPriceAdjustments"]
    promotion = "promotion" in parts[position]
    beside = [place for place, one in enumerate(parts) if ("promotion" in one) == promotion]
    holder = "PromotionAdjustments" if promotion else "ItemPriceAdjustments"
    return [holder, _nth("Component", beside.index(position), len(beside))]


def _nth(element: str, position: int | None, count: int) -> str:
    return element if position is None or count <= 1 else f"{element}[{position + 1}]"


def _items(values: Mapping[str, Any], position: int | None) -> Mapping[str, Any]:
    found: Mapping[str, Any] = values["items"][position or 0]
    return found


def _steps(field: str) -> _Steps:
    """``items[0].amount`` as names with their positions."""
    pieces = (piece.partition("[") for piece in field.split("."))
    return [(name, int(rest[:-1]) if rest else None) for name, _, rest in pieces]

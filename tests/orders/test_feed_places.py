"""What is wrong with a record names what its sender wrote, in each of the three forms of a feed."""

import re
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from comity.orders.models import Shipment
from comity.orders.services import acknowledging, adjusting, adjustment_plans, confirming, naming
from comity.orders.services.feeds import envelope, flat, kinds
from tests.factories import NOW
from tests.orders.feeds import ACKNOWLEDGEMENT, ADJUSTMENT, SHIPPING, lines, results, send, shop_with

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("read_in_this_process")]
# Only what a program asks of a service: the feeds' own fields are checked before, or hold less.
NOT_IN_A_FILE = {"bad_reference", "too_long", "currency_mismatch", "unknown_component", "unknown_reason", "nothing",
                 "role", "repeated", "overtaken"}  # fmt: skip
SENT, DAY, PRICE = "AdjustedItem", "FulfillmentDate", "AdjustedItem/ItemPriceAdjustments/Component"


def item(line="1", reason="CustomerReturn", amount="10.00", component="Principal", **fields):
    parts = [{"component": component, "amount": amount, "currency": fields.pop("currency", "EUR")}]
    return {"line": line, "reason": reason, "parts": parts, **fields}


def ship(**fields):
    return {"ship_date": "2026-11-02", "carrier": "DHL", **fields}


# kind, code, what the record says beside its order, and the field in JSON Lines, XML and text (None: cannot say that).
SAID = [
    (SHIPPING, "unknown_order", ship(order="305-0"), "order", "AmazonOrderID", "order-id"),
    (SHIPPING, "missing", ship(order=""), "order", "AmazonOrderID", "order-id"),
    (SHIPPING, "unknown_order", {**ship(order=""), "merchant_order": "x"}, "merchant_order", "MerchantOrderID", None),
    (SHIPPING, "missing", {"carrier": "DHL"}, "ship_date", DAY, "ship-date"),
    (SHIPPING, "bad_date", ship(ship_date="2026-02-31"), "ship_date", DAY, "ship-date"),
    (SHIPPING, "future", ship(ship_date="2026-12-24"), "ship_date", DAY, "ship-date"),
    (SHIPPING, "before_order", ship(ship_date="2020-01-01"), "ship_date", DAY, "ship-date"),
    (SHIPPING, "carrier_missing", {"ship_date": "2026-11-02"}, "carrier", "FulfillmentData/CarrierCode", "carrier-code"),
    (SHIPPING, "carrier_missing", ship(carrier="Other"), "carrier_name", "FulfillmentData/CarrierName", "carrier-name"),
    (SHIPPING, "bad_carrier", ship(carrier="a@b.example"), "carrier", "FulfillmentData/CarrierCode", "carrier-code"),
    (SHIPPING, "bad_carrier", {"ship_date": "2026-11-02", "carrier_name": "a@b.example"}, "carrier_name",
     "FulfillmentData/CarrierName", "carrier-name"),
    (SHIPPING, "bad_service", ship(service="a@b.example"), "service", "FulfillmentData/ShippingMethod", "ship-method"),
    (SHIPPING, "bad_tracking", ship(tracking="?"), "tracking", "FulfillmentData/ShipperTrackingNumber", "tracking-number"),
    (SHIPPING, "unusual_tracking", ship(tracking="12"), "tracking", "FulfillmentData/ShipperTrackingNumber",
     "tracking-number"),
    (SHIPPING, "too_long", ship(reference="x" * 61), "reference", "MerchantFulfillmentID", "merchant-fulfillment-id"),
    (SHIPPING, "unknown_line", ship(items=[{"line": "9"}]), "items[0].line", "Item/AmazonOrderItemCode", "order-item-id"),
    (SHIPPING, "too_many", ship(items=[{"line": "1", "quantity": "2"}]), "items[0].quantity", "Item/Quantity", "quantity"),
    (SHIPPING, "out_of_range", ship(items=[{"line": "1", "quantity": "0"}]), "items[0].quantity", "Item/Quantity",
     "quantity"),
    (SHIPPING, "duplicate", ship(items=[{"line": "1"}, {"line": "1"}]), "items[1].line", "Item[2]/AmazonOrderItemCode",
     "order-item-id"),
    (ADJUSTMENT, "line_needed", {"items": [item("")]}, "items[0].line", f"{SENT}/AmazonOrderItemCode", "order-item-id"),
    (ADJUSTMENT, "unknown_line", {"items": [item("9")]}, "items[0].line", f"{SENT}/AmazonOrderItemCode", "order-item-id"),
    (ADJUSTMENT, "unknown_choice", {"items": [item(reason="Why")]}, "items[0].reason", f"{SENT}/AdjustmentReason",
     "adjustment-reason-code"),
    (ADJUSTMENT, "more_than_paid", {"items": [item(amount="99.00", component="Principal")]}, "items[0].parts[0].amount",
     f"{PRICE}/Amount", "principal"),
    (ADJUSTMENT, "more_than_paid", {"items": [item(amount="99.00", component="Shipping")]}, "items[0].parts",
     f"{SENT}/ItemPriceAdjustments", "shipping"),
    (ADJUSTMENT, "decimals", {"items": [item(amount="0.001", component="Tax")]}, "items[0].parts[0].amount",
     f"{PRICE}/Amount", "tax"),
    (ADJUSTMENT, "comma_decimal", {"items": [item(amount="1.234,50")]}, "items[0].parts[0].amount", f"{PRICE}/Amount",
     "principal"),
    (ADJUSTMENT, "negative", {"items": [item(amount="-1.00")]}, "items[0].parts[0].amount", f"{PRICE}/Amount", "principal"),
    (ADJUSTMENT, "currency", {"items": [item(currency="USD")]}, "items[0].parts[0].currency",
     f"{PRICE}/Amount/@currency", "currency"),
    (ADJUSTMENT, "unknown_choice", {"items": [item(component="Fun")]}, "items[0].parts[0].component", f"{PRICE}/Type",
     None),
    (ADJUSTMENT, "missing", {"items": [item(amount="0")]}, "items", SENT, "principal"),
    (ADJUSTMENT, "not_positive", {"items": [item(component="RestockingFee")]}, "items[0].parts",
     f"{SENT}/ItemPriceAdjustments", "restocking-fee"),
    (ADJUSTMENT, "out_of_range", {"items": [item(quantity="7")]}, "items[0].quantity", f"{SENT}/Quantity", "quantity"),
    (ADJUSTMENT, "out_of_range", {"items": [item(reason="NoInventory", cancelled="7")]}, "items[0].cancelled",
     f"{SENT}/QuantityCancelled", None),
    (ADJUSTMENT, "not_cancelled", {"items": [item(cancelled="1")]}, "items[0].reason", f"{SENT}/AdjustmentReason", None),
    (ADJUSTMENT, "missing", {"items": [item(reason="NoInventory", component="Tax", cancelled="1")]}, "items[0].parts",
     f"{SENT}/ItemPriceAdjustments", None),
    (ADJUSTMENT, "unknown_choice", {"action": "Give", "items": [item()]}, "action", "ActionType", None),
    (ADJUSTMENT, "unknown_line", {"items": [item(), item("9", reason="Other")]}, "items[1].line",
     f"{SENT}[2]/AmazonOrderItemCode", None),
    (ACKNOWLEDGEMENT, "missing", {}, "status", "StatusCode", "status-code"),
    (ACKNOWLEDGEMENT, "unknown_choice", {"status": "Perhaps"}, "status", "StatusCode", "status-code"),
    (ACKNOWLEDGEMENT, "missing", {"status": "Failure"}, "reason", "Item/CancelReason", "cancel-reason-code"),
    (ACKNOWLEDGEMENT, "unknown_choice", {"status": "Failure", "items": [{"line": "1", "reason": "Why"}]},
     "items[0].reason", "Item/CancelReason", "cancel-reason-code"),
    (ACKNOWLEDGEMENT, "partly", {"status": "Failure", "items": [{"line": "1", "reason": "NoInventory", "quantity": "1"}]},
     "items[0].quantity", "Item/Quantity", "quantity"),
    (ACKNOWLEDGEMENT, "unknown_line", {"status": "Failure", "items": [{"line": "2", "reason": "NoInventory"}]},
     "items[0].line", "Item/AmazonOrderItemCode", "order-item-id"),
    (ACKNOWLEDGEMENT, "several_reasons", {"status": "Failure", "items": [{"line": "1", "reason": "NoInventory"},
     {"line": "1", "reason": "WeatherDelay"}]}, "items[1].reason", "Item[2]/CancelReason", "cancel-reason-code"),
]  # fmt: skip
# Of orders in a state: status or fulfilment, kind, code, field by form.
IN_A_STATE = [
    ({"fulfilment": "marketplace"}, SHIPPING, "marketplace_fulfils", "order", "AmazonOrderID", "order-id"),
    ({"fulfilment": "marketplace"}, ADJUSTMENT, "marketplace_fulfils", "order", "AmazonOrderID", "order-id"),
    ({"fulfilment": "marketplace"}, ACKNOWLEDGEMENT, "marketplace_fulfils", "order", "AmazonOrderID", "order-id"),
    ({"status": "cancelled"}, SHIPPING, "order_over", "order", "AmazonOrderID", "order-id"),
    ({"status": "pending"}, SHIPPING, "order_pending", "order", "AmazonOrderID", "order-id"),
    ({"status": "shipped"}, ACKNOWLEDGEMENT, "status", "order", "AmazonOrderID", "order-id"),
    ({"status": "unshipped"}, ADJUSTMENT, "never_left", "items[0].reason", f"{SENT}/AdjustmentReason",
     "adjustment-reason-code"),
]  # fmt: skip
GOOD = {
    SHIPPING: ship(),
    ADJUSTMENT: {"items": [item()]},
    ACKNOWLEDGEMENT: {"status": "Failure", "items": [{"line": "1", "reason": "NoInventory"}]},
}


def xml(records, kind):
    body = {name: element for element, name in envelope.ELEMENTS.items()}[kind]
    messages = "".join(f"<Message><MessageID>{n}</MessageID><{body}>{_body(one, kind)}</{body}></Message>"
                       for n, one in enumerate(records, 1))  # fmt: skip
    return f"<AmazonEnvelope>{messages}</AmazonEnvelope>"


def _body(one, kind):
    said = {"AmazonOrderID": one.get("order"), "MerchantOrderID": one.get("merchant_order"),
            "ActionType": one.get("action"), "StatusCode": one.get("status"),
            "MerchantFulfillmentID": one.get("reference"), "FulfillmentDate": one.get("ship_date")}  # fmt: skip
    data = {"CarrierCode": one.get("carrier"), "CarrierName": one.get("carrier_name"),
            "ShippingMethod": one.get("service"), "ShipperTrackingNumber": one.get("tracking")}  # fmt: skip
    inner = _elements(data)
    tag = "AdjustedItem" if kind == ADJUSTMENT else "Item"
    reason = "AdjustmentReason" if kind == ADJUSTMENT else "CancelReason"
    items = "".join(
        f"<{tag}>" + _elements({"AmazonOrderItemCode": it.get("line"), reason: it.get("reason")}) + _parts(it)
        + _elements({"Quantity": it.get("quantity"), "QuantityCancelled": it.get("cancelled")}) + f"</{tag}>"
        for it in one.get("items", [])
    )  # fmt: skip
    return _elements(said) + (f"<FulfillmentData>{inner}</FulfillmentData>" if inner else "") + items


def _parts(it):
    found = "".join(
        f'<Component><Type>{one["component"]}</Type><Amount currency="{one["currency"]}">{one["amount"]}</Amount></Component>'
        for one in it.get("parts", [])
    )
    return f"<ItemPriceAdjustments>{found}</ItemPriceAdjustments>" if found else ""


def _elements(texts):
    return "".join(f"<{name}>{escape(text)}</{name}>" for name, text in texts.items() if text)


def text(records, kind):
    heading = [field.name for field in flat.columns_of(kind)]
    rows = ["\t".join(cells.get(name, "") for name in heading) for one in records for cells in _cells(one, kind)]
    return "\n".join(["\t".join(heading), *rows]) + "\n"


def _cells(one, kind):
    columns = {name: column for column, name in flat._NAMES.items() if column in flat._COLUMNS[kind]}
    components = {component: column for column, component in flat.COMPONENTS.items()}
    for it in one.get("items", [{}]):
        cells = {columns[name]: value for name, value in {**one, **it}.items() if name in columns}
        for part in it.get("parts", []):
            cells |= {components[part["component"]]: part["amount"], "currency": part["currency"]}
        yield cells


FORMS = {"jsonl": lambda records, kind: lines(*records), "xml": xml, "text": text}
NAMES = {
    "jsonl": {field.name for kind in kinds.KINDS.values() for field in kind.fields}
    | {"line", "quantity", "reason", "reference", "cancelled", "parts", "component", "amount", "currency"},
    "xml": {
        "AmazonOrderID", "MerchantOrderID", "FulfillmentDate", "FulfillmentData", "CarrierCode", "CarrierName",
        "ShippingMethod", "ShipperTrackingNumber", "MerchantFulfillmentID", "Item", "AdjustedItem",
        "AmazonOrderItemCode", "MerchantOrderItemID", "Quantity", "QuantityCancelled", "AdjustmentReason",
        "ItemPriceAdjustments", "Component", "Type", "Amount", "@currency", "ActionType", "StatusCode",
        "CancelReason", "MerchantAdjustmentItemID", "PromotionAdjustments",
    },
    "text": {column for columns in flat._COLUMNS.values() for column in columns},
}  # fmt: skip


def told(shop, made, kind, form):
    """By record: code, field and sentence of the first fault."""
    feed = send(shop, FORMS[form](made, kind), kind)
    rows = feed.results.order_by("-record", "-id").values_list("record", "code", "field", "sentence")
    return {record: (code, field, sentence) for record, code, field, sentence in rows}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", [SHIPPING, ADJUSTMENT, ACKNOWLEDGEMENT])
def test_each_fault_names_what_the_sender_wrote(kind, form):
    position = 3 + ("jsonl", "xml", "text").index(form)
    rows = [row for row in SAID if row[0] == kind and row[position] is not None]
    shop, orders = shop_with(len(rows), status="unshipped" if kind != ADJUSTMENT else "shipped")
    for one in orders:
        one.lines.update(quantity=2 if kind == ACKNOWLEDGEMENT else 1)
    made = [{"order": one.number, **row[2]} for one, row in zip(orders, rows, strict=True)]
    found = told(shop, [{name: value for name, value in one.items() if value != ""} for one in made], kind, form)
    assert [found[n][:2] for n in range(1, len(rows) + 1)] == [(row[1], row[position]) for row in rows]
    for _, field, sentence in found.values():
        assert {re.sub(r"\[\d+\]", "", step) for step in re.split(r"[/.]", field)} <= NAMES[form]
        assert form == "jsonl" or not re.search(r"[a-z]_[a-z]|\[\d", sentence)


@pytest.mark.parametrize("form", FORMS)
def test_faults_of_the_order_name_its_number(form):
    position = 3 + ("jsonl", "xml", "text").index(form)
    for fields, kind, code, *_ in IN_A_STATE:
        shop, (one,) = shop_with(1, **fields)
        found = told(shop, [{"order": one.number, **GOOD[kind]}], kind, form)
        row = next(row for row in IN_A_STATE if row[:3] == (fields, kind, code))
        assert found[1][:2] == (code, row[position])


@pytest.mark.parametrize(("form", "field"), [("jsonl", "items[0].reference"), ("xml", "AdjustedItem/MerchantAdjustmentItemID"),
                                             ("text", "merchant-adjustment-item-id")])  # fmt: skip
def test_a_reference_that_is_taken_and_one_that_is_missing_are_named(form, field):
    shop, (one,) = shop_with(1, status="shipped")
    again = {"order": one.number, "items": [item(amount="1.00")]}
    found = told(shop, [again, again], ADJUSTMENT, form)
    assert found[2][:2] == ("same_again", field)
    other = [{"order": one.number, "items": [item(amount=amount, reference="r1")]} for amount in ("2.00", "3.00")]
    if form != "xml":  # the helper writes none
        assert told(shop, other, ADJUSTMENT, form)[2][:2] == ("reference_taken", field)


@pytest.mark.parametrize(("form", "field", "reference"), [
    ("jsonl", "items", "reference"), ("xml", "Item", "MerchantFulfillmentID"),
    ("text", "order-item-id", "merchant-fulfillment-id"),
])  # fmt: skip
def test_what_left_already_is_named_by_its_items(form, field, reference):
    shop, (one,) = shop_with()
    records = [{"order": one.number, **ship(reference=n)} for n in ("a", "b")]
    records.append({"order": one.number, **ship(reference="a", items=[{"line": "9"}])})
    found = told(shop, records, SHIPPING, form)
    assert (found[2][:2], found[3][:2]) == (("nothing_left", field), ("items_fixed", field))
    Shipment.objects.update(delivered_at=NOW)
    records[0]["tracking"] = "00340434161094042557"
    assert told(shop, records[:1], SHIPPING, form)[1][:2] == ("delivered", reference)


def test_who_names_lines_by_own_ids_is_told_of_those():
    shop, (one,) = shop_with()
    content = xml([{"order": one.number, **ship(items=[{"line": "9"}])}], SHIPPING)
    feed = send(shop, content.replace("AmazonOrderItemCode", "MerchantOrderItemID"))
    assert feed.results.get().field == "Item/MerchantOrderItemID"


def test_promotions_are_counted_by_themselves():
    shop, (one,) = shop_with(1, status="shipped")
    content = xml([{"order": one.number, "items": [item()]}], ADJUSTMENT)
    less = "<Component><Type>Principal</Type><Amount currency='EUR'>{}</Amount></Component>"
    more = f"<PromotionAdjustments>{less.format('1.00')}{less.format('1,0')}</PromotionAdjustments></AdjustedItem>"
    feed = send(shop, content.replace("</AdjustedItem>", more), ADJUSTMENT)
    assert feed.results.get().field == "AdjustedItem/PromotionAdjustments/Component[2]/Amount"


@pytest.mark.parametrize(
    "name", ["quantity", "x.quantity", "items[0].quantity", "items[.quantity", "items[9].quantity"]
)
def test_a_key_that_is_none_is_named_whatever_it_looks_like(name):
    shop, (one,) = shop_with()
    feed = send(shop, lines({"order": one.number, **ship(items=[{"line": "1"}]), name: 1}))
    assert results(feed) == [(1, one.number, name, "unknown_field")]


@pytest.mark.parametrize("name", ["parts", "quantity", "x.quantity", "reason"])
def test_an_element_that_is_none_is_named_whatever_it_looks_like(name):
    shop, (one,) = shop_with()
    content = xml([{"order": one.number, **ship()}], SHIPPING)
    feed = send(shop, content.replace("</OrderFulfillment>", f"<{name}/></OrderFulfillment>"))
    assert results(feed) == [(1, one.number, name, "unknown_field")]


def test_an_order_named_twice_for_two_reasons_is_named():
    shop, (one,) = shop_with()
    failed = {"status": "Failure", "reason": "NoInventory"}
    again = {"merchant_order": one.external_id, "status": "Failure", "reason": "WeatherDelay"}
    feed = send(shop, lines({"order": one.number, **failed}, again), ACKNOWLEDGEMENT)
    assert [(code, field) for _, _, field, code in results(feed)] == [("named_twice", "merchant_order")]


def test_the_table_has_every_code():
    source = "".join(Path(one.__file__).read_text() for one in (acknowledging, adjusting, adjustment_plans, confirming,
                                                                kinds, naming))  # fmt: skip
    known = set(re.findall(r"(?:Fault\(\s*f?\"[^\"]*\", |BadValue\()\"([a-z_]+)\"", source))
    listed = {row[1] for row in SAID} | {row[2] for row in IN_A_STATE}
    elsewhere = {"reference_taken", "same_again", "nothing_left", "items_fixed", "delivered", "named_twice"}
    elsewhere |= {"ambiguous_order", "empty"}
    assert known - listed - elsewhere <= NOT_IN_A_FILE

"""Records out of an XML document: ``AmazonEnvelope`` with one ``Message`` a record (spapi §5.6, feed-facts).

Document types and entities are refused. A message is held in memory, never the document.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import IO, Any
from xml.parsers.expat.errors import XML_ERROR_NO_MEMORY, codes

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser, ParseError

from comity.common.imports import BadFile

ELEMENTS = {
    "OrderFulfillment": "shipping_confirmation",
    "OrderAdjustment": "order_adjustment",
    "OrderAcknowledgement": "order_acknowledgement",
}
# Safety bounds, not business rules.
MOST_NODES = 20_000  # of one message
DEEPEST = 12
LONGEST_TEXT = 2_000
_CHUNK = 1 << 16
# What stands in real documents and means nothing here.
_IGNORED = frozenset(
    (
        "OperationType",
        "CODCollectionMethod",
        "MerchantFulfillmentItemID",
        "TransparencyCode",
        "ShipFromAddress",
        "DirectPaymentAdjustments",
        "PromotionClaimCode",
        "MerchantPromotionID",
    )
)


class Node:
    """One element of a message."""

    __slots__ = ("attributes", "children", "tag", "text")

    def __init__(self, tag: str, attributes: Mapping[str, str]) -> None:
        self.tag, self.attributes = tag, attributes
        self.text = ""
        self.children: list[Node] = []

    def first(self, *tags: str) -> str:
        """The text of the first child with one of these names; empty without one."""
        return next((one.text for one in self.children if one.tag in tags), "")

    def every(self, tag: str) -> "Iterator[Node]":
        """The children with that name."""
        return (one for one in self.children if one.tag == tag)


class _Messages:
    """Builds messages from what the parser says; ``done`` holds those that are complete, with their lines."""

    def __init__(self, line: Callable[[], int]) -> None:
        self.line = line
        self.path: list[Node] = []
        self.done: list[tuple[int, Node]] = []
        self.kind = ""
        self._depth = self._nodes = self._begun = 0
        self._text: list[str] = []
        self._header = ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        name = tag.rpartition("}")[2]
        if self._depth == 1 and name != "AmazonEnvelope":
            raise BadFile("envelope", f"The document begins with <{name[:40]}>, expected is <AmazonEnvelope>.")
        if self._depth > DEEPEST:
            raise BadFile("too_deep", f"Elements are nested more than {DEEPEST} deep in line {self.line()}.")
        self._text, self._header = [], name
        if self.path or name == "Message":
            self._open(name, attributes)

    def _open(self, name: str, attributes: dict[str, str]) -> None:
        self._nodes = self._nodes + 1 if self.path else 1
        if self._nodes > MOST_NODES:
            raise BadFile("too_large", f"The message in line {self._begun} has more than {MOST_NODES:,} elements.")
        node = Node(name, attributes)
        if self.path:
            self.path[-1].children.append(node)
        else:
            self._begun = self.line()
        self.path.append(node)

    def data(self, text: str) -> None:
        if len(self._text) < LONGEST_TEXT:
            self._text.append(text[:LONGEST_TEXT])

    def end(self, tag: str) -> None:
        self._depth -= 1
        text = "".join(self._text)[:LONGEST_TEXT].strip()
        self._text = []
        if not self.path:
            self.kind = text if tag.rpartition("}")[2] == "MessageType" else self.kind
            return
        node = self.path.pop()
        node.text = text
        if not self.path:
            self.done.append((self._begun, node))

    def close(self) -> None:
        """Nothing is left to do."""


def read(file: IO[bytes], kind: str) -> Iterator[dict[str, Any]]:
    """The records of an XML document of that ``kind``, as ``kinds`` names their fields.

    Raises ``BadFile`` where the document ends to be one; what was yielded before stands.
    """
    target = _Messages(lambda: int(parser.parser.CurrentLineNumber))
    parser = DefusedXMLParser(target=target, forbid_dtd=True)  # type: ignore[no-untyped-call]
    number = 0
    try:
        while chunk := file.read(_CHUNK):
            parser.feed(chunk)
            for line, message in _taken(target, kind):
                number += 1
                yield {"record": number, "line": line, **_record(message, kind)}
        parser.close()
    except ParseError as bad:
        if bad.code == codes[XML_ERROR_NO_MEMORY]:
            raise MemoryError from None
        sentence = f"The document is not XML or breaks off: line {bad.position[0]}, character {bad.position[1] + 1}."
        raise BadFile("xml", sentence) from None
    except DefusedXmlException:
        raise BadFile("dtd", "Document types and entities are not accepted: take out <!DOCTYPE …>.") from None
    if not number:
        raise BadFile("empty", "There is no <Message> in the document.")


def _taken(target: _Messages, kind: str) -> list[tuple[int, Node]]:
    said = ELEMENTS.get(target.kind, kind)
    if target.kind and said != kind:
        sentence = f"The document is of type {target.kind[:40]}; it was sent as {kind.replace('_', ' ')}."
        raise BadFile("message_type", sentence)
    done, target.done = target.done, []
    return done


def _record(message: Node, kind: str) -> dict[str, Any]:
    named = {element: name for element, name in ELEMENTS.items() if name == kind}
    body = next((one for one in message.children if one.tag in named), None)
    about: dict[str, Any] = {"id": message.first("MessageID")}
    if body is None:
        expected = next(iter(named))
        return {**about, "faults": [["", "missing", f"The message has no <{expected}>."]], "values": {}}
    values, leaves = _VALUES[kind](body)
    own = any(one.first("MerchantOrderItemID") and not one.first("AmazonOrderItemCode") for one in body.children)
    about |= {"own_lines": True} if own else {}  # for what is to be said of them
    faults = _beside(message, body) or _unknown(body, leaves)
    return {**about, "values": {**_order(body), **values}, "faults": faults}


def _beside(message: Node, body: Node) -> list[list[str]]:
    """A fault for the first element beside the body: a second one must not be passed over in silence either."""
    tag = next((one.tag[:60] for one in message.children if one is not body and one.tag not in _OF_MESSAGE), "")
    if not tag:
        return []
    if tag == body.tag:
        return [[tag, "duplicate", f"The message has more than one <{tag}>: give each a <Message> of its own."]]
    return [[tag, "unknown_field", f"<{tag}> is not known in a <Message>."]]


def _order(body: Node) -> dict[str, str]:
    return _given(order=body.first("AmazonOrderID"), merchant_order=body.first("MerchantOrderID"))


def _given(**texts: str) -> dict[str, str]:
    return {name: text for name, text in texts.items() if text}


def _line(item: Node) -> str:
    return item.first("AmazonOrderItemCode", "MerchantOrderItemID")


_OF_MESSAGE = frozenset(("MessageID", "OperationType"))
_OF_ORDER = frozenset(("AmazonOrderID", "MerchantOrderID"))
_OF_ITEM = frozenset(("AmazonOrderItemCode", "MerchantOrderItemID", "Quantity"))
_Read = tuple[dict[str, Any], frozenset[str]]


def _shipping(body: Node) -> _Read:
    data = next(body.every("FulfillmentData"), Node("", {}))
    items = [_given(line=_line(item), quantity=item.first("Quantity")) for item in body.every("Item")]
    values = _given(
        reference=body.first("MerchantFulfillmentID"),
        ship_date=body.first("FulfillmentDate"),
        carrier=data.first("CarrierCode"),
        carrier_name=data.first("CarrierName"),
        service=data.first("ShippingMethod"),
        tracking=data.first("ShipperTrackingNumber"),
    )
    known = {"MerchantFulfillmentID", "FulfillmentDate", "FulfillmentData", "Item"}
    inside = {"CarrierCode", "CarrierName", "ShippingMethod", "ShipperTrackingNumber"}
    return {**values, **({"items": items} if items else {})}, frozenset(known | inside | _OF_ORDER | _OF_ITEM)


def _adjustment(body: Node) -> _Read:
    items = [
        {
            **_given(
                line=_line(item),
                reason=item.first("AdjustmentReason"),
                reference=item.first("MerchantAdjustmentItemID"),
                quantity=item.first("Quantity"),
                cancelled=item.first("QuantityCancelled"),
            ),
            "parts": [_part(one) for held in item.every("ItemPriceAdjustments") for one in held.every("Component")]
            + [_less(one) for held in item.every("PromotionAdjustments") for one in held.every("Component")],
        }
        for item in body.every("AdjustedItem")
    ]
    known = {"ActionType", "AdjustedItem", "MerchantAdjustmentItemID", "AdjustmentReason", "ItemPriceAdjustments"}
    inside = {"PromotionAdjustments", "Component", "Type", "Amount", "QuantityCancelled"}
    values: dict[str, Any] = {**_given(action=body.first("ActionType")), "items": items}
    return values, frozenset(known | inside | _OF_ORDER | _OF_ITEM)


def _part(component: Node) -> dict[str, Any]:
    amount = next(component.every("Amount"), Node("", {}))
    currency = amount.attributes.get("currency", "")
    return _given(component=component.first("Type"), amount=amount.text, currency=currency)


def _less(component: Node) -> dict[str, Any]:
    """What a promotion had taken off the price and is therefore not given back."""
    return {**_part(component), "promotion": "yes"}


def _acknowledgement(body: Node) -> _Read:
    items = [
        _given(line=_line(item), reason=item.first("CancelReason"), quantity=item.first("Quantity"))
        for item in body.every("Item")
    ]
    values: dict[str, Any] = {**_given(status=body.first("StatusCode")), **({"items": items} if items else {})}
    return values, frozenset({"StatusCode", "Item", "CancelReason"} | _OF_ORDER | _OF_ITEM)


_VALUES: Mapping[str, Callable[[Node], _Read]] = {
    "shipping_confirmation": _shipping,
    "order_adjustment": _adjustment,
    "order_acknowledgement": _acknowledgement,
}


def _unknown(body: Node, known: frozenset[str]) -> list[list[str]]:
    """A fault for the first element that nobody would read: a misspelt name must not be passed over in silence."""
    waiting = list(body.children)
    while waiting:
        node = waiting.pop()
        if node.tag in _IGNORED:
            continue
        if node.tag not in known:
            return [[node.tag[:60], "unknown_field", f"<{node.tag[:60]}> is not known in a <{body.tag}>."]]
        waiting += node.children
    return []

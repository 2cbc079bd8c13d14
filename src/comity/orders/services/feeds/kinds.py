"""What a record of each kind of feed says, and what it asks of the services.

A record comes as text out of the file; the tables here are its fields, as JSON Lines name them. What does not fit is a
fault with the name of the field. What fits becomes requests, each with a reference by which the service knows it again.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from comity.accounts.models import Seller
from comity.common import import_values as values
from comity.common.canonical import canonical
from comity.common.days import end_of_day
from comity.common.import_values import BadValue, Fault
from comity.common.imports import Field, Items, parse_values
from comity.orders.models import Adjustment, AdjustmentPart, Feed, Order
from comity.orders.services.acknowledging import CANCEL_REASONS, Acknowledgement, acknowledge
from comity.orders.services.adjusting import Change, Part, adjust
from comity.orders.services.confirming import Confirmation, confirm
from comity.orders.services.results import Result

SOURCE = "feed"


@dataclass(frozen=True, slots=True)
class Known:
    """What a batch refers to: the seller's orders, by number and by the shop's own id."""

    seller: Seller
    orders: Mapping[str, Order]
    now: datetime


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of feed: the fields of a record, what it asks for, and which service answers many of those at once."""

    fields: tuple[Field, ...]
    requests: Callable[[dict[str, Any], Known], list[Any]]
    ask: Callable[..., list[Result]]


def understand(raw: Mapping[str, Any], kind: Kind) -> dict[str, Any]:
    """The clean values of a record. Raises ``BadValue`` with all that is wrong with it."""
    clean = parse_values(raw, kind.fields)
    if "order" not in clean and "merchant_order" not in clean:
        raise BadValue("missing", "is required and is empty.", "order")
    return clean


def order_of(clean: Mapping[str, Any], known: Known) -> Order:
    """The order that a record is about. Raises ``BadValue``: another seller's looks like one that does not exist."""
    name = clean.get("order") or clean["merchant_order"]
    if (found := known.orders.get(name)) is None:
        raise BadValue("unknown_order", f"“{name[:40]}” is none of your orders here.", "order")
    return found


_ORDER = (
    Field("order", values.text(60), "Number of the order, 3-7-7 digits"),
    Field("merchant_order", values.text(100), "The shop's own id of the order, in place of its number"),
)
_LINE = Field("line", values.text(100), "Which item of the order", required=True)
_PIECES = values.integer(1, 1_000_000)
SHIPPING_FIELDS = (
    *_ORDER,
    Field("reference", values.text(60), "The shop's own id of the shipment; with it a later record corrects"),
    Field("ship_date", values.text(40), "When it left: 2026-02-28, or with a time and zone", required=True),
    Field("carrier", values.text(60), "Code of the carrier, or Other"),
    Field("carrier_name", values.text(50), "Its name, where the code is Other"),
    Field("service", values.text(60), "The carrier's service"),
    Field("tracking", values.text(60), "Tracking number"),
    Field(
        "items",
        Items((_LINE, Field("quantity", _PIECES, "Pieces"))),
        "What is in it, each with line and quantity; all that is left unless given",
    ),
)


def _shipping(clean: dict[str, Any], known: Known) -> list[Confirmation]:
    order = order_of(clean, known)
    ordered = {line.external_id: line.quantity for line in order.lines.all()}
    items = tuple((one["line"], one.get("quantity", ordered.get(one["line"], 1))) for one in clean.get("items", []))
    carrier = clean.get("carrier", "")
    named = carrier if carrier and carrier.casefold() != "other" else clean.get("carrier_name", carrier)
    tracking = clean.get("tracking", "")
    content = {"items": [list(one) for one in items], "carrier": named, "tracking": tracking}
    return [
        Confirmation(
            order=order.public_id,
            items=items,
            carrier=named,
            service=clean.get("service", ""),
            tracking=tracking,
            shipped_at=moment_of(clean["ship_date"], known.seller, known.now),
            reference=clean.get("reference") or _digest(content),
        )
    ]


def moment_of(text: str, seller: Seller, now: datetime) -> datetime:
    """When something left, of what stands in a file: without a zone, the seller's; a day of it, its end or now.

    A time that a change of clocks leaves out is moved on. Raises ``BadValue``.
    """
    zone = ZoneInfo(seller.time_zone)
    try:
        day = date.fromisoformat(text)
    except ValueError:
        pass
    else:
        return min(end_of_day(day, zone) - timedelta(seconds=1), max(now, _midday(day)))
    try:
        moment = datetime.fromisoformat(text)
        return values.instant(moment.replace(tzinfo=moment.tzinfo or zone).isoformat())
    except (ValueError, OverflowError):
        raise BadValue("bad_date", "is no date: write it as 2026-02-28 or 2026-02-28T17:30:00Z.", "ship_date") from None


def _midday(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


def _digest(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical(content).encode()).hexdigest()[:32]


ADJUSTMENT_FIELDS = (
    *_ORDER,
    Field("action", values.choice(("Refund", "Cancel")), "Refund unless given"),
    Field(
        "items",
        Items(
            (
                Field("line", values.text(100), "Which item of the order; the whole order unless given"),
                Field("reason", values.choice(Adjustment.Reason.values), "One of the 18 reasons", required=True),
                Field("reference", values.text(60), "The shop's own id of the adjustment: once for an order"),
                Field("quantity", _PIECES, "Pieces"),
                Field(
                    "parts",
                    Items(
                        (
                            Field("component", values.choice(AdjustmentPart.Component.values), "", required=True),
                            Field("amount", values.amount, "Such as 12.50", required=True),
                            Field("currency", values.currency, "The order's", required=True),
                            Field("promotion", values.text(3), "Set where it is part of a promotion"),
                        )
                    ),
                    "What for and how much: component, amount, currency",
                    required=True,
                ),
            )
        ),
        "What is given back, each with line, reason and parts",
        required=True,
    ),
)


def _adjustment(clean: dict[str, Any], known: Known) -> list[Change]:
    order = order_of(clean, known)
    by_reason: dict[tuple[str, str], list[Part]] = {}
    for position, item in enumerate(clean["items"]):
        parts = by_reason.setdefault((item["reason"], item.get("reference", "")), [])
        parts += _parts(item, order, f"items[{position}].parts")
    if not by_reason or not all(by_reason.values()):
        raise BadValue("missing", "names no amount.", "items")
    return [
        Change(
            order=order.public_id,
            reason=reason,
            parts=tuple(parts),
            reference=reference or _digest({"reason": reason, "parts": [_plain(part) for part in parts]}),
        )
        for (reason, reference), parts in by_reason.items()
    ]


def _parts(item: Mapping[str, Any], order: Order, field: str) -> list[Part]:
    """The amounts by component; what a promotion had taken off is not given back."""
    sums: dict[str, int] = {}
    for number, one in enumerate(item["parts"]):
        place = f"{field}[{number}]"
        if one["currency"] != order.currency:
            sentence = f"is {one['currency']}, but the order was paid in {order.currency}."
            raise BadValue("currency", sentence, f"{place}.currency")
        amount = values.minor(one["amount"], order.currency, field=f"{place}.amount")
        name = one["component"]
        sums[name] = sums.get(name, 0) + (-amount if "promotion" in one else amount)
        if sums[name] < 0:
            raise BadValue("negative", f"takes more off {name} than is given back.", f"{place}.amount")
    given = [(name, amount) for name, amount in sums.items() if amount]  # existing tools write out every component
    pieces = [item.get("quantity"), *[None] * len(given)]
    line = item.get("line", "")
    return [Part(line, name, amount, quantity) for (name, amount), quantity in zip(given, pieces, strict=False)]


def _plain(part: Part) -> list[Any]:
    return [part.line, part.component, part.amount_minor, part.quantity]


ACKNOWLEDGEMENT_FIELDS = (
    *_ORDER,
    Field("status", values.choice(("Success", "Failure")), "Success, or Failure: it is cancelled", required=True),
    Field("reason", values.choice(CANCEL_REASONS), "Why, where it is cancelled"),
    Field(
        "items",
        Items(
            (
                Field("line", values.text(100), "Which item of the order"),
                Field("reason", values.choice(CANCEL_REASONS), "Why it is cancelled"),
                Field("quantity", _PIECES, "Pieces"),
            )
        ),
        "The items, each with line and reason",
    ),
)


def _acknowledgement(clean: dict[str, Any], known: Known) -> list[Acknowledgement]:
    order = order_of(clean, known)
    if clean["status"] == "Success":
        return [Acknowledgement(order.public_id, "")]
    items = clean.get("items", [])
    named = {one["line"] for one in items if "line" in one}
    left = {line.external_id for line in order.lines.all()} - named
    if named and left:
        sentence = "leaves out items of the order: cancel single items by an adjustment with the reason of each."
        raise BadValue("partly", sentence, "items")
    reason = clean.get("reason") or next((one["reason"] for one in items if "reason" in one), "")
    if not reason:
        raise BadValue("missing", f"is required for Failure; one of {', '.join(CANCEL_REASONS)}.", "reason")
    return [Acknowledgement(order.public_id, reason)]


KINDS: Mapping[str, Kind] = {
    Feed.Kind.SHIPPING_CONFIRMATION: Kind(SHIPPING_FIELDS, _shipping, confirm),
    Feed.Kind.ORDER_ADJUSTMENT: Kind(ADJUSTMENT_FIELDS, _adjustment, adjust),
    Feed.Kind.ORDER_ACKNOWLEDGEMENT: Kind(ACKNOWLEDGEMENT_FIELDS, _acknowledgement, acknowledge),
}


def faults_of(bad: BadValue) -> tuple[Fault, ...]:
    """What is wrong with a record, for its sender."""
    return tuple(bad.faults)

"""What a record of each kind of feed says, and what it asks of the services.

A record comes as text out of the file; the tables here are its fields, as JSON Lines name them. What does not fit is a
fault with the name of the field. What fits becomes requests, each with a reference by which the service knows it again.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from comity.accounts.models import Seller
from comity.common import import_values as values
from comity.common.canonical import canonical
from comity.common.days import end_of_day
from comity.common.import_values import BadValue, Fault
from comity.common.imports import Field, Items, parse_values
from comity.integrations.carriers import TYPED_NUMBER, tidy
from comity.orders.models import Adjustment, AdjustmentPart, Feed
from comity.orders.services.acknowledging import CANCEL_REASONS, Acknowledgement, acknowledge
from comity.orders.services.adjusting import Change, Part, adjust
from comity.orders.services.confirming import Confirmation, confirm
from comity.orders.services.remaining import NOT_SENT
from comity.orders.services.results import Result

SOURCE = "feed"
_PRINCIPAL = AdjustmentPart.Component.PRINCIPAL


@dataclass(frozen=True, slots=True)
class KnownOrder:
    """What records need to know of an order; ``pieces``: how many were ordered, by the external id of the line."""

    public_id: str
    currency: str
    pieces: dict[str, int]


@dataclass(frozen=True, slots=True)
class Known:
    """What a batch refers to: the seller's orders, by number and by the shop's own id; None: several have that id."""

    seller: Seller
    orders: Mapping[str, KnownOrder | None]
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


def order_of(clean: Mapping[str, Any], known: Known) -> KnownOrder:
    """The order that a record is about. Raises ``BadValue``: another seller's looks like one that does not exist."""
    name = clean.get("order") or clean["merchant_order"]
    if name not in known.orders:
        raise BadValue("unknown_order", f"“{name[:40]}” is none of your orders here.", "order")
    if (found := known.orders[name]) is None:
        sentence = f"“{name[:40]}” is your own id of more than one order here: name the order by its number."
        raise BadValue("ambiguous_order", sentence, "order")
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
    Field("carrier", values.text(60), "Code or name of the carrier, or Other; needed, or carrier_name is"),
    Field("carrier_name", values.text(50), "Its name, where the code is Other"),
    Field("service", values.text(60), "The carrier's service"),
    Field("tracking", values.text(TYPED_NUMBER), "Tracking number"),
    Field(
        "items",
        Items((_LINE, Field("quantity", _PIECES, "Pieces"))),
        "What is in it, each with line and quantity; all that is left unless given",
    ),
)


def _shipping(clean: dict[str, Any], known: Known) -> list[Confirmation]:
    order = order_of(clean, known)
    if clean.get("items") == []:
        sentence = "is an empty list: name what is in the parcel, or leave items away for all that is left to send."
        raise BadValue("empty", sentence, "items")
    items = tuple(
        (one["line"], one.get("quantity", order.pieces.get(one["line"], 1))) for one in clean.get("items", [])
    )
    carrier = clean.get("carrier", "")
    named = carrier if carrier and carrier.casefold() != "other" else clean.get("carrier_name", carrier)
    tracking = tidy(clean.get("tracking", ""), named)
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
            by_day=_day_of(clean["ship_date"]) is not None,
            named="reference" in clean or bool(tracking),
        )
    ]


def _day_of(text: str) -> date | None:
    """The day that ``text`` is, without a time."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def moment_of(text: str, seller: Seller, now: datetime) -> datetime:
    """When something left, of what stands in a file: without a zone, the seller's; a day of it, its end; today, now.

    A time that a change of clocks leaves out is moved on. Raises ``BadValue``.
    """
    zone = ZoneInfo(seller.time_zone)
    try:
        told = datetime.fromisoformat(text)
        moment = values.instant(told.replace(tzinfo=told.tzinfo or zone).isoformat())
    except BadValue as bad:  # a year far from ours, whose days there may not be in every zone
        raise BadValue.of([fault._replace(field="ship_date") for fault in bad.faults]) from None
    except (ValueError, OverflowError):
        raise BadValue("bad_date", "is no date: write it as 2026-02-28 or 2026-02-28T17:30:00Z.", "ship_date") from None
    if day := _day_of(text):
        end = end_of_day(day, zone) - timedelta(seconds=1)
        return min(end, now) if day <= now.astimezone(zone).date() else end
    return moment


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
                Field("cancelled", _PIECES, "Pieces that are not sent any more"),
                Field(
                    "parts",
                    Items(
                        (
                            Field("component", values.choice(AdjustmentPart.Component.values), "", required=True),
                            Field("amount", values.amount, "Such as 12.50", required=True),
                            Field("currency", values.currency, "The order's"),
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


@dataclass(frozen=True, slots=True)
class _Placed(Change):
    """A change that knows where in its record each of its parts stands."""

    places: tuple[str, ...] = ()

    def faults(self, found: Sequence[Fault]) -> tuple[Fault, ...]:
        """What a service says of the change, with the fields of the record."""
        return tuple(fault._replace(field=self._field(fault.field)) for fault in found)

    def _field(self, said: str) -> str:
        part, _, leaf = said.partition("].")
        place = self.places[int(part.removeprefix("parts[")) if leaf else 0]
        item = place.partition(".")[0]
        if leaf in ("component", "amount"):
            return f"{place}.{leaf}"
        return said if said in ("order", "") else f"{item}.{leaf or said}"


def _adjustment(clean: dict[str, Any], known: Known) -> list[_Placed]:
    order = order_of(clean, known)
    by_reason: dict[tuple[str, str], list[tuple[Part, str]]] = {}
    for position, item in enumerate(clean["items"]):
        place = f"items[{position}]"
        if "cancelled" in item or clean.get("action") == "Cancel":
            _require_cancelling(item, place)
        parts = by_reason.setdefault((item["reason"], item.get("reference", "")), [])
        parts += _parts(item, order, f"{place}.parts")
    if not by_reason or not all(by_reason.values()):
        raise BadValue("missing", "Enter at least one amount that is more than 0.", "items")
    return [_placed(order, *named, placed) for named, placed in by_reason.items()]


def _placed(order: KnownOrder, reason: str, reference: str, placed: Sequence[tuple[Part, str]]) -> _Placed:
    parts = [part for part, _ in placed]
    return _Placed(
        order=order.public_id,
        reason=reason,
        parts=tuple(parts),
        reference=reference or _reference(reason, parts),
        places=tuple(where for _, where in placed),
    )


def _require_cancelling(item: Mapping[str, Any], field: str) -> None:
    """Pieces are cancelled by a reason that says so and by their price; else they would still be sent."""
    if item["reason"] not in NOT_SENT:
        sentence = f"is no reason to cancel pieces; use one of {', '.join(sorted(NOT_SENT))}."
        raise BadValue("not_cancelled", sentence, f"{field}.reason")
    if "cancelled" in item and not any(part["component"] == _PRINCIPAL for part in item["parts"]):
        raise BadValue("missing", "cancels pieces, so it names their price as Principal.", f"{field}.parts")


def _parts(item: Mapping[str, Any], order: KnownOrder, field: str) -> list[tuple[Part, str]]:
    """The amounts by component, and where each stands; what a promotion had taken off is not given back."""
    sums: dict[str, int] = {}
    places: dict[str, str] = {}
    for number, one in enumerate(item["parts"]):
        place = f"{field}[{number}]"
        if one.get("currency", order.currency) != order.currency:
            sentence = f"is {one['currency']}, but the order was paid in {order.currency}."
            raise BadValue("currency", sentence, f"{place}.currency")
        amount = values.minor(one["amount"], order.currency, field=f"{place}.amount")
        name = one["component"]
        places.setdefault(name, place)
        sums[name] = sums.get(name, 0) + (-amount if "promotion" in one else amount)
        if sums[name] < 0:
            raise BadValue("negative", f"takes more off {name} than is given back.", f"{place}.amount")
    given = [(name, amount) for name, amount in sums.items() if amount]  # existing tools write out every component
    given.sort(key=lambda one: one[0] != _PRINCIPAL)
    pieces = [item.get("cancelled", item.get("quantity")), *[None] * len(given)]  # of the price, where that is in it
    line = item.get("line", "")
    return [
        (Part(line, name, amount, quantity), places[name])
        for (name, amount), quantity in zip(given, pieces, strict=False)
    ]


def _plain(part: Part) -> list[Any]:
    return [part.line, part.component, part.amount_minor, part.quantity]


def _reference(reason: str, parts: Sequence[Part]) -> str:
    """What names an adjustment that its shop has not named: its content."""
    return _digest({"reason": reason, "parts": [_plain(part) for part in parts]})


def _adjust(seller: Seller, changes: Sequence[_Placed], *, source: str, actor: str, now: datetime) -> list[Result]:
    """``adjust``; who names no reference is warned where the same was given back before: it may be meant once more."""
    results = adjust(seller, changes, source=source, actor=actor, now=now)
    return [_answer(change, result) for change, result in zip(changes, results, strict=True)]


def _answer(change: _Placed, result: Result) -> Result:
    again = result.repeated and change.reference == _reference(change.reason, change.parts)
    warnings = (*result.warnings, _SAME_AGAIN) if again else result.warnings
    if not result.faults and not warnings:
        return result
    return replace(result, faults=change.faults(result.faults), warnings=change.faults(warnings))


_SAME_AGAIN = Fault(
    "reference", "same_again", "is empty, and the same was given back before: name your own id to do it once more."
)
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
    _require_lines(items, order.pieces)
    named = {one["line"] for one in items if "line" in one}
    left = order.pieces.keys() - named
    if named and left:
        sentence = "leaves out items of the order: cancel single items by an adjustment with the reason of each."
        raise BadValue("partly", sentence, "items")
    _require_whole(items, order.pieces)
    return [Acknowledgement(order.public_id, _reason(clean.get("reason", ""), items))]


def _reason(reason: str, items: Sequence[Mapping[str, Any]]) -> str:
    """Why an order is given up, of itself or of its items. Raises ``BadValue`` for none and for several."""
    for position, one in enumerate(items):
        reason = reason or one.get("reason", "")
        if one.get("reason", reason) != reason:
            sentence = (
                f"is {one['reason']}, beside {reason}: an order is given up for one reason, name the same for all."
            )
            raise BadValue("several_reasons", sentence, f"items[{position}].reason")
    if not reason:
        raise BadValue("missing", f"is required for Failure; one of {', '.join(CANCEL_REASONS)}.", "reason")
    return reason


def _require_lines(items: Sequence[Mapping[str, Any]], pieces: Mapping[str, int]) -> None:
    for position, one in enumerate(items):
        if one.get("line", "") not in ("", *pieces):
            sentence = f"“{one['line'][:40]}” is no line of this order: name only what was ordered."
            raise BadValue("unknown_line", sentence, f"items[{position}].line")


def _require_whole(items: Sequence[Mapping[str, Any]], pieces: Mapping[str, int]) -> None:
    """Items that name pieces name all of them: of their lines, and without a line of the order."""
    named: dict[str, int] = {}
    for one in items:
        line = one.get("line", "")
        ordered = pieces.get(line, 0) if line else sum(pieces.values())
        named[line] = named.get(line, 0) + one.get("quantity", ordered)
    for position, one in enumerate(items):
        line = one.get("line", "")
        ordered = pieces.get(line, 0) if line else sum(pieces.values())
        if named[line] < ordered:
            sentence = f"is less than the {ordered} ordered: cancel single pieces by an adjustment with their reason."
            raise BadValue("partly", sentence, f"items[{position}].quantity")


KINDS: Mapping[str, Kind] = {
    Feed.Kind.SHIPPING_CONFIRMATION: Kind(SHIPPING_FIELDS, _shipping, confirm),
    Feed.Kind.ORDER_ADJUSTMENT: Kind(ADJUSTMENT_FIELDS, _adjustment, _adjust),
    Feed.Kind.ORDER_ACKNOWLEDGEMENT: Kind(ACKNOWLEDGEMENT_FIELDS, _acknowledgement, acknowledge),
}


def faults_of(bad: BadValue) -> tuple[Fault, ...]:
    """What is wrong with a record, for its sender."""
    return tuple(bad.faults)

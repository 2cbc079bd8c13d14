"""What is on record about an order, in the words of whoever reads it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.utils.timezone import localtime

from comity.common.locales import money
from comity.orders.models import Adjustment, DelayNotice, Order, Shipment
from comity.orders.selectors.life import Recorded, adjustments_of, names_of, record_of
from comity.orders.services.statuses import TO_SHIP
from comity.web.templatetags.times import moment_words

Reader = Literal["seller", "buyer"]
Step = dict[str, Any]

# What happened, for the seller and for the buyer; empty: not theirs to read. After a colon stands the choice, the side
# that acted, or “breach”.
_WORDS: Mapping[str, tuple[str, str]] = {
    "order.ship_due_soon": ("Reminder: to be shipped soon", ""),
    "order.late": ("Not shipped as promised; the buyer knew", "Not shipped on the day promised first"),
    "order.late:breach": ("Not shipped as promised, and the buyer was not told", "Not shipped as promised"),
    "order.delayed": ("You told the buyer of a delay", "The seller ships later"),
    "order.delay_answered:keep": ("The buyer keeps the order", "You kept the order"),
    "order.delay_answered:cancel": ("The buyer did not want to wait", "You did not want to wait"),
    "order.cancel_requested": ("The buyer asked to cancel", "You asked to cancel"),
    "order.cancel_declined": ("You declined to cancel", "The seller declined to cancel"),
    "order.cancelled:buyer": ("Cancelled for the buyer", "Cancelled for you"),
    "order.cancelled:seller": ("You cancelled the order", "The seller cancelled the order"),
    "order.cancelled:marketplace": ("Cancelled by the marketplace", "Cancelled by the marketplace"),
    "order.unfulfillable:buyer": ("The rest was cancelled for the buyer", "The rest was cancelled for you"),
    "order.unfulfillable:seller": ("You could not send it", "The seller could not send it"),
    "order.unfulfillable:marketplace": ("Given up by the marketplace", "Given up by the marketplace"),
    "order.address_changed": ("The address was changed", "The address was changed"),
    "order.delivered": ("Delivered", "Delivered"),
    "shipment.confirmed": ("Shipped", "Shipped"),
    "shipment.corrected": ("Tracking was corrected", "Tracking was corrected"),
    "shipment.delivered": ("A parcel arrived", "A parcel arrived"),
    "shipment.refused": ("A parcel was refused", "A parcel was refused"),
    "shipment.undeliverable": ("A parcel could not be delivered", "A parcel could not be delivered"),
    "shipment.returned": ("A parcel came back", "A parcel went back to the seller"),
    "adjustment.made": ("Given back", "Given back to you"),
    "return.requested": ("The buyer asked to return something", "You asked to return something"),
    "return.authorised": ("Return accepted", "Return accepted"),
    "return.declined": ("Return declined", "Return declined"),
    "return.in_transit": ("Return on its way", "Return on its way"),
    "return.received": ("Return received", "Return received"),
    "return.graded": ("Return looked at", "The seller has looked at it"),
    "return.refunded": ("Return paid back", "Return paid back"),
    "return.closed": ("Return closed", "Return closed"),
    "return.answer_missed": ("The return was not answered in time", "The seller did not answer in time"),
    "duty.missed": ("A message that you owed was not sent in time", ""),
}
# Whose words both sides read; those of an adjustment are the seller's own note, others are on pages of their own.
_SAID = frozenset(
    {"order.delayed", "order.cancel_requested", "order.cancel_declined", "return.requested", "return.declined"}
)
_BAD = frozenset({"order.late", "order.cancelled", "order.unfulfillable", "shipment.refused", "shipment.undeliverable"})
_REASONS: Mapping[str, str] = {
    "NotShippedInTime": "It was not shipped in time.",
    "NoInventory": "There is none left.",
    "CouldNotShip": "It could not be shipped.",
    "ShippingAddressUndeliverable": "Nothing can be delivered to the address.",
    "CannotVerifyInformation": "The details of the order could not be verified.",
    "PricingError": "The price was wrong.",
    "WeatherDelay": "The weather kept it from leaving.",
}


@dataclass(frozen=True, slots=True)
class _Known:
    """What entries speak of, by public id."""

    order: Order
    reader: Reader
    now: datetime
    shipments: Mapping[str, Shipment]
    notices: Mapping[str, DelayNotice]
    adjustments: Mapping[str, Adjustment]
    names: Mapping[str, str]


def story(
    order: Order, shipments: Iterable[Shipment], notices: Iterable[DelayNotice], *, reader: Reader, now: datetime
) -> list[Step]:
    """The steps of ``parts/timeline.html``: what is on the order's record, then promises. Three queries at most.

    Parcels that an older version or a historic import stored without an entry stand where they left.
    """
    record = record_of(order)
    known = _Known(
        order,
        reader,
        now,
        {one.public_id: one for one in shipments},
        {one.public_id: one for one in notices},
        adjustments_of(order),
        names_of(one.actor for one in record) if reader == "seller" else {},
    )
    dated = [(datetime.fromisoformat(one.facts["at"]), step) for one in record if (step := _step(one, known))]
    told = {one.facts.get("shipment") for one in record if one.what == "shipment.confirmed"}
    untold = [one for key, one in known.shipments.items() if key not in told]
    dated += [(one.shipped_at, {"what": "Shipped", **_of_shipment(one)}) for one in untold]
    dated.append((order.placed_at, {"what": "Placed" if reader == "seller" else "Ordered"}))
    dated += _unrecorded(order, {one.what for one in record})
    happened = [{**step, "at": at} for at, step in sorted(dated, key=lambda one: one[0])]
    return [*happened, *_to_come(order, reader, now)]


def _to_come(order: Order, reader: Reader, now: datetime) -> Iterable[Step]:
    """What was promised and has not come about; the buyer was promised days."""
    promises = []
    if order.ship_by and order.status in TO_SHIP:
        late = order.ship_by < now and reader == "seller"
        promises.append(("To be shipped by", order.ship_by, "bad" if late else "todo"))
    if order.deliver_by and order.status in TO_SHIP | {Order.Status.SHIPPED}:
        promises.append(("Promised to arrive by", order.deliver_by, "todo"))
    for what, at, state in promises:
        yield {"what": what, "at": localtime(at).date() if reader == "buyer" else at, "state": state}


def _unrecorded(order: Order, recorded: set[str]) -> Iterable[tuple[datetime, Step]]:
    """The end of an order that came in with a file which told nobody."""
    if order.delivered_at and not recorded & {"order.delivered", "shipment.delivered"}:
        yield order.delivered_at, {"what": "Delivered"}
    if order.cancelled_at and not recorded & {"order.cancelled", "order.unfulfillable"}:
        yield order.cancelled_at, {"what": "Cancelled", "state": "bad"}


def _step(one: Recorded, known: _Known) -> Step | None:
    seller, buyer = _words(one)
    what = seller if known.reader == "seller" else buyer
    if not what:
        return None
    shipment = known.shipments.get(str(one.facts.get("shipment")))
    step: Step = {"what": what, "state": "bad" if one.what in _BAD else "done"}
    step |= _of_shipment(shipment) if shipment else {}
    details = [step.get("detail", ""), *_details(one, known), _who(one, known)]
    return {**step, "detail": " · ".join(filter(None, details))}


def _words(one: Recorded) -> tuple[str, str]:
    """Both sides' words for an entry; none for one that says nothing beyond what stands on the page anyway."""
    facts = one.facts
    variant = facts.get("choice") or facts.get("by") or ("breach" if facts.get("breach") else "")
    return _WORDS.get(f"{one.what}:{variant}") or _WORDS.get(one.what) or ("", "")


def _details(one: Recorded, known: _Known) -> Iterable[str]:
    notice = known.notices.get(str(one.facts.get("notice")))
    adjustment = known.adjustments.get(str(one.facts.get("adjustment")))
    if adjustment:
        yield money(adjustment.amount_minor, known.order.currency)
    if notice and one.what == "order.delayed":
        yield f"by {moment_words(localtime(notice.ship_by).date(), known.now)}"
    own_note = one.what == "adjustment.made" and known.reader == "seller"
    yield one.text if one.what in _SAID or own_note else ""
    yield _REASONS.get(str(one.facts.get("reason")), "")


def _who(one: Recorded, known: _Known) -> str:
    name = known.names.get(one.actor, "")
    return f"by {name}" if name and name != known.order.buyer.name else ""


def _of_shipment(shipment: Shipment) -> Step:
    carrier = f"{shipment.carrier}, {shipment.service}" if shipment.service else shipment.carrier
    return {"code": shipment.tracking_number, "detail": carrier}

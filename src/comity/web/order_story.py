"""What is on record about an order, in the words of whoever reads it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.utils.timezone import localtime

from comity.common.locales import money
from comity.messaging.selectors.order_words import adjusted_items, reason_in
from comity.orders.models import ERASED, Adjustment, DelayNotice, Order, Shipment
from comity.orders.selectors.life import Recorded, adjustments_of, names_of, record_of
from comity.orders.selectors.parcels import told_before
from comity.orders.services.statuses import LEFT, TO_SHIP
from comity.web.templatetags.times import moment_words, span_words

Reader = Literal["seller", "buyer"]
Step = dict[str, Any]

# What happened, for the seller and for the buyer; empty: not theirs to read. After a colon stands the choice, the side
# that acted (“you”: the buyer who reads it), “breach”, or “part”.
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
    "order.cancelled:you": ("", "You cancelled it"),
    "order.cancelled:seller": ("You cancelled the order", "The seller cancelled the order"),
    "order.cancelled:marketplace": ("Cancelled by the marketplace", "Cancelled by the marketplace"),
    "order.unfulfillable:buyer": ("The rest was cancelled for the buyer", "The rest was cancelled for you"),
    "order.unfulfillable:you": ("", "You cancelled the rest"),
    "order.unfulfillable:seller": ("You cancelled the rest", "The seller could not send the rest"),
    "order.unfulfillable:marketplace": (
        "The rest was cancelled by the marketplace",
        "The rest was cancelled by the marketplace",
    ),
    "order.address_changed": ("The buyer changed the address", "You changed the address"),
    "order.delivered": ("Delivered", "Delivered"),
    "order.paid": ("Paid", "Paid"),
    "order.shipped": ("Shipped", "Shipped"),
    "order.shipped:part": ("Shipped in part", "Shipped in part"),
    "order.replaced": ("A replacement was agreed", "A replacement was agreed"),
    "shipment.confirmed": ("Shipped", "Shipped"),
    "shipment.corrected": ("Tracking was corrected", "Tracking was corrected"),
    "shipment.delivered": ("A parcel arrived", "A parcel arrived"),
    "shipment.refused": ("A parcel was refused", "A parcel was refused"),
    "shipment.undeliverable": ("A parcel could not be delivered", "A parcel could not be delivered"),
    "shipment.returned": ("A parcel came back", "A parcel went back to the seller"),
    "adjustment.made": ("Given back", "Given back to you"),
    "adjustment.made:released": ("Not charged", "You do not have to pay"),
    "refund.owed": (
        "A refund was refused by the payment provider; the marketplace pays the buyer otherwise",
        "A refund could not be paid the usual way; the marketplace pays it to you otherwise",
    ),
    "return.requested": ("The buyer asked to return something", "You asked to return something"),
    "return.authorised": ("Return accepted", "Return accepted"),
    "return.declined": ("Return declined", "Return declined"),
    "return.in_transit": ("Return on its way", "Return on its way"),
    "return.received": ("Return received", "Return received"),
    "return.graded": ("Return looked at", "The seller has looked at it"),
    "return.refunded": ("Return paid back", "Return paid back"),
    "return.closed": ("Return closed", "Return closed"),
    "return.answer_missed": ("The return was not answered in time", "The seller did not answer in time"),
    "return.look_missed": ("The return was not looked at in time", "The seller did not look at it in time"),
    "duty.missed": ("A message that you owed was not sent in time", ""),
}
# Whose words both sides read; those of an adjustment are the seller's own note, others are on pages of their own.
_SAID = frozenset(
    {
        *("order.delayed", "order.cancel_requested", "order.cancel_declined", "order.cancelled"),
        *("return.requested", "return.declined"),
    }
)
OVERDUE, TO_LEAVE = "Was to be shipped by", "To be shipped by"
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
    notices: Mapping[str, DelayNotice]
    adjustments: Mapping[str, Adjustment]
    names: Mapping[str, str]


def story(
    order: Order, shipments: Iterable[Shipment], notices: Iterable[DelayNotice], *, reader: Reader, now: datetime
) -> list[Step]:
    """The steps of ``parts/timeline.html``: what is on the order's record, then promises. Three queries at most.

    Parcels that an older version or a historic import stored without an entry stand where they left.
    """
    record = _each_once(record_of(order))
    known = _Known(
        order,
        reader,
        now,
        {one.public_id: one for one in notices},
        adjustments_of(order),
        names_of(one.actor for one in record) if reader == "seller" else {},
    )
    parcels = {one.public_id: one for one in shipments}
    then, first = _parcels_then(record, parcels)
    steps = [(one.facts["at"], _step(one, parcel, known)) for one, parcel in zip(record, then, strict=True)]
    dated = [(datetime.fromisoformat(at), step) for at, step in steps if step]
    told = {one.facts.get("shipment") for one in record if one.what == "shipment.confirmed"}
    untold = [one for key, one in parcels.items() if key not in told]
    dated += [(one.shipped_at, {"what": "Shipped", **first[one.public_id]}) for one in untold]
    dated.append((order.placed_at, {"what": "Placed" if reader == "seller" else "Ordered"}))
    dated += _unrecorded(order, {one.what for one in record})
    happened = [{**step, "at": at} for at, step in sorted(dated, key=lambda one: one[0])]
    return [*happened, *promises(order, reader=reader, now=now)]


def _each_once(record: list[Recorded]) -> list[Recorded]:
    """Without the money of a return, which is named with the return."""
    returned = {one.facts.get("adjustment") for one in record if one.what == "return.refunded"}
    return [one for one in record if one.what != "adjustment.made" or one.facts.get("adjustment") not in returned]


def sums_of(order: Order) -> list[tuple[str, int]]:
    """What the buyer is charged, in words and minor units: what the order costs, what was taken and what will be.

    ``payable`` is loaded. An order of an older version that has none was paid before it left.
    """
    if (payable := order.payable) is None:
        return [("Paid" if order.status in LEFT else "Total", order.total_minor)]
    taken, to_come, total = payable.captured_minor, payable.open_minor, order.total_minor
    if taken >= total:
        return [("Paid", total)]
    sums = [("Total", total)]
    if taken:
        sums += [("Paid so far" if to_come else "Paid", taken)]
    return sums + ([("To be charged", to_come)] if 0 < to_come < total else [])


def promises(order: Order, *, reader: Reader, now: datetime) -> Iterable[Step]:
    """Steps of what was promised and has not come about; the buyer was promised days."""
    found = []
    if order.ship_by and order.status in TO_SHIP:
        late = f"{span_words(now - order.ship_by)} late" if order.ship_by < now and reader == "seller" else ""
        found.append((OVERDUE if order.ship_by < now else TO_LEAVE, order.ship_by, late))
    if order.deliver_by and order.status in TO_SHIP | {Order.Status.SHIPPED}:
        days = (localtime(now).date() - localtime(order.deliver_by).date()).days
        late = f"{days} day{'s' if days > 1 else ''} late" if days > 0 else ""
        found.append(("Promised to arrive by", order.deliver_by, late))
    for what, at, late in found:
        day = localtime(at).date() if reader == "buyer" else at
        yield {"what": what, "at": day, "state": "bad" if late or what == OVERDUE else "todo", "detail": late}


def _unrecorded(order: Order, recorded: set[str]) -> Iterable[tuple[datetime, Step]]:
    """The end of an order that came in with a file which told nobody."""
    if order.delivered_at and not recorded & {"order.delivered", "shipment.delivered"}:
        yield order.delivered_at, {"what": "Delivered"}
    if order.cancelled_at and not recorded & {"order.cancelled", "order.unfulfillable"}:
        yield order.cancelled_at, {"what": "Cancelled", "state": "bad"}


def _parcels_then(record: Sequence[Recorded], parcels: Mapping[str, Shipment]) -> tuple[list[Step], dict[str, Step]]:
    """Of each entry what its parcel was called then, and what each parcel was called first.

    Known backwards: as it is now, before each correction as that entry says.
    """
    called = {key: _parcel(one.carrier, one.service, one.tracking_number) for key, one in parcels.items()}
    then = []
    for one in reversed(record):
        key = str(one.facts.get("shipment"))
        then.append(called.get(key, {}))
        if one.what == "shipment.corrected":
            called[key] = _parcel(*told_before(one.text))
    return then[::-1], called


def _step(one: Recorded, parcel: Step, known: _Known) -> Step | None:
    reads_own = known.reader == "buyer" and bool(one.actor) and one.actor == _person_of(known.order)
    seller, buyer = _words(one, by="you" if reads_own and one.facts.get("by") == "buyer" else _money_of(one, known))
    what = seller if known.reader == "seller" else buyer
    if not what:
        return None
    step: Step = {"what": what, "state": "bad" if one.what in _BAD else "done", **parcel}
    details = [step.get("detail", ""), *_details(one, known), _who(one, known)]
    return {**step, "detail": " · ".join(filter(None, details))}


def _money_of(one: Recorded, known: _Known) -> str:
    """“released” for an adjustment of which nothing had been taken, so that nothing came back."""
    made = known.adjustments.get(str(one.facts.get("adjustment"))) if one.what == "adjustment.made" else None
    return "released" if made and made.released_minor and not made.refunded_minor else ""


def _person_of(order: Order) -> str:
    return order.buyer.user.public_id if order.buyer.user else ""


def _words(one: Recorded, *, by: str = "") -> tuple[str, str]:
    """Both sides' words for an entry; none for one that says nothing beyond what stands on the page anyway.

    An order of which nothing had left is cancelled as a whole, whatever the status says of the reason.
    """
    facts, what = one.facts, one.what
    if what == "order.unfulfillable" and facts.get("from") != Order.Status.PARTIALLY_SHIPPED:
        what = "order.cancelled"
    flag = next((one for one in ("breach", "part") if facts.get(one)), "")
    variant = by or facts.get("choice") or facts.get("by") or flag
    return _WORDS.get(f"{what}:{variant}") or _WORDS.get(what) or ("", "")


def _details(one: Recorded, known: _Known) -> Iterable[str]:
    notice = known.notices.get(str(one.facts.get("notice")))
    adjustment = known.adjustments.get(str(one.facts.get("adjustment")))
    if adjustment:
        yield money(adjustment.amount_minor, known.order.currency)
    if adjustment and adjustment.refunded_minor and adjustment.released_minor:
        yield f"of it {money(adjustment.released_minor, known.order.currency)} was never charged"
    if one.what == "refund.owed":
        yield money(int(one.facts["amount_minor"]), known.order.currency)
    if notice and one.what == "order.delayed":
        yield f"by {moment_words(localtime(notice.ship_by).date(), known.now)}"
    own_note = one.what == "adjustment.made" and known.reader == "seller"
    yield (ERASED if one.erased else one.text) if one.what in _SAID or own_note else ""
    if adjustment:
        yield ", ".join(adjusted_items(adjustment))
    reason = str(one.facts.get("reason"))
    yield _REASONS.get(reason) or (reason_in(reason, "en") if adjustment else "")


def _who(one: Recorded, known: _Known) -> str:
    name = known.names.get(one.actor, "")
    return f"by {name}" if name and name != known.order.buyer.name else ""


def _parcel(carrier: str, service: str, tracking: str) -> Step:
    return {"code": tracking, "detail": f"{carrier}, {service}" if service else carrier}

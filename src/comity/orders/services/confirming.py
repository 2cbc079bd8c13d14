"""A seller confirms what has left: who carries it, under which number, since when (S58, S59, S72).

One parcel or a feed's five hundred cost the same number of statements. Refused is only what cannot be; a number that
is odd for its carrier is a warning. Two parcels of an order in one call follow each other as in two.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from comity.accounts.models import Seller, Staff
from comity.accounts.selectors.roles import require_writer
from comity.common import locales
from comity.common.ids import new_id
from comity.common.import_values import Fault
from comity.common.prepared import add_all, insert_all, update_all
from comity.common.transactions import unanswered, write
from comity.integrations.carriers import OTHER, carrier_name, is_name, is_number, is_odd, tidy
from comity.orders.models import Order, OrderLine, Shipment, ShipmentLine
from comity.orders.services.following import SCANNED, unheard
from comity.orders.services.happenings import Happening, happen
from comity.orders.services.naming import lock_named, unknown_order
from comity.orders.services.parcels import TOLD, Departure, Parcels, depart, parcels_of, told_of
from comity.orders.services.results import Result
from comity.orders.services.statuses import OVER, STATUS_WORDS

_REFERENCE = 100  # characters, as the column has them
_SAME_AGAIN = Fault(
    "reference",
    "same_again",
    "The same was confirmed before: give your own id of the shipment or a tracking number to confirm one more.",
)


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A parcel that left. ``order``: its number or public id; ``reference``: the sender's own id of the parcel.

    ``items``: (external id of the line, pieces); empty: everything that is left to send, or, for a parcel that was
    confirmed before, what is in it. ``by_day``: of ``shipped_at`` only the day was told, as the seller's calendar has
    it, so that the same day again is the same. Not ``named``: its sender gave no id and no tracking number, so that
    the same again, while something is left to send, may be another parcel. ``seen``: where somebody decided by how many
    pieces were left to send, as many must be left still.
    """

    order: str
    items: tuple[tuple[str, int], ...]
    carrier: str
    service: str
    tracking: str
    shipped_at: datetime
    reference: str
    by_day: bool = False
    named: bool = True
    seen: int | None = None


def confirm(
    seller: Seller, confirmations: Sequence[Confirmation], *, source: str, actor: str, now: datetime
) -> list[Result]:
    """Confirm these parcels of the seller's orders, each or not at all; a result for each, in their order.

    ``source`` and the reference name a parcel of an order: the same again is ``repeated``; with other content it
    corrects carrier, number and date, and moves no money. The charge is taken as ``parcels`` says.
    """
    with write():
        orders = lock_named(seller, [one.order for one in confirmations], now=now)
        known = parcels_of(list({order.pk: order for order in orders.values()}.values()))
        batch = _Batch(source, actor, now, ZoneInfo(seller.time_zone))
        results = [
            batch.take(_clean(one), known[orders[one.order].pk] if one.order in orders else None)
            for one in confirmations
        ]
        batch.carry_out()
    return results


def confirm_by_staff(
    staff: Staff, confirmations: Sequence[Confirmation], *, now: datetime, source: str = "comity"
) -> list[Result]:
    """``confirm`` by a person of the shop. Raises ``Refused`` (``role``) for one who only reads."""
    require_writer(staff)
    return confirm(staff.seller, confirmations, source=source, actor=staff.user.public_id, now=now)


def _clean(one: Confirmation) -> Confirmation:
    """The same, written in the one way: carriers as the table has them, numbers without blanks."""
    return replace(
        one,
        carrier=carrier_name(one.carrier),
        service=" ".join(one.service.split()),
        tracking=tidy(one.tracking, one.carrier),
    )


class _Batch:
    """The parcels of one call: looked at one after the other, then written together."""

    def __init__(self, source: str, actor: str, now: datetime, zone: ZoneInfo) -> None:
        self._source, self._actor, self._now, self._zone = source, actor, now, zone
        self._left: list[Departure] = []
        self._corrected: dict[str, Shipment] = {}
        self._happenings: list[Happening] = []

    def take(self, one: Confirmation, parcels: Parcels | None) -> Result:
        """Plan one parcel, or say why not."""
        if parcels is None:
            return unknown_order(one.order)
        if parcels.order.fulfilment == Order.Fulfilment.MARKETPLACE:
            sentence = "The marketplace ships this order and confirms it: there is nothing for you to do."
            return Result(faults=(Fault("order", "marketplace_fulfils", sentence),))
        earlier = self._earlier(one, parcels)
        if earlier and one.by_day and self._day(earlier.shipped_at) == self._day(one.shipped_at):
            one = replace(one, shipped_at=earlier.shipped_at)
        if earlier and not one.named and any(parcels.left.values()):
            return Result(earlier.public_id, repeated=True, warnings=(_SAME_AGAIN,))
        if earlier and _same(one, earlier, parcels):
            return Result(earlier.public_id, repeated=True)
        faults = [*self._faults(one, parcels.order), *(_changes(one, earlier, parcels) if earlier else ())]
        faults += () if earlier else _new_faults(one, parcels)
        if faults:
            return Result(faults=tuple(faults))
        made = self._correct(one, earlier) if earlier else self._add(one, parcels)
        return Result(made.public_id, warnings=tuple(_warnings(one)))

    def _earlier(self, one: Confirmation, parcels: Parcels) -> Shipment | None:
        named = (self._source, one.reference)
        return next((parcel for parcel in parcels.shipments if (parcel.source, parcel.external_id) == named), None)

    def _faults(self, one: Confirmation, order: Order) -> Iterator[Fault]:
        """What is wrong with what is said of a parcel, new or not."""
        if not 0 < len(one.reference) <= _REFERENCE or not one.reference.isprintable():
            yield Fault("reference", "bad_reference", f"A reference has 1 to {_REFERENCE} characters that can be seen.")
        yield from _carrier_faults(one)
        placed_on = self._day(order.placed_at)
        if self._day(one.shipped_at) > self._day(self._now):
            sentence = "The day of dispatch lies in the future: confirm a parcel once it has left."
            yield Fault("shipped_at", "future", sentence)
        elif self._day(one.shipped_at) < placed_on:
            sentence = f"The order was placed on {locales.day(placed_on)}: it cannot have left before."
            yield Fault("shipped_at", "before_order", sentence)

    def _day(self, moment: datetime) -> date:
        return moment.astimezone(self._zone).date()

    def _add(self, one: Confirmation, parcels: Parcels) -> Shipment:
        made = Shipment(
            order=parcels.order,
            public_id=new_id("shp", self._now),
            source=self._source,
            external_id=one.reference,
            **_columns(one),
            confirmed_at=self._now,
            confirmed_by=self._actor,
            expected_by=parcels.order.deliver_by,
        )
        departure = parcels.leave(made, _pieces(one, parcels) if one.items else None)
        self._left.append(departure)
        self._happenings.append(departure.happening(self._actor))
        return made

    def _correct(self, one: Confirmation, parcel: Shipment) -> Shipment:
        before = told_of(parcel)
        for name, value in (_columns(one) | unheard(parcel, one.carrier, one.tracking)).items():
            setattr(parcel, name, value)
        parcel.corrected_at = self._now
        self._corrected[parcel.public_id] = parcel
        data = {"shipment": parcel.public_id}
        self._happenings.append(Happening(parcel.order, "shipment.corrected", data, actor=self._actor, text=before))
        return parcel

    def carry_out(self) -> None:
        """Write what was planned."""
        new = {one.shipment.public_id for one in self._left}
        before = [parcel for key, parcel in self._corrected.items() if key not in new]
        with unanswered():
            if self._left:
                insert_all([one.shipment for one in self._left])
                add_all(ShipmentLine, (line for one in self._left for line in _contents_of(one)))
                depart(self._left, actor=self._actor, now=self._now)
            update_all(before, [*TOLD, *SCANNED, "corrected_at"])
            happen(self._happenings, now=self._now)


def _contents_of(departure: Departure) -> Iterator[dict[str, int]]:
    """The rows of what is in a parcel."""
    for line, pieces in departure.pieces.items():
        yield {"shipment_id": departure.shipment.pk, "line_id": line.pk, "quantity": pieces}


def _columns(one: Confirmation) -> dict[str, str | datetime | None]:
    return {
        "carrier": one.carrier,
        "service": one.service,
        "tracking_number": one.tracking,
        "shipped_at": one.shipped_at,
    }


def _pieces(one: Confirmation, parcels: Parcels) -> dict[OrderLine, int]:
    return {parcels.lines[name]: count for name, count in one.items}


def _same(one: Confirmation, earlier: Shipment, parcels: Parcels) -> bool:
    number = tidy(earlier.tracking_number, earlier.carrier)
    told = (carrier_name(earlier.carrier), earlier.service, number, earlier.shipped_at)
    return told == (one.carrier, one.service, one.tracking, one.shipped_at) and _same_items(one, earlier, parcels)


def _same_items(one: Confirmation, earlier: Shipment, parcels: Parcels) -> bool:
    inside = parcels.contents[earlier.public_id]
    named = sorted((name, inside[line.pk]) for name, line in parcels.lines.items() if line.pk in inside)
    return not one.items or sorted(one.items) == named


def _carrier_faults(one: Confirmation) -> Iterator[Fault]:
    if not one.carrier or one.carrier.casefold() == OTHER:
        sentence = "Say who carries it: choose a carrier, or write its name where it is none of these."
        yield Fault("carrier", "carrier_missing", sentence)
    elif not is_name(one.carrier):
        sentence = "This is no carrier's name: letters, digits and blanks, 60 at most, no address and no phone number."
        yield Fault("carrier", "bad_carrier", sentence)
    if one.service and not is_name(one.service):
        sentence = "This is no service's name: letters, digits and blanks, 60 at most, no address and no phone number."
        yield Fault("service", "bad_service", sentence)
    if one.tracking and not is_number(one.tracking):
        sentence = "A tracking number has letters A to Z, digits and hyphens, no words and no blanks, 60 at most."
        yield Fault("tracking", "bad_tracking", sentence)


def _changes(one: Confirmation, earlier: Shipment, parcels: Parcels) -> Iterator[Fault]:
    """Why a parcel that was confirmed cannot be corrected so."""
    if earlier.delivered_at:
        sentence = "The carrier says that this parcel has arrived: what was said of it stays."
        yield Fault("reference", "delivered", sentence)
    if not _same_items(one, earlier, parcels):
        sentence = "What is in a confirmed parcel stays: correct carrier, number and day, and leave the items away."
        yield Fault("items", "items_fixed", sentence)


def _new_faults(one: Confirmation, parcels: Parcels) -> Iterator[Fault]:
    """Why nothing more, or not this, can leave."""
    order = parcels.order
    if order.status in OVER:
        sentence = f"This order is {STATUS_WORDS[order.status]}: nothing of it is shipped any more."
        yield Fault("order", "order_over", sentence)
    elif order.status == Order.Status.PENDING:
        yield Fault("order", "order_pending", "This order is not paid yet: ship it once it is.")
    elif not any(parcels.left.values()):
        since = max((one.confirmed_at for one in parcels.shipments if one.confirmed_at), default=None)
        when = f", since {locales.moment(since)}" if since else ""
        yield Fault("items", "nothing_left", f"Everything of this order is confirmed already{when}.")
    elif one.seen not in (None, left := sum(parcels.left.values())):
        there = "1 piece is" if left == 1 else f"{left} pieces are"
        sentence = f"{there} left to send, not {one.seen} as when you opened this page: look at what was"
        sentence = f"{sentence} confirmed meanwhile. What you typed is still here; send it again if it holds."
        yield Fault("items", "overtaken", sentence)
    else:
        yield from _item_faults(one, parcels)


def _item_faults(one: Confirmation, parcels: Parcels) -> Iterator[Fault]:
    seen: set[str] = set()
    for position, (name, pieces) in enumerate(one.items):
        at, line = f"items[{position}]", parcels.lines.get(name)
        if line is None:
            sentence = f"“{name[:40]}” is no line of this order: ship only what was ordered."
            yield Fault(f"{at}.line", "unknown_line", sentence)
        elif name in seen:
            yield Fault(f"{at}.line", "duplicate", f"“{name[:40]}” stands in this parcel twice: add the pieces up.")
        elif pieces < 1:
            yield Fault(f"{at}.quantity", "not_positive", f"{pieces} pieces: 1 is the least.")
        elif pieces > parcels.left[line.pk]:
            left = parcels.left[line.pk]
            there = f"{left} of “{line.title[:60]}” {'is' if left == 1 else 'are'} left to send"
            sentence = f"{pieces} piece{'s' if pieces > 1 else ''}, but only {there}."
            yield Fault(f"{at}.quantity", "too_many", sentence)
        seen.add(name)


def _warnings(one: Confirmation) -> Iterator[Fault]:
    if is_odd(one.carrier, one.tracking):
        sentence = f"“{one.tracking}” does not look like a number of {one.carrier}. Check it; it can be corrected."
        yield Fault("tracking", "unusual_tracking", sentence)

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
from comity.common.ids import new_id
from comity.common.import_values import Fault
from comity.common.prepared import add_all, insert_all, update_all
from comity.common.transactions import write
from comity.integrations.carriers import OTHER, carrier_name, find_carrier, is_name, is_number, tidy
from comity.orders.models import Order, OrderLine, Shipment, ShipmentLine
from comity.orders.services.following import SCANNED
from comity.orders.services.happenings import Happening, happen
from comity.orders.services.import_shipments import CLOCK_SKEW
from comity.orders.services.naming import lock_named, unknown_order
from comity.orders.services.parcels import Departure, Parcels, depart, parcels_of
from comity.orders.services.results import Result
from comity.orders.services.statuses import OVER

_REFERENCE = 100  # characters, as the column has them
_TOLD = ("carrier", "service", "tracking_number", "shipped_at")


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A parcel that left. ``order``: its number or public id; ``reference``: the sender's own id of the parcel.

    ``items``: (external id of the line, pieces); empty: everything that is left to send, or, for a parcel that was
    confirmed before, what is in it. ``by_day``: of ``shipped_at`` only the day was told, as the seller's calendar has
    it, so that the same day again is the same.
    """

    order: str
    items: tuple[tuple[str, int], ...]
    carrier: str
    service: str
    tracking: str
    shipped_at: datetime
    reference: str
    by_day: bool = False


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
        one, carrier=carrier_name(one.carrier), service=" ".join(one.service.split()), tracking=tidy(one.tracking)
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
        if earlier and _same(one, earlier, parcels):
            return Result(earlier.public_id, repeated=True)
        faults = [*_faults(one, parcels.order, self._now), *(_changes(one, earlier, parcels) if earlier else ())]
        faults += () if earlier else _new_faults(one, parcels)
        if faults:
            return Result(faults=tuple(faults))
        made = self._correct(one, earlier) if earlier else self._add(one, parcels)
        return Result(made.public_id, warnings=tuple(_warnings(one)))

    def _earlier(self, one: Confirmation, parcels: Parcels) -> Shipment | None:
        named = (self._source, one.reference)
        return next((parcel for parcel in parcels.shipments if (parcel.source, parcel.external_id) == named), None)

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
        before = " ".join(str(getattr(parcel, name)) for name in _TOLD)
        moved = (carrier_name(parcel.carrier), tidy(parcel.tracking_number)) != (one.carrier, one.tracking)
        for name, value in (_columns(one) | (dict.fromkeys(SCANNED) if moved else {})).items():
            setattr(parcel, name, value)
        parcel.corrected_at = self._now
        self._corrected[parcel.public_id] = parcel
        data = {"shipment": parcel.public_id}
        self._happenings.append(Happening(parcel.order, "shipment.corrected", data, actor=self._actor, text=before))
        return parcel

    def carry_out(self) -> None:
        """Write what was planned."""
        if self._left:
            insert_all([one.shipment for one in self._left])
            add_all(line for one in self._left for line in _contents_of(one))
            depart(self._left, actor=self._actor, now=self._now)
        new = {one.shipment.public_id for one in self._left}
        before = [parcel for key, parcel in self._corrected.items() if key not in new]
        update_all(before, [*_TOLD, *SCANNED, "corrected_at"])
        happen(self._happenings, now=self._now)


def _contents_of(departure: Departure) -> Iterator[ShipmentLine]:
    """The rows of what is in a parcel."""
    for line, pieces in departure.pieces.items():
        yield ShipmentLine(shipment=departure.shipment, line=line, quantity=pieces)


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
    told = (carrier_name(earlier.carrier), earlier.service, tidy(earlier.tracking_number), earlier.shipped_at)
    return told == (one.carrier, one.service, one.tracking, one.shipped_at) and _same_items(one, earlier, parcels)


def _same_items(one: Confirmation, earlier: Shipment, parcels: Parcels) -> bool:
    inside = parcels.contents[earlier.public_id]
    named = sorted((name, inside[line.pk]) for name, line in parcels.lines.items() if line.pk in inside)
    return not one.items or sorted(one.items) == named


def _faults(one: Confirmation, order: Order, now: datetime) -> Iterator[Fault]:
    """What is wrong with what is said of a parcel, new or not."""
    if not 0 < len(one.reference) <= _REFERENCE or not one.reference.isprintable():
        yield Fault("reference", "bad_reference", f"A reference has 1 to {_REFERENCE} characters that can be seen.")
    yield from _carrier_faults(one)
    if one.shipped_at > now + CLOCK_SKEW:
        yield Fault(
            "shipped_at", "future", "The day of dispatch lies in the future: confirm a parcel once it has left."
        )
    elif one.shipped_at < order.placed_at - CLOCK_SKEW:
        sentence = f"The order was placed on {order.placed_at:%Y-%m-%d}: it cannot have left before."
        yield Fault("shipped_at", "before_order", sentence)


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
        sentence = "A tracking number has letters A to Z, digits and hyphens, a digit among them, 60 at most."
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
        yield Fault("order", "order_over", f"This order is {order.status}: nothing of it is shipped any more.")
    elif order.status == Order.Status.PENDING:
        yield Fault("order", "order_pending", "This order is not paid yet: ship it once it is.")
    elif not any(parcels.left.values()):
        yield Fault("items", "nothing_left", "Everything of this order is confirmed already.")
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
            sentence = f"{pieces} pieces, but only {parcels.left[line.pk]} of “{line.title[:60]}” are left to send."
            yield Fault(f"{at}.quantity", "too_many", sentence)
        seen.add(name)


def _warnings(one: Confirmation) -> Iterator[Fault]:
    known = find_carrier(one.carrier)
    if known and one.tracking and not known.fits(one.tracking):
        sentence = f"“{one.tracking}” does not look like a number of {known.name}. Check it; it can be corrected."
        yield Fault("tracking", "unusual_tracking", sentence)

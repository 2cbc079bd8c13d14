"""What carriers say comes in: from their own systems by push, from files by import. Kept as it came, once.

It may come twice, late, in any order, and before the parcel is confirmed: what follows from it is derived each time
from all that is kept (``following``).
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from comity.accounts.models import Marketplace
from comity.accounts.services.importing import Kind, Outcome, Scope
from comity.common import import_values as values
from comity.common.ids import new_id
from comity.common.import_values import BadValue, Fault
from comity.common.imports import Field, Row, parse_values
from comity.common.transactions import write
from comity.integrations.carriers import TYPED_NUMBER, carrier_name, is_name, is_number, same_carrier, tidy
from comity.orders.models import CarrierEvent, Shipment
from comity.orders.services.following import follow
from comity.orders.services.import_shipments import CLOCK_SKEW
from comity.orders.services.results import Result

MOST_PUSHED = 500  # events in one call
_PLACE = 120  # characters, as the column has them
_Key = tuple[str, str, str, datetime]


@dataclass(frozen=True, slots=True)
class Scan:
    """What a carrier says of a parcel. ``kind``: one of ``CarrierEvent.Kind``; ``place``: a town or depot, if known."""

    carrier: str
    tracking: str
    kind: str
    occurred_at: datetime
    place: str = ""

    @property
    def key(self) -> _Key:
        """What is equal for the same event that comes again, whoever spells its carrier how."""
        return same_carrier(self.carrier), self.tracking, self.kind, self.occurred_at


def take_scans(marketplace: Marketplace, scans: Sequence[Scan], *, source: str, now: datetime) -> list[Result]:
    """Keep these events and bring the parcels that they are about to where they say; a result for each.

    One that is known is ``repeated``, and looked at again: who was cut off sends the lot once more. Call outside of a
    transaction: a parcel that is confirmed at the same moment must see the events, or they it.
    """
    return _take(marketplace, scans, source=source, now=now, tell=True)


def _take(marketplace: Marketplace, scans: Sequence[Scan], *, source: str, now: datetime, tell: bool) -> list[Result]:
    asked = [_clean(scan) for scan in scans]
    faults = [tuple(_faults(scan, now)) for scan in asked]
    good = [scan for scan, wrong in zip(asked, faults, strict=True) if not wrong]
    ids = _keep(marketplace, good, source, now)
    follow(_concerned(marketplace, good), now=now, tell=tell)
    results, seen = [], set()
    for scan, wrong in zip(asked, faults, strict=True):
        public_id, is_new = ids.get(scan.key, ("", False)) if not wrong else ("", False)
        results.append(Result(faults=wrong) if wrong else Result(public_id, repeated=not is_new or scan.key in seen))
        seen.add(scan.key)
    return results


def _clean(scan: Scan) -> Scan:
    tracking = tidy(scan.tracking, scan.carrier)
    return replace(scan, carrier=carrier_name(scan.carrier), tracking=tracking, place=scan.place.strip())


def _faults(scan: Scan, now: datetime) -> Iterator[Fault]:
    if not is_name(scan.carrier):
        yield Fault("carrier", "bad_carrier", "is no carrier’s name: letters, digits and blanks, 60 at most.")
    if not is_number(scan.tracking):
        sentence = "is no tracking number: letters A to Z, digits and hyphens, a digit among them, 60 at most."
        yield Fault("tracking", "bad_tracking", sentence)
    if scan.kind not in CarrierEvent.Kind:
        yield Fault("kind", "unknown_kind", f"is “{scan.kind[:40]}”; allowed are {', '.join(CarrierEvent.Kind)}.")
    if scan.occurred_at > now + CLOCK_SKEW:
        yield Fault("occurred_at", "future", "lies in the future.")
    if len(scan.place) > _PLACE or not scan.place.isprintable():
        yield Fault("place", "bad_place", f"has characters that cannot be seen, or more than {_PLACE}.")


def _keep(marketplace: Marketplace, scans: Iterable[Scan], source: str, now: datetime) -> dict[_Key, tuple[str, bool]]:
    """Store the events that are new; the public id of each by its key, and whether it was."""
    # By key, whatever order they came in: two senders of the same events then wait for each other in one order.
    events = {scan.key: _event(marketplace, scan, source, now) for scan in sorted(scans, key=lambda scan: scan.key)}
    numbers = {tracking for _, tracking, _, _ in events}
    with write():
        # Two senders may bring the same event at the same moment: the second finds it there.
        CarrierEvent.objects.bulk_create(events.values(), ignore_conflicts=True)
        rows = CarrierEvent.objects.filter(marketplace=marketplace, tracking_number__in=numbers)
        stored = rows.values_list("carrier_key", "tracking_number", "kind", "occurred_at", "public_id")
        found = {(carrier, number, kind, at): key for carrier, number, kind, at, key in stored}
    return {key: (found[key], found[key] == event.public_id) for key, event in events.items()}


def _event(marketplace: Marketplace, scan: Scan, source: str, now: datetime) -> CarrierEvent:
    return CarrierEvent(
        marketplace=marketplace,
        public_id=new_id("scn", now),
        source=source,
        carrier=scan.carrier,
        carrier_key=same_carrier(scan.carrier),
        tracking_number=scan.tracking,
        kind=scan.kind,
        place=scan.place,
        occurred_at=scan.occurred_at,
        received_at=now,
    )


def _concerned(marketplace: Marketplace, scans: Iterable[Scan]) -> set[int]:
    """The keys of the orders whose parcels have these carriers and numbers. One query."""
    said = {(same_carrier(scan.carrier), scan.tracking) for scan in scans}
    rows = Shipment.objects.filter(order__marketplace=marketplace, tracking_number__in={number for _, number in said})
    known = rows.values_list("order", "carrier", "tracking_number")
    return {order for order, carrier, number in known if (same_carrier(carrier), number) in said}


def apply_scans(rows: list[Row], scope: Scope) -> Outcome:
    """Carriers' events from a file. A historic import moves parcels and orders, and tells nobody."""
    outcome = Outcome()
    scans = [Scan(**row.values) for row in rows]
    results = _take(scope.home, scans, source=scope.source, now=scope.now, tell=scope.live)
    for row, result in zip(rows, results, strict=True):
        if result.faults:
            outcome.refuse(*(row.raw.refusal(fault) for fault in result.faults))
    good = [result for result in results if not result.faults]
    outcome.count(len(good), sum(not result.repeated for result in good))
    return outcome


_FIELDS = (
    Field("carrier", values.text(60), "Who carries it, as in the shipment", required=True),
    Field("tracking", values.text(TYPED_NUMBER), "The carrier's number", required=True),
    Field("kind", values.choice(CarrierEvent.Kind.values), "; ".join(CarrierEvent.Kind.values), required=True),
    Field("occurred_at", values.instant, "When it happened: 2026-02-28T17:30:00+01:00", required=True),
    Field("place", values.text(_PLACE), "Where: a town, a depot"),
)
SCANS = Kind("scans", _FIELDS, apply_scans, key=("carrier", "tracking", "kind", "occurred_at"))


def take_pushed(
    marketplace: Marketplace, given: Sequence[Any], *, carriers: Collection[str], source: str, now: datetime
) -> list[Result]:
    """``take_scans`` for what JSON made of somebody's events, good or not: a result for each.

    ``carriers`` (``same_carrier``) are those who sent them; what is said in the name of another is refused.
    """
    read = [_read(one, carriers) for one in given]
    good = take_scans(marketplace, [one for one in read if isinstance(one, Scan)], source=source, now=now)
    taken = iter(good)
    return [next(taken) if isinstance(one, Scan) else Result(faults=tuple(one)) for one in read]


def _read(given: Any, carriers: Collection[str]) -> Scan | list[Fault]:
    if not isinstance(given, dict):
        return [Fault("", "type", "is no object with the fields of an event.")]
    try:
        scan = Scan(**parse_values(given, _FIELDS))
    except BadValue as bad:
        return bad.faults
    if same_carrier(scan.carrier) not in carriers:
        return [Fault("carrier", "not_signed", "did not sign this: its events are signed with its own secret.")]
    return scan

"""What carriers say becomes what is known of parcels: derived from all that they said, whatever came first.

Each column of a shipment is the earliest moment of its kind. What a carrier said before the order was placed is about
another parcel: numbers are used again. Between order and day of dispatch it is about this one: that day is typed by the
seller, often after the parcel was handed over. An order is delivered when everything of it has left and every parcel of
it has arrived; without a scan that stays unknown.

A parcel whose number is corrected begins anew: what carriers said of the old number does not count for the new one, and
what they said of the new one counts at once. The days for a return count from the delivery of this number, and that the
parcel came back, so that nothing of it can be returned, is forgotten. What waits for an order's delivery goes on
waiting: a parcel that has arrived is not corrected any more. The ship deadline ended with the confirmation.

Who stores events and who stores shipments both commit first and look for the other's afterwards, so that a parcel
and its first scan may come at the same moment: see ``scanning`` and ``orders.handlers``.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType

from comity.common.prepared import update_all
from comity.common.transactions import write
from comity.integrations.carriers import same_carrier, tidy
from comity.orders.models import CarrierEvent, Order, Shipment
from comity.orders.services.happenings import Happening, happen, lock_orders

_Kind = CarrierEvent.Kind
_Number = tuple[int, str, str]  # marketplace, carrier, tracking number
_Said = tuple[str, datetime]
_COLUMNS = MappingProxyType(
    {
        _Kind.REFUSED: "refused_at",
        _Kind.UNDELIVERABLE: "undeliverable_at",
        _Kind.RETURNED: "returned_at",
        _Kind.DELIVERED: "delivered_at",
    }
)
SCANNED = ("first_scan_at", *_COLUMNS.values())  # what of a shipment is the carrier's word
_NOTHING: Mapping[int, datetime] = MappingProxyType({})


def follow(
    orders: Iterable[int], *, now: datetime, arrived: Mapping[int, datetime] = _NOTHING, tell: bool = True
) -> None:
    """Bring the parcels of these orders (keys, of one marketplace) to where carriers say they are.

    ``arrived``: when parcels, by key, arrived as an import says; without ``tell`` nothing is recorded or told.
    Eight statements for any number; safe to repeat.
    """
    with write():
        locked = lock_orders(orders)
        parcels = list(Shipment.objects.filter(order__in=locked).order_by("id"))
        heard = _heard(parcels, locked)
        happenings: list[Happening] = []
        changed = []
        for parcel in parcels:
            said = list(_about(parcel, locked[parcel.order_id], heard, arrived))
            if _learn(parcel, said, locked[parcel.order_id], happenings, anew=parcel.pk in arrived):
                changed.append(parcel)
        update_all(changed, SCANNED)
        moved = _arrived(locked, parcels, {parcel.order_id for parcel in changed})
        happenings += [
            Happening(order, "order.delivered", to=Order.Status.DELIVERED)
            for order in moved
            if order.status == Order.Status.SHIPPED
        ]
        if tell:
            happen(happenings, now=now)
        for order in moved:
            order.status = Order.Status.DELIVERED
        update_all(moved, ["status", "delivered_at"])


def unheard(parcel: Shipment, carrier: str, tracking: str) -> dict[str, None]:
    """What to forget of a parcel that goes by this carrier and number from now on: what was said of another one."""
    moved = number_of(parcel.carrier, parcel.tracking_number) != number_of(carrier, tracking)
    return dict.fromkeys(SCANNED) if moved else {}


def number_of(carrier: str, tracking: str) -> tuple[str, str]:
    """What is equal for two ways to write the same number of the same carrier."""
    return same_carrier(carrier), tidy(tracking, carrier)


def is_about(order: Order, occurred_at: datetime) -> bool:
    """Whether what a carrier said at that moment can be about a parcel of ``order``."""
    return occurred_at >= order.placed_at


def _heard(parcels: Iterable[Shipment], orders: Mapping[int, Order]) -> dict[_Number, list[_Said]]:
    """What carriers said under the numbers of these parcels."""
    numbers = {tidy(one.tracking_number, one.carrier) for one in parcels} - {""}
    heard: dict[_Number, list[_Said]] = {}
    if numbers:
        places = {order.marketplace_id for order in orders.values()}
        rows = CarrierEvent.objects.filter(marketplace__in=places, tracking_number__in=numbers)
        said = rows.values_list("marketplace", "carrier", "tracking_number", "kind", "occurred_at")
        for place, carrier, number, kind, at in said:
            heard.setdefault((place, same_carrier(carrier), number), []).append((kind, at))
    return heard


def _about(
    parcel: Shipment, order: Order, heard: Mapping[_Number, list[_Said]], arrived: Mapping[int, datetime]
) -> Iterator[_Said]:
    number = order.marketplace_id, *number_of(parcel.carrier, parcel.tracking_number)
    yield from (said for said in heard.get(number, ()) if is_about(order, said[1]))
    if parcel.pk in arrived:
        yield _Kind.DELIVERED, arrived[parcel.pk]


def _learn(
    parcel: Shipment, said: list[_Said], order: Order, happenings: list[Happening], *, anew: bool = False
) -> bool:
    """Put into the parcel what was said of it; whether that changed anything.

    What a file told of an arrival is known by the parcel alone: it counts on, unless a file tells it ``anew``.
    """
    before = [getattr(parcel, column) for column in SCANNED]
    parcel.first_scan_at = _earliest((at for _, at in said), parcel.first_scan_at, anew=anew)
    for kind, column in _COLUMNS.items():
        known = getattr(parcel, column)
        moment = _earliest((at for what, at in said if what == kind), known, anew=anew)
        setattr(parcel, column, moment)
        if moment and not known:
            happenings.append(Happening(order, f"shipment.{kind}", {"shipment": parcel.public_id}))
    return before != [getattr(parcel, column) for column in SCANNED]


def _earliest(moments: Iterable[datetime], known: datetime | None, *, anew: bool) -> datetime | None:
    """The first of ``moments`` and what is ``known``; of that only where there are none if it is told ``anew``."""
    told = [*moments]
    return min([*told, known] if known and not (anew and told) else told, default=None)


def _arrived(orders: Mapping[int, Order], parcels: Iterable[Shipment], changed: set[int]) -> list[Order]:
    """The orders all of which has left and arrived, with the moment; of those known so before, what ``changed``."""
    arrivals: dict[int, list[datetime | None]] = {}
    for parcel in parcels:
        arrivals.setdefault(parcel.order_id, []).append(parcel.delivered_at)
    found = []
    for key, every in arrivals.items():
        order, moments = orders[key], [one for one in every if one]
        again = order.status == Order.Status.DELIVERED and key in changed
        if len(moments) == len(every) and (again or order.status == Order.Status.SHIPPED):
            order.delivered_at = max(moments)
            found.append(order)
    return found

"""A carrier that has a return in its hands says so before the buyer does, and before the seller that it is back."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from comity.accounts.models import Marketplace
from comity.accounts.profiles import profile_in_force
from comity.common.transactions import write
from comity.orders.models import CarrierEvent, Return
from comity.orders.services.happenings import Happening, happen, lock_orders

State = Return.State


def follow_scans(now: datetime) -> int:
    """Take returns whose label was scanned to in transit, or delivered to received; a bounded number, how many.

    Safe to repeat, and whatever comes first: the scan or the number. From the moment of delivery the days run in which
    somebody looks at the goods (rules §5). It counts where the answer named number and carrier, for a number of the
    buyer's may be that of any parcel; else the goods' arrival is the seller's to say.
    """
    found = 0
    for marketplace in Marketplace.objects.order_by("pk"):
        size = profile_in_force(marketplace, now).returns.batch
        found += _follow(marketplace, size, now)
    return found


def _follow(marketplace: Marketplace, size: int, now: datetime) -> int:
    keys = list(_scanned(marketplace).order_by("pk").values_list("pk", "order")[:size])
    if not keys:
        return 0
    with write():
        orders = lock_orders([order for _, order in keys])
        moved = list(_scanned(marketplace).filter(pk__in=[key for key, _ in keys]).order_by("pk"))
        for one in moved:
            one.received_at = one.back_at if one.carrier_key else None  # type: ignore[attr-defined]  # annotated
            one.state = State.RECEIVED if one.received_at else State.IN_TRANSIT
        Return.objects.bulk_update(moved, ["state", "received_at"])
        told = [Happening(orders[one.order_id], f"return.{one.state}", {"return": one.public_id}) for one in moved]
        happen(told, now=now)
    return len(moved)


def _scanned(marketplace: Marketplace) -> QuerySet[Return]:
    """Returns of which a carrier, theirs where it is known, told more than their state says since they were accepted.

    ``back_at``: when theirs delivered them.
    """
    scans = CarrierEvent.objects.filter(
        marketplace=marketplace, tracking_number=OuterRef("tracking_number"), occurred_at__gte=OuterRef("answered_at")
    )
    theirs = scans.filter(carrier_key=OuterRef("carrier_key"))
    arrivals = theirs.filter(kind=CarrierEvent.Kind.DELIVERED).order_by("occurred_at").values("occurred_at")
    under_way = Return.objects.filter(order__marketplace=marketplace, state__in=[State.AUTHORISED, State.IN_TRANSIT])
    labelled = under_way.exclude(tracking_number="")
    sent = Q(state=State.AUTHORISED) & (Q(Exists(scans), carrier="") | Q(Exists(theirs)))
    back = Q(state=State.IN_TRANSIT, back_at__isnull=False) & ~Q(carrier_key="")
    return labelled.annotate(back_at=Subquery(arrivals[:1])).filter(sent | back)

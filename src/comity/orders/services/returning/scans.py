"""A carrier that has a return in its hands says so before the buyer does."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from comity.accounts.models import Marketplace
from comity.accounts.profiles import profile_in_force
from comity.common.transactions import write
from comity.orders.models import CarrierEvent, Return
from comity.orders.services.happenings import Happening, happen, lock_orders

State = Return.State


def follow_scans(now: datetime) -> int:
    """Take accepted returns whose label was scanned to in transit, a bounded number at a time; how many.

    Safe to repeat, and whatever comes first: the scan or the number. The goods' arrival is the seller's to say.
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
            one.state = State.IN_TRANSIT
        Return.objects.bulk_update(moved, ["state"])
        told = [Happening(orders[one.order_id], "return.in_transit", {"return": one.public_id}) for one in moved]
        happen(told, now=now)
    return len(moved)


def _scanned(marketplace: Marketplace) -> QuerySet[Return]:
    """Accepted returns of which a carrier, theirs where it is known, told after they were accepted."""
    scans = CarrierEvent.objects.filter(
        marketplace=marketplace, tracking_number=OuterRef("tracking_number"), occurred_at__gte=OuterRef("answered_at")
    )
    waiting = Return.objects.filter(state=State.AUTHORISED, order__marketplace=marketplace).exclude(tracking_number="")
    theirs = scans.filter(carrier_key=OuterRef("carrier_key"))
    return waiting.filter(Q(Exists(scans), carrier="") | Q(Exists(theirs)))

"""In the demo parcels move by themselves: a simulated carrier says in minutes what a real one says in days."""

from datetime import datetime, timedelta

from comity.accounts.models import Marketplace
from comity.integrations.carriers.simulator import journey
from comity.orders.models import Shipment
from comity.orders.services.scanning import Scan, take_scans

_PACE = timedelta(minutes=1)
_SOURCE = "simulator"


def move_parcels(now: datetime) -> None:
    """Say of every parcel under way that was confirmed here what its carrier would have said of it by now."""
    under_way = Shipment.objects.filter(confirmed_at__isnull=False, delivered_at=None, returned_at=None)
    rows = under_way.exclude(tracking_number="").order_by("id")
    said: dict[int, list[Scan]] = {}
    for marketplace, carrier, tracking, since in rows.values_list(
        "order__marketplace", "carrier", "tracking_number", "confirmed_at"
    ):
        words = [word for word in journey(tracking, since=since or now, pace=_PACE) if word.occurred_at <= now]
        scans = [Scan(carrier, tracking, word.kind, word.occurred_at, word.place) for word in words]
        said.setdefault(marketplace, []).extend(scans)
    for key, scans in said.items():
        if scans:
            take_scans(Marketplace.objects.get(pk=key), scans, source=_SOURCE, now=now)

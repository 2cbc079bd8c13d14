"""Orders take stock: what is sold comes out of the listing, and back into it when the order is cancelled (S28).

Stock never falls below zero. An order for more pieces than there are stands all the same, since it was placed, and
takes what there is; the line remembers how many, so that no more come back than were taken.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from django.db import models
from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce

from comity.catalog.models import Listing
from comity.orders.models import Order, OrderLine


def take(orders: Iterable[Order]) -> None:
    """Take the pieces of new orders out of stock. Call in the transaction that stores them."""
    lines = list(_lines(orders).filter(taken=0))
    stock = _locked(lines)
    for line in lines:
        listing = stock[line.listing_id]
        line.taken = min(line.quantity, listing.quantity)
        listing.quantity -= line.taken
    _save(stock.values(), lines)


def give_back(orders: Iterable[Order]) -> None:
    """Return what these orders took and has not left. Call in the transaction that cancels them."""
    left = Coalesce(models.Sum("shipped__quantity"), 0)
    lines = list(_lines(orders).filter(taken__gt=0).annotate(gone=left))
    stock = _locked(lines)
    returned: Counter[int | None] = Counter()
    for line in lines:
        staying = min(line.taken, line.gone)
        returned[line.listing_id] += line.taken - staying
        line.taken = staying
    for key, pieces in returned.items():
        stock[key].quantity += pieces
    _save(stock.values(), lines)


def lock(orders: Iterable[Order], *, also: Iterable[int | None]) -> None:
    """Lock the listings of ``orders`` and ``also`` others, before several steps change stock in one transaction."""
    keys = {*also, *_lines(orders).values_list("listing", flat=True)}
    wanted = Listing.objects.filter(pk__in={key for key in keys if key})
    list(wanted.select_for_update().order_by("pk").values_list("pk"))


def never_had(lines: Iterable[OrderLine]) -> None:
    """There is nothing of these, whatever stock said (S43): none is left to sell, and none comes back later."""
    found = list(lines)
    OrderLine.objects.filter(pk__in=[line.pk for line in found], taken__gt=0).update(taken=0)
    rows = Listing.objects.filter(pk__in={line.listing_id for line in found if line.listing_id}, quantity__gt=0)
    rows.update(quantity=0, version=F("version") + 1)


def _lines(orders: Iterable[Order]) -> QuerySet[OrderLine]:
    return OrderLine.objects.filter(order__in=[order.pk for order in orders], listing__isnull=False).order_by("pk")


def _locked(lines: Sequence[OrderLine]) -> dict[int | None, Listing]:
    """The listings of the lines, locked in the order of their keys, so that no two orders wait for each other."""
    rows = Listing.objects.select_for_update().filter(pk__in={line.listing_id for line in lines})
    return {listing.pk: listing for listing in rows.order_by("pk")}


def _save(stock: Iterable[Listing], lines: Sequence[OrderLine]) -> None:
    changed = list(stock)
    for listing in changed:
        listing.version += 1  # so that a page opened before does not put the old stock back
    Listing.objects.bulk_update(changed, ["quantity", "version"])
    OrderLine.objects.bulk_update(lines, ["taken"])

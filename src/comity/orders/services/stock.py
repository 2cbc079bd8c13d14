"""Orders take stock: what is sold comes out of the listing, and back into it when it is not sent any more (S28).

Stock never falls below zero. An order for more pieces than there are stands all the same, since it was placed, and
takes what there is; the line remembers how many, so that no more come back than were taken.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from django.db import models
from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce

from comity.catalog.models import Listing
from comity.common.many import many
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
    lines = _lines(orders).filter(taken__gt=0).annotate(gone=left)
    _put_back([(line, line.gone) for line in lines])


def keep(pieces: Mapping[int, int]) -> None:
    """Return what lines, by key, took beyond these ``pieces``, which left or will. Call in the transaction of it."""
    if not pieces:
        return
    lines = OrderLine.objects.filter(pk__in=many(pieces), listing__isnull=False, taken__gt=0).order_by("pk")
    _put_back([(line, pieces[line.pk]) for line in lines if line.taken > pieces[line.pk]])


def _put_back(kept: Sequence[tuple[OrderLine, int]]) -> None:
    lines = [line for line, _ in kept]
    stock = _locked(lines)
    returned: Counter[int | None] = Counter()
    for line, pieces in kept:
        staying = min(line.taken, pieces)
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
    took_nothing(found)
    sell_out(found)


def took_nothing(lines: Iterable[OrderLine]) -> None:
    """Of these none comes back later."""
    OrderLine.objects.filter(pk__in=[line.pk for line in lines], taken__gt=0).update(taken=0)


def sell_out(lines: Iterable[OrderLine]) -> None:
    """Of the listings of these none is left to sell."""
    rows = Listing.objects.filter(pk__in={line.listing_id for line in lines if line.listing_id}, quantity__gt=0)
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

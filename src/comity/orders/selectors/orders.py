"""Orders as their buyer and their seller see them. A stranger's order looks like a missing one."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Exists, F, OuterRef, Q, QuerySet, prefetch_related_objects
from django.db.models.functions import Coalesce

from comity.accounts.models import Buyer, Marketplace, Seller, Staff
from comity.common.counting import OpenEnded, capped_counts, count_words
from comity.common.errors import NotFound
from comity.common.many import many
from comity.common.prepared import Prepared
from comity.orders.models import CancelRequest, Order, OrderLine, Shipment
from comity.orders.services.statuses import OVER

PAGE_SIZE = 20
_FILTERS: dict[str, dict[str, Any]] = {
    "asked": {"cancel_requests__state": CancelRequest.State.WAITING},
    Order.Status.CANCELLED: {"status__in": tuple(sorted(OVER))},
}


def get_order_of_buyer(buyer: Buyer, order_id: str) -> Order:
    """The buyer's own order by public id or by number, seller and marketplace loaded. Raises ``NotFound``."""
    return _one(Order.objects.filter(buyer=buyer), order_id)


def get_order_of_seller(staff: Staff, order_id: str) -> Order:
    """An order placed with this staff member's seller, by public id or number. Raises ``NotFound``."""
    return _one(Order.objects.filter(seller_id=staff.seller_id), order_id)


def get_order_of_marketplace(marketplace: Marketplace, order_id: str) -> Order:
    """Any order of the marketplace, by public id or number. Raises ``NotFound``."""
    return _one(Order.objects.filter(marketplace=marketplace), order_id)


def orders_of_marketplace(
    marketplace: Marketplace,
    query: str = "",
    seller: str = "",
    status: str = "",
    *,
    page: int | str | None = 1,
    size: int = PAGE_SIZE,
) -> "Page[Any]":
    """A page of all orders, latest first, with sellers and buyers loaded.

    ``query``: a part of the number, or an id; ``seller``: a part of the name, or an id. Empty ones narrow nothing.
    """
    rows = Order.objects.filter(marketplace=marketplace).select_related("seller", "buyer").order_by("-placed_at", "-pk")
    if wanted := query.strip() if query.isprintable() else "":
        rows = rows.filter(Q(number__contains=wanted) | Q(public_id=wanted) | Q(external_id=wanted))
    if shop := seller.strip() if seller.isprintable() else "":
        rows = rows.filter(Q(seller__name__icontains=shop) | Q(seller__public_id=shop) | Q(seller__external_id=shop))
    rows = rows.filter(status=status) if status else rows
    found: Page[Any] = OpenEnded(rows, size, page).get_page(page)
    return found


def orders_of_buyer(buyer: Buyer, page: int | str | None = 1, size: int = PAGE_SIZE) -> "Page[Any]":
    """A page of the buyer's orders, latest first, with sellers, lines and shipments loaded."""
    rows = Order.objects.filter(buyer=buyer).select_related("seller").prefetch_related("lines", "shipments")
    return Paginator(rows.order_by("-placed_at", "-id"), size).get_page(page)


def orders_by_id(seller: Seller, ids: Iterable[str]) -> dict[str, Order]:
    """The seller's orders with these public ids, by them. One query."""
    return {one.public_id: one for one in Order.objects.filter(seller=seller, public_id__in={*ids})}


def is_of_marketplace(authorisation: str) -> bool:
    """Whether the marketplace fulfils the order that is paid with this authorisation. One query."""
    mine = Order.objects.filter(fulfilment=Order.Fulfilment.MARKETPLACE)
    return bool(authorisation) and mine.filter(payable__authorisation=authorisation).exists()


def has_orders(marketplace: Marketplace) -> bool:
    """Whether anything was ever ordered there. One query."""
    return Order.objects.filter(marketplace=marketplace).exists()


def to_ship(seller: Seller) -> "QuerySet[Order]":
    """The orders that the seller itself has yet to ship, the one promised first on top."""
    waiting = Q(status=Order.Status.UNSHIPPED) | Q(status=Order.Status.PARTIALLY_SHIPPED)
    rows = Order.objects.filter(waiting, seller=seller, fulfilment=Order.Fulfilment.SELLER)
    return rows.order_by("ship_by", "pk")


@dataclass(frozen=True, slots=True)
class Sift:
    """What narrows a list of orders: placed ``since`` and ``before``, a parcel with ``carrier``, being ``found``.

    ``found``: keys of orders and of buyers; it is one of these orders, or by one of these buyers.
    """

    since: datetime | None = None
    before: datetime | None = None
    carrier: str = ""
    found: tuple[Collection[int], Collection[int]] | None = None

    def __call__(self, rows: "QuerySet[Order]") -> "QuerySet[Order]":
        """Those of ``rows``."""
        rows = rows.filter(placed_at__gte=self.since) if self.since else rows
        rows = rows.filter(placed_at__lt=self.before) if self.before else rows
        parcels = Shipment.objects.filter(order=OuterRef("pk"), carrier=self.carrier)
        rows = rows.filter(Exists(parcels)) if self.carrier else rows
        if self.found is None:
            return rows
        orders, buyers = map(many, self.found)
        return rows.filter(Q(pk__in=orders) | Q(buyer__in=buyers))


_EVERYTHING = Sift()


def counts_of_seller(seller: Seller, statuses: Iterable[str], *, sift: Sift, now: datetime) -> dict[str, str]:
    """How many orders each status of ``orders_of_seller`` has, in words: up to 500. One query."""
    rows = {status: sift(_with_status(seller, status, now)) for status in statuses}
    found = capped_counts(Seller.objects.filter(pk=seller.pk), {f"of_{status}": one for status, one in rows.items()})
    return {status: count_words(found[f"of_{status}"] or 0) for status in rows}  # none of nothing


def orders_of_seller(
    seller: Seller,
    *,
    status: str = "",
    sift: Sift = _EVERYTHING,
    page: int | str | None = 1,
    size: int = PAGE_SIZE,
    now: datetime | None = None,
) -> "Page[Any]":
    """A page of the seller's orders, latest first; what is ``to_ship`` or ``late`` with what is due first on top.

    ``status``: one of these, of the orders' own, or ``asked``: the buyer asked to cancel; ``late`` is as of ``now``.
    Buyers and lines are loaded, and whether something of it has ``begun`` to leave: 3 queries. The list is counted only
    some pages ahead.
    """
    begun = Exists(Shipment.objects.filter(order=OuterRef("pk")))
    rows = sift(_with_status(seller, status, now)).select_related("buyer").prefetch_related("lines")
    rows = rows.annotate(begun=begun)
    found: Page[Any] = OpenEnded(rows, size, page).get_page(page)
    return found


def _with_status(seller: Seller, status: str, now: datetime | None) -> "QuerySet[Order]":
    if status in ("to_ship", "late"):
        return to_ship(seller) if status == "to_ship" else to_ship(seller).filter(ship_by__lt=now)
    rows = Order.objects.filter(seller=seller, **_FILTERS.get(status, {"status": status} if status else {}))
    return rows.order_by("-placed_at", "-pk")


def lines_of(order: Order) -> list[OrderLine]:
    """The items of the order as they were bought, with the listing they came from."""
    return _lines(order=order.pk)


def titles_of(orders: Iterable[int]) -> dict[tuple[int, str], str]:
    """What the items of these orders (keys) are called, by order and external id. One query, none for no order."""
    rows = OrderLine.objects.filter(order__in=list(orders)).values_list("order", "external_id", "title")
    return {(order, line): title for order, line, title in rows}


def shipments_of(order: Order) -> list[Shipment]:
    """The dispatches of the order, first one first, each with its lines."""
    found = _shipments(order=order.pk)
    prefetch_related_objects(found, "lines__line")
    return found


_lines = Prepared(
    lambda order: OrderLine.objects.filter(order=order).select_related("listing").order_by("id"), order=int
)
_shipments = Prepared(lambda order: Shipment.objects.filter(order=order).order_by("shipped_at", "id"), order=int)


def open_order_between(buyer_id: int, seller_id: int, *, days: int, now: datetime) -> Order | None:
    """The order of these two that ``is_open``, of several the one that is promised last. One query.

    Said to the database as ``orders.services.statuses.is_open`` says it: two who trade for years have many orders.
    """
    rows = Order.objects.filter(buyer=buyer_id, seller=seller_id).exclude(status__in=(*OVER, Order.Status.DELIVERED))
    completed = Coalesce("cancelled_at", "delivered_at", "deliver_by", "placed_at")
    rows = rows.annotate(completed=completed)
    rows = rows.exclude(status=Order.Status.SHIPPED, completed__lt=now - timedelta(days=days))
    return rows.order_by(F("deliver_by").desc(nulls_last=True), "-placed_at").first()


def order_facts(order: Order) -> frozenset[str]:
    """Every id that people may rightly write about this order: its numbers, items, SKUs and parcels. One query."""
    return with_own_ids(order, (text for (text,) in _ids_of.tuples(order=order.pk)))


def with_own_ids(order: Order, ids: Iterable[str]) -> frozenset[str]:
    """What was found by ``ids_about`` ``order``, with the numbers of the order itself."""
    return frozenset({order.number, order.external_id, *ids} - {""})


def ids_about(order: int) -> list[tuple[QuerySet[Any], str]]:
    """Where the ids of an order's items and parcels stand: rows, and which of their columns."""
    lines = OrderLine.objects.filter(order=order)
    return [(lines, "sku"), (lines, "external_id"), (Shipment.objects.filter(order=order), "tracking_number")]


def _union_of_ids(order: int) -> QuerySet[Any, Any]:
    first, *others = (rows.values_list(column) for rows, column in ids_about(order))
    return first.union(*others)


_ids_of = Prepared(_union_of_ids, order=int)


def _one(orders: "QuerySet[Order]", order_id: str) -> Order:
    rows = orders.select_related("seller", "marketplace", "buyer__user", "payable", "renewal__subscription")
    # Ids come from addresses: one with a NUL in it would make PostgreSQL raise instead of finding nothing.
    known = order_id.isprintable()
    found = rows.filter(Q(public_id=order_id) | Q(number=order_id)).first() if known else None
    if found is None:
        raise NotFound(order_id)
    return found

"""Reports of what was in boxes, as their buyer sees them and as the marketplace does."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Prefetch, QuerySet

from comity.accounts.models import Marketplace, Seller, User
from comity.common.errors import NotFound
from comity.orders.models import BoxPhoto, BoxReport, Order

PAGE_SIZE = 20
_FEW = 5
_LEFT = frozenset({Order.Status.PARTIALLY_SHIPPED, Order.Status.SHIPPED, Order.Status.DELIVERED})


def has_left(order: Order) -> bool:
    """Whether anything of the order has been shipped; one that was given up later counts as well."""
    return order.status in _LEFT or order.shipments.exists()


def boxes_of(order: Order) -> list[BoxReport]:
    """What the buyer reported of this order, first one first, each with its ``photos``. Two queries."""
    photos = Prefetch("photos", BoxPhoto.objects.select_related("blob").order_by("id"))
    return list(BoxReport.objects.filter(order=order).prefetch_related(photos).order_by("id"))


def boxes_of_marketplace(
    marketplace: Marketplace, *, decided: bool = False, page: int | str | None = 1, size: int = PAGE_SIZE
) -> "Page[Any]":
    """Open reports, the oldest on top; or those decided, the latest on top. Two queries."""
    rows = BoxReport.objects.filter(order__marketplace=marketplace, decided_at__isnull=not decided)
    rows = rows.select_related("order__seller").order_by(
        *(("-decided_at", "-id") if decided else ("reported_at", "id"))
    )
    return Paginator(rows, size).get_page(page)


def upheld_against(seller: Seller) -> tuple[dict[str, int], list[BoxReport]]:
    """How many boxes that the seller packed broke the rules, by kind of report, and the latest few. Two queries."""
    upheld = BoxReport.objects.filter(order__seller=seller, order__fulfilment=Order.Fulfilment.SELLER, upheld=True)
    found = dict(upheld.order_by().values_list("kind").annotate(Count("pk")))
    return {str(kind): found.get(kind, 0) for kind in BoxReport.Kind}, list(
        upheld.order_by("-decided_at", "-pk")[:_FEW]
    )


def get_box_of_marketplace(marketplace: Marketplace, report_id: str) -> BoxReport:
    """One report with its order, buyer and seller. Raises ``NotFound``."""
    known = BoxReport.objects.filter(order__marketplace=marketplace)
    return _named(known.select_related("order__seller", "order__buyer", "order__marketplace"), report_id)


def get_box_of_order(order: Order, report_id: str) -> BoxReport:
    """What was reported of an order that its buyer was let to. Raises ``NotFound``."""
    return _named(BoxReport.objects.filter(order=order), report_id)


def _named(known: QuerySet[BoxReport], report_id: str) -> BoxReport:
    report = known.filter(public_id=report_id).first() if report_id.isprintable() else None
    if report is None:
        raise NotFound(report_id)
    return report


def photos_of(report: BoxReport) -> list[BoxPhoto]:
    """Its pictures, in the order in which they were added. One query."""
    return list(report.photos.select_related("blob").order_by("id"))


def get_photo(report: BoxReport, number: int) -> BoxPhoto:
    """A picture by its place among them, the first is 1. Raises ``NotFound``."""
    photos = photos_of(report)
    if not 1 <= number <= len(photos):
        raise NotFound(str(number))
    return photos[number - 1]


def takes_part(order: Order, user: User) -> bool:
    """Whether the user is the order's buyer, or works for its seller."""
    return order.buyer.user_id == user.pk or user.staff_seats.filter(seller=order.seller_id).exists()

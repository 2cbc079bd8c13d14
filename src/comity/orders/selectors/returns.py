"""Returns as buyer, seller and operator see them, and what of an order may still come back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page
from django.db.models import F, Prefetch, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from comity.accounts.models import Buyer, Marketplace, Seller, Staff
from comity.catalog.models import Product
from comity.common.counting import OpenEnded
from comity.common.errors import NotFound
from comity.orders.models import Order, OrderLine, Return, ReturnLine, ReturnRule, ShipmentLine

PAGE_SIZE = 20
State = Return.State
# A request that came to nothing leaves its pieces with the buyer, unless they had arrived by then.
_NOTHING_BACK = Q(returned__state__in=(State.DECLINED, State.CLOSED), returned__received_at__isnull=True)
_LEFT = frozenset({Order.Status.SHIPPED, Order.Status.DELIVERED})
WAITING = (State.REQUESTED, State.RECEIVED, State.GRADED)
UNDER_WAY = (State.AUTHORISED, State.IN_TRANSIT)
OVER = (State.REFUNDED, State.DECLINED, State.CLOSED)


@dataclass(frozen=True, slots=True)
class Returnable:
    """A line of an order, and its pieces. ``delivered_at``: of the last one, None until a carrier tells of it."""

    line: OrderLine
    shipped: int
    back: int
    delivered_at: datetime | None

    @property
    def left(self) -> int:
        """How many pieces may still be sent back."""
        return max(self.shipped - self.back, 0)

    @property
    def kind(self) -> str:
        """The kind of the product, as the table of eligibility knows it."""
        return self.line.listing.product.kind if self.line.listing else str(Product.Kind.NON_MEDIA)


def is_paid_back(order: Order) -> bool:
    """Whether no money is left for which something could come back; what is held for a claim is left."""
    money = order.payable
    if money is None or money.open_minor:
        return False
    return money.captured_minor <= money.refunded_minor + money.lost_minor


def returnable(order: Order) -> list[Returnable]:
    """The lines of ``order`` with what has been shipped of them and is on its way back. Three queries.

    An order that was brought in without its parcels has left as a whole once its status says so. What was lost and sent
    again before it was brought in is in two parcels, and no more may come back than was bought.
    """
    lines = OrderLine.objects.filter(order=order).select_related("listing__product").order_by("id")
    parcels = list(ShipmentLine.objects.filter(shipment__order=order).select_related("shipment"))
    back = ReturnLine.objects.filter(line__order=order).exclude(_NOTHING_BACK)
    pieces = dict(back.values_list("line").annotate(Sum("quantity")))
    return [_returnable(order, line, parcels, pieces.get(line.pk, 0)) for line in lines]


def _returnable(order: Order, line: OrderLine, parcels: list[ShipmentLine], back: int) -> Returnable:
    if not parcels:
        return Returnable(line, line.quantity if order.status in _LEFT else 0, back, order.delivered_at)
    mine = [one for one in parcels if one.line_id == line.pk and one.shipment.returned_at is None]
    days = [one.shipment.delivered_at or order.delivered_at for one in mine]
    known = [day for day in days if day]
    whole = len(known) == len(days) and known
    shipped = min(sum(one.quantity for one in mine), line.quantity)
    return Returnable(line, shipped, back, max(known) if whole else None)


def get_return_of_buyer(buyer: Buyer, return_id: str) -> Return:
    """The buyer's own return by public id. Raises ``NotFound``."""
    return _one(Return.objects.filter(order__buyer=buyer), return_id)


def get_return_of_seller(staff: Staff, return_id: str) -> Return:
    """A return to this staff member's seller by public id. Raises ``NotFound``."""
    return _one(Return.objects.filter(order__seller_id=staff.seller_id), return_id)


def get_return_of_marketplace(marketplace: Marketplace, return_id: str) -> Return:
    """A return of that marketplace by public id, for its operator. Raises ``NotFound``."""
    return _one(Return.objects.filter(order__marketplace=marketplace), return_id)


def returns_of_order(order: Order) -> list[Return]:
    """The returns of an order with their lines, latest first. Two queries."""
    rows = Return.objects.filter(order=order).order_by("-requested_at", "-pk")
    return list(rows.prefetch_related("lines__line"))


def returns_of_seller(seller: Seller, *, states: Iterable[str], page: int | str | None = 1) -> "Page[Any]":
    """A page of the returns of the orders that the seller fulfils, in these states. See ``_page``."""
    own = Return.objects.filter(order__seller=seller, order__fulfilment=Order.Fulfilment.SELLER)
    return _page(own, states, page)


def returns_of_marketplace(marketplace: Marketplace, *, states: Iterable[str], page: int | str | None = 1) -> Any:
    """A page of the returns that the marketplace answers: of the orders that it fulfils (S36). See ``_page``."""
    fulfils = Order.Fulfilment.MARKETPLACE
    return _page(Return.objects.filter(order__marketplace=marketplace, order__fulfilment=fulfils), states, page)


def _page(rows: "QuerySet[Return]", states: Iterable[str], page: int | str | None) -> "Page[Any]":
    """By deadline, then as they came; with order, buyer, lines and ``due_at``: 4 queries. Counted some pages ahead."""
    found = rows.filter(state__in=tuple(states)).select_related("order__buyer", "order__marketplace")
    found = found.prefetch_related("lines__line").annotate(due_at=F("deadlines__due_at"))
    ordered = found.order_by(Coalesce("deadlines__due_at", "requested_at"), "pk")
    shown: Page[Any] = OpenEnded(ordered, PAGE_SIZE, page).get_page(page)
    return shown


def last_address(returned: Return) -> str:
    """Where whoever answers this return had those of the seller's orders sent last; empty the first time. One query."""
    return address_of_seller(returned.order)


def address_of_seller(order: Order) -> str:
    """Where returns of orders like this one, of the same seller and sender, were sent last. One query."""
    same = Return.objects.filter(order__seller=order.seller_id, order__fulfilment=order.fulfilment)
    earlier = same.exclude(address="")
    return earlier.order_by("-answered_at").values_list("address", flat=True).first() or ""


def rules_of_seller(seller: Seller) -> list[ReturnRule]:
    """The seller's standing rules that are in force, the oldest first: the first that fits counts."""
    return list(ReturnRule.objects.filter(seller=seller, ended_at__isnull=True).order_by("pk"))


def _one(rows: "QuerySet[Return]", return_id: str) -> Return:
    # Ids come from addresses: one with a NUL in it would make PostgreSQL raise instead of finding nothing.
    whole = rows.select_related("order__marketplace", "order__seller", "order__buyer", "adjustment", "label")
    lines = Prefetch("lines", ReturnLine.objects.select_related("line__listing__product").order_by("pk"))
    found = whole.filter(public_id=return_id).prefetch_related(lines, "photos", "deadlines")
    made = found.first() if return_id.isprintable() else None
    if made is None:
        raise NotFound(return_id)
    return made

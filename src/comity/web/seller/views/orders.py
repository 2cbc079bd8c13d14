"""A shop's orders, and one of them."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from comity.accounts.selectors.roles import may
from comity.common import clock
from comity.messaging.selectors.desk import conversation_about, open_clocks
from comity.orders.models import Order, ShipDeadline
from comity.orders.selectors.life import clocks_of, notices_of, waiting_request
from comity.orders.selectors.orders import get_order_of_seller, lines_of, orders_of_seller, shipments_of
from comity.orders.services.statuses import TO_SHIP
from comity.web.account.gate import signed_in
from comity.web.desk.desks import SellerDesk, seller_frame
from comity.web.order_story import story
from comity.web.returned import of_order
from comity.web.seller.contact_view import address, review_view

_STATUSES = (
    ("", "All"),
    ("to_ship", "To ship"),
    ("late", "Late"),
    ("asked", "Asked to cancel"),
    (Order.Status.PENDING, "Not paid yet"),
    (Order.Status.SHIPPED, "Shipped"),
    (Order.Status.DELIVERED, "Delivered"),
    (Order.Status.CANCELLED, "Cancelled"),
    (Order.Status.UNFULFILLABLE, "Unfulfillable"),
)


@require_GET
@signed_in
def orders(request: HttpRequest, marketplace: str, seller: str) -> HttpResponse:
    """The shop's orders, latest first; those to ship by the day they were promised for, so that late ones lead."""
    desk, now = SellerDesk(request.user, marketplace, seller), clock.now()
    status = request.GET.get("status", "")
    status = status if status in dict(_STATUSES) else ""
    page = orders_of_seller(desk.staff.seller, status=status, page=request.GET.get("page"), now=now)
    clocks = clocks_of(page)
    place = reverse("seller-orders", kwargs=desk.place)
    context = {
        "now": now,
        "page": page,
        "query": f"status={status}&" if status else "",
        "tabs": [
            {"label": label, "href": f"{place}?status={key}" if key else place, "current": key == status}
            for key, label in _STATUSES
        ],
        "rows": [_row(desk, one, clocks.get(one.pk)) for one in page],
        "beside": _beside(desk),
    }
    return render(request, "seller/orders.html", {**seller_frame(desk.staff, "orders"), **context})


def _beside(desk: SellerDesk) -> list[tuple[str, str]]:
    """The pages that belong to orders and have no place in the frame of their own."""
    pages = [("Returns", "seller-returns"), ("Feeds", "seller-feeds"), ("Reports", "seller-reports")]
    pages += [("Payouts", "seller-payouts")] if may(desk.staff, "manage") else []
    return [(label, reverse(name, kwargs=desk.place)) for label, name in pages]


def _row(desk: SellerDesk, order: Order, deadline: ShipDeadline | None) -> dict[str, Any]:
    lines = list(order.lines.all())
    by_seller = order.fulfilment == Order.Fulfilment.SELLER
    return {
        "order": order,
        "href": reverse("seller-order", kwargs={**desk.place, "order": order.public_id}),
        "state": _state(order),
        "title": lines[0].title if lines else "",
        "more": len(lines) - 1,
        "ship_by": order.ship_by if by_seller and order.status in TO_SHIP else None,
        "clock": deadline,
    }


def _state(order: Order) -> str:
    return order.get_status_display().replace("_", " ").capitalize()


@require_GET
@signed_in
def order(request: HttpRequest, marketplace: str, seller: str, order: str) -> HttpResponse:
    """What was bought, where it stands, and what was said about it."""
    desk = SellerDesk(request.user, marketplace, seller)
    return show_order(request, desk, get_order_of_seller(desk.staff, order))


def show_order(
    request: HttpRequest, desk: SellerDesk, order: Order, *, refusal: str = "", status: int = HTTPStatus.OK
) -> HttpResponse:
    """The order's page; ``refusal`` says what could not be done with it."""
    page = {**desk.frame(), **_page(desk, order), "refusal": refusal}
    return render(request, "seller/order.html", page, status=status)


def _page(desk: SellerDesk, order: Order) -> dict[str, Any]:
    now, shipments, conversation = clock.now(), shipments_of(order), conversation_about(order)
    return {
        "now": now,
        "order": order,
        "state": _state(order),
        "steps": story(order, shipments, notices_of(order), reader="seller", now=now),
        "by_seller": order.fulfilment == Order.Fulfilment.SELLER,
        **_open_matters(desk, order),
        **of_order(order),
        "lines": [{"line": line, "total": line.quantity * line.unit_minor} for line in lines_of(order)],
        "shipments": shipments,
        "conversation": conversation,
        "contact_href": address("seller-contact", desk, order),
        "review": review_view(desk.staff, order, now=now),
        "review_href": address("seller-review-request", desk, order),
        "clock": open_clocks([conversation]).get(conversation.pk) if conversation else None,
        "conversation_href": f"{desk.url('conversation', conversation)}#newest" if conversation else "",
    }


def _open_matters(desk: SellerDesk, order: Order) -> dict[str, Any]:
    """What the shop has yet to do about an order that has not left: two queries."""
    by_seller = order.fulfilment == Order.Fulfilment.SELLER
    return {
        "ship_clock": clocks_of([order]).get(order.pk),
        "asked": waiting_request(order),
        "asked_href": address("seller-cancel-request", desk, order),
        "delay_href": address("seller-order-delay", desk, order),
        "cancel_href": address("seller-order-cancel", desk, order),
        "may_delay": desk.writes and by_seller and order.status in TO_SHIP,
        "may_cancel": desk.writes and by_seller and order.status in (Order.Status.PENDING, Order.Status.UNSHIPPED),
    }

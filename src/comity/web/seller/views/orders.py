"""A shop's orders, and one of them."""

from http import HTTPStatus
from typing import Any

from django.core.paginator import Page
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from comity.accounts.selectors.roles import may
from comity.common import clock
from comity.messaging.selectors.desk import conversation_about, open_clocks
from comity.orders.models import Order, ShipDeadline
from comity.orders.selectors.life import clocks_of, notices_of, open_notice, waiting_among, waiting_request
from comity.orders.selectors.orders import (
    counts_of_seller,
    get_order_of_seller,
    lines_of,
    orders_of_seller,
    shipments_of,
)
from comity.orders.selectors.parcels import address_for_shop
from comity.orders.services.statuses import OVER, STATUS_WORDS, TO_SHIP, is_rest_cancelled
from comity.web.account.gate import signed_in
from comity.web.desk.desks import SellerDesk, seller_frame
from comity.web.order_story import story, sums_of
from comity.web.resolving import replaced_links
from comity.web.returned import of_order
from comity.web.seller.contact_view import address, review_view
from comity.web.seller.order_list import Looked, looked_for
from comity.web.seller.refund_form import reason_words
from comity.web.seller.telling import done_with
from comity.web.subscribed import renewal_line

_STATUSES = (
    ("", "All"),
    ("to_ship", "To ship"),
    ("late", "Late"),
    ("asked", "Asked to cancel"),
    (Order.Status.PENDING, "Not paid yet"),
    (Order.Status.SHIPPED, "Shipped"),
    (Order.Status.DELIVERED, "Delivered"),
    (Order.Status.CANCELLED, "Cancelled"),
)
_COUNTED = [status for status, _ in _STATUSES if status]


@require_GET
@signed_in
def orders(request: HttpRequest, marketplace: str, seller: str) -> HttpResponse:
    """The shop's orders, latest first; those to ship by the day they were promised for, so that late ones lead."""
    desk, now = SellerDesk(request.user, marketplace, seller), clock.now()
    shop, looked = desk.staff.seller, looked_for(request.GET, statuses=dict(_STATUSES))
    status, sift = looked.status, looked.sift(shop)
    page = orders_of_seller(shop, status=status, sift=sift, page=request.GET.get("page"), now=now)
    context = {
        "now": now,
        "page": page,
        "status": status,
        "query": f"{query}&" if (query := looked.query(status)) else "",
        "tabs": _tabs(desk, looked, counts_of_seller(shop, _COUNTED, sift=sift, now=now)),
        **looked.fields(),
        "rows": _rows(desk, page),
        "beside": _beside(desk),
    }
    answer = HTTPStatus.UNPROCESSABLE_ENTITY if looked.errors else HTTPStatus.OK
    return render(request, "seller/orders.html", {**seller_frame(desk.staff, "orders"), **context}, status=answer)


def _tabs(desk: SellerDesk, looked: Looked, counts: dict[str, str]) -> list[dict[str, Any]]:
    """The views of the list within what was looked for; “All” needs no count."""
    place = reverse("seller-orders", kwargs=desk.place)
    hrefs = {key: f"{place}?{query}" if (query := looked.query(key)) else place for key, _ in _STATUSES}
    return [
        {"label": label, "href": hrefs[key], "current": key == looked.status, "count": counts.get(key)}
        for key, label in _STATUSES
    ]


def _beside(desk: SellerDesk) -> list[tuple[str, str]]:
    """The pages that belong to orders and have no place in the frame of their own."""
    pages = [("Returns", "seller-returns"), ("Subscriptions", "seller-subscriptions")]
    pages += [("Feeds", "seller-feeds"), ("Reports", "seller-reports")]
    pages += [("Payouts", "seller-payouts")] if may(desk.staff, "manage") else []
    return [(label, reverse(name, kwargs=desk.place)) for label, name in pages]


def _rows(desk: SellerDesk, page: "Page[Any]") -> list[dict[str, Any]]:
    clocks, asked = clocks_of(page), waiting_among(page)
    return [
        _row(desk, one, clocks.get(one.pk)) | {"asked": one.pk in asked, "state": _state(one, begun=one.begun)}
        for one in page
    ]


def _row(desk: SellerDesk, order: Order, deadline: ShipDeadline | None) -> dict[str, Any]:
    lines = list(order.lines.all())
    by_seller = order.fulfilment == Order.Fulfilment.SELLER
    return {
        "order": order,
        "by_seller": by_seller,
        "href": reverse("seller-order", kwargs={**desk.place, "order": order.public_id}),
        "title": lines[0].title if lines else "",
        "more": len(lines) - 1,
        "ship_by": order.ship_by if by_seller and order.status in TO_SHIP else None,
        "clock": deadline,
    }


def _state(order: Order, *, begun: bool) -> str:
    return "Rest cancelled" if is_rest_cancelled(order, begun=begun) else STATUS_WORDS[order.status].capitalize()


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
    done = done_with(order, request.GET.get("done", ""), desk.place, now=clock.now())
    page = {**desk.frame(current="orders"), **_page(desk, order), "refusal": refusal, "done": done}
    return render(request, "seller/order.html", page, status=status)


def _page(desk: SellerDesk, order: Order) -> dict[str, Any]:
    now, shipments, conversation = clock.now(), shipments_of(order), conversation_about(order)
    notices = notices_of(order)
    return {
        "now": now,
        "order": order,
        "state": _state(order, begun=bool(shipments)),
        "steps": story(order, shipments, notices, reader="seller", now=now),
        "told": open_notice(order, notices),
        **_open_matters(desk, order),
        **_money(desk, order),
        **_around(desk, order),
        "lines": [{"line": line, "total": line.quantity * line.unit_minor} for line in lines_of(order)],
        "shipments": shipments,
        "conversation": conversation,
        "review": review_view(desk.staff, order, now=now),
        "review_href": address("seller-review-request", desk, order),
        "clock": open_clocks([conversation]).get(conversation.pk) if conversation else None,
        "conversation_href": f"{desk.url('conversation', conversation)}#newest" if conversation else "",
    }


def _around(desk: SellerDesk, order: Order) -> dict[str, Any]:
    """What belongs to the order besides itself: returns, the orders it replaces or is replaced by, a subscription."""
    return {
        **of_order(order),
        "replaced": replaced_links(order, "seller-order", desk.place),
        **renewal_line(order, "seller-subscriptions", *desk.place.values()),
    }


def _money(desk: SellerDesk, order: Order) -> dict[str, Any]:
    """What the order costs, what was given back, and whether more can be. One query."""
    payable, by_seller = order.payable, order.fulfilment == Order.Fulfilment.SELLER
    left = payable.open_minor + payable.refundable_minor if payable else order.total_minor
    return {
        "sums": sums_of(order),
        "given": [(one, reason_words(one.reason)) for one in order.adjustments.order_by("pk")],
        "may_refund": desk.writes and by_seller and left > 0,
    }


def _open_matters(desk: SellerDesk, order: Order) -> dict[str, Any]:
    """What the shop has yet to do about an order that has not left: two queries."""
    by_seller = order.fulfilment == Order.Fulfilment.SELLER
    return {
        "by_seller": by_seller,
        "ship_clock": clocks_of([order]).get(order.pk),
        "asked": waiting_request(order),
        "contact_href": address("seller-contact", desk, order),
        "asked_href": address("seller-cancel-request", desk, order),
        "delay_href": address("seller-order-delay", desk, order),
        "cancel_href": address("seller-order-cancel", desk, order),
        "may_ship": by_seller and order.status in TO_SHIP,
        "over": order.status in OVER,
        "ship_to": address_for_shop(order),
        "may_delay": desk.writes and by_seller and order.status in TO_SHIP,
        "may_cancel": desk.writes and by_seller and order.status in (Order.Status.PENDING, Order.Status.UNSHIPPED),
    }

"""One order as its seller sees it."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from comity.common import clock
from comity.messaging.selectors.desk import conversation_about, open_clocks
from comity.orders.models import Order
from comity.orders.selectors.orders import get_order_of_seller, lines_of, shipments_of
from comity.web.account.gate import signed_in
from comity.web.desk.desks import SellerDesk
from comity.web.desk.panes import order_view
from comity.web.seller.contact_view import address, review_view


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
    now = clock.now()
    shipments = shipments_of(order)
    conversation = conversation_about(order)
    return {
        "now": now,
        "order": order,
        "state": order.get_status_display().replace("_", " ").capitalize(),
        "view": order_view(order, lines_of(order), shipments, ships="you", now=now),
        "lines": [{"line": line, "total": line.quantity * line.unit_minor} for line in lines_of(order)],
        "shipments": shipments,
        "conversation": conversation,
        "contact_href": address("seller-contact", desk, order),
        "review": review_view(desk.staff, order, now=now),
        "review_href": address("seller-review-request", desk, order),
        "clock": open_clocks([conversation]).get(conversation.pk) if conversation else None,
        "conversation_href": f"{desk.url('conversation', conversation)}#newest" if conversation else "",
    }

"""A buyer's orders."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from comity.accounts.models import Buyer
from comity.accounts.selectors.seats import buyer_seat
from comity.common import clock
from comity.messaging.selectors.notices import recalls_of_order
from comity.messaging.selectors.of_buyer import conversations_about
from comity.orders.models import Order
from comity.orders.selectors.orders import get_order_of_buyer, lines_of, orders_of_buyer, shipments_of
from comity.orders.selectors.returns import is_paid_back, returnable
from comity.orders.selectors.subscriptions import subscription_count
from comity.web.account.gate import signed_in
from comity.web.buyer.frame import frame
from comity.web.buyer.order_view import order_rows, order_view
from comity.web.buyer.recall_view import own_banner
from comity.web.resolving import told_of
from comity.web.returned import of_order
from comity.web.subscribed import renewal_line


@require_safe
@signed_in
def orders(request: HttpRequest, marketplace: str) -> HttpResponse:
    """Everything bought, latest first."""
    buyer = buyer_seat(request.user, marketplace)
    page = orders_of_buyer(buyer, request.GET.get("page"))
    rows = order_rows(list(page), now=clock.now())
    shown = {"page": page, "rows": rows, "subscriptions": subscription_count(buyer)}
    return render(request, "buyer/orders.html", {**frame(request, buyer.marketplace, buyer, "buyer-orders"), **shown})


@require_safe
@signed_in
def order(request: HttpRequest, marketplace: str, order: str) -> HttpResponse:
    """One order: what was bought, where it is, what was said about it."""
    buyer = buyer_seat(request.user, marketplace)
    readdressed = request.GET.get("done") == "address"
    return show_order(request, buyer, get_order_of_buyer(buyer, order), readdressed=readdressed)


def _something_left(order: Order) -> bool:
    """Whether a piece may still come back and money for it is left to give. Three queries."""
    return not is_paid_back(order) and any(one.left for one in returnable(order))


def show_order(
    request: HttpRequest, buyer: Buyer, found: Order, *, status: int = HTTPStatus.OK, **more: Any
) -> HttpResponse:
    """The order's page; ``more`` says what could not be done with it, and what was typed."""
    now, marketplace = clock.now(), buyer.marketplace.slug
    shown = order_view(found, lines_of(found), shipments_of(found), conversations_about(found), now=now)
    shown |= told_of(found) | of_order(found) | renewal_line(found, "buyer-subscription", marketplace)
    shown["may_send_back"] = shown["may_return"] and _something_left(found)
    shown["recalls"] = [own_banner(marketplace, recall) for recall in recalls_of_order(found)]
    page = {**frame(request, buyer.marketplace, buyer, "buyer-orders"), **shown, **more}
    return render(request, "buyer/order.html", page, status=status)

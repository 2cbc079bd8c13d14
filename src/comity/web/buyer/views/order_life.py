"""A buyer calls an order off, or answers whether to wait for a late one (S46)."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from comity.accounts.models import Buyer
from comity.accounts.selectors.seats import buyer_seat
from comity.common import clock
from comity.common.errors import Refused
from comity.orders.models import Order
from comity.orders.selectors.orders import get_order_of_buyer
from comity.orders.services.cancel_requests import call_off, read_wish
from comity.orders.services.delaying import choose
from comity.web.account.gate import signed_in
from comity.web.buyer.frame import frame, person
from comity.web.buyer.order_view import open_matters
from comity.web.buyer.views.orders import show_order
from comity.web.once import once, once_read


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def cancel(request: HttpRequest, marketplace: str, order: str) -> HttpResponse:
    """Cancel at once while that is free, else ask the seller."""
    buyer = buyer_seat(request.user, marketplace)
    found = get_order_of_buyer(buyer, order)
    if request.method != "POST":
        return _show(request, buyer, found)
    reason = request.POST.get("reason", "").replace("\r\n", "\n")
    try:
        _call_off(request, buyer, found, reason)
    except Refused as refused:
        return _show(request, buyer, found, refused, typed=reason)
    return redirect("buyer-order", marketplace, found.public_id)


def _call_off(request: HttpRequest, buyer: Buyer, order: Order, reason: str) -> None:
    now = clock.now()

    def read() -> str:
        return read_wish(reason, order=order, now=now)

    def deed(words: str) -> str:
        asked = call_off(order=order, buyer=buyer, reason=words, now=now)
        return str(asked.public_id if asked else order.public_id)

    once_read(request, read, deed, route=f"call off/{order.public_id}", user=person(request), now=now)


def _show(
    request: HttpRequest, buyer: Buyer, order: Order, refused: Refused | None = None, *, typed: str = ""
) -> HttpResponse:
    """The form; with what was typed and what is wrong with it."""
    page = {**frame(request, buyer.marketplace, buyer, "buyer-orders"), **open_matters(order, now=clock.now())}
    errors = {refused.field or "form": refused.sentence} if refused else {}
    shown = {"order": order, "typed": typed.replace("\0", "\u2400"), "errors": errors}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK
    return render(request, "buyer/order_cancel.html", page | shown, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def delay(request: HttpRequest, marketplace: str, order: str) -> HttpResponse:
    """Keep an order that ships later, or cancel it. The form stands on the order's page: who goes back lands there."""
    buyer, now = buyer_seat(request.user, marketplace), clock.now()
    found = get_order_of_buyer(buyer, order)
    if request.method != "POST":
        return redirect("buyer-order", marketplace, found.public_id)
    notice, choice = request.POST.get("notice", ""), request.POST.get("choice", "")

    def deed() -> str:
        return str(choose(order=found, buyer=buyer, notice_id=notice, choice=choice, now=now).public_id)

    try:
        once(request, deed, route=f"wait/{found.public_id}", user=person(request), now=now)
    except Refused as refused:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return show_order(request, buyer, found, status=status, refusal=refused.sentence, chosen=choice)
    return redirect("buyer-order", marketplace, found.public_id)

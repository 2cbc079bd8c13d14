"""A buyer has an order sent elsewhere."""

from datetime import datetime
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from comity.accounts.models import Buyer
from comity.accounts.selectors.seats import buyer_seat
from comity.common import clock
from comity.common.errors import Refused
from comity.common.ids import new_id
from comity.orders.models import Order
from comity.orders.selectors.orders import get_order_of_buyer
from comity.orders.services.addresses import change_address, may_readdress, read_address
from comity.web.account.gate import signed_in
from comity.web.buyer.frame import frame, person
from comity.web.once import once_read


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def address(request: HttpRequest, marketplace: str, order: str) -> HttpResponse:
    """The form with the address as it is, until something has left."""
    buyer, now = buyer_seat(request.user, marketplace), clock.now()
    found = get_order_of_buyer(buyer, order)
    if request.method != "POST":
        return _show(request, buyer, found, found.ship_to)
    typed = request.POST.get("address", "").replace("\r\n", "\n")

    def deed(address: str) -> str:
        return _changed(found, buyer, address, now)

    try:
        route = f"readdress/{found.public_id}"
        done = once_read(
            request, lambda: read_address(typed, found, now=now), deed, route=route, user=person(request), now=now
        )
    except Refused as refused:
        # It may have left since it was read.
        return _show(request, buyer, get_order_of_buyer(buyer, order), typed, refused)
    return redirect(f"{reverse('buyer-order', args=[marketplace, found.public_id])}{done}")


def _changed(order: Order, buyer: Buyer, address: str, now: datetime) -> str:
    """What the order's page is asked to say: nothing where it was to go there already."""
    changed = change_address(order=order, buyer=buyer, address=address, now=now)
    return "?done=address" if changed.ship_to != order.ship_to else ""


def _show(request: HttpRequest, buyer: Buyer, order: Order, typed: str, refused: Refused | None = None) -> HttpResponse:
    context = {
        **frame(request, buyer.marketplace, buyer, "buyer-orders"),
        "order": order,
        "may_readdress": may_readdress(order),
        "typed": typed.replace("\0", "\u2400"),
        "errors": {refused.field or "form": refused.sentence} if refused else {},
        "key": new_id("form", clock.now()),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK
    return render(request, "buyer/order_address.html", context, status=status)

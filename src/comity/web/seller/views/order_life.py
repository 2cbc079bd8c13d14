"""What a shop says about an order that has not left: later, not at all, and its answer to who does not want it."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from comity.accounts.selectors.roles import require_writer
from comity.common import clock
from comity.common.errors import Refused
from comity.common.ids import new_id
from comity.orders.models import Order
from comity.orders.selectors.life import get_waiting_request, notices_of, waiting_request
from comity.orders.selectors.orders import get_order_of_seller
from comity.orders.services.acknowledging import Acknowledgement, acknowledge
from comity.orders.services.cancel_requests import answer_request
from comity.orders.services.delaying import tell_delay
from comity.orders.services.results import only
from comity.web.account.gate import signed_in
from comity.web.desk.desks import SellerDesk
from comity.web.once import once
from comity.web.seller.life_forms import AnswerForm, CancelForm, DelayForm, LifeForm

_Deed = Callable[[dict[str, Any]], str]


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def delay(request: HttpRequest, marketplace: str, seller: str, order: str) -> HttpResponse:
    """Tell the buyer of a later day (S45)."""
    desk, found = _open(request, marketplace, seller, order)

    def tell(typed: dict[str, Any]) -> str:
        said = {name: typed[name] for name in ("ship_on", "deliver_on", "reason")}
        return str(tell_delay(staff=desk.staff, order=found, **said, now=clock.now()).public_id)

    form = DelayForm(**_input(request))
    return _answer(request, desk, found, form, tell, "seller/order_delay.html", notices=notices_of(found))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def cancel(request: HttpRequest, marketplace: str, seller: str, order: str) -> HttpResponse:
    """Give the order up, with a reason."""
    desk, found = _open(request, marketplace, seller, order)

    def give_up(typed: dict[str, Any]) -> str:
        require_writer(desk.staff)
        asked = [Acknowledgement(found.public_id, typed["reason"])]
        by = desk.user.public_id
        return only(acknowledge(desk.staff.seller, asked, source="page", actor=by, now=clock.now())).made

    return _answer(request, desk, found, CancelForm(**_input(request)), give_up, "seller/order_cancel.html")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def answer(request: HttpRequest, marketplace: str, seller: str, order: str) -> HttpResponse:
    """Answer a buyer who asked to cancel."""
    desk, found = _open(request, marketplace, seller, order)
    asked = waiting_request(found) if request.method == "POST" else get_waiting_request(found)

    def decide(typed: dict[str, Any]) -> str:
        said = {"accept": typed["choice"] == "accept", "answer": typed["answer"], "request_id": typed["asked"]}
        return str(answer_request(staff=desk.staff, order=found, **said, now=clock.now()).public_id)

    form = AnswerForm(**_input(request, asked=asked.public_id if asked else ""))
    return _answer(request, desk, found, form, decide, "seller/order_answer.html", asked=asked)


def _open(request: HttpRequest, marketplace: str, seller: str, order: str) -> tuple[SellerDesk, Order]:
    desk = SellerDesk(request.user, marketplace, seller)
    return desk, get_order_of_seller(desk.staff, order)


def _input(request: HttpRequest, **initial: str) -> dict[str, Any]:
    """What a form is made of: what was sent, or a fresh key."""
    data = request.POST if request.method == "POST" else None
    return {"data": data, "initial": {"key": new_id("form", clock.now()), **initial}}


def _answer(
    request: HttpRequest, desk: SellerDesk, order: Order, form: LifeForm, deed: _Deed, template: str, **shown: Any
) -> HttpResponse:
    """Do what was sent, once, and lead to the order; or show the form, with what is wrong in it."""
    if form.is_bound and form.is_valid():
        try:
            route = f"{template}/{order.public_id}"
            once(request, lambda: deed(form.cleaned_data), route=route, user=desk.user, now=clock.now())
            return redirect(reverse("seller-order", kwargs={**desk.place, "order": order.public_id}))
        except Refused as refused:
            visible = {field.name for field in form.visible_fields()}
            form.add_error(refused.field if refused.field in visible else None, refused.sentence)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    page = {**desk.frame(), **shown, "order": order, "seller": desk.staff.seller, "form": form, "writes": desk.writes}
    return render(request, template, page, status=status)

"""What a shop says about an order that has not left: later, not at all, and its answer to who does not want it."""

from collections.abc import Callable, Collection
from http import HTTPStatus
from typing import Any, NamedTuple

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
from comity.orders.services.cancel_requests import answer_request, read_answer
from comity.orders.services.delaying import read_reason, tell_delay
from comity.orders.services.results import only
from comity.orders.services.statuses import STATUS_WORDS, TO_SHIP
from comity.web.account.gate import signed_in
from comity.web.desk.desks import SellerDesk
from comity.web.once import once_read
from comity.web.seller.life_forms import AnswerForm, CancelForm, DelayForm, LifeForm

_Typed = dict[str, Any]


class _Deed(NamedTuple):
    """``do`` says what was done, as the order's page names it; ``read``: its words, which the rules read before."""

    do: Callable[[_Typed], str]
    read: Callable[[_Typed], _Typed] = dict


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def delay(request: HttpRequest, marketplace: str, seller: str, order: str) -> HttpResponse:
    """Tell the buyer of a later day (S45)."""
    desk, found = _open(request, marketplace, seller, order)

    def read(typed: _Typed) -> _Typed:
        words = read_reason(typed["reason"], staff=desk.staff, order=found, now=clock.now())
        return {**typed, "reason": words}

    def tell(typed: _Typed) -> str:
        said = {name: typed[name] for name in ("ship_on", "deliver_on", "reason")}
        tell_delay(staff=desk.staff, order=found, **said, now=clock.now())
        return "delayed"

    shown = {"notices": notices_of(found), "closed": _closed(found, TO_SHIP, "there is no day of dispatch to change")}
    form = DelayForm(**_input(request))
    return _answer(request, desk, found, form, _Deed(tell, read), "seller/order_delay.html", **shown)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def cancel(request: HttpRequest, marketplace: str, seller: str, order: str) -> HttpResponse:
    """Give the order up, with a reason."""
    desk, found = _open(request, marketplace, seller, order)

    def give_up(typed: _Typed) -> str:
        require_writer(desk.staff)
        asked = [Acknowledgement(found.public_id, typed["reason"])]
        by = desk.user.public_id
        if only(acknowledge(desk.staff.seller, asked, source="page", actor=by, now=clock.now())).repeated:
            raise Refused("over", f"{_stands(found)}: nothing was done now.")
        return "cancelled"

    closed = _closed(found, (Order.Status.PENDING, Order.Status.UNSHIPPED), "it cannot be cancelled any more")
    form = CancelForm(**_input(request))
    return _answer(request, desk, found, form, _Deed(give_up), "seller/order_cancel.html", closed=closed)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def answer(request: HttpRequest, marketplace: str, seller: str, order: str) -> HttpResponse:
    """Answer a buyer who asked to cancel."""
    desk, found = _open(request, marketplace, seller, order)
    asked = waiting_request(found) if request.method == "POST" else get_waiting_request(found)

    def read(typed: _Typed) -> _Typed:
        about = {"staff": desk.staff, "order": found, "accept": typed["choice"] == "accept"}
        return {**typed, "answer": read_answer(typed["answer"], **about, now=clock.now())}

    def decide(typed: _Typed) -> str:
        said = {"accept": typed["choice"] == "accept", "answer": typed["answer"], "request_id": typed["asked"]}
        answer_request(staff=desk.staff, order=found, **said, now=clock.now())
        return "cancelled" if said["accept"] else "declined"

    closed = "" if asked else "There is nothing to answer any more: the order’s page says what was decided."
    form = AnswerForm(**_input(request, asked=asked.public_id if asked else ""))
    shown = {"asked": asked, "closed": closed}
    return _answer(request, desk, found, form, _Deed(decide, read), "seller/order_answer.html", **shown)


def _open(request: HttpRequest, marketplace: str, seller: str, order: str) -> tuple[SellerDesk, Order]:
    desk = SellerDesk(request.user, marketplace, seller)
    return desk, get_order_of_seller(desk.staff, order)


def _closed(order: Order, open_to: Collection[str], otherwise: str) -> str:
    """Why a page has nothing to fill in; empty where it has."""
    if order.fulfilment == Order.Fulfilment.MARKETPLACE:
        return "The marketplace ships this order: there is nothing for you to do."
    return "" if order.status in open_to else f"{_stands(order)}: {otherwise}."


def _stands(order: Order) -> str:
    return f"This order is {STATUS_WORDS[order.status]}"


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
            route, typed = f"{template}/{order.public_id}", form.cleaned_data
            done = once_read(request, lambda: deed.read(typed), deed.do, route=route, user=desk.user, now=clock.now())
            return redirect(f"{reverse('seller-order', kwargs={**desk.place, 'order': order.public_id})}?done={done}")
        except Refused as refused:
            visible = {field.name for field in form.visible_fields()}
            form.add_error(refused.field if refused.field in visible else None, refused.sentence)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    about = {"order": order, "seller": desk.staff.seller, "form": form, "writes": desk.writes}
    page = {**desk.frame(current="orders"), **shown, **about}
    return render(request, template, page, status=status)

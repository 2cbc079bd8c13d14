"""A buyer's returns: asking for one, following it, saying that it was sent."""

from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from comity.accounts.models import Buyer
from comity.accounts.profiles import profile_in_force
from comity.accounts.selectors.seats import buyer_seat
from comity.common import clock
from comity.common.errors import Refused
from comity.common.ids import new_id
from comity.orders.models import Order, Return
from comity.orders.selectors.orders import get_order_of_buyer
from comity.orders.selectors.returns import get_return_of_buyer
from comity.orders.services.returning.requests import (
    Wanted,
    close,
    mark_sent,
    read_wanted,
    request_return,
    require_possible,
)
from comity.orders.services.returning.steps import terms_of
from comity.orders.services.returning.unseen import days_to_refund
from comity.web.account.gate import signed_in
from comity.web.attached import attaching, read_with_files
from comity.web.buyer import return_view
from comity.web.buyer.frame import frame, person
from comity.web.compose import Form, Typed
from comity.web.once import once, once_read
from comity.web.returned import STATES, files_view, hand_out, lines_view, steps_view


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def ask(request: HttpRequest, marketplace: str, order: str) -> HttpResponse:
    """The form for a return: items (a GET), reasons, and what follows; it is sent at the end."""
    buyer, now = buyer_seat(request.user, marketplace), clock.now()
    found = get_order_of_buyer(buyer, order)
    if request.method == "POST":
        return _posted(request, buyer, found, now)
    if closed := return_view.closed_words(found):
        return _page(request, buyer, "buyer/return_items.html", {"order": found, "closed": closed}, failed=False)
    rows = return_view.rows_of(found, request.GET)
    picked = return_view.chosen(rows)
    errors = _errors_of_pieces(found, picked, now)
    if request.GET.get("step") != "why" or errors or not picked:
        asked = "step" in request.GET and not errors
        errors = errors | ({"form": "Enter how many pieces of at least one item you send back."} if asked else {})
        view = return_view.choosing_view(found, rows, errors, now=now)
        return _page(request, buyer, "buyer/return_items.html", view, failed=bool(errors))
    return _telling(request, buyer, found, picked, {}, Typed(), now=now)


def _errors_of_pieces(order: Order, picked: list[return_view.Row], now: datetime) -> dict[str, str]:
    """What is wrong with the numbers of pieces; reasons are asked for after them."""
    any_reason = profile_in_force(order.marketplace, now).returns.reasons[0].key
    for row in picked:
        wanted = row.wanted
        try:
            require_possible(order, [type(wanted)(wanted.line, wanted.quantity, any_reason)], now=now)
        except Refused as refused:
            return return_view.error_of(refused, picked)
    return {}


def _posted(request: HttpRequest, buyer: Buyer, order: Order, now: datetime) -> HttpResponse:
    picked = return_view.chosen(return_view.rows_of(order, request.POST))
    typed = read_with_files(request, user=person(request), marketplace=buyer.marketplace, photos=True, now=now)
    if typed.removed or typed.file_errors or request.POST.get("step") == "change":
        return _telling(request, buyer, order, picked, {}, typed, now=now)
    try:
        if request.POST.get("step") != "send":
            require_possible(order, [row.wanted for row in picked], photos=typed.files, now=now)
            return _summary(request, buyer, order, picked, typed, now=now)
        return redirect("buyer-return", buyer.marketplace.slug, _send(request, order, picked, typed, now))
    except Refused as refused:
        errors = return_view.error_of(refused, picked)
        rows = return_view.rows_of(order, request.POST)
        if not any(row.piece.left for row in rows):
            view = return_view.choosing_view(order, rows, errors, now=now)
            return _page(request, buyer, "buyer/return_items.html", view, failed=True)
        return _telling(request, buyer, order, picked, errors, typed, now=now)


def _send(request: HttpRequest, order: Order, picked: list[return_view.Row], typed: Typed, now: datetime) -> str:
    user = person(request)

    def read() -> list[Wanted]:
        return read_wanted(order, [row.wanted for row in picked], photos=typed.files, now=now)

    def deed(wanted: list[Wanted]) -> str:
        made = request_return(order, wanted, photos=typed.files, actor=user.public_id, now=now)
        return str(made.public_id)

    return once_read(request, read, deed, route="buyer-return-ask", user=user, now=now)


def _telling(
    request: HttpRequest,
    buyer: Buyer,
    order: Order,
    picked: list[return_view.Row],
    errors: dict[str, str],
    typed: Typed,
    *,
    now: datetime,
) -> HttpResponse:
    view = return_view.telling_view(order, picked, errors, now=now)
    view |= _attach(request, buyer, typed, now)
    return _page(request, buyer, "buyer/return_why.html", view, failed=bool(errors or typed.file_errors))


def _summary(
    request: HttpRequest, buyer: Buyer, order: Order, picked: list[return_view.Row], typed: Typed, *, now: datetime
) -> HttpResponse:
    view = return_view.summary_view(order, picked, now=now) | _attach(request, buyer, typed, now)
    return _page(request, buyer, "buyer/return_look.html", {**view, "key": new_id("form", now)}, failed=False)


def _attach(request: HttpRequest, buyer: Buyer, typed: Typed, now: datetime) -> dict[str, Any]:
    limits = profile_in_force(buyer.marketplace, now).attachments.of_photos()
    return attaching(Form(typed), limits=limits, user=person(request), now=now)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def returned(request: HttpRequest, marketplace: str, returned: str) -> HttpResponse:
    """One return: what was asked, what was answered, where to send it, what came of it."""
    buyer = buyer_seat(request.user, marketplace)
    found = get_return_of_buyer(buyer, returned)
    if request.method != "POST":
        return _show(request, buyer, found, {})
    try:
        _carry_out(request, found)
    except Refused as refused:
        return _show(request, buyer, get_return_of_buyer(buyer, returned), {refused.field or "form": refused.sentence})
    return redirect("buyer-return", marketplace, found.public_id)


def _carry_out(request: HttpRequest, found: Return) -> None:
    user, now, typed = person(request), clock.now(), request.POST

    def deed() -> str:
        if typed.get("action") == "close":
            close(found, actor=user.public_id, now=now)
        elif typed.get("action") == "sent":
            carrier, number = typed.get("carrier", ""), typed.get("tracking_number", "")
            mark_sent(found, carrier=carrier, tracking=number, actor=user.public_id, now=now)
        else:
            raise Refused("action", "Choose what to do with this return.")
        return str(found.public_id)

    once(request, deed, route="buyer-return", user=user, now=now)


def _show(request: HttpRequest, buyer: Buyer, found: Return, errors: dict[str, str]) -> HttpResponse:
    slug, now = buyer.marketplace.slug, clock.now()
    look, words = STATES[found.state]
    view = {
        "returned": found,
        "order": found.order,
        "look": look,
        "state": words,
        "lines": lines_view(found, terms_of(found)),
        "steps": steps_view(found),
        "clock": found.deadlines.filter(ended_at=None).first(),
        "answers": buyer.marketplace if found.order.fulfilment == "marketplace" else found.order.seller,
        "may_close": return_view.is_open(found),
        "refund_days": days_to_refund(buyer.marketplace, terms_of(found), found.received_at or now),
        "errors": errors,
        "typed": request.POST,
        "key": new_id("form", now),
        **files_view(found, lambda name: reverse("buyer-return-file", args=[slug, found.public_id, name])),
    }
    return _page(request, buyer, "buyer/return.html", view, failed=bool(errors))


@require_safe
@signed_in
def file(request: HttpRequest, marketplace: str, returned: str, file: str) -> HttpResponse:
    """A photo or the label of a return."""
    buyer = buyer_seat(request.user, marketplace)
    return hand_out(request, get_return_of_buyer(buyer, returned), file)


def _page(request: HttpRequest, buyer: Buyer, template: str, view: dict[str, Any], *, failed: bool) -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if failed else HTTPStatus.OK
    context = {**frame(request, buyer.marketplace, buyer, "buyer-orders"), "now": clock.now(), **view}
    return render(request, template, context, status=status)

"""A shop confirms what has left, corrects what it said, and prints what goes into the box (S58, S59, S65)."""

from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from comity.accounts.models import Staff
from comity.accounts.selectors.roles import may
from comity.accounts.selectors.seats import seller_seat
from comity.common import clock
from comity.common.errors import Refused
from comity.common.ids import new_id
from comity.integrations.carriers import carriers
from comity.orders.models import Order, OrderLine, Shipment
from comity.orders.selectors.orders import get_order_of_seller, lines_of, orders_of_seller
from comity.orders.selectors.parcels import get_shipment_of_order, left_to_send
from comity.orders.services.confirming import Confirmation, confirm_by_staff
from comity.orders.services.results import Result
from comity.web.account.gate import signed_in
from comity.web.desk.desks import seller_frame
from comity.web.once import once
from comity.web.seller.parcel_forms import ParcelForm, is_odd, moment_of, said_of, today_of

_MOST = 100  # orders in one press of the button; a page has fewer
Forms = dict[str, tuple[Order, ParcelForm]]  # by the order's public id


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def ship(request: HttpRequest, marketplace: str, seller: str, order: str) -> HttpResponse:
    """Confirm a parcel: all that is left, or some pieces of it."""
    staff, now = seller_seat(request.user, marketplace, seller), clock.now()
    found = get_order_of_seller(staff, order)
    left = left_to_send(found)
    initial = {"key": new_id("form", now), "shipped_on": today_of(staff.seller, now)}
    form = ParcelForm(request.POST if request.method == "POST" else None, left=left, initial=initial)
    if form.is_bound and (made := _carried_out_once(request, staff, found, form, now)):
        return HttpResponseRedirect(_after(staff, found, made, form))
    context = {"form": form, "left": left, "waits": any(pieces for _, pieces in left)}
    return _show(request, staff, found, "seller/ship.html", context)


class _NotDone(Exception):
    """The form says why."""


def _carried_out_once(request: HttpRequest, staff: Staff, order: Order, form: ParcelForm, now: datetime) -> str:
    """``_carried_out``; for a form that came before what was done then, whatever is left to send by now."""

    def deed() -> str:
        if made := _carried_out(staff, order, form, now):
            return made
        raise _NotDone

    try:
        return once(request, deed, route="seller-ship", user=staff.user, now=now)
    except _NotDone:
        return ""
    except Refused as refused:
        form.add_error(None, refused.sentence)
        return ""


def _carried_out(staff: Staff, order: Order, form: ParcelForm, now: datetime, source: str = "comity") -> str:
    """The id of the parcel; empty where the form now says why it was not done."""
    if not form.is_valid():
        return ""
    said = _said(form, order, staff, now)
    if not said.items and form.pieces:
        form.add_error(None, "Say of at least one line how many pieces are in the parcel.")
        return ""
    try:
        (result,) = confirm_by_staff(staff, [said], now=now, source=source)
    except Refused as refused:
        form.add_error(None, refused.sentence)
        return ""
    form.tell(result.faults, said.items)
    return result.made


def _said(form: ParcelForm, order: Order, staff: Staff, now: datetime) -> Confirmation:
    return form.confirmation(order, moment_of(form.cleaned_data["shipped_on"], staff.seller, now))


def _after(staff: Staff, order: Order, made: str, form: ParcelForm) -> str:
    """Back to the order, or to the parcel where its number is odd."""
    if _is_odd(form):
        return _address(staff, "seller-shipment", order=order.public_id, shipment=made)
    return _address(staff, "seller-order", order=order.public_id)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def shipment(request: HttpRequest, marketplace: str, seller: str, order: str, shipment: str) -> HttpResponse:
    """Correct what was said of a parcel; what is in it stays."""
    staff, now = seller_seat(request.user, marketplace, seller), clock.now()
    found = get_order_of_seller(staff, order)
    parcel = get_shipment_of_order(found, shipment)
    data = {**request.POST.dict(), "key": parcel.external_id} if request.method == "POST" else None
    form = ParcelForm(data, initial=said_of(parcel, staff.seller))
    if form.is_bound and (made := _carried_out(staff, found, form, now, parcel.source)):
        return HttpResponseRedirect(_after(staff, found, made, form))
    odd = is_odd(parcel.carrier, parcel.tracking_number)
    return _show(request, staff, found, "seller/shipment.html", {"form": form, "shipment": parcel, "odd": odd})


def _show(request: HttpRequest, staff: Staff, order: Order, template: str, context: dict[str, Any]) -> HttpResponse:
    form: ParcelForm = context["form"]
    page = {
        **seller_frame(staff, "orders"),
        **context,
        "order": order,
        "seller": staff.seller,
        "carriers": carriers(),
        "writes": may(staff, "reply"),
        "odd_typed": form.is_bound and _is_odd(form),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, template, page, status=status)


def _is_odd(form: ParcelForm) -> bool:
    return is_odd(form.data.get("carrier", ""), form.data.get("tracking", ""))


@require_safe
@signed_in
def slip(request: HttpRequest, marketplace: str, seller: str, order: str) -> HttpResponse:
    """What goes into the box, to be printed, without prices: order number, address, pieces. ``?shipment=``: of one."""
    staff = seller_seat(request.user, marketplace, seller)
    found = get_order_of_seller(staff, order)
    parcel = get_shipment_of_order(found, request.GET["shipment"]) if "shipment" in request.GET else None
    context = {"order": found, "seller": staff.seller, "rows": _inside(found, parcel), "shipment": parcel}
    return render(request, "seller/slip.html", {**seller_frame(staff, "orders"), **context})


def _inside(order: Order, parcel: Shipment | None) -> list[tuple[OrderLine, int]]:
    """What is in one parcel; without one what is left to send, or all of an order that has left."""
    packed = [(one.line, one.quantity) for one in parcel.lines.all()] if parcel else []
    left = [] if packed else [(line, pieces) for line, pieces in left_to_send(order) if pieces]
    return packed or left or [(line, line.quantity) for line in lines_of(order)]


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def ship_many(request: HttpRequest, marketplace: str, seller: str) -> HttpResponse:
    """Confirm many orders at once, each as one parcel with everything that is left in it."""
    staff, now = seller_seat(request.user, marketplace, seller), clock.now()
    forms, problem, done = _ticked(request, staff, now), "", 0
    if request.method == "POST":
        try:
            done = _confirm_ticked(staff, forms, now)
        except Refused as refused:
            problem = refused.sentence
        if done and done == len(forms):
            return HttpResponseRedirect(f"{request.path}?done={done}")
        problem = problem or ("" if forms else "Tick the orders that have left.")
    return _show_many(request, staff, forms, now, problem=problem, done=done)


def _ticked(request: HttpRequest, staff: Staff, now: datetime) -> Forms:
    """The orders that are ticked, with what was typed for each. A stranger's is not among them."""
    # PostgreSQL raises for a NUL.
    names = [name for name in dict.fromkeys(request.POST.getlist("order")) if name.isprintable()][:_MOST]
    found = {one.public_id: one for one in Order.objects.filter(seller=staff.seller, public_id__in=names)}
    return {name: (found[name], _row_form(name, staff, now, request.POST)) for name in names if name in found}


def _row_form(name: str, staff: Staff, now: datetime, data: Any = None, kept: Any = None) -> ParcelForm:
    """The form of one order; ``kept``: what was typed for it without a tick."""
    initial = {"key": new_id("form", now), "shipped_on": today_of(staff.seller, now)}
    typed = {field: kept[f"{name}-{field}"] for field in ParcelForm.base_fields if f"{name}-{field}" in (kept or ())}
    return ParcelForm(data, prefix=name, initial=initial | typed)


def _confirm_ticked(staff: Staff, forms: Forms, now: datetime) -> int:
    """Confirm what is typed well; how many of it were done. The forms say what was not."""
    good = [(order, form) for order, form in forms.values() if form.is_valid()]
    results: list[Result] = confirm_by_staff(staff, [_said(form, order, staff, now) for order, form in good], now=now)
    for (_, form), result in zip(good, results, strict=True):
        form.tell(result.faults)
    return sum(not result.faults for result in results)


def _show_many(
    request: HttpRequest, staff: Staff, forms: Forms, now: datetime, *, problem: str, done: int
) -> HttpResponse:
    page = orders_of_seller(staff.seller, status="to_ship", page=request.GET.get("page"))
    context = {
        **seller_frame(staff, "orders"),
        "seller": staff.seller,
        "page": page,
        "rows": [_row(one, forms, request, staff, now) for one in page],
        "carriers": carriers(),
        "writes": may(staff, "reply"),
        "problem": problem,
        "done": done or _count(request.GET.get("done", "")),
        "now": now,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if request.method == "POST" else HTTPStatus.OK
    return render(request, "seller/ship_many.html", context, status=status)


def _count(typed: str) -> int:
    known = typed.isdecimal() and len(typed) < 4  # noqa: PLR2004 - never more than a page
    return int(typed) if known else 0


def _row(order: Order, forms: Forms, request: HttpRequest, staff: Staff, now: datetime) -> dict[str, Any]:
    ticked = order.public_id in forms
    form = forms[order.public_id][1] if ticked else _row_form(order.public_id, staff, now, kept=request.POST)
    return {"order": order, "form": form, "ticked": ticked}


def _address(staff: Staff, route: str, **more: str) -> str:
    place = {"marketplace": staff.seller.marketplace.slug, "seller": staff.seller.public_id}
    return reverse(route, kwargs={**place, **more})

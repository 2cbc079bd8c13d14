"""A shop confirms what has left and corrects what it said (S58, S59)."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from comity.accounts.models import Staff
from comity.accounts.selectors.roles import may
from comity.accounts.selectors.seats import seller_seat
from comity.common import clock
from comity.common.errors import Refused
from comity.common.ids import new_id
from comity.integrations.carriers import carriers, is_odd
from comity.orders.models import Order
from comity.orders.selectors.inserts import insert_of
from comity.orders.selectors.life import waiting_among
from comity.orders.selectors.orders import get_order_of_seller, orders_of_seller
from comity.orders.selectors.parcels import address_for_shop, get_shipment_of_order, left_of_each, left_to_send
from comity.orders.services.confirming import Confirmation, confirm_by_staff
from comity.orders.services.results import Result
from comity.web.account.gate import signed_in
from comity.web.desk.desks import seller_frame
from comity.web.once import once
from comity.web.seller.parcel_forms import ParcelForm, moment_of, said_of, today_of
from comity.web.seller.telling import SHIPMENT, tells_of

MOST_AT_ONCE = 100  # orders in one press of the button; a page has fewer
FOR_ALL = ("carrier", "service", "shipped_on")  # typed once where an order has nothing else
_TYPED = ("-tracking", "-carrier", "-service", "-shipped_on")  # ends of what the fields of an order are called
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
        return HttpResponseRedirect(_after(staff, found, made, form, "shipped"))
    waits = sum(pieces for _, pieces in left)
    context = {"form": form, "left": left, "waits": waits, "ship_to": address_for_shop(found)}
    return _show(request, staff, found, "seller/ship.html", context)


class _NotDone(Exception):
    """The form says why."""


def _carried_out_once(request: HttpRequest, staff: Staff, order: Order, form: ParcelForm, now: datetime) -> str:
    """``_carried_out``; for a form that came before what was done then, whatever is left to send by now."""

    def deed() -> str:
        if done := _carried_out(staff, order, form, now):
            return done.made
        raise _NotDone

    try:
        return once(request, deed, route="seller-ship", user=staff.user, now=now)
    except _NotDone:
        return ""
    except Refused as refused:
        form.add_error(None, refused.sentence)
        return ""


def _carried_out(staff: Staff, order: Order, form: ParcelForm, now: datetime, source: str = "comity") -> Result | None:
    """What became of the parcel; nothing where the form now says why it was not done."""
    if not form.is_valid():
        return None
    said = _said(form, order, staff, now)
    if not said.items and form.pieces:
        form.add_error(None, "Say of at least one line how many pieces are in the parcel.")
        return None
    try:
        (result,) = confirm_by_staff(staff, [said], now=now, source=source)
    except Refused as refused:
        form.add_error(None, refused.sentence)
        return None
    form.tell(result.faults, said.items)
    return result if result.made else None


def _said(form: ParcelForm, order: Order, staff: Staff, now: datetime) -> Confirmation:
    return form.confirmation(order, moment_of(form.cleaned_data["shipped_on"], staff.seller, now))


def _after(staff: Staff, order: Order, made: str, form: ParcelForm, done: str) -> str:
    """Back to the order, which says what was ``done`` if anything was, or to the parcel where its number is odd."""
    if _is_odd(form):
        return _address(staff, "seller-shipment", order=order.public_id, shipment=made)
    back = _address(staff, "seller-order", order=order.public_id)
    return f"{back}?done={done}" if done else back


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def shipment(request: HttpRequest, marketplace: str, seller: str, order: str, shipment: str) -> HttpResponse:
    """Correct what was said of a parcel; what is in it stays."""
    staff, now = seller_seat(request.user, marketplace, seller), clock.now()
    found = get_order_of_seller(staff, order)
    parcel = get_shipment_of_order(found, shipment)
    data = {**request.POST.dict(), "key": parcel.external_id} if request.method == "POST" else None
    form = ParcelForm(data, initial=said_of(parcel, staff.seller))
    if form.is_bound and (said := _carried_out(staff, found, form, now, parcel.source)):
        return HttpResponseRedirect(_after(staff, found, said.made, form, "" if said.repeated else "corrected"))
    odd = is_odd(parcel.carrier, parcel.tracking_number)
    return _show(request, staff, found, "seller/shipment.html", {"form": form, "shipment": parcel, "odd": odd})


def _show(request: HttpRequest, staff: Staff, order: Order, template: str, context: dict[str, Any]) -> HttpResponse:
    form: ParcelForm = context["form"]
    if form.is_bound and _is_odd(form) and "tracking" not in form.errors:
        form.fields["tracking"].help_text = "The number does not look like one of this carrier’s. Check it."
    page = {
        **seller_frame(staff, "orders"),
        **context,
        "order": order,
        "seller": staff.seller,
        "carriers": carriers(),
        "writes": may(staff, "reply"),
        "told": tells_of(order, SHIPMENT, clock.now()),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, template, page, status=status)


def _is_odd(form: ParcelForm) -> bool:
    return is_odd(form.data.get("carrier", ""), form.data.get("tracking", ""))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def ship_many(request: HttpRequest, marketplace: str, seller: str) -> HttpResponse:
    """Confirm many orders at once, each as one parcel with everything that is left in it."""
    staff, now = seller_seat(request.user, marketplace, seller), clock.now()
    forms, problem, done = ticked(request, staff, now), "", None
    if request.method == "POST" and "tick" not in request.POST:
        try:
            done = _confirm_ticked(staff, forms, now)
        except Refused as refused:
            problem = refused.sentence
        left_out = _left_out(request, staff)
        if done and len(done) == len(forms) and not left_out:
            return HttpResponseRedirect(f"{request.path}?done={','.join(done)}")
        problem = problem or left_out or ("" if forms else "Tick the orders that have left.")
    return show_many(request, staff, forms, now, problem=problem, done=done)


def ticked(request: HttpRequest, staff: Staff, now: datetime) -> Forms:
    """The orders that are ticked, with what was typed for each. A stranger's is not among them."""
    # PostgreSQL raises for a NUL.
    names = [name for name in dict.fromkeys(request.POST.getlist("order")) if name.isprintable()][:MOST_AT_ONCE]
    rows = Order.objects.filter(seller=staff.seller, public_id__in=names)
    found = {one.public_id: one for one in rows.select_related("seller", "buyer", "marketplace")}
    return {name: (found[name], _row_form(name, now, request.POST)) for name in names if name in found}


def _left_out(request: HttpRequest, staff: Staff) -> str:
    """That something was typed for orders which are not ticked; empty where nothing was."""
    filled = [key for key, text in request.POST.dict().items() if key.endswith(_TYPED) and str(text).strip()]
    names = {key.partition("-")[0] for key in filled} - {"all", *request.POST.getlist("order")}
    known = [name for name in names if name.isprintable()][:MOST_AT_ONCE]
    rows = Order.objects.filter(seller=staff.seller, public_id__in=known) if known else Order.objects.none()
    numbers = ", ".join(rows.order_by("number").values_list("number", flat=True))
    return f"Filled in and not ticked: {numbers}. Tick what has left, or empty its fields." if numbers else ""


def _row_form(name: str, now: datetime, data: Any = None, kept: Any = None) -> ParcelForm:
    """The form of one order, what is empty as typed for all; ``kept``: what was typed for it without a tick."""
    initial = {"key": new_id("form", now)}
    if data is not None:
        data = data.copy()
        for field in FOR_ALL:
            data[f"{name}-{field}"] = data.get(f"{name}-{field}", "").strip() or data.get(f"all-{field}", "")
    typed = {field: kept[f"{name}-{field}"] for field in ParcelForm.base_fields if f"{name}-{field}" in (kept or ())}
    form = ParcelForm(data, prefix=name, initial=initial | typed)
    for field in ("carrier", "tracking"):
        form.fields[field].help_text = ""  # said once for all, not beside each order
    return form


def _confirm_ticked(staff: Staff, forms: Forms, now: datetime) -> list[str]:
    """Confirm what is typed well; the numbers of the orders that were. The forms say what was not.

    A number that is odd for its carrier is asked for once more; pressed again as it is, it is taken.
    """
    good = [(order, form) for order, form in forms.values() if form.is_valid() and form.is_sure()]
    results: list[Result] = confirm_by_staff(staff, [_said(form, order, staff, now) for order, form in good], now=now)
    for (_, form), result in zip(good, results, strict=True):
        form.tell(result.faults)
    return [order.number for (order, _), result in zip(good, results, strict=True) if not result.faults]


def show_many(
    request: HttpRequest, staff: Staff, forms: Forms, now: datetime, *, problem: str, done: Sequence[str] | None = None
) -> HttpResponse:
    """The orders to ship with all that was typed, and what is wrong; of a try to confirm, what was ``done``."""
    page = orders_of_seller(staff.seller, status="to_ship", page=request.GET.get("page"))
    context = {
        **seller_frame(staff, "orders"),
        "seller": staff.seller,
        "page": page,
        "rows": _rows(page, forms, request, now),
        "carriers": carriers(),
        "writes": may(staff, "reply"),
        "insert": insert_of(staff.seller, now=now),
        "edits": may(staff, "manage"),
        **_not_done(page, forms, done),
        "done": _done(staff, done or request.GET.get("done", "").split(",")),
        "all": _for_all(request, today_of(staff.seller, now)),
        "now": now,
    }
    return render(request, "seller/ship_many.html", {**context, "problem": problem}, status=_status(request))


def _not_done(page: Iterable[Order], forms: Forms, done: Sequence[str] | None) -> dict[str, Any]:
    """The orders that were not confirmed: those of the page, and others with what is wrong."""
    stayed = [] if done is None else [of for of in forms.values() if of[0].number not in done]
    here = {order.pk for order in page}
    gone = [(order, form.first_error) for order, form in stayed if order.pk not in here]
    return {"stayed": [order for order, _ in stayed if order.pk in here], "gone": gone}


def _rows(page: Iterable[Order], forms: Forms, request: HttpRequest, now: datetime) -> list[dict[str, Any]]:
    left, asked = left_of_each(list(page)), waiting_among(page)
    return [_row(one, forms, request, now, asked) | {"left": left[one.pk]} for one in page]


def _status(request: HttpRequest) -> HTTPStatus:
    """A form that is shown once more was refused, unless it only asked for ticks."""
    refused = request.method == "POST" and "tick" not in request.POST
    return HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK


def _for_all(request: HttpRequest, today: date) -> dict[str, str]:
    """What was typed for all that are ticked; before anything was, they left today."""
    typed = {field: request.POST[f"all-{field}"] for field in FOR_ALL if f"all-{field}" in request.POST}
    return {**dict.fromkeys(FOR_ALL, ""), "shipped_on": f"{today}"} | typed


def _done(staff: Staff, numbers: Sequence[str]) -> list[Order]:
    """The shop's orders with these numbers, as the address of a page or a form says them."""
    named = [one for one in numbers if one and one.isprintable()][:MOST_AT_ONCE]
    return list(Order.objects.filter(seller=staff.seller, number__in=named).order_by("number")) if named else []


def _row(order: Order, forms: Forms, request: HttpRequest, now: datetime, asked: set[int]) -> dict[str, Any]:
    """One order of the list; “tick all” leaves out ``asked``: those whose buyer asked to cancel."""
    typed, all_of_them = order.public_id in forms, "tick" in request.POST
    again = typed and not all_of_them
    form = forms[order.public_id][1] if again else _row_form(order.public_id, now, kept=request.POST)
    ticked = typed or (all_of_them and order.pk not in asked)
    return {"order": order, "form": form, "ticked": ticked, "asked": order.pk in asked}


def _address(staff: Staff, route: str, **more: str) -> str:
    place = {"marketplace": staff.seller.marketplace.slug, "seller": staff.seller.public_id}
    return reverse(route, kwargs={**place, **more})

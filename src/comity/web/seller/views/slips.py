"""What goes into the box, to be printed, without prices: order number, address, pieces (S65)."""

from datetime import datetime
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from comity.accounts.models import Staff
from comity.accounts.selectors.roles import may
from comity.accounts.selectors.seats import seller_seat
from comity.common import clock
from comity.orders.models import Order
from comity.orders.selectors.inserts import Insert, insert_of
from comity.orders.selectors.orders import get_order_of_seller
from comity.orders.selectors.slips import Slip, slip_of, slips_of
from comity.web.account.gate import signed_in
from comity.web.desk.desks import seller_frame
from comity.web.seller.slip_pdf import parcel_words, pdf_of, unprintable
from comity.web.seller.views.shipments import MOST_AT_ONCE, show_many, ticked

_FEW = 20  # characters that are named


@require_safe
@signed_in
def slip(request: HttpRequest, marketplace: str, seller: str, order: str) -> HttpResponse:
    """The slip as a page. ``?shipment=``: of one parcel."""
    staff = seller_seat(request.user, marketplace, seller)
    found = _slip(request, get_order_of_seller(staff, order))
    return _show(request, staff, found, insert_of(staff.seller, now=clock.now()))


@require_safe
@signed_in
def pdf(request: HttpRequest, marketplace: str, seller: str, order: str) -> HttpResponse:
    """The slip as a PDF; the page, saying why, where the PDF cannot have what stands on it."""
    staff, now = seller_seat(request.user, marketplace, seller), clock.now()
    found = _slip(request, get_order_of_seller(staff, order))
    insert = insert_of(staff.seller, now=now)
    if lacking := unprintable(found, insert.text):
        return _show(request, staff, found, insert, lacking=lacking)
    return _as_file([found], insert, f"packing-slip-{found.order.number}.pdf", now)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def many(request: HttpRequest, marketplace: str, seller: str) -> HttpResponse:
    """The slips of the orders that are ticked, as one PDF; without a form, where one ticks them."""
    staff, now = seller_seat(request.user, marketplace, seller), clock.now()
    if request.method != "POST":
        return redirect("seller-ship-many", marketplace, seller)
    forms = ticked(request, staff, now)
    slips = slips_of([order for order, _ in forms.values()])
    insert = insert_of(staff.seller, now=now)
    if problem := _problem(request, slips, insert):
        return show_many(request, staff, forms, now, problem=problem)
    return _as_file(slips, insert, f"packing-slips-{now:%Y-%m-%d}.pdf", now)


def _problem(request: HttpRequest, slips: list[Slip], insert: Insert) -> str:
    """Why there is no file of these; empty: there is one."""
    if len(set(request.POST.getlist("order"))) > MOST_AT_ONCE:
        return f"Up to {MOST_AT_ONCE} slips are made at once: tick fewer."
    if not slips:
        return "Tick the orders whose packing slips you want."
    if refused := [one.order.number for one in slips if unprintable(one, insert.text)]:
        return (
            f"A PDF cannot show all characters of {', '.join(refused)}. Take the tick away there and print the packing "
            "slip from the page of the order."
        )
    return ""


def _slip(request: HttpRequest, order: Order) -> Slip:
    return slip_of(order, request.GET["shipment"]) if "shipment" in request.GET else slips_of([order])[0]


def _as_file(slips: list[Slip], insert: Insert, name: str, now: datetime) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(pdf_of(slips, words=insert.text, now=now), content_type="application/pdf", headers=headers)


def _show(request: HttpRequest, staff: Staff, found: Slip, insert: Insert, *, lacking: str = "") -> HttpResponse:
    context = {
        **seller_frame(staff, "orders"),
        "order": found.order,
        "seller": staff.seller,
        "recipient": found.recipient,
        "rows": found.rows,
        "shipment": found.shipment,
        "parcel": parcel_words(found),
        "insert": insert,
        "edits": may(staff, "manage"),
        "lacking": " ".join(lacking[:_FEW]),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if lacking else HTTPStatus.OK
    return render(request, "seller/slip.html", context, status=status)

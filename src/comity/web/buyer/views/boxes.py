"""An extra item, advertising or a request for a review in the box: a buyer tells the marketplace (S54, S75, S76)."""

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
from comity.orders.models import BoxReport, Order
from comity.orders.selectors.boxes import boxes_of, get_box_of_order, get_photo, has_left
from comity.orders.selectors.orders import get_order_of_buyer
from comity.orders.services.boxes import report_box
from comity.web.account.gate import signed_in
from comity.web.attached import attaching, read_with_files
from comity.web.buyer.frame import frame, person
from comity.web.compose import Form, Typed
from comity.web.once import once
from comity.web.returned import as_download, file_view

KINDS = (
    (BoxReport.Kind.EXTRA_ITEM, "Something I did not order", "A gift, a sample or another item."),
    (BoxReport.Kind.ADVERTISING, "Advertising", "A flyer, a voucher, the address of another shop."),
    (
        BoxReport.Kind.REVIEW_REQUEST,
        "A request for a review",
        "A card that asks for stars, or offers something for them.",
    ),
)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def box(request: HttpRequest, marketplace: str, order: str) -> HttpResponse:
    """What was reported of this order's box, and the form for what was not."""
    buyer, now = buyer_seat(request.user, marketplace), clock.now()
    found = get_order_of_buyer(buyer, order)
    if request.method != "POST":
        return _show(request, buyer, found, Typed(), {}, now)
    typed = read_with_files(request, user=person(request), marketplace=buyer.marketplace, photos=True, now=now)
    if typed.removed or typed.file_errors:
        return _show(request, buyer, found, typed, {}, now)
    try:
        _report(request, found, typed, now)
    except Refused as refused:
        return _show(request, buyer, found, typed, {refused.field: refused.sentence}, now)
    return redirect("buyer-order-box", marketplace, found.public_id)


@require_safe
@signed_in
def photo(request: HttpRequest, marketplace: str, order: str, box: str, photo: int) -> HttpResponse:
    """A photo of what the buyer reported, by its number."""
    buyer = buyer_seat(request.user, marketplace)
    found = get_photo(get_box_of_order(get_order_of_buyer(buyer, order), box), photo)
    return as_download(found.blob, found.name, small="small" in request.GET)


def _report(request: HttpRequest, order: Order, typed: Typed, now: datetime) -> None:
    user, kind = person(request), request.POST.get("kind", "")

    def deed() -> str:
        made = report_box(order, kind=kind, text=typed.text, photos=typed.files, actor=user.public_id, now=now)
        return str(made.public_id)

    once(request, deed, route="buyer-order-box", user=user, now=now)


def _show(
    request: HttpRequest, buyer: Buyer, order: Order, typed: Typed, errors: dict[str, str], now: datetime
) -> HttpResponse:
    limits = profile_in_force(buyer.marketplace, now).attachments.of_photos()
    boxes = _boxes_view(buyer, order)
    beside = ("kind", "text", "files") if boxes["kinds"] else ("files",)
    context = {
        **frame(request, buyer.marketplace, buyer, "buyer-orders"),
        **attaching(Form(typed), limits=limits, user=person(request), now=now),
        **boxes,
        "now": now,
        "kind": request.POST.get("kind", ""),
        "text": typed.text.replace("\0", "\u2400"),
        "errors": {field if field in beside else "form": error for field, error in errors.items()},
        "key": new_id("form", now),
    }
    failed = bool(errors or typed.file_errors)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if failed else HTTPStatus.OK
    return render(request, "buyer/box.html", context, status=status)


def _boxes_view(buyer: Buyer, order: Order) -> dict[str, Any]:
    """What was reported, and what may still be."""
    reported, shipped = boxes_of(order), has_left(order)
    taken = {one.kind for one in reported}
    return {
        "order": order,
        "reported": [_reported(buyer, order, one) for one in reported],
        "kinds": [choice for choice in KINDS if choice[0] not in taken] if shipped else [],
        "shipped": shipped,
    }


def _reported(buyer: Buyer, order: Order, one: BoxReport) -> dict[str, Any]:
    """In the words that were chosen from, with its photos for ``parts/files.html``."""
    words = {kind: label for kind, label, _ in KINDS}
    here = (buyer.marketplace.slug, order.public_id, one.public_id)
    photos = [
        file_view(photo.name, photo.blob, reverse("buyer-order-box-photo", args=[*here, number]))
        for number, photo in enumerate(one.photos.all(), start=1)
    ]
    return {"box": one, "about": words[BoxReport.Kind(one.kind)], "photos": photos}

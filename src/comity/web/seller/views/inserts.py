"""What a shop's packing slips say in its own words (S54, S76)."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from comity.accounts.models import Staff
from comity.accounts.profiles import profile_in_force
from comity.accounts.selectors.roles import may
from comity.accounts.selectors.seats import seller_seat
from comity.catalog.services.wording import WordsRefused
from comity.common import clock
from comity.common.errors import NotFound, Refused
from comity.orders.models import InsertText
from comity.orders.selectors.inserts import Insert, insert_of
from comity.orders.services.inserts import Wording, check_insert, write_insert
from comity.web import compose
from comity.web.account.gate import signed_in
from comity.web.desk.desks import seller_frame

_NO_LONGER = "The rules have changed: this is left off your packing slips. Change the marked words, then save it again."


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def insert(request: HttpRequest, marketplace: str, seller: str) -> HttpResponse:
    """Write the text, or take it away."""
    staff = seller_seat(request.user, marketplace, seller)
    if not may(staff, "manage"):
        raise NotFound(seller)
    found = insert_of(staff.seller, now=clock.now())
    if request.method == "POST":
        return _write(request, staff, found.latest)
    return _show(request, staff, found.latest, _form_of(found), HTTPStatus.OK)


@require_POST
@signed_in
def check(request: HttpRequest, marketplace: str, seller: str) -> HttpResponse:
    """What the rules say to the text as it stands; nothing is stored."""
    staff, typed, now = seller_seat(request.user, marketplace, seller), compose.read(request), clock.now()
    if not may(staff, "manage"):
        raise NotFound(seller)
    verdict = check_insert(typed.text, seller=staff.seller, now=now)
    limit = profile_in_force(staff.seller.marketplace, now).orders.insert_characters
    return compose.verdict_answer(typed.text, verdict, limit=limit)


def _form_of(found: Insert) -> compose.Form:
    """The form with the latest words, and with what stands in the way of printing them."""
    form = compose.blank(found.latest.text if found.latest else "")
    if found.verdict:
        return compose.judged(form.typed, found.verdict, confirm="", sentence=_NO_LONGER)
    return form


def _write(request: HttpRequest, staff: Staff, latest: InsertText | None) -> HttpResponse:
    typed = compose.read(request)
    seen = request.POST.get("number", "")
    number = int(seen) if seen.isdecimal() and len(seen) < 10 else 0  # noqa: PLR2004 - a column's digits
    text = "" if request.POST.get("do") == "remove" else typed.text
    try:
        write_insert(staff=staff, wording=Wording(text, number, typed.confirmed), now=clock.now())
    except WordsRefused as refused:
        form = compose.judged(typed, refused.verdict, confirm=refused.confirm, sentence=refused.sentence)
        return _show(request, staff, latest, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    except Refused as refused:
        form = compose.Form(typed, errors={refused.field or "form": refused.sentence})
        return _show(request, staff, latest, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    response = redirect("seller-insert-text", staff.seller.marketplace.slug, staff.seller.public_id)
    response["Location"] += "?done=saved"
    return response


def _show(
    request: HttpRequest, staff: Staff, latest: InsertText | None, form: compose.Form, status: HTTPStatus
) -> HttpResponse:
    part = form.part(
        action=request.path,
        check_url=f"{request.path}check/",
        label="On every packing slip",
        limit=profile_in_force(staff.seller.marketplace, clock.now()).orders.insert_characters,
        rows=4,
        send_label="Save",
        next="It stands on every packing slip that is printed from then on.",
    )
    context: dict[str, Any] = {
        **seller_frame(staff, "orders"),
        "seller": staff.seller,
        "latest": latest,
        "done": request.GET.get("done") == "saved",
        "composer": part | {"hidden": [*part["hidden"], ("number", str(latest.number if latest else 0))]},
    }
    return render(request, "seller/insert_text.html", context, status=status)

"""A shop's listings: what is on offer, and changing it (S28, S31)."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from comity.accounts.models import Staff
from comity.accounts.selectors.roles import may
from comity.accounts.selectors.seats import seller_seat
from comity.catalog.models import Listing
from comity.catalog.selectors.listings import (
    get_listing_of_seller,
    handling_changes_of,
    listings_of_seller,
    with_openness,
)
from comity.catalog.services.listings import Stale, change_listing
from comity.catalog.services.wording import WordsRefused
from comity.common import clock
from comity.common.errors import Refused
from comity.web import compose
from comity.web.account.gate import signed_in
from comity.web.desk.desks import seller_frame
from comity.web.seller.forms import ListingForm

_SHOWN = ("quantity", "handling_days", "offered", "offered_from_on", "offered_until_on", "description")


@require_GET
@signed_in
def listings(request: HttpRequest, marketplace: str, seller: str) -> HttpResponse:
    """Everything the shop offers, newest first."""
    staff = seller_seat(request.user, marketplace, seller)
    found = listings_of_seller(staff.seller, request.GET.get("page"))
    page = with_openness(found, staff.seller.marketplace, now=clock.now())
    context = {**seller_frame(staff, "listings"), "seller": staff.seller, "page": page}
    return render(request, "seller/listings.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def listing(request: HttpRequest, marketplace: str, seller: str, listing: str) -> HttpResponse:
    """One listing: everybody of the shop reads it, an owner changes it. A stale page is answered with both values."""
    staff = seller_seat(request.user, marketplace, seller)
    found = get_listing_of_seller(staff.seller, listing)
    if request.method == "POST":
        return _change(request, staff, found)
    return _show(request, staff, found, ListingForm(listing=found), HTTPStatus.OK)


def _change(request: HttpRequest, staff: Staff, found: Listing) -> HttpResponse:
    form = ListingForm(_without_nul(request), listing=found)
    if not form.is_valid():
        return _show(request, staff, found, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    typed = form.cleaned_data
    try:
        seen = {"version": typed["version"], "confirmed": typed["confirmed"]}
        change_listing(staff=staff, listing_id=found.public_id, values=form.values, **seen, now=clock.now())
    except WordsRefused as refused:
        return _judged(request, staff, found, form, refused)
    except Stale as stale:
        return _stale(request, staff, stale, form)
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, refused.sentence)
        return _show(request, staff, found, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    return HttpResponseRedirect(f"{request.path}?done=saved")


def _without_nul(request: HttpRequest) -> Any:
    """What was posted; line ends as one character, so that findings stand where the page shows them."""
    posted = request.POST.copy()
    posted["description"] = posted.get("description", "").replace("\r\n", "\n")
    return posted


def _judged(
    request: HttpRequest, staff: Staff, found: Listing, form: ListingForm, refused: WordsRefused
) -> HttpResponse:
    typed = compose.Typed(text=form.cleaned_data["description"])
    judged = compose.judged(typed, refused.verdict, confirm=refused.confirm, sentence=refused.sentence)
    form.add_error("description", refused.sentence)
    return _show(request, staff, found, form, HTTPStatus.UNPROCESSABLE_ENTITY, judged=judged)


def _stale(request: HttpRequest, staff: Staff, stale: Stale, form: ListingForm) -> HttpResponse:
    """What was typed stays; the form now carries the new version, so that saving again is a decision."""
    both = [
        {"label": form.fields[name].label, "now": _words(getattr(stale.current, name)), "yours": _words(yours)}
        for name in _SHOWN
        if (yours := form.cleaned_data[name]) != getattr(stale.current, name)
    ]
    typed = {name: form.data[name] for name in form.data}  # a QueryDict unpacked with ** would give lists
    form.data = {**typed, "version": str(stale.current.version)}
    return _show(request, staff, stale.current, form, HTTPStatus.CONFLICT, refusal=stale.sentence, both=both)


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value in (None, "") else str(value)


def _show(
    request: HttpRequest, staff: Staff, found: Listing, form: ListingForm, status: HTTPStatus, **more: Any
) -> HttpResponse:
    (shown,) = with_openness([found], staff.seller.marketplace, now=clock.now())
    context = {
        **seller_frame(staff, "listings"),
        "seller": staff.seller,
        "listing": shown,
        "form": form,
        "edits": may(staff, "manage"),
        "changes": handling_changes_of(found),
        "done": request.GET.get("done") == "saved",
        **more,
    }
    return render(request, "seller/listing.html", context, status=status)

"""Sellers' listings as the marketplace may change them: handling time only, with a reason the seller is told (S85)."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from comity.accounts.models import OperatorStaff
from comity.catalog.models import Listing
from comity.catalog.selectors.listings import get_listing, handling_changes_of, listings_found
from comity.catalog.services.listings import Stale, change_handling_time
from comity.common import clock
from comity.common.errors import Refused
from comity.web.account.gate import signed_in
from comity.web.desk.desks import operator_for
from comity.web.operator.manage import manage_frame

_DIGITS = 10  # of a version, which grows with every import


@require_GET
@signed_in
def listings(request: HttpRequest, marketplace: str) -> HttpResponse:
    """Every listing of the marketplace; one is found by SKU, title or shop."""
    staff = operator_for(request.user, marketplace, "manage")
    query = request.GET.get("q", "")[:100]
    page = listings_found(staff.marketplace, query, request.GET.get("page"))
    context = {**manage_frame(staff, "listings"), "page": page, "query": query}
    return render(request, "operator/listings.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def listing(request: HttpRequest, marketplace: str, listing: str) -> HttpResponse:
    """Change a handling time for orders to come. A page that is older than the listing is refused (409)."""
    staff = operator_for(request.user, marketplace, "manage")
    found = get_listing(staff.marketplace, listing)
    if request.method != "POST":
        return _show(request, staff, found, HTTPStatus.OK)
    try:
        change_handling_time(
            staff=staff,
            listing_id=listing,
            days=_number(request, "handling_days"),
            reason=request.POST.get("reason", ""),
            version=_number(request, "version"),
            now=clock.now(),
        )
    except Stale as stale:
        return _show(request, staff, stale.current, HTTPStatus.CONFLICT, stale)
    except Refused as refused:
        return _show(request, staff, found, HTTPStatus.UNPROCESSABLE_ENTITY, refused)
    return HttpResponseRedirect(f"{request.path}?done=changed")


def _number(request: HttpRequest, name: str) -> int:
    """What was typed as a number; what is none is out of every range."""
    typed = request.POST.get(name, "").strip()
    return int(typed) if typed.isdecimal() and len(typed) <= _DIGITS else -1


def _show(
    request: HttpRequest, staff: OperatorStaff, found: Listing, status: HTTPStatus, refused: Refused | None = None
) -> HttpResponse:
    context = {
        **manage_frame(staff, "listings"),
        "listing": found,
        "changes": handling_changes_of(found),
        "days": request.POST.get("handling_days", found.handling_days),
        "reason": request.POST.get("reason", "").replace("\0", "\u2400"),
        "errors": {refused.field or "form": refused.sentence} if refused else {},
        "done": request.GET.get("done") == "changed",
    }
    return render(request, "operator/listing.html", context, status=status)

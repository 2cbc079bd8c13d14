"""What was done to a shop and by its people for it, for its owners."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from comity.accounts.models import Staff
from comity.accounts.selectors.audit import SHOP_KNOWS
from comity.accounts.selectors.roles import may
from comity.accounts.selectors.seats import seller_seat
from comity.accounts.services.trail import note_export
from comity.common import clock
from comity.common.errors import NotFound
from comity.web.account.gate import signed_in
from comity.web.desk import trail as trails
from comity.web.desk.deeds import deeds_by_noun
from comity.web.desk.desks import seller_frame

_LEDE = (
    "What your people changed and what was done to the shop, newest first. Who does not work here has no name. "
    "What was written to buyers stands in the conversations."
)


@require_GET
@signed_in
def trail(request: HttpRequest, marketplace: str, seller: str) -> HttpResponse:
    """A page of the shop's trail as the filters in the address want it, newest first."""
    staff = _owner(request, marketplace, seller)
    typed, before = _typed(request), trails.older_than(request, staff.seller)
    wanted, errors = trails.wanted_by(typed)
    shown = trails.trail_of(staff.seller, wanted, typed, before=before)
    place = [marketplace, seller]
    here = {"everything": reverse("seller-trail", args=place), "lede": _LEDE, "nouns": deeds_by_noun(SHOP_KNOWS)}
    here["export"] = reverse("seller-trail-export", args=place)
    context = {**seller_frame(staff, "trail"), **shown, **here, "errors": errors}
    return render(request, "desk/audit.html", context, status=422 if errors else 200)


@require_GET
@signed_in
def export(request: HttpRequest, marketplace: str, seller: str) -> HttpResponse:
    """The same as a file; taking it away is on the trail."""
    staff = _owner(request, marketplace, seller)
    form = request.GET.get("form", "")
    wanted, errors = trails.wanted_by(_typed(request))
    if form not in trails.FORMS or errors:
        return HttpResponse(trails.UNREADABLE, status=400, content_type="text/plain")
    note_export(party=staff.seller, by=staff.user, form=form, now=clock.now())
    return trails.as_file(staff.seller, wanted, form, f"trail-{seller}")


def _typed(request: HttpRequest) -> dict[str, str]:
    return {**trails.typed_filters(request), "about": ""}


def _owner(request: HttpRequest, marketplace: str, seller: str) -> Staff:
    staff = seller_seat(request.user, marketplace, seller)
    if not may(staff, "manage"):
        raise NotFound(f"The role {staff.role} does not manage.")
    return staff

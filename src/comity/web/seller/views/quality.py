"""What comes back of a shop's listings and what buyers say of them, with what is behind it (S28, S31)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from comity.accounts.models import Staff
from comity.accounts.profiles import Profile, profile_in_force
from comity.accounts.selectors.seats import seller_seat
from comity.common import clock
from comity.messaging.selectors.quality import Quality, quality_of
from comity.orders.models import BoxReport
from comity.orders.selectors.boxes import upheld_against
from comity.web.account.gate import signed_in
from comity.web.desk.desks import seller_frame

_IN_BOXES: dict[str, str] = {
    BoxReport.Kind.EXTRA_ITEM: "Something that was not ordered",
    BoxReport.Kind.ADVERTISING: "Advertising",
    BoxReport.Kind.REVIEW_REQUEST: "A request for a review",
}


@require_safe
@signed_in
def quality(request: HttpRequest, marketplace: str, seller: str) -> HttpResponse:
    """Every listing with what was sold, returned and complained about, the worst on top."""
    staff = seller_seat(request.user, marketplace, seller)
    profile = profile_in_force(staff.seller.marketplace, clock.now())
    page = quality_of(staff.seller, profile.quality, request.GET.get("page"))
    rows = [_row(one, profile) for one in page]
    context = {**seller_frame(staff, "listings"), "seller": staff.seller, "page": page, "rows": rows, **_boxes(staff)}
    return render(request, "seller/quality.html", context)


def _boxes(staff: Staff) -> dict[str, Any]:
    """What was found in boxes of the shop that should not be there. Two queries."""
    counts, latest = upheld_against(staff.seller)
    return {
        "boxes": [(_IN_BOXES[kind], count) for kind, count in counts.items()],
        "latest": [(_IN_BOXES[one.kind], one) for one in latest],
    }


def _row(one: Quality, profile: Profile) -> dict[str, Any]:
    reasons = {reason.key: reason.label for reason in profile.returns.reasons}
    returns = [{"line": line, "reason": reasons.get(line.reason, line.reason)} for line in one.returns]
    return {"quality": one, "returns": returns}

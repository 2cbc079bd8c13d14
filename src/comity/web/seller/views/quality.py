"""What comes back of a shop's listings and what buyers say of them, with what is behind it (S28, S31)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from comity.accounts.profiles import Profile, profile_in_force
from comity.accounts.selectors.seats import seller_seat
from comity.common import clock
from comity.messaging.selectors.quality import Quality, quality_of
from comity.web.account.gate import signed_in
from comity.web.desk.desks import seller_frame


@require_safe
@signed_in
def quality(request: HttpRequest, marketplace: str, seller: str) -> HttpResponse:
    """Every listing with what was sold, returned and complained about, the worst on top."""
    staff = seller_seat(request.user, marketplace, seller)
    profile = profile_in_force(staff.seller.marketplace, clock.now())
    page = quality_of(staff.seller, profile.quality, request.GET.get("page"))
    rows = [_row(one, profile) for one in page]
    context = {**seller_frame(staff, "listings"), "seller": staff.seller, "page": page, "rows": rows}
    return render(request, "seller/quality.html", context)


def _row(one: Quality, profile: Profile) -> dict[str, Any]:
    reasons = {reason.key: reason.label for reason in profile.returns.reasons}
    returns = [{"line": line, "reason": reasons.get(line.reason, line.reason)} for line in one.returns]
    return {"quality": one, "returns": returns}

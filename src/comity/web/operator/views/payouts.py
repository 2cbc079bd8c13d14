"""A shop's payouts as an admin sees them: held back for a reason, and let go."""

from datetime import datetime
from http import HTTPStatus
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from comity.accounts.models import OperatorStaff, Seller
from comity.accounts.selectors.sellers import get_seller_of_marketplace
from comity.common import clock
from comity.common.days import end_of_day
from comity.common.errors import Refused
from comity.common.ids import new_id
from comity.common.import_values import BadValue, day
from comity.ledger.services.holds import hold, lift
from comity.web.account.gate import signed_in
from comity.web.desk.desks import operator_for
from comity.web.desk.payouts import account_of, payouts_of
from comity.web.once import once
from comity.web.operator.manage import manage_frame

_FIELDS = ("reason", "ends_on")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def payouts(request: HttpRequest, marketplace: str, seller: str) -> HttpResponse:
    """Balances, holds and payouts of one shop; what is posted holds its money back, or ends a hold."""
    staff = operator_for(request.user, marketplace, "manage")
    shop = get_seller_of_marketplace(staff.marketplace, seller)
    if request.method != "POST":
        return _page(request, staff, shop)
    try:
        _carry_out(request, staff, shop)
    except Refused as refused:
        return _page(request, staff, shop, refused)
    return HttpResponseRedirect(request.path)


def _carry_out(request: HttpRequest, staff: OperatorStaff, shop: Seller) -> None:
    now = clock.now()
    if lifted := request.POST.get("lift", ""):
        lift(seller=shop, hold_id=lifted, by=staff.user, now=now)
        return
    ends_at = _end(request.POST.get("ends_on", ""), staff)
    reason = request.POST.get("reason", "").replace("\0", "")

    def deed() -> str:
        return str(hold(seller=shop, reason=reason, by=staff.user, ends_at=ends_at, now=now).public_id)

    once(request, deed, route="operator-payouts", user=staff.user, now=now)


def _end(typed: str, staff: OperatorStaff) -> datetime | None:
    """The end of that day where the marketplace is; nothing typed is until lifted."""
    if not typed.strip():
        return None
    try:
        return end_of_day(day(typed), ZoneInfo(staff.marketplace.time_zone))
    except BadValue as bad:
        raise Refused("ends_on", f"{typed[:20]} is no day: write it as 2026-02-28.", "ends_at") from bad


def _page(request: HttpRequest, staff: OperatorStaff, shop: Seller, refused: Refused | None = None) -> HttpResponse:
    context = {
        **manage_frame(staff, "sellers"),
        **payouts_of(shop, page=request.GET.get("page"), now=clock.now()),
        "seller": shop,
        "typed": {name: request.POST.get(name, "").replace("\0", "\u2400") for name in _FIELDS},
        "key": new_id("form", clock.now()),
        "errors": {refused.field: refused.sentence} if refused else {},
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK
    return render(request, "operator/payouts.html", context, status=status)


@require_safe
@signed_in
def account(request: HttpRequest, marketplace: str, seller: str, currency: str) -> HttpResponse:
    """Everything that moved what a shop is owed in one currency, each with its order."""
    staff = operator_for(request.user, marketplace, "manage")
    shop = get_seller_of_marketplace(staff.marketplace, seller)
    found = account_of(shop, currency, asked=request.GET)
    context = {**manage_frame(staff, "sellers"), **found, "now": clock.now(), "seller": shop}
    return render(request, "operator/payout_account.html", context)

"""A shop's standing rules about returns: what is accepted or refunded by itself."""

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from comity.accounts.profiles import profile_in_force
from comity.accounts.selectors.roles import may
from comity.common import clock
from comity.common.errors import Refused
from comity.common.ids import new_id
from comity.common.import_values import BadValue, amount, minor
from comity.orders.selectors.returns import rules_of_seller
from comity.orders.services.returning.rules import StandingRule, end_rule, make_rule
from comity.web.account.gate import signed_in
from comity.web.desk.desks import SellerDesk, seller_frame
from comity.web.once import once


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def rules(request: HttpRequest, marketplace: str, seller: str) -> HttpResponse:
    """The rules in force, oldest first as they count, and a form for another."""
    desk, now = SellerDesk(request.user, marketplace, seller), clock.now()
    if request.method != "POST":
        return _page(request, desk, {}, now)
    try:
        once(request, lambda: _carry_out(request, desk, now), route="seller-return-rules", user=desk.user, now=now)
    except Refused as refused:
        return _page(request, desk, {refused.field or "form": refused.sentence}, now)
    return redirect(request.path)


def _carry_out(request: HttpRequest, desk: SellerDesk, now: datetime) -> str:
    if "end" in request.POST:
        end_rule(desk.staff, request.POST["end"], now=now)
        return ""
    made = make_rule(desk.staff, _read(request.POST, desk.staff.seller.marketplace.currency), now=now)
    return str(made.public_id)


def _read(typed: QueryDict, currency: str) -> StandingRule:
    most = typed.get("most", "").strip()
    try:
        limit = minor(amount(most), currency, field="most") if most else None
    except BadValue as wrong:
        raise Refused("most", f"The amount {wrong.faults[0].sentence}", "most") from None
    return StandingRule(
        reasons=tuple(typed.getlist("reasons")),
        most_minor=limit,
        currency=currency if most else "",
        returnless=typed.get("does") == "refund",
        address=typed.get("address", ""),
    )


def _page(request: HttpRequest, desk: SellerDesk, errors: Mapping[str, str], now: datetime) -> HttpResponse:
    shop = desk.staff.seller
    reasons = profile_in_force(shop.marketplace, now).returns.reasons
    labels = {one.key: one.label for one in reasons}
    rules = [{"rule": one, "reasons": [labels.get(key, key) for key in one.reasons]} for one in rules_of_seller(shop)]
    context = {
        **seller_frame(desk.staff, "orders"),
        "seller": shop,
        "rules": rules,
        "reasons": reasons,
        "chosen": request.POST.getlist("reasons"),
        "edits": may(desk.staff, "manage"),
        "errors": errors,
        "typed": request.POST,
        "key": new_id("form", now),
        "does": [("accept", "Accepted: it comes back to this address"), ("refund", "Refunded: the buyer keeps it")],
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK
    return render(request, "seller/return_rules.html", context, status=status)

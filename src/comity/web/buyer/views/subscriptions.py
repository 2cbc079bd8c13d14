"""A buyer's subscriptions: what they are, what they have brought, and how they end (S8)."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from comity.accounts.models import Buyer
from comity.accounts.profiles import profile_in_force
from comity.accounts.selectors.seats import buyer_seat
from comity.common import clock
from comity.common.errors import Refused
from comity.common.ids import new_id
from comity.orders.models import Subscription
from comity.orders.selectors.subscriptions import get_subscription_of_buyer, renewals_of, subscriptions_of_buyer
from comity.orders.services.subscriptions import cancel as cancel_subscription
from comity.web.account.gate import signed_in
from comity.web.buyer.frame import frame, person
from comity.web.buyer.order_view import STATUS
from comity.web.once import once
from comity.web.subscribed import subscription_row


@require_safe
@signed_in
def subscriptions(request: HttpRequest, marketplace: str) -> HttpResponse:
    """Every subscription, those that go on first."""
    buyer = buyer_seat(request.user, marketplace)
    page = subscriptions_of_buyer(buyer, request.GET.get("page"))
    shown = {"page": page, "rows": [subscription_row(one) for one in page]}
    context = {**frame(request, buyer.marketplace, buyer, "buyer-orders"), **shown}
    return render(request, "buyer/subscriptions.html", context)


@require_safe
@signed_in
def subscription(request: HttpRequest, marketplace: str, subscription: str) -> HttpResponse:
    """One of them: what was agreed, the next renewal, every order that it made."""
    buyer = buyer_seat(request.user, marketplace)
    found = get_subscription_of_buyer(buyer, subscription)
    context = {**frame(request, buyer.marketplace, buyer, "buyer-orders"), **_view(found)}
    return render(request, "buyer/subscription.html", {**context, "done": "done" in request.GET})


def _view(one: Subscription) -> dict[str, Any]:
    renewals = renewals_of(one)
    terms = profile_in_force(one.marketplace, clock.now()).subscriptions
    return {
        **subscription_row(one),
        "goes_on": one.state == Subscription.State.ACTIVE,
        "renewals": [{"renewal": each, "order": each.order, "status": STATUS[each.order.status]} for each in renewals],
        "latest": renewals[0].order if renewals else None,
        "notice_days": terms.notice_days,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def cancel(request: HttpRequest, marketplace: str, subscription: str) -> HttpResponse:
    """What happens when it is cancelled, and the button."""
    buyer, now = buyer_seat(request.user, marketplace), clock.now()
    found = get_subscription_of_buyer(buyer, subscription)
    if request.method != "POST":
        return _asking(request, buyer, found)

    def deed() -> str:
        return str(cancel_subscription(subscription=found, buyer=buyer, now=now).public_id)

    try:
        once(request, deed, route=f"end/{found.public_id}", user=person(request), now=now)
    except Refused as refused:
        return _asking(request, buyer, found, refused.sentence)
    return redirect(f"{request.path.removesuffix('cancel/')}?done=1")


def _asking(request: HttpRequest, buyer: Buyer, found: Subscription, refusal: str = "") -> HttpResponse:
    context = {**frame(request, buyer.marketplace, buyer, "buyer-orders"), **_view(found)}
    context |= {"key": new_id("form", clock.now()), "refusal": refusal}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refusal else HTTPStatus.OK
    return render(request, "buyer/subscription_cancel.html", context, status=status)

"""Subscriptions to what a shop offers, and whether it answers subscribers as quickly as others (S13)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from comity.accounts.selectors.seats import seller_seat
from comity.common import clock
from comity.messaging.selectors.parity import parity_of
from comity.orders.selectors.subscriptions import subscriptions_of_seller
from comity.web.account.gate import signed_in
from comity.web.desk.desks import seller_frame
from comity.web.subscribed import subscription_row


@require_safe
@signed_in
def subscriptions(request: HttpRequest, marketplace: str, seller: str) -> HttpResponse:
    """Read only: buyers cancel, and whoever sells it ends it by withdrawing the listing."""
    staff = seller_seat(request.user, marketplace, seller)
    page = subscriptions_of_seller(staff.seller, request.GET.get("page"))
    context = {
        "seller": staff.seller,
        "page": page,
        "rows": [subscription_row(one) for one in page],
        "parity": parity_of(staff.seller, now=clock.now()),
    }
    return render(request, "seller/subscriptions.html", {**seller_frame(staff, "orders"), **context})

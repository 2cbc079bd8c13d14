"""What the marketplace owes a shop, of what that consists, and what it has paid."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from comity.accounts.selectors.seats import seller_seat
from comity.common import clock
from comity.web.account.gate import signed_in
from comity.web.desk.desks import seller_frame
from comity.web.desk.payouts import account_of, payouts_of


@require_safe
@signed_in
def payouts(request: HttpRequest, marketplace: str, seller: str) -> HttpResponse:
    """Balances by currency, what keeps money back, and every payout."""
    staff = seller_seat(request.user, marketplace, seller)
    context = {
        **seller_frame(staff, "orders"),
        **payouts_of(staff.seller, page=request.GET.get("page"), now=clock.now()),
        "seller": staff.seller,
        "own": True,
    }
    return render(request, "seller/payouts.html", context)


@require_safe
@signed_in
def account(request: HttpRequest, marketplace: str, seller: str, currency: str) -> HttpResponse:
    """Everything that moved what is owed in one currency, with its order and the balance after it."""
    staff = seller_seat(request.user, marketplace, seller)
    context = {
        **seller_frame(staff, "orders"),
        **account_of(staff.seller, currency, asked=request.GET),
        "now": clock.now(),
        "seller": staff.seller,
        "own": True,
    }
    return render(request, "seller/payout_account.html", context)

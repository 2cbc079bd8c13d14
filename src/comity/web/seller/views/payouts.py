"""What the marketplace owes a shop, and what it has paid."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from comity.accounts.selectors.seats import seller_seat
from comity.common import clock
from comity.web.account.gate import signed_in
from comity.web.desk.desks import seller_frame
from comity.web.desk.payouts import payouts_of


@require_safe
@signed_in
def payouts(request: HttpRequest, marketplace: str, seller: str) -> HttpResponse:
    """Balances by currency, what keeps money back, and every payout."""
    staff = seller_seat(request.user, marketplace, seller)
    money = payouts_of(staff.seller, page=request.GET.get("page"), now=clock.now())
    return render(request, "seller/payouts.html", {**seller_frame(staff, "orders"), **money})

"""What the marketplace owes a shop, and what it has paid."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from comity.accounts.models import Staff
from comity.accounts.profiles import profile_in_force
from comity.accounts.selectors.seats import seller_seat
from comity.common import clock
from comity.ledger.models import Entry
from comity.ledger.selectors.balances import balances, disbursements_of, holds_in_force, not_yet_taken
from comity.ledger.services.disbursements import last_payout_day
from comity.web.account.gate import signed_in
from comity.web.desk.desks import seller_frame


@require_safe
@signed_in
def payouts(request: HttpRequest, marketplace: str, seller: str) -> HttpResponse:
    """Balances by currency, what keeps money back, and every payout."""
    staff = seller_seat(request.user, marketplace, seller)
    now = clock.now()
    days = profile_in_force(staff.seller.marketplace, now).money.payout_days
    context = {
        **seller_frame(staff, "payouts"),
        "seller": staff.seller,
        "rows": _balances(staff),
        "holds": holds_in_force(now).filter(seller=staff.seller).order_by("starts_at"),
        "page": disbursements_of(staff.seller, request.GET.get("page")),
        "days": days,
        "next_on": last_payout_day(now, days) + timedelta(days=days),
    }
    return render(request, "seller/payouts.html", context)


def _balances(staff: Staff) -> list[dict[str, object]]:
    key = staff.seller_id
    owed, waiting = balances([key]), not_yet_taken([key])
    reserved = balances([key], Entry.Account.RESERVE)
    return [
        {
            "currency": currency,
            "owed": amount,
            "waiting": waiting.get((key, currency), 0),
            "reserved": reserved.get((key, currency), 0),
        }
        for (_, currency), amount in sorted(owed.items())
    ]

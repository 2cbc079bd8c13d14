"""A shop's money as both sides see it: what it is owed, what is held back, what was paid out."""

from datetime import datetime, timedelta
from typing import Any

from comity.accounts.models import Seller
from comity.accounts.profiles import profile_in_force
from comity.ledger.models import Entry
from comity.ledger.selectors.balances import balances, disbursements_of, holds_in_force, not_yet_taken
from comity.ledger.services.disbursements import last_payout_day


def payouts_of(seller: Seller, *, page: str | None, now: datetime) -> dict[str, Any]:
    """What ``parts/payouts.html`` shows."""
    days = profile_in_force(seller.marketplace, now).money.payout_days
    return {
        "rows": _balances(seller.pk),
        "holds": holds_in_force(now).filter(seller=seller).order_by("starts_at"),
        "page": disbursements_of(seller, page),
        "days": days,
        "next_on": last_payout_day(now, days) + timedelta(days=days),
    }


def _balances(key: int) -> list[dict[str, Any]]:
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

"""A shop's money as both sides see it: what it is owed, what is held back, what was paid out."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from comity.accounts.models import Seller
from comity.accounts.profiles import profile_in_force
from comity.common.errors import NotFound
from comity.common.import_values import currencies
from comity.ledger.models import Entry, Journal
from comity.ledger.selectors.balances import balances, disbursements_of, holds_in_force, not_yet_taken, statement
from comity.ledger.services.disbursements import last_payout_day
from comity.messaging.selectors.order_words import reason_in
from comity.orders.selectors.adjustments import reasons_by_id
from comity.orders.selectors.orders import orders_by_id

_KINDS = {
    Journal.Kind.BROUGHT_FORWARD: "Paid before these books began",
    Journal.Kind.CAPTURE: "Charged for what has left",
    Journal.Kind.REFUND: "Given back to the buyer",
    Journal.Kind.REIMBURSEMENT: "Given back by the marketplace",
    Journal.Kind.RESERVE: "Held back for a claim",
    Journal.Kind.UNRESERVE: "Not held back any more",
    Journal.Kind.DISBURSEMENT: "Paid out",
    Journal.Kind.CHARGEBACK: "Taken back by the buyer’s bank",
    Journal.Kind.REVERSAL: "Given again by the buyer’s bank",
    Journal.Kind.LOSS: "Taken by the buyer’s bank after it was given back",
    Journal.Kind.RECOVERY: "Given again of that by the buyer’s bank",
    Journal.Kind.WRITE_OFF: "Could not be taken from the buyer",
}


def payouts_of(seller: Seller, *, page: str | None, now: datetime) -> dict[str, Any]:
    """What ``parts/payouts.html`` shows."""
    days = profile_in_force(seller.marketplace, now).money.payout_days
    return {
        "rows": _balances(seller.pk),
        "holds": holds_in_force(now).filter(seller=seller).order_by("starts_at"),
        "page": disbursements_of(seller, page),
        "days": days,
        "next_on": last_payout_day(seller.marketplace, now, days) + timedelta(days=days),
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


def account_of(seller: Seller, currency: str, *, asked: Mapping[str, Any]) -> dict[str, Any]:
    """What ``parts/payout_account.html`` shows: all that moved what is owed, or what is in the payout ``asked`` for.

    Raises ``NotFound`` for no currency and no payout.
    """
    if currency not in currencies():
        raise NotFound(currency)
    payout = asked.get("payout", "")
    page, balance = statement(seller, currency, payout=payout, page=asked.get("page"))
    rows = list(_rows(seller, page.object_list, balance))
    return {"currency": currency, "page": page, "query": f"payout={payout}&" if payout else "", "rows": rows}


def _rows(seller: Seller, entries: Iterable[Entry], balance: int) -> Iterable[dict[str, Any]]:
    """Each entry with its order, why money went back, and what was owed once it was booked. Two queries."""
    orders = orders_by_id(seller, (one.journal.payable.subject for one in entries if one.journal.payable))
    reasons = reasons_by_id(seller, (one.journal.cause for one in entries))
    for one in entries:
        journal = one.journal
        order = orders.get(journal.payable.subject) if journal.payable else None
        yield {
            "journal": journal,
            "what": _KINDS.get(Journal.Kind(journal.kind), journal.kind),
            "why": reason_in(reasons.get(journal.cause, ""), "en"),
            "order": order,
            "amount": -one.amount_minor,
            "after": balance,
        }
        balance += one.amount_minor

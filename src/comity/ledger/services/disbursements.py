"""Sellers are paid what is theirs, on the days of the schedule.

Those days lie ``payout_days`` of the profile apart, the same for all shops of a marketplace, and are days there. A run
that was missed is made up for; a seller whose hold ends between two of them is paid then, since that day's payout has
not been made. Whoever was paid is not looked at again before the next of those days, so that its entries are summed
once for each.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef

from comity.accounts.models import Marketplace
from comity.accounts.profiles import profile_in_force
from comity.common.ids import new_id
from comity.common.prepared import add_all
from comity.common.transactions import write
from comity.ledger.models import Disbursement, Entry, Journal
from comity.ledger.selectors.balances import payable_sellers, to_pay_out

_SELLERS_A_ROUND = 500


def last_payout_day(marketplace: Marketplace, now: datetime, days: int) -> date:
    """The latest day of the schedule that is not after ``now``, by the marketplace's clock.

    They lie ``days`` apart, counted from the beginning of the calendar.
    """
    today = now.astimezone(ZoneInfo(marketplace.time_zone or "UTC")).date()
    return date.fromordinal(today.toordinal() - today.toordinal() % days)


def disburse_due(now: datetime) -> int:
    """Pay out what is owed to every seller without a hold, once a day of the schedule; how many payouts were made.

    What is reserved for claims stays, and what the payment provider has not taken from the buyer yet.
    """
    return sum(_of_marketplace(marketplace, now) for marketplace in Marketplace.objects.order_by("id"))


def _of_marketplace(marketplace: Marketplace, now: datetime) -> int:
    due_on = last_payout_day(marketplace, now, profile_in_force(marketplace, now).money.payout_days)
    count, last = 0, 0
    while True:
        paid = Disbursement.objects.filter(seller=OuterRef("pk"), due_on=due_on)
        ahead = payable_sellers(now).filter(~Exists(paid), marketplace=marketplace, pk__gt=last).order_by("pk")
        keys = list(ahead.values_list("pk", flat=True)[:_SELLERS_A_ROUND])
        if not keys:
            return count
        with write():
            count += _pay(marketplace, keys, due_on, now)
        last = keys[-1]


def _pay(marketplace: Marketplace, sellers: Sequence[int], due_on: date, now: datetime) -> int:
    made = [
        Disbursement(
            seller_id=seller,
            public_id=new_id("dsb", now),
            currency=currency,
            amount_minor=amount,
            due_on=due_on,
            made_at=now,
        )
        for (seller, currency), amount in sorted(to_pay_out(sellers).items())
        if amount > 0
    ]
    Disbursement.objects.bulk_create(made)
    journals = [_journal(marketplace, one, now) for one in made]
    Journal.objects.bulk_create(journals)
    pairs = zip(made, journals, strict=True)
    add_all(Entry, (entry for one, journal in pairs for entry in _entries(one, journal)))
    return len(made)


def _journal(marketplace: Marketplace, made: Disbursement, now: datetime) -> Journal:
    return Journal(
        marketplace=marketplace,
        public_id=new_id("jnl", now),
        kind=Journal.Kind.DISBURSEMENT,
        cause=made.public_id,
        currency=made.currency,
        amount_minor=made.amount_minor,
        occurred_at=now,
    )


def _entries(made: Disbursement, journal: Journal) -> list[dict[str, Any]]:
    """The debt to the seller shrinks, and so does what the provider holds."""
    amount, account = made.amount_minor, Entry.Account
    return [
        {"journal_id": journal.pk, "account": account.SELLER, "seller_id": made.seller_id, "amount_minor": amount},
        {"journal_id": journal.pk, "account": account.PROVIDER, "amount_minor": -amount},
    ]

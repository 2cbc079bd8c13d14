"""Disputes that the payment provider told of before their order was imported are booked once it is."""

from datetime import datetime

from comity.ledger.services.notices import early_known, take_early
from comity.orders.selectors.orders import is_of_marketplace


def book_early_disputes(now: datetime) -> int:
    """Book a bounded number of them; how many changed money. Safe to repeat."""
    return sum(
        take_early(one, marketplace_bears=is_of_marketplace(one.authorisation), now=now) for one in early_known()
    )

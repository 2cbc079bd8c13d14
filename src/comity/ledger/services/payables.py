"""Opens what a buyer owes for an order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from comity.common.ids import new_id
from comity.common.many import many
from comity.ledger.models import Journal, Payable
from comity.ledger.services.books import Move, book


@dataclass(frozen=True, slots=True)
class Owed:
    """What stands in an order: ``subject`` its public id, ``paid_minor`` what was paid before these books began.

    ``authorisation``: the payment provider's own id of what the buyer agreed to pay; empty where none was told.
    """

    marketplace_id: int
    seller_id: int
    subject: str
    currency: str
    total_minor: int
    paid_minor: int = 0
    authorisation: str = ""


def open_payables(owed: Sequence[Owed], *, now: datetime) -> list[Payable]:
    """A payable for each, in its order; none of the subjects may have one. Call inside a transaction."""
    payables = [
        Payable(
            marketplace_id=one.marketplace_id,
            seller_id=one.seller_id,
            public_id=new_id("pay", now),
            subject=one.subject,
            authorisation=one.authorisation,
            currency=one.currency,
            authorised_minor=one.total_minor,
            opened_at=now,
        )
        for one in owed
    ]
    Payable.objects.bulk_create(payables)
    before = [
        Move(payable, Journal.Kind.BROUGHT_FORWARD, one.paid_minor, one.subject)
        for one, payable in zip(owed, payables, strict=True)
        if one.paid_minor
    ]
    if before:
        book(before, now=now)
    return payables


def lock_payables(keys: Sequence[int]) -> dict[int, Payable]:
    """The payables with these keys, locked in their order until the transaction ends."""
    rows = Payable.objects.select_for_update().filter(pk__in=many(set(keys))).order_by("pk")
    return {payable.pk: payable for payable in rows}

"""What the payment provider tells by itself is booked, once, however often it is told."""

import hashlib
from datetime import datetime

from comity.common.transactions import write
from comity.integrations.payment import Notice
from comity.ledger.models import Journal, Payable, Payment
from comity.ledger.services.books import Move, book, room_for
from comity.ledger.services.payments import REFUSED

_CAUSE = 31  # characters of a journal's cause
_KINDS = {"chargeback": Journal.Kind.CHARGEBACK, "reversal": Journal.Kind.REVERSAL}


def take_notice(notice: Notice, *, now: datetime) -> bool:
    """Book a chargeback or its reversal, or mark a payment as failed; whether anything changed.

    Of a chargeback as much is booked as the order has left: the rest is a difference that ``reconcile`` lists.
    A reversal gives back what was booked of its chargeback, and nothing where nothing was.
    """
    with write():
        if notice.kind == "failed":
            return _fail(notice)
        payable = Payable.objects.select_for_update().filter(authorisation=notice.authorisation).first()
        if payable is None:
            return False
        kind, cause = _KINDS[notice.kind], _cause(notice.cause)
        amount = min(notice.amount_minor, room_for(payable, kind, cause))
        if amount <= 0 or Journal.objects.filter(kind=kind, cause=cause).exists():
            return False
        book([Move(payable, kind, amount, cause)], now=now)
    return True


def _fail(notice: Notice) -> bool:
    """By its key, which is known before the provider's answer is; one of an earlier round is no news."""
    rows = Payment.objects.filter(journal__payable__authorisation=notice.authorisation)
    found = rows.select_for_update(of=("self",)).filter(public_id=notice.key.partition("-")[0]).first()
    if found is None or found.key != notice.key:
        return False
    Payment.objects.filter(pk=found.pk).update(**REFUSED, error="the provider could not pay it out")
    return True


def _cause(given: str) -> str:
    """The provider's id, or where it is too long a digest of it."""
    return given if len(given) <= _CAUSE else hashlib.sha256(given.encode()).hexdigest()[:_CAUSE]

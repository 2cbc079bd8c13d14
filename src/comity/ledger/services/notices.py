"""What the payment provider tells by itself is booked, once, however often it is told and in whatever order."""

import hashlib
from datetime import datetime

from comity.common.transactions import write
from comity.integrations.payment import Notice
from comity.ledger.models import Payable, Payment
from comity.ledger.services.disputes import remember, settle
from comity.ledger.services.payments import REFUSED

_CAUSE = 31  # characters of a journal's cause


def take_notice(notice: Notice, *, marketplace_bears: bool = False, now: datetime) -> bool:
    """Book what a buyer's bank took or gave again, or mark a payment as failed; whether any money or payment changed.

    ``marketplace_bears``: it fulfils the order, and so bears disputes. One in another currency than the order's is kept
    and not booked: `reconcile` lists it. Told again, what could not be booked before is tried once more.
    """
    with write():
        if notice.kind == "failed":
            return _fail(notice)
        payable = Payable.objects.select_for_update().filter(authorisation=notice.authorisation).first()
        if payable is None:
            return False
        currency = "" if notice.currency == payable.currency else notice.currency
        remember(payable, notice.kind, _cause(notice.cause), notice.amount_minor, currency)
        return settle(payable, marketplace_bears=marketplace_bears, now=now)


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

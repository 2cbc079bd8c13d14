"""What the payment provider tells by itself is booked, once, however often it is told and in whatever order.

A dispute of a payment that is not known here yet is kept and booked by the clock once it is. Kept, and not left to the
provider to tell again: it does so for days only, an order may be imported weeks later, and it would stop telling
anything were it refused again and again for payments that are no orders of ours. By the clock, and not as the order
is stored: notice and order may be stored at the same moment, and neither sees the other before it is.
"""

import hashlib
from datetime import datetime

from django.db.models import Exists, OuterRef

from comity.common.transactions import write
from comity.integrations.payment import Notice
from comity.ledger.models import EarlyNotice, Payable, Payment
from comity.ledger.services.disputes import remember, settle
from comity.ledger.services.payments import REFUSED

_BATCH = 100
_AUTHORISATION = 100  # characters of a payable's; one that is longer never becomes known
_CAUSE = 31  # characters of a journal's cause


def take_notice(notice: Notice, *, marketplace_bears: bool = False, now: datetime) -> bool:
    """Book what a buyer's bank took or gave again, or mark a payment as failed; whether any money or payment changed.

    ``marketplace_bears``: it fulfils the order, and so bears disputes. One in another currency than the order's is kept
    and not booked: `reconcile` lists it. Told again, what could not be booked before is tried once more. A dispute of a
    payment that is not known is kept for ``take_early``.
    """
    with write():
        if notice.kind == "failed":
            return _fail(notice)
        changed = _book(notice, marketplace_bears=marketplace_bears, now=now)
        if changed is None and 0 < len(notice.authorisation) <= _AUTHORISATION:
            told = {"currency": notice.currency, "amount_minor": notice.amount_minor, "told_at": now}
            named = {"authorisation": notice.authorisation, "kind": notice.kind, "cause": _cause(notice.cause)}
            EarlyNotice.objects.get_or_create(**named, defaults=told)
        return bool(changed)


def early_known() -> list[EarlyNotice]:
    """What was told of payments before they were known, and they are by now: up to 100. One query."""
    known = Payable.objects.filter(authorisation=OuterRef("authorisation"))
    return list(EarlyNotice.objects.filter(Exists(known)).order_by("pk")[:_BATCH])


def take_early(early: EarlyNotice, *, marketplace_bears: bool, now: datetime) -> bool:
    """Book what was told before its payment was known, as ``take_notice`` does; whether any money changed."""
    told = Notice(early.kind, early.authorisation, early.amount_minor, early.cause, currency=early.currency)  # type: ignore[arg-type]  # as it came
    with write():
        deleted, _ = EarlyNotice.objects.filter(pk=early.pk).delete()
        return bool(deleted and _book(told, marketplace_bears=marketplace_bears, now=now))


def _book(notice: Notice, *, marketplace_bears: bool, now: datetime) -> bool | None:
    """Whether any money changed; None where the payment is not known."""
    payable = Payable.objects.select_for_update().filter(authorisation=notice.authorisation).first()
    if payable is None:
        return None
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

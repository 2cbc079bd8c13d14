"""What has arrived and nobody looks at: refunded in full by itself after the profile's days (rules §5: 4, before none).

Days are those of the marketplace's calendar, and there is such a duty only where the rulebook in force has it, too.
"""

import logging
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from comity.accounts.models import Marketplace
from comity.accounts.profiles import profile_in_force
from comity.accounts.profiles.returns import ReturnTerms
from comity.accounts.selectors.settings import profile_by_digest
from comity.common.errors import Refused, describe
from comity.common.transactions import write
from comity.orders.models import Return
from comity.orders.services.returning.refunds import pay_back, would_pay_back
from comity.orders.services.returning.steps import locked_return, tell
from comity.screening.services import rulebook_in_force

State = Return.State
_log = logging.getLogger(__name__)


def days_to_refund(marketplace: Marketplace, terms: ReturnTerms, at: datetime) -> int:
    """Within how many days what arrives ``at`` that moment is refunded, under its return's terms; 0: no such duty."""
    return terms.refund_days if rulebook_in_force(marketplace, at).terms.refund_days else 0


def refund_unseen(now: datetime) -> int:
    """Refund what arrived too long ago, each once, a bounded number of each marketplace; how many. Safe to repeat.

    Each has a transaction of its own, and one that fails keeps none back: it is passed over and tried again by the next
    run, as is one while a claim holds of its money. Where nothing is left to give back only the miss goes on record,
    and the seller still says what becomes of it.
    """
    found = 0
    for marketplace in Marketplace.objects.order_by("pk"):
        if rulebook_in_force(marketplace, now).terms.refund_days:
            size = profile_in_force(marketplace, now).returns.batch
            refunded = (one for one in _due(marketplace, now) if _try(one, now))
            found += len(list(islice(refunded, size)))
    return found


def _due(marketplace: Marketplace, now: datetime) -> Iterator[Return]:
    """The oldest first of each kind of terms."""
    waiting = Return.objects.filter(order__marketplace=marketplace, state=State.RECEIVED, overdue_at=None)
    for digest in waiting.order_by().values_list("profile_digest", flat=True).distinct():
        terms = (profile_by_digest(digest) or profile_in_force(marketplace, now)).returns
        mine = waiting.filter(profile_digest=digest, received_at__lt=_begin(marketplace, now, terms.refund_days))
        for one in mine.order_by("received_at", "pk") if terms.refund_days else ():
            if one.received_at and days_to_refund(marketplace, terms, one.received_at):
                yield one


def _begin(marketplace: Marketplace, now: datetime, days: int) -> datetime:
    """When the day began that lies so many days back: what arrived before it has had all of them."""
    zone = ZoneInfo(marketplace.time_zone or "UTC")
    return datetime.combine(now.astimezone(zone).date() - timedelta(days=days), time.min, zone)


def _try(returned: Return, now: datetime) -> bool:
    try:
        return _refund(returned, now)
    except Refused as refused:
        _log.info("Return %s waits: %s", returned.public_id, refused.code)
        return False
    except Exception as error:  # noqa: BLE001 - of any kind; the next run tries again
        _log.error("Return %s could not be refunded: %s", returned.public_id, describe(error))
        return False


def _refund(returned: Return, now: datetime) -> bool:
    """Whether it was still waiting once its order was locked."""
    with write():
        try:
            found = locked_return(returned, to=State.REFUNDED)
        except Refused:
            return False
        if found.state != State.RECEIVED or found.overdue_at:
            return False
        found.overdue_at = now
        tell(found, "return.look_missed", actor="", now=now)
        if would_pay_back(found, now=now):
            pay_back(found, actor="", now=now, columns=["overdue_at"])
        else:
            found.save(update_fields=["overdue_at"])
    return True

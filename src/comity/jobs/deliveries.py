"""The queue: which delivery is next, who has it, and what became of it.

    ready -> leased -> done | ready (tried again later) | dead (given up; an operator decides)

Of one handler and one stream only the delivery with the lowest sequence that is not done can be leased. A
delivery that is being worked on is also locked, so a lease that runs out takes nothing away from a handler
that is merely slow; a killed process loses the lock, and then the reaper frees what it had leased.
"""

import random
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, QuerySet

from comity.common.leasing import lock_free
from comity.common.models import EventDelivery
from comity.common.prepared import Prepared
from comity.common.retries import Retries
from comity.common.transactions import write

State = EventDelivery.State
_BATCH = 20
# Only has to last until the batch's last handler begins, which then holds the row's lock; and so much time is
# lost after a crash, so keep it short.
LEASE = timedelta(seconds=10)
# Five attempts (reliability §6 rule 5) within three minutes: a delivery waits for the network or a lock, no longer.
RETRIES = Retries(attempts=5, first=timedelta(seconds=2), growth=4, longest=timedelta(minutes=10))
_DEATHS = 20  # more than failures: a process is seldom killed by what it has in hand, but it may be


class LeaseLost(Exception):
    """The delivery is somebody else's by now; whatever was done for it must be rolled back."""


def lease(owner: str, handlers: Collection[str], now: datetime) -> list[EventDelivery]:
    """Take up to 20 deliveries that are due, at most one of a handler and stream, and count the attempt.

    The attempt is counted before it is made: a handler that kills its process ends up dead, too.
    """
    if not _due(handlers, now).exists():
        return []  # an idle pump locks nothing
    with write():
        due = lock_free(_due(handlers, now)).select_related("event").order_by("event_id", "id")[:_BATCH]
        leased = list(due)
        taken = {"state": State.LEASED, "leased_by": owner, "leased_until": now + LEASE}
        EventDelivery.objects.filter(pk__in=[one.pk for one in leased]).update(**taken, attempts=F("attempts") + 1)
        for delivery in leased:
            delivery.state, delivery.attempts, delivery.leased_by = State.LEASED, delivery.attempts + 1, owner
    return leased


def hold(delivery: EventDelivery) -> None:
    """Lock a leased delivery for the handler's transaction. Raises ``LeaseLost`` when it is no longer ours."""
    if _leased.first(pk=delivery.pk, leased_by=delivery.leased_by, attempts=delivery.attempts) is None:
        raise LeaseLost


_leased = Prepared(
    lambda **mine: EventDelivery.objects.filter(state=State.LEASED, **mine).select_for_update(),
    pk=int,
    leased_by=str,
    attempts=int,
)


def mark_done(delivery: EventDelivery, now: datetime) -> None:
    """In the handler's transaction. A done delivery keeps in ``run_after`` when it was done."""
    EventDelivery.objects.filter(pk=delivery.pk).update(state=State.DONE, run_after=now, leased_until=None)


def mark_failed(delivery: EventDelivery, why: str, *, retries: Retries, chance: random.Random, now: datetime) -> None:
    """Have it tried again later, or give it up after the last attempt."""
    dead = delivery.attempts >= retries.attempts
    with write():
        hold(delivery)
        EventDelivery.objects.filter(pk=delivery.pk).update(
            state=State.DEAD if dead else State.READY,
            run_after=now if dead else now + retries.wait(delivery.attempts, chance),
            leased_until=None,
            last_error=why,
        )


def reap(now: datetime) -> int:
    """Free the deliveries whose process has gone; how many. One that has outlived 20 processes is given up."""
    expired = EventDelivery.objects.filter(state=State.LEASED, leased_until__lt=now)
    if not expired.exists():
        return 0
    with write():
        rows = list(lock_free(expired))
        for row in rows:
            row.state = State.DEAD if row.attempts >= _DEATHS else State.READY
            row.run_after, row.leased_until, row.last_error = now, None, "the process that had it is gone"
        return EventDelivery.objects.bulk_update(rows, ["state", "run_after", "leased_until", "last_error"])


def prune(before: datetime) -> int:
    """Delete deliveries done before then; how many. The events stay."""
    old = EventDelivery.objects.filter(state=State.DONE, run_after__lt=before)
    return old.delete()[0] if old.exists() else 0


def _due(handlers: Collection[str], now: datetime) -> QuerySet[EventDelivery]:
    earlier = EventDelivery.objects.filter(
        handler=OuterRef("handler"), stream=OuterRef("stream"), sequence__lt=OuterRef("sequence")
    ).exclude(state=State.DONE)
    due = EventDelivery.objects.filter(state=State.READY, run_after__lte=now, handler__in=handlers)
    return due.filter(~Exists(earlier))

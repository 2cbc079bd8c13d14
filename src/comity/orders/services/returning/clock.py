"""The clock of a seller's answer to a request: 48 hours of wall time (rules §3). The marketplace has none here."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from comity.accounts.models import Marketplace
from comity.accounts.profiles import profile_in_force
from comity.common.transactions import write
from comity.orders.models import Return, ReturnDeadline
from comity.orders.services.happenings import Happening, happen, lock_orders


def start_clock(returned: Return, *, hours: int, now: datetime) -> None:
    """Start the clock of a new request."""
    due_at = now + timedelta(hours=hours)
    ReturnDeadline.objects.create(
        returned=returned, started_at=now, due_at=due_at, profile_digest=returned.profile_digest
    )


def end_clock(returned: Return, *, now: datetime) -> None:
    """End the clock of a return whose order is locked; an answer that came too late is put on record as missed."""
    clock = ReturnDeadline.objects.filter(returned=returned, ended_at__isnull=True).first()
    if clock is None:
        return
    clock.returned = returned
    if clock.due_at < now and clock.missed_at is None:
        _miss([clock], now=now)
    clock.ended_at = now
    clock.save(update_fields=["ended_at"])


def record_missed(now: datetime) -> int:
    """Put on record the answers that are overdue, each once, a bounded number at a time; how many. Safe to repeat."""
    found = 0
    for marketplace in Marketplace.objects.order_by("pk"):
        size = profile_in_force(marketplace, now).returns.batch
        found += _record_missed_of(marketplace, size, now)
    return found


def _record_missed_of(marketplace: Marketplace, size: int, now: datetime) -> int:
    overdue = ReturnDeadline.objects.filter(ended_at__isnull=True, missed_at__isnull=True, due_at__lt=now)
    mine = overdue.filter(returned__order__marketplace=marketplace).order_by("due_at", "pk")
    keys = list(mine.values_list("pk", "returned__order")[:size])
    with write():
        orders = lock_orders([order for _, order in keys])
        still = overdue.filter(pk__in=[key for key, _ in keys]).select_related("returned").order_by("pk")
        clocks = list(still)
        for clock in clocks:
            clock.returned.order = orders[clock.returned.order_id]
        _miss(clocks, now=now)
    return len(clocks)


def _miss(clocks: Sequence[ReturnDeadline], *, now: datetime) -> None:
    for clock in clocks:
        clock.missed_at = now
    ReturnDeadline.objects.bulk_update(clocks, ["missed_at"])
    happen(
        [Happening(one.returned.order, "return.answer_missed", {"return": one.returned.public_id}) for one in clocks],
        now=now,
    )

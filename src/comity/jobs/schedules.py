"""What happens by the clock: the one table name -> interval and function.

Each function is safe to repeat and catches up by itself, so a run that was missed or cut off needs no memory. It opens
its own transactions: one around it all would keep the locks of each step until the last, against their order.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.contrib.sessions.models import Session

from comity.accounts.models import Marketplace
from comity.accounts.profiles import profile_in_force
from comity.accounts.services.throttle import forget_past
from comity.common.errors import describe
from comity.common.models import IdempotencyKey, ScheduleRun
from comity.common.record import write_head_log
from comity.common.transactions import write
from comity.files.services.blobs import remove_unwanted
from comity.jobs import deliveries
from comity.ledger.services.disbursements import disburse_due
from comity.messaging.selectors.conversations import record_heads
from comity.messaging.services.duties import miss_due
from comity.messaging.services.notice_sending import let_reminders_fall_due
from comity.messaging.services.offers import expire_due
from comity.messaging.services.search import index_missing
from comity.messaging.services.subscription_notices import announce_due
from comity.notify.models import Notification
from comity.notify.services.alarms import alarm_about_rulings
from comity.orders.services.early_disputes import book_early_disputes
from comity.orders.services.overdue import watch_ship_deadlines
from comity.orders.services.reports.forgetting import forget_old
from comity.orders.services.returning.clock import record_missed
from comity.orders.services.returning.scans import follow_scans
from comity.orders.services.returning.unseen import refund_unseen
from comity.orders.services.simulating import move_parcels
from comity.orders.services.subscriptions import renew_due

_log = logging.getLogger(__name__)
_KEEP_DELIVERIES = timedelta(days=7)
_KEEP_SENT = timedelta(days=30)  # that somebody was told; long after its event could be handled again
_KEEP_KEYS = timedelta(days=30)  # at least 24 hours (reliability §1); a form may stay open for weeks


class Schedule(NamedTuple):
    """A function and how often it runs."""

    interval: timedelta
    run: Callable[[datetime], object]


def log_heads(now: datetime) -> None:
    """Sign yesterday's count and head of every conversation and order, where that has not been done yet."""
    yesterday = (now - timedelta(days=1)).date()
    for marketplace in Marketplace.objects.order_by("id"):
        with write():
            heads = record_heads(marketplace.public_id)
            write_head_log(marketplace=marketplace.public_id, day_on=yesterday, heads=heads)


def prune(now: datetime) -> None:
    """Delete what nobody needs any more: old deliveries, answers and notices sent, past tries, ended sessions."""
    with write():
        deliveries.prune(now - _KEEP_DELIVERIES)
    forget_past(now=now)
    for past in (
        Session.objects.filter(expire_date__lt=now),
        IdempotencyKey.objects.filter(created_at__lt=now - _KEEP_KEYS),
        Notification.objects.filter(state=Notification.State.SENT, sent_at__lt=now - _KEEP_SENT),
    ):
        with write():
            past.delete()


def fill_search(now: datetime) -> None:
    """Put into the index of search what an older version, or another way into the database, left out: 500 rows."""
    del now
    with write():
        index_missing()


def remind_of_recalls(now: datetime) -> None:
    """Ask for the reminders of recalls that are due by now."""
    let_reminders_fall_due(now=now)


def remove_unsent_files(now: datetime) -> None:
    """Remove the files that were uploaded and not sent, once no marketplace keeps them any longer."""
    profiles = [profile_in_force(marketplace, now) for marketplace in Marketplace.objects.all()]
    if profiles:
        hours = max(profile.attachments.keep_hours for profile in profiles)
        with write():
            remove_unwanted(before=now - timedelta(hours=hours))


SCHEDULES: Mapping[str, Schedule] = {
    "log heads": Schedule(timedelta(hours=1), log_heads),
    "fill search": Schedule(timedelta(minutes=10), fill_search),
    "remind of recalls": Schedule(timedelta(hours=1), remind_of_recalls),
    "alarm about rulings": Schedule(timedelta(minutes=1), alarm_about_rulings),
    "watch ship deadlines": Schedule(timedelta(minutes=1), watch_ship_deadlines),
    "miss duties": Schedule(timedelta(minutes=1), miss_due),
    "expire offers": Schedule(timedelta(minutes=1), expire_due),
    "follow returns": Schedule(timedelta(minutes=1), follow_scans),
    "record missed answers to returns": Schedule(timedelta(minutes=1), record_missed),
    "refund returns that nobody looks at": Schedule(timedelta(minutes=10), refund_unseen),
    "announce renewals": Schedule(timedelta(minutes=10), announce_due),
    "renew subscriptions": Schedule(timedelta(minutes=10), renew_due),
    "remove unsent files": Schedule(timedelta(hours=1), remove_unsent_files),
    "forget old reports": Schedule(timedelta(hours=1), forget_old),
    "book disputes told early": Schedule(timedelta(minutes=1), book_early_disputes),
    "pay sellers": Schedule(timedelta(hours=1), disburse_due),
    "prune": Schedule(timedelta(hours=1), prune),
    **({"move the demo's parcels": Schedule(timedelta(seconds=20), move_parcels)} if settings.DEMO else {}),
}


def run_due(now: datetime, schedules: Mapping[str, Schedule] = SCHEDULES) -> int:
    """Run what is due, one after the other; how many did. Of several workers one runs each.

    One that raises is logged and waits for its next interval; the others run all the same. A clock that was put
    back by more than an interval counts as due, too.
    """
    last = dict(ScheduleRun.objects.values_list("name", "last_at"))
    due = [name for name, (interval, _) in schedules.items() if name not in last or abs(now - last[name]) >= interval]
    return sum(_run(name, schedules[name], now) for name in due if _take(name, last.get(name), now))


def _run(name: str, schedule: Schedule, now: datetime) -> bool:
    try:
        schedule.run(now)
    except Exception as error:  # noqa: BLE001 - one that fails must not starve those after it
        _log.error("%s could not run: %s", name, describe(error))
        return False
    return True


def _take(name: str, last_at: datetime | None, now: datetime) -> bool:
    """Whether this worker is the one to run it: the first to move ``last_at`` on."""
    with write():
        if last_at is None:
            return ScheduleRun.objects.get_or_create(name=name, defaults={"last_at": now})[1]
        return bool(ScheduleRun.objects.filter(name=name, last_at=last_at).update(last_at=now))

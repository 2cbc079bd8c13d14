"""Makes reports: first those that fell due are asked for, then one that waits is written and kept.

requested -> done | failed. A process that dies leaves a report requested, and the next one makes it; where two make
the same one, what the second has made is dropped. Nothing is held in memory but a piece of the rows.
"""

import logging
import tempfile
from datetime import datetime, timedelta
from typing import IO, cast

from django.db import OperationalError

from comity.common.errors import describe
from comity.common.transactions import write
from comity.files.models import Blob
from comity.files.services.blobs import store
from comity.orders.models import Report, ReportSchedule
from comity.orders.services.reports.asking import complete_until, lock_seller, store_request, tell
from comity.orders.services.reports.forms import FORMS
from comity.orders.services.reports.tables import TABLES, cells

_log = logging.getLogger(__name__)
State = Report.State


def make_due(now: datetime) -> int:
    """Ask for what fell due by ``now``, and make one report that waits; 0 when none does. Safe in many workers."""
    due = ReportSchedule.objects.filter(ended_at=None, next_at__lte=now).select_related("seller__marketplace")
    for schedule in due.order_by("next_at"):
        complete = complete_until(schedule.seller.marketplace, now)
        if schedule.next_at <= complete:
            _fall_due(schedule.pk, schedule.seller_id, complete, now=now)
    report = Report.objects.filter(state=State.REQUESTED).select_related("seller").order_by("id").first()
    if report is None:
        return 0
    make(report, now=now)
    return 1


def _fall_due(key: int, seller_id: int, complete: datetime, *, now: datetime) -> None:
    """One report for all the intervals that ended by ``complete``; it begins where the last one ended."""
    with write():
        seller = lock_seller(seller_id)
        schedule = ReportSchedule.objects.select_for_update().get(pk=key)
        if schedule.ended_at or schedule.next_at > complete:
            return
        interval = timedelta(hours=schedule.hours)
        passed = (complete - schedule.next_at) // interval
        since, until = schedule.next_at - interval, schedule.next_at + passed * interval
        schedule.next_at = until + interval
        schedule.save(update_fields=["next_at"])
        about = {"kind": schedule.kind, "form": schedule.form, "by": schedule.made_by}
        store_request(seller, **about, since=since, until=until, schedule=schedule, now=now)


def make(report: Report, *, now: datetime) -> None:
    """Write the report and keep it; one that cannot be written has failed, which is logged and told."""
    try:
        blob, rows = _written(report, now=now)
    except OperationalError:
        raise  # the database is away: it is made when that is back
    except Exception as error:  # noqa: BLE001 - one that cannot be made must not keep the others waiting
        _log.error("report %s could not be made: %s", report.public_id, describe(error))
        blob, rows = None, 0
    _finish(report, blob, rows, now=now)


def _written(report: Report, *, now: datetime) -> tuple[Blob, int]:
    form = FORMS[report.form]
    with tempfile.TemporaryFile() as target:
        file = cast("IO[bytes]", target)
        rows = form.write(TABLES[report.kind].columns, cells(report), file)
        file.seek(0)
        return store(file, content_type=form.content_type.partition(";")[0], now=now), rows


def _finish(report: Report, blob: Blob | None, rows: int, *, now: datetime) -> None:
    with write():
        seller = lock_seller(report.seller_id)
        locked = Report.objects.select_for_update().get(pk=report.pk)
        if locked.state != State.REQUESTED:
            return
        locked.blob, locked.rows, locked.finished_at = blob, rows, now
        locked.state = State.DONE if blob else State.FAILED
        locked.save(update_fields=["blob", "rows", "finished_at", "state"])
        tell(seller, "report.finished", {"report": locked.public_id, "state": str(locked.state)}, now=now)

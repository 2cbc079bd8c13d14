"""Asking for a report, once or every so many hours. What is asked for is made by ``making``, soon after."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from comity.accounts.models import Marketplace, Seller, Staff
from comity.accounts.profiles import profile_in_force
from comity.accounts.selectors.roles import require_writer
from comity.common.canonical import Json
from comity.common.errors import NotFound, Refused
from comity.common.ids import new_id
from comity.common.outbox import emit
from comity.common.transactions import write
from comity.orders.models import Report, ReportSchedule
from comity.orders.services.reports.forms import FORMS


def request_report(
    staff: Staff,
    *,
    kind: str,
    form: str,
    since: datetime | None = None,
    until: datetime | None = None,
    now: datetime,
) -> Report:
    """Ask for a report of what came about from ``since`` to before ``until``; either may be open.

    Raises ``Refused``: ``role``, ``kind``, ``form``, ``period``, ``waiting`` (too many are being made).
    """
    require_writer(staff, field="kind")
    _require_possible(kind, form)
    if since and until and since >= until:
        raise Refused("period", "The last day lies before the first one.", "until_on")
    if since and since > now:
        raise Refused("period", "The first day has not begun: choose today or an earlier one.", "since_on")
    with write():
        seller = _lock(staff)
        most = profile_in_force(seller.marketplace, now).reports.waiting
        if Report.objects.filter(seller=seller, state=Report.State.REQUESTED).count() >= most:
            raise Refused("waiting", f"{most} reports are being made already. Ask again when one is there.", "kind")
        report = store_request(seller, kind=kind, form=form, since=since, until=until, by=staff.user.public_id, now=now)
        tell(seller, "report.requested", {"report": report.public_id, "kind": kind}, actor=report.requested_by, now=now)
    return report


def schedule_report(staff: Staff, *, kind: str, form: str, hours: int, now: datetime) -> ReportSchedule:
    """Have a report made every so many hours, the first one now. Raises ``Refused``.

    ``role``, ``kind``, ``form``, ``hours`` (not one of the profile's), ``again`` (there is one), ``schedules`` (too
    many).
    """
    require_writer(staff, field="kind")
    _require_possible(kind, form)
    with write():
        seller = _lock(staff)
        terms = profile_in_force(seller.marketplace, now).reports
        if hours not in terms.hours:
            raise Refused("hours", "Choose how often from the list.", "every")
        known = ReportSchedule.objects.filter(seller=seller, ended_at=None)
        if known.filter(kind=kind, form=form).exists():
            raise Refused("again", "There is a schedule for this report already: end it first.", "every")
        if known.count() >= terms.schedules:
            raise Refused("schedules", f"A shop has up to {terms.schedules} schedules: end one first.", "every")
        by = staff.user.public_id
        schedule = ReportSchedule.objects.create(
            seller=seller,
            public_id=new_id("rsc", now),
            kind=kind,
            form=form,
            hours=hours,
            next_at=complete_until(seller.marketplace, now),
            made_by=by,
        )
        data: dict[str, Json] = {"schedule": schedule.public_id, "kind": kind, "hours": hours}
        tell(seller, "report.scheduled", data, actor=by, now=now)
    return schedule


def end_schedule(staff: Staff, schedule_id: str, *, now: datetime) -> None:
    """Have no more reports made by this schedule; ending it twice changes nothing. Raises ``NotFound``, ``Refused``."""
    with write():
        seller = _lock(staff)
        known = ReportSchedule.objects.filter(seller=seller)
        schedule = known.filter(public_id=schedule_id).first() if schedule_id.isprintable() else None
        if schedule is None:
            raise NotFound(schedule_id)
        require_writer(staff)  # after the door: who is a stranger learns nothing of roles
        if schedule.ended_at is None:
            schedule.ended_at = now
            schedule.save(update_fields=["ended_at"])
            data = {"schedule": schedule.public_id}
            tell(seller, "report.schedule_ended", data, actor=staff.user.public_id, now=now)


def complete_until(marketplace: Marketplace, now: datetime) -> datetime:
    """Up to when a scheduled report may reach that is made now: what came about later may not be stored yet."""
    return now - timedelta(minutes=profile_in_force(marketplace, now).reports.lag_minutes)


def store_request(
    seller: Seller,
    *,
    kind: str,
    form: str,
    since: datetime | None,
    until: datetime | None,
    by: str,
    schedule: ReportSchedule | None = None,
    now: datetime,
) -> Report:
    """A report that waits to be made."""
    return Report.objects.create(
        seller=seller,
        public_id=new_id("rep", now),
        kind=kind,
        form=form,
        since=since,
        until=until,
        schedule=schedule,
        requested_by=by,
        requested_at=now,
    )


def tell(seller: Seller, name: str, data: Mapping[str, Json], *, actor: str = "", now: datetime) -> None:
    """Tell it on the stream of the seller, whose row is locked."""
    emit(
        seller,
        name=name,
        data=data,
        stream_id=seller.public_id,
        marketplace=seller.marketplace.public_id,
        actor=actor,
        now=now,
    )
    seller.save(update_fields=["event_count"])


def lock_seller(key: int) -> Seller:
    """The seller, locked until the transaction ends, marketplace loaded."""
    return Seller.objects.select_for_update(of=("self",)).select_related("marketplace").get(pk=key)


def _lock(staff: Staff) -> Seller:
    return lock_seller(staff.seller_id)


def _require_possible(kind: str, form: str) -> None:
    if kind not in Report.Kind.values:
        raise Refused("kind", "Choose what the report is about.", "kind")
    if form not in FORMS:
        raise Refused("form", "Choose one of the forms.", "form")
    if not FORMS[form].offered:
        sentence = (
            f"{FORMS[form].label} cannot be written here: the library for it is not installed. Choose another form, "
            "or ask whoever runs this marketplace to install comity with [parquet]."
        )
        raise Refused("form", sentence, "form")

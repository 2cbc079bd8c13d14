"""A shop's reports: asking for one, once or on a schedule, and fetching those that were made (S77)."""

from datetime import date, datetime, time, timedelta
from http import HTTPStatus
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from comity.accounts.models import Staff
from comity.accounts.profiles import profile_in_force
from comity.accounts.selectors.roles import may
from comity.accounts.selectors.seats import seller_seat
from comity.common import clock, locales
from comity.common.errors import Refused
from comity.common.ids import new_id
from comity.orders.models import Report
from comity.orders.selectors.reports import get_made_report, reports_of, schedules_of
from comity.orders.services.reports.asking import end_schedule, request_report, schedule_report
from comity.orders.services.reports.forms import FORMS
from comity.web.account.gate import signed_in
from comity.web.desk.desks import seller_frame
from comity.web.once import once
from comity.web.returned import as_download
from comity.web.seller.report_form import KINDS, ReportForm, every_words

_KINDS = dict(KINDS)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def reports(request: HttpRequest, marketplace: str, seller: str) -> HttpResponse:
    """What was made, latest first, the schedules, and the form to ask for another."""
    staff, now = seller_seat(request.user, marketplace, seller), clock.now()
    hours = profile_in_force(staff.seller.marketplace, now).reports.hours
    if request.method != "POST":
        return _show(request, staff, ReportForm(hours=hours), now)
    form = ReportForm(request.POST, hours=hours)
    if not form.is_valid():
        return _show(request, staff, form, now)
    try:
        once(request, lambda: _ask(staff, form, now), route="seller-reports", user=staff.user, now=now)
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, refused.sentence)
        return _show(request, staff, form, now)
    return HttpResponseRedirect(f"{_address(staff)}?done={'once' if form.hours is None else 'schedule'}")


def _ask(staff: Staff, form: ReportForm, now: datetime) -> str:
    wanted = {"kind": form.cleaned_data["kind"], "form": form.cleaned_data["form"]}
    if form.hours is not None:
        return str(schedule_report(staff, **wanted, hours=form.hours, now=now).public_id)
    since, until = form.period(locales.zone_of(staff.seller.time_zone))
    return str(request_report(staff, **wanted, since=since, until=until, now=now).public_id)


@require_http_methods(["POST"])
@signed_in
def schedule_end(request: HttpRequest, marketplace: str, seller: str, schedule: str) -> HttpResponse:
    """No more reports by this schedule."""
    staff, now = seller_seat(request.user, marketplace, seller), clock.now()
    try:
        end_schedule(staff, schedule, now=now)
    except Refused as refused:
        form = ReportForm(hours=profile_in_force(staff.seller.marketplace, now).reports.hours)
        return _show(request, staff, form, now, refused.sentence)
    return HttpResponseRedirect(f"{_address(staff)}?done=ended")


@require_safe
@signed_in
def file(request: HttpRequest, marketplace: str, seller: str, report: str) -> HttpResponse:
    """A report as its file: saved, never shown by the browser."""
    staff = seller_seat(request.user, marketplace, seller)
    found = get_made_report(staff.seller, report)
    assert found.blob is not None  # it is there
    kind, day = found.kind.replace("_", "-"), f"{found.requested_at:%Y-%m-%d}"
    name = f"{kind}-{day}-{found.public_id}.{FORMS[found.form].suffix}"
    return as_download(found.blob, name)


def _show(request: HttpRequest, staff: Staff, form: ReportForm, now: datetime, refusal: str = "") -> HttpResponse:
    page = reports_of(staff.seller, request.GET.get("page"))
    zone = locales.zone_of(staff.seller.time_zone)
    keep = timedelta(days=profile_in_force(staff.seller.marketplace, now).reports.keep_days)
    context = {
        **seller_frame(staff, "orders"),
        "seller": staff.seller,
        "page": page,
        "keep_days": keep.days,
        "under_way": any(one.state == Report.State.REQUESTED for one in page),
        "rows": [_row(one, keep, zone) for one in page],
        "schedules": [{"schedule": one, **_words(one.kind, one.form, one.hours)} for one in schedules_of(staff.seller)],
        "form": form,
        "asks": may(staff, "reply"),
        "done": request.GET.get("done", ""),
        "refusal": refusal,
        "key": new_id("form", now),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors or refusal else HTTPStatus.OK
    return render(request, "seller/reports.html", context, status=status)


def _row(report: Report, keep: timedelta, zone: ZoneInfo) -> dict[str, object]:
    hours = report.schedule.hours if report.schedule else None
    kept_until = report.finished_at + keep if report.finished_at else None
    first, after = _begun(report.since, zone), _begun(report.until, zone)
    return {
        "report": report,
        "since": first or report.since,
        "until": after - timedelta(days=1) if after else report.until,
        "kept_until": kept_until,
        **_words(report.kind, report.form, hours),
    }


def _begun(at: datetime | None, zone: ZoneInfo) -> date | None:
    """The day that begins ``at`` where the shop is; None in the middle of one."""
    local = at.astimezone(zone) if at else None
    return local.date() if local and local.time() == time() else None


def _words(kind: str, form: str, hours: int | None) -> dict[str, str]:
    return {
        "about": _KINDS[Report.Kind(kind)],
        "in_form": FORMS[form].label,
        "every": every_words(hours) if hours else "",
    }


def _address(staff: Staff) -> str:
    seller = staff.seller
    return reverse("seller-reports", kwargs={"marketplace": seller.marketplace.slug, "seller": seller.public_id})

"""Reports and their schedules, as their seller sees them."""

from typing import Any

from django.core.paginator import Page, Paginator

from comity.accounts.models import Seller
from comity.common.errors import NotFound
from comity.orders.models import Report, ReportSchedule

PAGE_SIZE = 20


def reports_of(seller: Seller, page: int | str | None = 1, size: int = PAGE_SIZE) -> "Page[Any]":
    """A page of the seller's reports, latest first. Two queries."""
    rows = Report.objects.filter(seller=seller).select_related("blob", "schedule").order_by("-id")
    return Paginator(rows, size).get_page(page)


def schedules_of(seller: Seller) -> list[ReportSchedule]:
    """The schedules that the seller has not ended, the next one due on top. One query."""
    return list(ReportSchedule.objects.filter(seller=seller, ended_at=None).order_by("next_at", "id"))


def get_made_report(seller: Seller, report_id: str) -> Report:
    """A report of the seller that is there. Raises ``NotFound``; another seller's looks like a missing one."""
    made = Report.objects.filter(seller=seller, state=Report.State.DONE).select_related("blob")
    if not report_id.isprintable() or (report := made.filter(public_id=report_id).first()) is None:
        raise NotFound(report_id)
    return report

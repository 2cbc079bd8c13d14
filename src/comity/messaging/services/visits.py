"""When somebody last looked at the today page."""

from datetime import datetime, timedelta

from comity.accounts.models import Staff
from comity.common.transactions import write
from comity.messaging.models import DeskVisit


def visit(*, staff: Staff, pause: timedelta, now: datetime) -> datetime:
    """Remember the look, and say since when things are new to this person: since the end of the visit before.

    Looks less than ``pause`` apart are one visit, so that reading on does not make the news vanish.
    """
    known = DeskVisit.objects.filter(staff=staff).first()
    since = now if known is None else known.last_at if now - known.last_at >= pause else known.news_since
    with write():
        if not DeskVisit.objects.filter(staff=staff).update(news_since=since, last_at=now):
            DeskVisit.objects.get_or_create(staff=staff, defaults={"news_since": since, "last_at": now})
    return since

"""Whether something may come back and what that costs, read from the profile's table.

Days are those of the marketplace's calendar. Until a carrier tells of the delivery nothing has begun: the window is
open, whatever day was promised.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from comity.accounts.models import Marketplace
from comity.accounts.profiles.returns import Eligibility, ReturnTerms
from comity.orders.models import Return, ReturnLine
from comity.orders.selectors.returns import Returnable, returnable

# What was promised is paid: no table is asked.
_AGREED = Eligibility(
    outcome="full", percent=0, words="what the seller offered and the buyer accepted", source="the accepted offer"
)


def days_since(delivered_at: datetime | None, now: datetime, *, marketplace: Marketplace, terms: ReturnTerms) -> int:
    """Days of the calendar since the delivery; 0 while it is unknown, and in an extended window."""
    if delivered_at is None:
        return 0
    arrived, today = day_of(delivered_at, marketplace), day_of(now, marketplace)
    extended = any(
        one.delivered_from <= arrived <= one.delivered_until and today <= one.until for one in terms.holidays
    )
    return 0 if extended else (today - arrived).days


def eligible(
    piece: Returnable, *, opened: bool, reason: str, marketplace: Marketplace, terms: ReturnTerms, now: datetime
) -> Eligibility:
    """What the table says of this line, sent back now for that ``reason`` of the profile."""
    known = terms.reason(reason)
    days = days_since(piece.delivered_at, now, marketplace=marketplace, terms=terms)
    return terms.eligible(days=days, opened=opened, kind=piece.kind, fault=known.fault if known else "buyer")


def eligible_lines(returned: Return, lines: Iterable[ReturnLine], terms: ReturnTerms) -> dict[int, Eligibility]:
    """What the table says of these lines of a return, by key: as they were asked for, graded ones as graded.

    A return that both sides agreed on is taken back and refunded as promised.
    """
    if returned.promised_minor is not None:
        return {line.pk: _AGREED for line in lines}
    pieces = {one.line.pk: one for one in returnable(returned.order)}
    found = {}
    for line in lines:
        found[line.pk] = eligible(
            pieces[line.line_id],
            opened=_was_opened(line, terms),
            reason=line.reason,
            marketplace=returned.order.marketplace,
            terms=terms,
            now=returned.requested_at,
        )
    return found


def last_day(piece: Returnable, *, marketplace: Marketplace, terms: ReturnTerms) -> date | None:
    """Until when the line comes back unopened without having to ask nicely; None while no delivery is known."""
    if piece.delivered_at is None:
        return None
    arrived = day_of(piece.delivered_at, marketplace)
    extended = [one.until for one in terms.holidays if one.delivered_from <= arrived <= one.delivered_until]
    return max([arrived + timedelta(days=terms.window_days), *extended])


def _was_opened(line: ReturnLine, terms: ReturnTerms) -> bool:
    grade = terms.grade(line.grade) if line.grade else None
    return grade.opened if grade else line.opened


def day_of(moment: datetime, marketplace: Marketplace) -> date:
    """The day of a moment in the calendar by which returns are counted, the marketplace's."""
    return moment.astimezone(ZoneInfo(marketplace.time_zone) if marketplace.time_zone else UTC).date()

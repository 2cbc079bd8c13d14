"""When a seller may ask the buyer of an order for a review (S16, S35, S51). Pure; see ``selectors.purposes``."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from comity.accounts.models import Restriction
from comity.accounts.profiles.purposes import ReviewTerms
from comity.messaging.selectors.purposes import Standing, day, either, told
from comity.orders.services.statuses import STATUS_WORDS, reachable


@dataclass(frozen=True, slots=True)
class ReviewOpening:
    """Whether a review may be asked for, between ``since`` and ``until``; ``sentence`` tells people why not."""

    closed: str = ""
    sentence: str = ""
    since: datetime | None = None
    until: datetime | None = None

    @property
    def open(self) -> bool:
        """Whether it may be asked for now."""
        return not self.closed


def review_opening(terms: ReviewTerms, standing: Standing) -> ReviewOpening:
    """From 5 days after the earliest promised delivery to 30 days after the latest, once shipped (S35, rules §2).

    A seller who may not write first may still ask: the words are the marketplace's (rules §2). A buyer who takes
    nothing unsolicited is not asked.
    """
    earliest = standing.deliver_from or standing.delivered_at
    latest = standing.deliver_by or standing.delivered_at
    since = earliest + timedelta(days=terms.opens_after_days) if earliest else None
    until = latest + timedelta(days=terms.closes_after_days) if latest else None
    closed, sentence = _review_closed(terms, standing, since, until)
    return ReviewOpening(closed, sentence, since, until)


def _review_closed(
    terms: ReviewTerms, standing: Standing, since: datetime | None, until: datetime | None
) -> tuple[str, str]:
    if standing.restricted == Restriction.Kind.MESSAGING:
        return "restricted", told(standing)
    if standing.declined:
        return "declined", "The buyer takes no unsolicited messages."
    if standing.status not in terms.statuses:
        coming = any(reachable(standing.status, one) for one in terms.statuses)
        words = f"Opens once the order is {either(terms.statuses)}." if coming else ""
        return "status", words or f"Closed because the order is {STATUS_WORDS[standing.status]}."
    if since is None or until is None:
        return "no_dates", "Opens once the carrier reports the delivery: no earliest day of it was promised."
    if standing.now < since:
        return "too_early", f"Opens on {day(since)}."
    return ("too_late", f"The time for it ended on {day(until)}.") if standing.now > until else ("", "")

"""review.repeat: a second request for a review, or one too early or too late."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from comity_policy.model import Example, Rule, Span
from comity_policy.reading import Reading
from comity_policy.rules._review_request import ASKS_FOR_REVIEW


def find(reading: Reading, parameters: Mapping[str, Any]) -> Iterator[Span]:
    """Yield a request for a review when the order had its request, or the days for it are not there."""
    form = _trouble(reading, parameters)
    if form and reading.draft.purpose == "review_request":
        yield Span(0, len(reading.draft.text), form)
    elif form:
        for span in reading.phrases(ASKS_FOR_REVIEW):
            yield Span(span.start, span.end, form)


def _trouble(reading: Reading, parameters: Mapping[str, Any]) -> str:
    days = reading.context.days or {}
    opened, closed = days.get(parameters["opens_after"]), days.get(parameters["closes_after"])
    if (reading.context.review_requests or 0) >= parameters["most"]:
        return "plain"
    if opened is not None and opened < parameters["first_day"]:
        return "early"
    return "late" if closed is not None and closed > parameters["last_day"] else ""


RULE = Rule(
    id="review.repeat",
    title="Asking for a review again, too early or too late",
    since="2026.2",
    source=("S16", "S26", "S33", "S35", "S51", "C6"),
    why=(
        "One request is a service to later buyers; every further one is a nuisance. Before the goods are there, and "
        "long after, nobody can say much about them. All ways of asking share the one request."
    ),
    reasons={
        "plain": "A review of this order was asked for already; once is all for one order.",
        "early": "It is too early to ask for a review of this order.",
        "late": "It is too late to ask for a review of this order.",
    },
    advice="Leave the request out.",
    gate=(),
    find=find,
    parameters={"most": int, "opens_after": str, "first_day": int, "closes_after": str, "last_day": int},
    flagged=(
        Example("«Would you review the lamp?»", purpose="review_request", review_requests=1),
        Example("The part is on its way. «Please leave a review» if you like.", review_requests=2),
        Example("«How do you like the lamp?»", purpose="review_request", days={"promised_from": 4, "promised_by": 2}),
        Example("«How do you like the lamp?»", purpose="review_request", days={"promised_from": 40, "promised_by": 31}),
        Example("Bitte «schreiben Sie eine Bewertung».", review_requests=1),
        Example("Puede «dejar una reseña» en su cuenta.", review_requests=1),
    ),
    accepted=(
        "You can leave a review on your orders page.",
        Example("Would you review the lamp?", purpose="review_request", review_requests=0),
        Example("Would you review the lamp?", purpose="review_request", days={"promised_from": 5, "promised_by": 30}),
        Example("Thank you for your review, we mend it.", review_requests=1),
        Example("Your design is ready for your review and release.", review_requests=1, purpose="customisation"),
        Example("Nobody may ask you to write a second review; we never do.", review_requests=1),
    ),
    known_miss=(Example("«A few words on your orders page would mean a lot.»", review_requests=1),),
)

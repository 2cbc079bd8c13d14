"""What the engine reads out of a text beside a verdict, and how far back the rulebook in force looks for its like."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from comity.accounts.models import Marketplace
from comity.screening.services import rulebook_in_force
from comity_policy.rules._review_request import asks_for_review
from comity_policy.text.likeness import likeness

__all__ = ["asks_for_review", "likeness_of", "likeness_window"]

_REPETITION = "form.repetition"


def likeness_of(text: str, *, of: str, apart: Iterable[str] = (), titles: Iterable[str] = ()) -> int | None:
    """The number that texts of nearly the same words share, of one author; see ``comity_policy.text.likeness``."""
    return likeness(text, of=of, apart=apart, titles=titles)


def likeness_window(marketplace: Marketplace, now: datetime) -> timedelta | None:
    """How far back messages nearly the same count; None where the rulebook in force does not ask."""
    entries = rulebook_in_force(marketplace, now).entries
    asked = next((entry for entry in entries if entry.rule.id == _REPETITION), None)
    return timedelta(days=asked.parameters["alike_days"]) if asked else None

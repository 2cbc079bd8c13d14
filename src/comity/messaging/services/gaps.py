"""Gaps: variables of saved replies that a conversation could not fill. A text with one is not sent."""

from comity.messaging.selectors.variables import OF_TEMPLATES, VARIABLES, Place, places
from comity.messaging.services.text import MessageRefused
from comity_policy.model import Finding, Outcome

RULE = "saved_reply.gap"


class Gaps(MessageRefused):
    """The text still has gaps; ``findings`` mark them."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        one = len(findings) == 1
        sentence = (
            "Fill the marked gap, or delete it." if one else f"Fill the {len(findings)} marked gaps, or delete them."
        )
        super().__init__("gap", sentence, "text")
        self.findings = findings


def gaps_in(text: str) -> tuple[Finding, ...]:
    """A finding for every known variable that stands in ``text`` unfilled, with its place and what belongs there."""
    return tuple(
        _gap(place, means)
        for place in places(text)
        if (means := VARIABLES[place.name].means if place.name in VARIABLES else OF_TEMPLATES.get(place.name))
    )


def _gap(place: Place, means: str) -> Finding:
    return Finding(
        RULE,
        place.start,
        place.end,
        Outcome.BLOCK,
        f"A gap: {means}.",
        "It is not known for this conversation. Write it in, or take the sentence out.",
        "plain" if place.name in VARIABLES else "",  # other languages have words for the variables alone
        place.name,
    )


def require_no_gaps(text: str) -> None:
    """Raise ``Gaps`` when a variable stands unfilled in ``text``. No query."""
    if "{{" in text and (found := gaps_in(text)):
        raise Gaps(found)

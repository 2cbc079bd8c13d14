"""Where a text asks the reader for a review or for feedback, in the six languages."""

from __future__ import annotations

from comity_policy.model import Context, Draft
from comity_policy.reading import Phrase, Reading

_REVIEW = (
    r"(?:reviews?|feedback|ratings?|testimonials?|bewertung(?:en)?|rezension(?:en)?|resenas?|valoracion(?:es)?|opinion(?:es)?|"
    r"avis|evaluations?|recension[ei]|valutazion[ei]|avaliac(?:ao|oes))"
)
_ASK = (
    r"(?:leave|leaving|write|post|give|share|submit|drop|add|appreciate|love|welcome|schreiben|hinterlassen|abgeben|dejar?|deje|escrib\w+|"
    r"laissez|laisser|donnez|donner|lasci\w*|scriv\w*|deixar?|deixe|escrev\w+)"
)
_DIRECT = (
    r"\b(?:please|kindly|could you|would you|can you|we(?:'d| would) (?:love|like|appreciate) (?:it if you|you to))\b[^;]{0,20}?\b(?:review|rate)\b"
    r"|\b(?:bitte|konnten sie|mochten sie)\b[^;]{0,40}?\bbewerten\b|\b(?:valore|valorar|evaluez|valuti|recensisca|avalie|avaliar)\b"
)
REQUEST = rf"\b{_ASK}\b[^;]{{0,40}}?\b{_REVIEW}\b|\b{_REVIEW}\b[^;]{{0,30}}?\b(?:schreiben|hinterlassen|abgeben|welcome|appreciated)\b|{_DIRECT}"
# Talk about a review that is no request for one.
_NO_REQUEST = (
    r"\b(?:you (?:left|wrote|gave|posted)|your (?:review|feedback) (?:says|was|has)|thank you for (?:your|the) (?:\w+ )?(?:review|feedback)|"
    r"under review|for review|i (?:will|'ll)|i'?d|proof|design|draft|photo for)\b"
)
ASKS_FOR_REVIEW = (Phrase(rf"(?P<hit>{REQUEST})", unless=_NO_REQUEST),)


def asks_for_review(text: str) -> bool:
    """Return whether ``text`` asks for a review or for feedback, as ``review.repeat`` reads it."""
    reading = Reading(Draft(text, "seller", "reply"), Context())
    if not any(phrase.stands_in(reading.words.text.encode("utf-8", "replace")) for phrase in ASKS_FOR_REVIEW):
        return False
    return next(reading.phrases(ASKS_FOR_REVIEW), None) is not None

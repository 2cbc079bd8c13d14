"""Feedback about a seller, which is not a review of a product (C5), in the six languages."""

from __future__ import annotations

from comity_policy.model import Span
from comity_policy.reading import Reading
from comity_policy.text.fold import fold
from comity_policy.text.patterns import pattern

FEEDBACK = (
    r"(?:(?:seller |shop |store |your |the |negative |bad |neutral |poor )?feed ?back|(?:seller|shop|store) (?:ratings?|reviews?)|"
    r"(?:verkaufer|handler|shop)(?:-| )?bewertung(?:en)?|bewertung (?:des|zum|uber den) (?:verkaufers?|handlers?|shops?)|"
    r"(?:valoracion|opinion|comentario) (?:del|sobre el|al) vendedor|(?:evaluation|avis|note) (?:du|sur le) vendeur|"
    r"(?:valutazione|feedback|recensione) (?:del|sul|al) venditore|(?:avaliacao|comentario) (?:do|sobre o|ao) vendedor)"
)
_FEEDBACK = pattern(FEEDBACK)


def may_be_taken_back(reading: Reading, span: Span) -> bool:
    """Return whether ``span`` speaks of feedback that breaks the rules: then feedback.removal alone judges it."""
    if not reading.context.feedback_breaks_rules:
        return False
    return _FEEDBACK.search(fold(reading.draft.text[span.start : span.end]).text) is not None

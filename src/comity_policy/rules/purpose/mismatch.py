"""purpose.mismatch: the text is about something else than the purpose under which it is sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from comity_policy.model import Example, Rule, Span
from comity_policy.reading import Phrase, Reading
from comity_policy.rules._messages_only import messages_only
from comity_policy.rules._review_request import ASKS_FOR_REVIEW

_ELSE = (
    r"\b(?:send|ship|mail|return)\b[^;]{0,30}?\b(?:back|return label)\b|\b(?:your|the) (?:return|refund)\b[^;]{0,30}?\b(?:has|was|is|arrived|received)\b|"
    r"\b(?:out of stock|sold out|cannot (?:ship|send)|can'?t (?:ship|send))\b|\b(?:ausverkauft|nicht lieferbar|rucksendung|erstattung)\b|"
    r"\b(?:agotado|devolucion|reembolso)\b|\b(?:rupture de stock|epuise|retour|remboursement)\b|\b(?:esaurit[oa]|reso|rimborso)\b|"
    r"\b(?:esgotad[oa]|devolucao|reembolso)\b"
)
_OTHER_MATTERS = (Phrase(rf"(?P<hit>{_ELSE})"),)


def find(reading: Reading, parameters: Mapping[str, Any]) -> Iterator[Span]:
    """Yield a request for a review under another purpose, and other matters under that of a review request."""
    purpose = reading.draft.purpose
    if purpose in parameters["without_review_request"]:
        yield from reading.phrases(ASKS_FOR_REVIEW)
    elif purpose in parameters["review_request_only"]:
        yield from reading.phrases(_OTHER_MATTERS)


RULE = Rule(
    id="purpose.mismatch",
    title="Text that does not fit its purpose",
    since="2026.2",
    source=("S25", "S83", "S88"),
    why=(
        "The purpose says who may receive a message, how often and when. A message that carries something else with it "
        "takes away what the buyer chose to receive, and its own matter is overlooked."
    ),
    reasons={"plain": "This does not belong to the purpose under which you write."},
    advice="Leave it out, or send it under the purpose that it belongs to.",
    gate=(*ASKS_FOR_REVIEW, *_OTHER_MATTERS),
    find=messages_only(find),
    parameters={"without_review_request": list, "review_request_only": list},
    flagged=(
        Example("The van comes on Tuesday. «Please leave us a review».", purpose="shipment"),
        Example("Which colour? And «could you write a review» of us?", purpose="customisation"),
        Example("The lid broke. We would «love a review» of how we mend it.", purpose="order_problem"),
        Example("Would you review it? By the way, the chair is «out of stock».", purpose="review_request"),
        Example("Bitte «hinterlassen Sie eine Bewertung».", purpose="return"),
    ),
    accepted=(
        Example("Would you review what you bought?", purpose="review_request"),
        "You can leave a review on your orders page.",
        Example("The chair is out of stock, we refunded it.", purpose="order_problem"),
        Example("Thank you for your review. The part left today.", purpose="shipment"),
        Example("The proof is ready for your review.", purpose="customisation"),
    ),
    known_miss=(Example("The van comes on Tuesday. «Other buyers would love to hear from you.»", purpose="shipment"),),
)

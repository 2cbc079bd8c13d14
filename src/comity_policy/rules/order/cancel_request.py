"""order.cancel_request: a seller asks the buyer to cancel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from comity_policy.model import Example, Rule, Span
from comity_policy.reading import Phrase, Reading

_ASK = (
    r"(?:(?:please|kindly|could you|can you|would you|you(?:'ll| will)? (?:need|have) to|we (?:need|want|ask|must ask|have to ask) you to|"
    r"we(?:'d| would) (?:like|ask|be grateful|prefer) (?:for |if )?you(?: could)?(?: to)?|it (?:is|would be) (?:best|better|easier) if you|go ahead and|"
    r"if you could|best to|i (?:need|ask) you to|i'?d ask you to|you (?:should|must|better))(?: \w+){0,3}? )"
)
_ORDER = r"(?:order|purchase|it|this|item|cancel+ation)"
_CANCEL = (
    rf"\b{_ASK}(?:cancel(?:led)?|request(?:ed)? (?:a |the )?cancel+ation|ask for (?:a |the )?cancel+ation|submit a cancel+ation|put in a cancel+ation)\b"
    rf"(?:[^;]{{0,25}}?\b{_ORDER}\b)?|"
    r"\b(?:request|ask for|submit|open) (?:a |the )?cancel+ation (?:request )?(?:from|on|in|via|through|under) your (?:side|end|orders?|account)\b|"
    r"\b(?:bitte|konnten sie|mussten sie|sie mussten|wurden sie)\b[^;]{0,40}?\bstorn(?:ieren|ier|o beantragen)\b|\bstornieren sie bitte\b|"
    r"\b(?:por favor|podria|puede|le pedimos que|necesitamos que)\b[^;]{0,30}?\b(?:cancele|cancelar|anule|anular)\b|"
    r"\b(?:merci d'?|veuillez|pourriez[- ]vous|pouvez[- ]vous|nous vous demandons d'?)\s*(?:bien )?(?:vouloir )?annuler\b|"
    r"\b(?:per favore|la preghiamo di|potrebbe|puo|le chiediamo di)\b[^;]{0,25}?\bannull(?:are|i)\b|"
    r"\b(?:por favor|poderia|pode|pedimos que)\b[^;]{0,30}?\bcancel(?:e|ar)\b"
)
# An answer to a buyer who asked how to cancel, or who decides freely.
_FREE = (
    r"\b(?:if you (?:want|wish|prefer|like|would rather|no longer|decide|still want|do)|you (?:may|are free|can always)|as you (?:asked|wished)|you asked|"
    r"do(?:n'?t| not) (?:cancel|need to cancel|have to cancel)|no need to cancel|wenn sie (?:mochten|wunschen|wollen)|falls sie|si (?:lo )?(?:desea|prefiere|quiere)|"
    r"si vous (?:souhaitez|preferez|voulez)|se (?:lo )?(?:desidera|preferisce|vuole)|se (?:desejar|preferir|quiser)|would you like (?:us|me) to|"
    r"(?:shall|should) (?:we|i)|subscription|appointment)\b"
)
_PHRASES = (Phrase(rf"(?P<hit>{_CANCEL})", unless=_FREE),)


def find(reading: Reading, parameters: Mapping[str, Any]) -> Iterator[Span]:  # noqa: ARG001
    """Yield where a seller asks for a cancellation that the buyer did not want."""
    if reading.draft.role == "seller":
        yield from reading.phrases(_PHRASES)


RULE = Rule(
    id="order.cancel_request",
    title="Asking the buyer to cancel",
    since="2026.2",
    source=("S42", "S46", "C13"),
    why=(
        "A seller who cannot deliver says so and gives the money back. When the buyer is made to cancel instead, the "
        "record says that the buyer changed their mind, and other buyers do not see what really happened."
    ),
    reasons={"plain": "This asks the buyer to cancel. Whether to cancel is for the buyer to say, or for you to do."},
    advice="Say that you cannot deliver, or when you can; adjust or cancel the order yourself.",
    gate=_PHRASES,
    find=find,
    flagged=(
        "We are sold out, «please cancel the order».",
        "The colour is gone. «Could you cancel it» on your side?",
        "«You will need to request a cancellation» from your account.",
        "Leider ausverkauft, «bitte die Bestellung stornieren».",
        "«Por favor, cancele» su pedido.",
        "«Veuillez annuler» la commande de votre côté.",
    ),
    accepted=(
        "If you want to cancel the order, press Cancel items.",
        "We cancelled the order and refunded you today.",
        "Shall we cancel the order, or will you wait a week?",
        Example("Please cancel my order.", role="buyer"),
        "Please do not cancel: it leaves today.",
        "You cancelled on Monday; the refund is on its way.",
    ),
    known_miss=("«It would help us if this order went away from your side.»",),
)

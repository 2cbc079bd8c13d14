"""feedback.removal: a seller asks the buyer to take back or change feedback about the seller."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from comity_policy.model import Example, Rule, Span
from comity_policy.reading import Phrase, Reading
from comity_policy.rules._seller_feedback import FEEDBACK

_TAKE_BACK = (
    r"(?:remov(?:e|ing|al of)|delet(?:e|ing)|withdraw(?:ing)?|tak(?:e|ing) (?:down|back|away|off)|retract(?:ing)?|revis(?:e|ing)|chang(?:e|ing)|edit(?:ing)?|"
    r"updat(?:e|ing)|amend(?:ing)?|reconsider(?:ing)?|rais(?:e|ing)|cancel(?:ling)?|strik(?:e|ing)|entfernen|loschen|zuruckzunehmen|zurucknehmen|andern|zuruckziehen|"
    r"elimin\w+|retir\w+|borrar?|cambi\w+|quit\w+|modifi\w+|supprim\w+|enlev\w+|rimuov\w+|cancell\w+|remov\w+|apag\w+|alter\w+)"
)
_REMOVAL = rf"\b{_TAKE_BACK}\b[^;]{{0,40}}?\b{FEEDBACK}\b|\b{FEEDBACK}\b[^;,]{{0,40}}?\b(?:{_TAKE_BACK}|removed|deleted|withdrawn|changed|taken (?:down|back)|disappears?|gone)\b"
_OFFER = (
    r"(?:\b(?:refund\w*|gift|voucher|coupon|discount\w*|money back|cash ?back|free|replacement|credit|compensat\w+|in (?:return|exchange)|"
    r"reembols\w+|descuento|regal\w+|rembours\w+|remise|cadeau|erstatt\w+|gutschein\w*|rabatt\w*|geschenk\w*|rimbors\w+|sconto|omaggio|"
    r"desconto)\b|[$\x{a3}\x{20ac}] ?\d+|\b\d+ ?(?:[$\x{a3}\x{20ac}]|%|euros?|dollars?|pounds?|usd|eur)\b)"
)
_NO_REQUEST = (
    r"\b(?:we|i) (?:will|would) never ask|\bnever ask|\bthank you for (?:removing|changing|updating)|\b(?:the marketplace|amazon|etsy|ebay)\b[^;]{0,30}?\b(?:removed|removes|may remove)|"
    r"\bprovide feedback\b|\bmy feedback\b|\byou (?:intend|plan|want|wish) to\b|\b(?:thank\w*|offer\w*)\b[^;]{0,15}?\bto (?:take back|remove|change)\b|\bby the marketplace\b|\bfeedback (?:resistor|capacitor|sensor|signal|cable|loop|wire|can be)\b|\bchange(?:d|s)? (?:our|the) \w+ (?:after|because of|thanks to)\b|\b(?:based on|thanks to|with|after) (?:your|the|buyers'?|customer) feedback\b"
)
_MARK = r"(?:(?:red |bad |negative |neutral )(?:mark|rating|one)|negatives?|neutrals?|(?:el|la|o|il|le) negativ[oa]|(?:calificacion|classificacao|qualificacao|puntuacion|giudizio|evaluation|valutazione|bewertung|note)(?: \w+){0,4}? (?:vendedor|tienda|loja|negozio|venditore|vendeur|boutique|verkaufer|shop))"
_MARK_OFF = (
    rf"\b{_TAKE_BACK}\b (?:the |that |your |our |this |su |la |el |a |o |il |le |votre |ihre |por favor |please )*(?:\w+ )?{_MARK}\b(?: (?:on|for|of|off|from) (?:us|our \w+))?|"
    r"\b(?:mud\w+|cambi\w+|tir\w+|tolg\w+|pass(?:er|ez)|annul\w+|anul\w+|retir\w+|ander\w*|losch\w*) [^;]{0,30}?\b(?:de|da|di|von) negativ[aeo] (?:a|in|para|zu|auf) positiv[aeo]\b|"
    r"\bfeedback revision\b|\b(?:take|get) (?:that|the|this) (?:red|bad|negative) mark off\b|\b(?:negative|neutral)\b[^;]{0,40}?\b(?:make|change|turn) it (?:in)?to?(?: a)? positive\b|\bcould you make it positive\b|\btolga il feedback\b"
)
_PHRASES = (
    Phrase(rf"(?P<hit>{_REMOVAL})", unless=_NO_REQUEST),
    Phrase(
        _MARK_OFF,
        form="unsure",
        unless=_NO_REQUEST
        + r"|\b(?:terminal|pole|lead|wire|cable|battery|film|photo|space|print|test|filter|colou?rs?|number|charge|pressure)s?\b",
    ),
)
_OFFERED = (
    Phrase(
        rf"(?P<hit>(?:{_REMOVAL})[^;]{{0,80}}?{_OFFER}|{_OFFER}[^;]{{0,80}}?(?:{_REMOVAL}))",
        form="offered",
        unless=_NO_REQUEST,
    ),
)


def find(reading: Reading, parameters: Mapping[str, Any]) -> Iterator[Span]:  # noqa: ARG001
    """Yield where feedback is asked to be taken back, and whether something is offered for it."""
    if reading.draft.role != "seller":
        return
    offered = list(reading.phrases(_OFFERED))
    yield from offered
    for span in () if offered else reading.phrases(_PHRASES):
        yield Span(span.start, span.end, "justified") if reading.context.feedback_breaks_rules else span


RULE = Rule(
    id="feedback.removal",
    title="Asking a buyer to take back feedback",
    since="2026.2",
    source=("S38", "S39", "S53", "C5"),
    why=(
        "Feedback tells later buyers how a seller served others. A seller who is unhappy with it solves the problem; "
        "whether it breaks the marketplace's rules is for the marketplace to say."
    ),
    reasons={
        "plain": "This asks the buyer to take back or change feedback about you.",
        "unsure": "This may ask the buyer to take back or change feedback about you.",
        "offered": "This offers something for taking back or changing feedback.",
        "justified": "This asks the buyer to take back feedback that breaks the rules; ask the marketplace instead.",
    },
    advice="Solve what went wrong; ask the marketplace to look at feedback that breaks its rules.",
    gate=_PHRASES,
    find=find,
    flagged=(
        "We mended it. Would you «remove your feedback» now?",
        "Please «take down the negative feedback».",
        "Please «withdraw our neutral».",
        "«Delete the feedback and we refund» it.",
        "A «$10 gift card is yours once the feedback is removed».",
        "Könnten Sie die «Verkäuferbewertung ändern»?",
        "¿Podría «eliminar la valoración del vendedor»?",
        "Pourriez-vous «supprimer l'avis sur le vendeur» ?",
    ),
    accepted=(
        "Thank you for your feedback, we changed the box.",
        "You can leave feedback on your orders page.",
        "We never ask anybody to remove feedback.",
        "Remove the negative lead from the battery first.",
        "Change the feedback resistor to 2.2k to lift the gain.",
        "The marketplace removed the feedback because of the swear word.",
        Example("I removed my feedback, thank you.", role="buyer"),
        "We changed the lid thanks to your feedback.",
    ),
    known_miss=("«Perhaps two more little stars for us now?»",),
)

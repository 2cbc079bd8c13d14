"""review.biased: steering which reviews are written (sellers)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from comity_policy.model import Rule, Span
from comity_policy.reading import Phrase, Reading

_REVIEW = r"(?:reviews?|feedback|ratings?|rating|comments?|bewertung\w*|resena\w*|avis|recension\w*|avaliac\w+)"
_GOOD = r"(?:positive|good|great|nice|excellent|glowing|kind|favou?rable|perfect|top|best|5[ -]?stars?|five[ -]?stars?|positive[nrs]?|gute|positiv[ao]s?|5 sterne|5 estrellas|5 etoiles|5 stelle|cinco estrellas)"
_BAD = r"(?:negative|bad|low|poor|critical|unfair|harsh|1[ -]?star|one[ -]?star|negativ\w*|schlechte)"
_ASK = r"(?:leave|give|write|rate|post|drop|share|grant|click|choose|select|press|tell|award|appreciate|love|want|need|hope for|count on|ask (?:you )?for|expect|like|welcome)"
_FIVE = r"(?:(?:5|five|all five|5/5|full)(?: (?:bright|gold|golden|shiny|full))?[ -]?(?:stars?|\x{2b50}|\x{2605})|(?:\x{2b50}|\x{2605}){2,}|(?:five|5)-stars?)"
_NOT_ASKED = r"\b(?:you (?:gave|left|wrote|said)|your (?:review|feedback) (?:says|said|is|was|of|about)|you don'?t have to|binder|hotel|whatever|any number of|honest|good or bad|positive or negative|warm or cold|either way|star anise|no matter)\b"
_HAPPY = r"(?:100% satisfied|happy|satisfied|pleased|love|loved|(?:like|liked) (?:it|the|this|your|our)|enjoy|enjoyed|glad|great|content|zufrieden|satisfait\w*|contento|satisfecho)"
_PHRASES = (
    Phrase(
        rf"(?P<hit>\b{_ASK}\b[^;]{{0,40}}?\b(?:an? |only |us |me |your |some |with )*{_GOOD}\b[^;]{{0,15}}?\b{_REVIEW})\b",
        unless=_NOT_ASKED,
    ),
    Phrase(
        rf"(?P<hit>\b(?:leave|give|rate|click|choose|select|press|award|grant|love|want|appreciate|ask|need|count on|pls|please|plz|tap|hit|pick|mark)\b[^;]{{0,40}}?{_FIVE})",
        unless=_NOT_ASKED + r"|\bi(?:'ll| will|'d| would| gave| give)\b",
    ),
    Phrase(
        rf"(?P<hit>\b(?:a |an )?{_GOOD} {_REVIEW} (?:from you|would|will|is|means|helps|keeps|makes)\b[^;]{{0,40}})",
        unless=_NOT_ASKED,
    ),
    Phrase(
        rf"(?P<hit>\bif (?:you|u|your experience)(?:'re| are|r| is| was)?\b[^;]{{0,12}}?\b{_HAPPY}\b[^;]{{0,60}}?\b(?:leave|write|give|review|rate|share|tell|stars?|reviews?|feedback|rating)\b[^;]{{0,30}})",
        unless=r"\b(?:either way|whatever|or not|regardless|good or bad|all views|any number)\b",
    ),
    Phrase(
        rf"(?P<hit>\b(?:contact|message|write|write to|tell|talk to|speak to|email|reach out to|inform|come to|let)\b[^;]{{0,25}}?\b(?:us|me|know)\b[^;]{{0,25}}?\b(?:before|instead of|rather than|and not)\b[^;]{{0,25}}?\b(?:leav\w+|writ\w+|post\w*|giv\w+|rat\w+|{_REVIEW})\b[^;]{{0,30}})",
        refusable=False,
        unless=r"\bbefore (?:you )?(?:send|return)\w*\b",
    ),
    Phrase(
        rf"(?P<hit>\b(?:do not|don'?t|dont|never|not to|no|avoid|refrain from|instead of|without|won'?t|you'?ll not|you will not)\b[^;]{{0,25}}?\b(?:leav\w*|writ\w*|giv\w*|post\w*|put\w*)\b[^;]{{0,20}}?\b(?:{_BAD}\b[^;]{{0,20}}?\b(?:{_REVIEW}|stars?|about us)|(?:less|fewer|lower) than (?:4|5|four|five))\b)",
        refusable=False,
        unless=r"\b(?:i|we) (?:won'?t|will not|don'?t|do not|did not|didn'?t)\b|\bbecause you",
    ),
    Phrase(
        rf"(?P<hit>\bbefore (?:you )?(?:leav\w+|writ\w+|giv\w+|post\w*)\b[^;]{{0,20}}?\b(?:{_BAD} )?{_REVIEW}\b[^;]{{0,30}}?\b(?:contact|message|write|tell|talk|let)\b[^;]{{0,15}}?\b(?:us|me|know))\b",
        refusable=False,
    ),
    Phrase(
        r"(?P<hit>\b(?:anything|less|lower|everything|below|under)\b[^;]{0,15}?\b(?:5|five|4|four|the full five)(?: ?(?:stars?|\x{2b50})|\b)[^;]{0,60}?\b(?:fail|hurts?|counts?|please|contact|message|tell|inform|write|hold off|first)\b)",
        refusable=False,
    ),
    Phrase(r"(?P<hit>\bhappy\? [^?]{0,30}?(?:5|five) stars?)"),
    Phrase(
        rf"(?P<hit>\b(?:only|just) (?:{_FIVE}|positive|good|happy)\b[^;]{{0,20}}?\b(?:{_REVIEW}|please|count\w*|customers?))\b",
        unless=_NOT_ASKED,
    ),
    Phrase(rf"(?P<hit>{_FIVE} (?:only|please|or nothing)\b(?: please)?)", unless=_NOT_ASKED),
    Phrase(rf"(?P<hit>\b(?:reviews?|ratings?) with {_FIVE})", unless=_NOT_ASKED),
    Phrase(
        rf"(?P<hit>{_FIVE} (?:reviews?|ratings?|feedbacks?)\b[^;]{{0,30}}?\b(?:would you|could you|can you|please|help us|from you))",
        unless=_NOT_ASKED,
    ),
    Phrase(
        rf"(?P<hit>\b(?:only|just) (?:leave|write|post|review|rate)\b[^;]{{0,30}}?\b(?:if|when) (?:you|u)(?:'re| are)?\b[^;]{{0,20}}?\b{_HAPPY})",
        unless=_NOT_ASKED,
    ),
    Phrase(
        rf"(?P<hit>\b(?:happy|satisfied|pleased) (?:customers?|buyers?|clients?)\b[^;]{{0,25}}?\b(?:to (?:leave|write|post|share|review|rate)|{_REVIEW})\b[^;]{{0,20}})",
        unless=_NOT_ASKED,
    ),
    Phrase(
        r"(?P<hit>\b(?:do not|don'?t|please not) (?:leave (?:a )?)?(?:review|rate)\b[^;]{0,30}?\b(?:contact|message|write|tell)\b[^;]{0,10}?\b(?:us|me))\b",
        refusable=False,
    ),
    Phrase(
        r"(?P<hit>\b(?:not (?:happy|satisfied)|unhappy|dissatisfied|not pleased|didn'?t (?:love|like) it|don'?t (?:love|like) it|hated it|frowning)\b\W[^;]{0,30}?\b(?:tell|contact|message|write to|come to|email)\b[^;]{0,15}?\b(?:us|me|support)\b[^;]{0,20}?\b(?:instead|first|only|privately|not the|rather)\b)",
        refusable=False,
    ),
    Phrase(
        r"(?P<hit>\b(?:hated it|frowning|unhappy|not happy|dissatisfied)\? (?:then )?(?:please )?(?:only )?(?:tell|write|message|contact|talk)[^;]{0,25})",
        refusable=False,
    ),
    Phrase(
        r"(?P<hit>\bif (?:you'?re|you are|it wasn'?t|it isn'?t|it is|it's)(?: not| un)?(?:happy|satisfied)?\b[^;]{0,10}?\b(?:contact|tell|message|write to) (?:us|me)\b[^;]{0,10}?\b(?:instead|privately|first)\b)",
        refusable=False,
        unless=r"\b(?:return|send|open)\b",
    ),
    Phrase(
        r"(?P<hit>\brate (?:me|us|it|this|the \w+|my \w+) (?:a |an |with )?(?:5|five|\"?excellent\"?|10|ten)\b)",
        unless=_NOT_ASKED,
    ),
    Phrase(
        r"(?P<hit>\b(?:select|press|click|choose|tap|hit) (?:on )?(?:the )?(?:fifth|5th|last|highest|top) (?:star|rating|one))\b",
        unless=_NOT_ASKED,
    ),
    Phrase(
        r"(?P<hit>\bbefore you (?:rate|give|leave)\b[^;]{0,20}?\b(?:1|one|2|two|3|three)\b[^;]{0,40}?\b(?:stop|contact|message|write|talk|tell)\b)",
        refusable=False,
    ),
)


def find(reading: Reading, parameters: Mapping[str, Any]) -> Iterator[Span]:  # noqa: ARG001
    """Yield requests for a good rating, and steering of unhappy buyers away from one."""
    yield from reading.phrases(_PHRASES, gate=RULE.gate)


RULE = Rule(
    id="review.biased",
    title="Asking for good reviews only",
    since="2026.1",
    source=("S19", "S35", "S52", "S53"),
    why=(
        "Reviews help the next buyer only when unhappy buyers write them too. Asking for stars, asking only the "
        "happy ones, or leading the unhappy ones elsewhere falsifies the picture."
    ),
    reasons={"plain": "This steers what the buyer writes in a review, or who writes one."},
    advice="Ask once, neutrally: “You can review the product on your orders page if you wish.”",
    gate=(
        rf"\b{_REVIEW}\b",
        r"stars?\b|\x{2b50}|\x{2605}|5 sterne|estrellas|etoiles|stelle|\brate\b",
        rf"\b{_HAPPY}\b|\b(?:hated it|frowning|unhappy|dissatisfied|happy|like it)\b",
        r"\bbefore\b|\binstead\b|rather than|and not|privately|\bfirst\b",
        r"\babout us\b|\b(?:less|fewer|lower|anything|everything|below|under)\b",
        r"\b(?:fifth|5th|last|highest|top) (?:star|rating|one)\b|\breview\b",
    ),
    find=find,
    flagged=(
        "«Please leave us a 5-star» review!",
        "We would love «a positive review from you».",
        "«If you're happy please leave 5 stars, thanks»",
        "«Contact us before you leave a review».",
        "Kindly «do not leave a negative review» while we solve this.",
        "«Only 5 stars please»!",
    ),
    accepted=(
        "You can leave a review of the product on your orders page if you wish.",
        "The positive terminal faces left, the negative one right.",
        "Please contact us before you send the bed back.",
        "The 5 star logo on the towel is embroidered.",
        "If you would like to review it, good or bad, please do.",
        "We read your review about the hinge, you were right.",
    ),
    known_miss=("You know «what makes a seller's day, and how many of them».",),
)

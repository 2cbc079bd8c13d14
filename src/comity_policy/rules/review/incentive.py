"""review.incentive: anything of value for a review or feedback, or for its change or removal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from comity_policy.model import Rule, Span
from comity_policy.reading import Phrase, Reading

_REVIEW = (
    r"(?:reviews?|reviewing|reviewed|reviewers?|feedback|ratings?|rate|rates|opinion|testimonial|comments?|(?:5|five)[ -]?(?:stars?|\x{2b50})|"
    r"stars?|bewertung\w*|resena\w*|avis|recension\w*|avaliac\w+|commentaires?|\x{8bc4}\x{4ef7}|\x{597d}\x{8bc4})"
)
_GIFT = (
    r"(?:gift ?cards?|gift|free|vouchers?|coupons?|refund\w*|cash ?back|money back|discount\w*|rebate|reward\w*|prize|bonus|"
    r"[$\x{a3}\x{20ac}] ?\d+|\d+ ?(?:[$\x{a3}\x{20ac}]|%|usd|eur|euros?|dollars?|pounds?|quid|bucks|percent)|paypal|for nothing|no cost|no charge|"
    r"half price|store credit|we pay|extend\w*|extra (?:year|months?)|(?:add |of )\d+ months|\d+ months|(?:double|longer|more) (?:the |your )?(?:guarantee|warranty)|"
    r"lifetime|thank[- ]you (?:gift|present)|gutschein\w*|geschenk\w*|gratis|regalo|cadeau|reembols\w+|rembours\w+|omaggio|sconto|kostenlos\w*|"
    r"return you (?:all|the) money|\x{7ea2}\x{5305}|\x{8fd4}\x{73b0})"
)
_LEAVE = r"(?:leave|leaving|write|writing|post|posting|give|giving|drop|submit|share|complete|review|reviewing|reviews|rate|rates|publish|change|changing|update|updating|remove|removing|delete|deleting|withdraw|take down|edit|revise|schreiben|deja\w*|laisse\w*|lascia\w*)"
_NEUTRAL = (
    r"\b(?:regardless|whatever you|you don'?t (?:have|need) to|no need to|not (?:a|in) (?:reward|exchange)|never|nothing (?:is )?(?:expected|in return)|"
    r"no strings|we don'?t|i don'?t|won'?t|can'?t|cannot|not allowed|against the rules|has been refunded|was refunded|were refunded|you'?ve been refunded)\b"
)
_PHRASES = (
    Phrase(
        rf"(?P<hit>\b{_LEAVE}\b[^;]{{0,60}}?\b{_REVIEW}\b[^;]{{0,70}}?(?:\band\b|\bto\b|\bthen\b|,|->|=|\bwe\b|\bi\b|\bfor\b|\bin exchange\b|\bet\b|\by\b|\be\b|\bund\b)[^;]{{0,50}}?{_GIFT})",
        unless=_NEUTRAL,
    ),
    Phrase(
        rf"(?P<hit>{_GIFT}[^;]{{0,60}}?\b(?:if you|when you|once you|in exchange|in return|as soon as|after you|who|to everyone|upon|the moment|all we want|for (?:a|an|your|the|every|each|any|honest|\d+))\b[^;]{{0,30}}?\b{_REVIEW})\b",
        unless=_NEUTRAL
        + r"|\b(?:gift|refund)\b[^;]{0,60}\b(?:under review|for review)\b|\bif you have\b|\bbecause the reviews",
    ),
    Phrase(
        rf"(?P<hit>{_GIFT}[^;]{{0,30}}?\bto (?:withdraw|remove|change|delete|revise|edit|take down|update|reconsider)\b[^;]{{0,30}}?\b{_REVIEW})\b",
        unless=_NEUTRAL,
    ),
    Phrase(rf"(?P<hit>\breview\w*\b[^;]{{0,30}}?(?:=|->)[^;]{{0,30}}?{_GIFT})"),
    Phrase(
        rf"(?P<hit>\b(?:whoever|everyone|everybody|anyone|customers|buyers|each|every|one|the first \d+)\b[^;]{{0,30}}?\b(?:reviews?|reviewing|reviewers?|rates?|feedback|posts)\b[^;]{{0,50}}?(?:{_GIFT}|\bwins?\b))",
        unless=_NEUTRAL,
    ),
    Phrase(
        rf"(?P<hit>{_GIFT}[^;]{{0,40}}?(?:\band\b|\bthen\b|,|\bif so\b|\bplus\b| )\s*(?:i'?ll|i will|ill|i|i'?d|in return i'?d?)\b[^;]{{0,15}}?\b(?:leave|give|write|drop|change|post|make)\b[^;]{{0,30}}?\b{_REVIEW})",
        unless=_NEUTRAL,
    ),
    Phrase(
        r"(?P<hit>\b(?:throw in|gift me|give me|send me|include|add)\b[^;]{0,40}?(?:\band\b|\bthen\b|,)\s*(?:i'?ll|i will|ill|i|i'?d)\b[^;]{0,15}?\b(?:leave|give|write|drop|change|post)\b[^;]{0,25}?\b(?:reviews?|rating|feedback|stars?|(?:5|five) ?(?:stars?|\x{2b50})|\d\x{2b50}))",
        unless=_NEUTRAL + r"|\b(?:one|1|bad|negative|worst)[ -]star",
    ),
    Phrase(
        rf"(?P<hit>\b(?:i'?ll|i will|ill|i can|i would|i'?d|we'?ll|we will|we'?d)\b[^;]{{0,30}}?\b(?:leave|give|write|drop|change|post)\b[^;]{{0,40}}?\b(?:{_REVIEW}|\d to an? \d)\b[^;]{{0,30}}?\b(?:for|if you|in exchange)\b[^;]{{0,40}}?{_GIFT})",
        unless=_NEUTRAL,
    ),
    Phrase(
        rf"(?P<hit>\bif you\b[^;]{{0,40}}?\b(?:review|reviews|feedback|rating|stars)\b[^;]{{0,60}}?{_GIFT})",
        unless=_NEUTRAL + r"|\brefund (?:window|policy)",
    ),
    Phrase(
        rf"(?P<hit>\breview (?:it|us|this|the|your|our|them)\b[^;]{{0,60}}?\b(?:and|,|to)\b[^;]{{0,40}}?{_GIFT})",
        unless=_NEUTRAL,
    ),
    Phrase(r"(?P<hit>\breview (?:club|program\w*)\b[^;]{0,80}?\bfree)\b"),
    Phrase(r"(?P<hit>\bwhat (?:do|would|will) i get (?:for|if)\b[^;]{0,30}?\b(?:stars?|reviews?|feedback))\b"),
    Phrase(r"(?P<hit>\bas a thank[- ]?you for (?:the|your|a) (?:review|feedback|rating))\b", unless=_NEUTRAL),
    Phrase(
        rf"(?P<hit>\b(?:screenshot|picture|photo) of (?:your|the|a) (?:review|feedback|rating)\b[^;]{{0,40}}?{_GIFT})",
        unless=_NEUTRAL,
    ),
    Phrase(
        rf"(?P<hit>\b(?:once|when|after|as soon as) (?:you'?ve?|your|the) [^;]{{0,20}}?\b(?:review|rating|feedback)\b[^;]{{0,50}}?{_GIFT})",
        unless=_NEUTRAL + r"|\breturn\w*\b",
    ),
    Phrase(
        rf"(?P<hit>{_GIFT}[^;]{{0,40}}?\b(?:when|once|after) (?:the|your) (?:review|rating|feedback) (?:is|shows|goes|appears)\b)",
        unless=_NEUTRAL,
    ),
    Phrase(
        r"(?P<hit>[^\n]*(?:\x{8bc4}\x{4ef7}|\x{597d}\x{8bc4})[^\n]*(?:\x{7ea2}\x{5305}|\x{8fd4}\x{73b0}))",
        refusable=False,
    ),
)

# A reward in the next sentence: "Leave a rating. Receive your keyring." A person looks at those.
_NEARBY = (
    Phrase(
        rf"(?P<hit>\b(?:leave|write|post|give us|rate|share|submit)\b[^;]{{0,40}}?\b(?:reviews?|feedback|rating|stars|opinion)\b[^;]{{0,60}}?[.!?\n][^;]{{0,40}}?\b(?:receive|get|claim|send you|mail you|give you|yours for|is waiting|as a gift|wins?)\b[^;]{{0,30}}?{_GIFT})",
        form="unsure",
        unless=_NEUTRAL,
    ),
    Phrase(
        r"(?P<hit>\b(?:raise|change|update|remove|review|stars?)\b[^;]{0,60}?[.!?\n][^;]{0,10}?\b(?:i'?d|i'?ll|we'?ll|we'?d) (?:then )?(?:send you|give you|refund|mail you)\b[^;]{0,40}?\b(?:as a gift|free|for nothing|the whole price))",
        form="unsure",
        unless=_NEUTRAL,
    ),
)


def find(reading: Reading, parameters: Mapping[str, Any]) -> Iterator[Span]:  # noqa: ARG001
    """Yield rewards offered or asked for in the same sentence as a review."""
    sure = list(reading.phrases(_PHRASES, gate=RULE.gate))
    yield from sure or reading.phrases(_NEARBY, across=2)


RULE = Rule(
    id="review.incentive",
    title="Reward for a review or feedback",
    since="2026.1",
    source=("S21", "S35", "S39", "S55", "S84"),
    why=(
        "A review that was paid for misleads every later buyer. It does not matter whether the reward is money, a "
        "gift, a longer warranty or a refund, nor whether a good review is asked for."
    ),
    reasons={
        "plain": "This ties something of value to a review or feedback.",
        "unsure": "This may tie something of value to a review or feedback.",
    },
    advice="Ask for a review without offering anything, or make the refund without mentioning a review.",
    gate=(_REVIEW, r"review|\bposts\b|raise|change|update|remove|\d to an? \d"),
    find=find,
    flagged=(
        "«Leave a review and get a $15» gift card!",
        "We «refund your order in exchange for a review».",
        "I'll send a «$20 voucher the moment the review» is deleted.",
        "«review = free» cable, ships today",
        "«What do I get for 5 stars»?",
        "«Every reviewer gets a free» mug",
    ),
    accepted=(
        "You can leave a review of the product on your orders page if you wish.",
        "Your refund of 12 euro was made today. Thank you for your review.",
        "We don't pay for reviews and never ask for a particular rating.",
        "The rating of the rope is 22 kN.",
        "The free replacement is on its way, whatever you write in your review.",
        "The 5 star binder costs 12 dollars.",
    ),
    known_miss=("«Your turn: a review.» Our turn: a pair of socks.",),
)

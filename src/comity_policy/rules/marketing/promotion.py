"""marketing.promotion: selling more in a message that serves an order (sellers)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from comity_policy.model import Rule, Span
from comity_policy.reading import Phrase, Reading

_OFF = r"(?:\d{1,2} ?(?:%|percent|per cent|euros?|dollars?|pounds?|usd|gbp|eur)|[$£€] ?\d{1,3}|\d{1,3} ?[$£€]|half(?: price)?|a (?:fifth|quarter|tenth|third)|two for one|2 for 1)"
_NEXT = r"(?:next|following|future|second|2nd|another|new|other) (?:order|orders|purchase|purchases|basket|buy|one|crate|item|set|pack|mat|mug|pair)"
_NOT_OURS = (
    r"\b(?:you ordered|your order (?:is|was|has)|no (?:coupon|discount|voucher|code)|coupon (?:was|did|does)|code (?:was|did|does)n'?t|"
    r"from the marketplace|you asked|as you asked|since you ask|you wanted|wording|proof|engrav\w+|the text|text for|banner says|sticker says)\b"
)
_CODES = (
    r"\b(?:pin|postal|zip|access|security|pairing|login|error|tracking|qr|bar|area|unlock|gate|door|download|licen[cs]e|activation|colou?r|"
    r"hs|reset|factory|verification|batch|gift|model|part|sku|ean|item|product)[ -]?(?:code|card|number)\b|\bcode (?:on|from|in|is on|at) "
    r"(?:the|your)\b|\bcode words?\b|\bmicrosoft\b|\bcoupon (?:two|three|\d)"
)
_ABOUT_ORDER = r"\b(?:return|shipping|refund|warranty|our|shop|store) polic|\bpolicy\b|\bvideo\b|\bphotos?\b|\bmessage|\bmanual|\binstruction|\bdrawing|\bupdate\b"
_PHRASES = (
    Phrase(
        r"\b(?P<hit>(?:use|enter|with|take|type|try|apply|quote|mit|avec|con|com|use)(?: the| this| our| your| my| le| el| o| il| dem)? (?:\w+ )?(?:code|coupon|voucher|promo|word|cupom|cupon|codigo|codice|gutschein\w*) [a-z]{3,}-?\d{1,3}\b[^;]{0,50})",
        unless=_CODES,
    ),
    Phrase(
        rf"\b(?P<hit>(?:use|enter|with|take|type|try|apply|quote)(?: the| this| our| your| my)? (?:\w+ )?(?:code|coupon|voucher|promo|word)\b[^;]{{0,40}}?(?:{_OFF}|\boff\b|\bdiscount))",
        unless=_CODES,
    ),
    Phrase(
        rf"\b(?P<hit>(?:with )?[a-z]{{4,}}[1-9]\d? [^;]{{0,25}}?\b(?:save|saves|makes|takes|gives|gets|cheaper)\b[^;]{{0,30}}?(?:{_OFF}|cheaper))",
        unless=_CODES,
    ),
    Phrase(
        rf"\b(?P<hit>{_OFF} (?:off|discount|rabatt|reduction|cheaper|less|rebate)?\b[^;]{{0,50}}?\b{_NEXT})",
        unless=_NOT_OURS,
    ),
    Phrase(
        rf"\b(?P<hit>{_NEXT}\b[^;]{{0,40}}?{_OFF}(?: off| discount| cheaper| less)?)",
        unless=_NOT_OURS + r"|\brefund|\bcrack|\bbroken|\bdamaged",
    ),
    Phrase(
        rf"\b(?P<hit>(?:{_OFF} (?:off|discount|cheaper|less)|up to \d{{1,2}} ?%|half price|2 for 1|two for one|special offer|launch offer|best deal)\b[^;]{{0,60}}?\b(?:all|any|our|shop|store|this week|this weekend|this month|today|until|till|now|storewide|everything|for you))\b",
        unless=_NOT_OURS,
    ),
    Phrase(
        r"\b(?P<hit>(?:all (?:our|the|my|\w+ and)|our|matching|other)\b[^;]{0,40}?\b(?:are|is|now|for|at|go at|here too)\b[^;]{0,20}?(?:\b\d{1,2} ?(?:%|percent) (?:off|cheaper|less)|\bhalf price|\bon sale|\breduced|\bcheaper (?:this|until|now)))",
        unless=_NOT_OURS,
    ),
    Phrase(
        rf"\b(?P<hit>(?:in|from|at) (?:our|my) (?:shop|store)\b[^;]{{0,30}}?{_OFF}(?: off| discount)?|{_OFF}[^;]{{0,40}}?\b(?:in|on) (?:our|my) (?:whole |entire )?(?:shop|store|range))\b",
        unless=_NOT_OURS,
    ),
    Phrase(
        rf"\b(?P<hit>(?:loyal|returning|regular) customers?\b[^;]{{0,40}}?{_OFF}|{_OFF}[^;]{{0,20}}?\b(?:loyal|returning|regular) customers?)",
        unless=_NOT_OURS,
    ),
    Phrase(
        rf"\b(?P<hit>(?:first|this|all) (?:week|month|weekend)\b[^;]{{0,10}}?{_OFF} ?(?:off|discount|cheaper)?|the first \d+ (?:pieces|orders|customers)[^;]{{0,25}}?{_OFF})",
        unless=_NOT_OURS,
    ),
    Phrase(
        r"\b(?P<hit>(?:subscribe|sign up|join|register|enrol|follow our (?:store|shop)|follow the (?:store|shop))\b[^;]{0,30}?\b(?:newsletter|mailing list|updates|vip|club|list|deals|offers|coupon|discount))\b",
        unless=r"\bunsubscribe|warranty|how (?:do|can) i",
    ),
    Phrase(
        r"\b(?P<hit>(?:check out|have a look at|take a look at|look at|see|browse|discover|visit|explore)\b[^;]{0,20}?\b(?:our|my) (?:other|new|latest|shop|store|whole|full|autumn|winter|spring|summer|holiday|collection|range|catalog\w*|bestsell\w*|rest|more)\b[^;]{0,40})",
        unless=_ABOUT_ORDER,
    ),
    Phrase(
        r"\b(?P<hit>have (?:you|u) (?:also |already )?(?:seen|tried|discovered)(?: also| already)? (?:our|my)\b[^;]{0,40})",
        unless=_ABOUT_ORDER,
    ),
    Phrase(
        r"\b(?P<hit>(?:new (?:arrivals|collection|range|line|products|models?|colou?rs)|(?:summer|winter|spring|autumn|black friday|christmas|holiday|flash|clearance|anniversary) (?:sale|collection|deals?))\b[^;]{0,40}?\b(?:now|out|here|arriv\w+|start\w*|in our|in the shop|drop\w*|in stock|available|live|this|until|from|up to))\b",
        unless=_NOT_OURS + r"|\?",
    ),
    Phrase(
        r"\b(?P<hit>(?:my|our) new (?:\w+ ){0,2}?(?:collection|range|line|series|edition)\b[^;]{0,30}?\b(?:drops?|lands?|arriv\w+|starts?|launch\w*|comes? out|is (?:out|here|live)|just)\b)",
        unless=_NOT_OURS,
    ),
    Phrase(r"\b(?P<hit>new (?:arrivals|in our (?:shop|store|range)))\b", unless=_NOT_OURS + r"|\""),
    Phrase(
        r"\b(?P<hit>(?:refer|bring|invite|recommend us to) (?:a |your |us to )?friends?\b[^;]{0,50})",
        unless=r"\brefer to\b",
    ),
    Phrase(
        r"\b(?P<hit>(?:you (?:may|might|will|'ll|would) (?:also )?(?:like|love|enjoy|be interested in)|we (?:also|highly) recommend)\b[^;]{0,15}?\b(?:our|my|the new|matching|these)\b[^;]{0,40})",
        unless=_NOT_OURS + r"|\byou (?:need|asked|wanted)",
    ),
    Phrase(
        r"\b(?P<hit>(?:our|other) customers also (?:love|buy|like|bought)\b[^;]{0,40}|(?:we|i) recommend (?:our partner|my friend'?s?|you our)\b[^;]{0,40}|my friend'?s shop sells\b[^;]{0,40})"
    ),
    Phrase(r"\b(?P<hit>(?:exclusive|special) (?:offers?|deals?|discounts?)\b[^;]{0,30})", unless=_NOT_OURS + r"|\?"),
    Phrase(
        r"\b(?P<hit>(?:coupon|discount code|promo code|voucher code|rabattcode|gutscheincode|codigo de descuento|code promo|codice sconto|cupom)\b[^;]{0,40}?[a-z]{3,}\d{1,3}\b)",
        unless=_NOT_OURS,
    ),
    Phrase(
        r"\b(?P<hit>(?:nachsten? (?:einkauf|bestellung)|proxima compra|prochaine? (?:commande|achat|bougie)|prossimo (?:acquisto|ordine))\b[^;]{0,40}?(?:\d{1,2} ?%|[a-z]{3,}\d{1,3}\b)|\d{1,2} ?%[^;]{0,40}?(?:nachsten? (?:einkauf|bestellung)|proxima compra|prochaine? (?:commande|achat|bougie)|prossimo (?:acquisto|ordine)))"
    ),
    Phrase(
        r"\b(?P<hit>(?:unsere neue \w*kollektion|notre nouvelle collection|nuestra nueva coleccion|la nostra nuova collezione|nossa nova colecao)\b[^;]{0,40})"
    ),
    Phrase(
        r"\b(?P<hit>(?:buy|take|order|get) (?:\d|two|three|one)\b[^;]{0,30}?\b(?:get|third|second|fourth|fifth|1|one)\b[^;]{0,10}?\bfree)\b",
        unless=_NOT_OURS + r"|\bin the (?:listing|cart)|\bpage",
    ),
    Phrase(r"\b(?P<hit>add (?:it|one|them|this) to your (?:cart|basket|next order))\b", unless=_NOT_OURS),
)


def find(reading: Reading, parameters: Mapping[str, Any]) -> Iterator[Span]:  # noqa: ARG001
    """Yield discounts on other purchases, coupons, newsletters, new arrivals and cross-selling."""
    yield from reading.phrases(_PHRASES, gate=RULE.gate)


RULE = Rule(
    id="marketing.promotion",
    title="Marketing and promotion",
    since="2026.1",
    source=("S18", "S60", "S64", "S76", "S80"),
    why=(
        "A buyer gave an address so that one order can be served. Offers in those messages teach buyers to ignore "
        "them, and then they miss the one about a delay or a recall."
    ),
    reasons={"plain": "This promotes other or later purchases. Messages serve the order or the question at hand."},
    advice="Remove the offer. Answering a question about another article is fine when the buyer has asked it.",
    gate=(
        r"\b(?:code|coupon|voucher|promo|word)\b|rabattcode|gutscheincode|descuento|sconto",
        r"%|percent|per cent|\b(?:half|fifth|quarter|tenth|third)\b|[$£€]|2 for 1|two for one|euros?\b|dollars?\b|pounds?\b|usd|gbp|eur",
        r"\b(?:reduced|on sale|cheaper|special offer|launch offer|best deal)\b",
        r"newsletter|mailing list|kollektion|collection|coleccion|collezione|colecao|compra\b|commande|achat|bougie|acquisto|ordine|einkauf|bestellung|cupom|cupon|codigo|codice|gutschein|\b(?:updates|vip|club|list|deals?|offers?|discounts?)\b",
        r"\b(?:our|my) (?:other|new|latest|shop|store|whole|full|autumn|winter|spring|summer|holiday|collection|range|catalog|bestsell|rest|more)",
        r"\bnew (?:arrivals|collection|range|line|products|models?|colou?rs|in our)|\b(?:sale|collection)\b",
        r"\bfriends?\b|recommend|customers?\b|have (?:you|u)\b|\b(?:week|month|weekend|first|save|saves|makes|takes|gives|gets)\b|you (?:may|might|will|'ll|would)|customers also|\bgoes? (?:perfectly|well|great)",
        r"\bfree\b|\badd (?:it|one|them|this)\b",
    ),
    find=find,
    flagged=(
        "«Use code STORK15 for 15% off your next order»!",
        "«Sign up for our newsletter» and be first.",
        "While you wait, «check out our autumn collection».",
        "«Refer a friend and you both get 5 euros».",
        "By the way, «all our wiper blades are 20% off» until Sunday.",
        "«New arrivals» every week!",
    ),
    accepted=(
        "There is no coupon for this order, sorry.",
        "I refunded 20% of the price for the crack.",
        "The code on the label is 4471, use it for the warranty.",
        "You asked about a lid: yes, it is in this listing.",
        "The sticker says SALE because that is the name of the lake.",
        "Your second parcel is on its way.",
    ),
    known_miss=("A bird told me that «on Friday everything black costs less with us».",),
)

"""payment.off_platform: money that is to go past the marketplace, either way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from comity_policy.model import Rule, Span
from comity_policy.reading import Phrase, Reading

# Means that only work outside a marketplace's checkout.
_MEANS = (
    r"(?:pay ?pal|zelle|venmo|cash ?app|western union|money ?gram|revolut|transferwise|skrill|bizum|monzo|bitcoins?|btc|usdt|"
    r"ethereum|crypto(?:currency)?|swish|vipps|twint|interac|e-?transfer|payoneer|apple ?pay|google ?pay|"
    r"(?:bank|wire|direct|sepa) ?transfer|wire|friends (?:and|&|n|'n') family|f&f|uberweisung|banküberweisung|virement|"
    r"transferencia(?: bancaria)?|bonifico|transferencia|paysafe(?:card)?)"
)
_CARD = r"(?:(?:amazon|apple|steam|google play|itunes|prepaid|gift|store|visa) )?(?:gift ?cards?|vouchers?|gutschein\w*|gift codes?)"
_ACCOUNT = r"(?:pay ?pal|venmo|zelle|cash ?app|revolut|monzo|bank|iban|skrill|business|current|savings)"
_PAY = (
    r"(?:pay|pays|paying|paid|send|sends|sending|refund|refunds|refunding|wire|transfer|transfers|settle|reimburse|deposit|give|make|move|"
    r"return|compensate|repay|top up|cover|take|get|receive|put|do)"
)
_INSIDE = (
    r"\b(?:at (?:the |your |our )?checkout|in the checkout|original (?:payment|card|method)|i(?:'ve| have)? (?:already )?paid (?:with|by|via|through)|"
    r"paid with my|was paid|payment options?|payment methods?|offered at|listed as)\b"
)
_SPECIAL = r"(?:[^.;]{0,40}(?:skip|not|without|outside|instead|past|leave|rather than)[^.;]{0,30}checkout)"
_PHRASES = (
    Phrase(
        rf"\b{_PAY}\b[^;]{{0,60}}?\b(?:by|via|through|with|over|using|on|per|in|as|thru|w/|to|into|from|mit|por|par|con|com)\s+(?P<hit>(?:your |my |our |the |a |an |ur |his |her )?(?:{_MEANS}|{_ACCOUNT} account)\b)",
        unless=_INSIDE,
    ),
    Phrase(r"\b(?P<hit>(?:paypal|venmo|zelle|revolut|monzo|cash ?app|bizum|wire) (?:me|you|u|us|it|the|ya|over)\b)"),
    Phrase(
        rf"\b(?:take|accept|prefer|use|want|only|offer|got|have|do|send|can)\b[^;]{{0,20}}?(?P<hit>\b{_MEANS}\b(?: only| too)?)",
        unless=_INSIDE + r"|\b(?:wire|transfer) (?:cutter|brush|rope|mesh|paper|tape|set)s?\b|\bcrypto wallet\b",
    ),
    Phrase(
        rf"\b(?:payment|deposit|refund|money|difference|rest|half|amount|price|fee|balance)\b[^;]{{0,40}}?\b(?:by|via|through|over|per|in|to) (?P<hit>(?:your |my |our |the |a )?(?:{_MEANS}|{_ACCOUNT} account)\b)",
        unless=_INSIDE,
    ),
    Phrase(
        rf"\b(?P<hit>(?:your|my|our|ur) (?:{_ACCOUNT} (?:account|details|address|id|email|number|handle|tag)|iban|paypal|venmo|zelle|cashtag))\b",
        unless=_INSIDE + r"|\b(?:appear|arrive|show|see|shows|reach|back (?:on|in)|credited|days)\b",
    ),
    Phrase(
        r"\b(?P<hit>friends (?:and|&|n|'n') family)\b",
        unless=r"\b(?:for|with|from|to|tell|told|among|of) (?:my |our |your |all )?friends (?:and|&) family\b",
    ),
    Phrase(
        r"\b(?P<hit>(?:pay|paid|paying|refund|send|give|bring|take|accept|prefer|put|settle|get)\b[^;]{0,30}?\b(?:in cash|cash (?:in hand|on (?:collection|pick ?up|delivery|the door)|to|when|at|only)|cash))\b",
        unless=_INSIDE + r"|\bcash (?:register|drawer|box|machine|back|desk|price|crop|flow|tin|tray)",
    ),
    Phrase(
        r"\b(?P<hit>cash in hand|cash on (?:collection|pick ?up)|cash in (?:the|an) (?:envelope|parcel|box|letter))\b"
    ),
    Phrase(
        r"\b(?P<hit>(?:cash|money|notes?|bank ?notes?|bills?|pounds?|euros?|dollars?|tenner|fiver)\b[^;]{0,30}?\b(?:in|inside|into|under) (?:the|an|your|my|a|next)[^;]{0,15}?(?:envelope|parcel|letter|lid|birthday card))\b"
    ),
    Phrase(
        rf"\b(?:pay|paid|send|refund|give|mail|settle|compensate)\b[^;]{{0,40}}?\b(?:with|by|via|in|as|of|an?|you|me) (?P<hit>(?:an? )?{_CARD})\b",
        form="unsure",
        unless=_INSIDE + r"|\b(?:holder|box|tin|envelope|design|printed|product|listing)\b",
    ),
    Phrase(
        r"\b(?P<hit>(?:pay|send|transfer|wire|refund)\b[^;]{0,40}?\b(?:to|into|on) (?:my|our|your|the shop'?s|the seller'?s) (?:own )?(?:bank|building society|account at the bank|bank account|business account))\b",
        unless=_INSIDE,
    ),
    Phrase(
        r"\b(?P<hit>(?:pay|settle|payment|refund|money)\b[^;]{0,30}?\b(?:outside (?:of )?(?:the|this) (?:marketplace|site|platform|app|website|checkout)|off (?:the )?(?:platform|site|marketplace)|without the (?:site|platform|checkout|marketplace)|not (?:through|via|over|by) the (?:site|platform|checkout|marketplace)))"
    ),
    Phrase(r"\b(?P<hit>(?:by|via|with|per|a|send (?:a|the)) cheques?\b|\bcheque (?:in the post|to my|made out))"),
)


def find(reading: Reading, parameters: Mapping[str, Any]) -> Iterator[Span]:  # noqa: ARG001
    """Yield offers of and requests for payment or refund outside the checkout."""
    yield from reading.phrases(_PHRASES)


RULE = Rule(
    id="payment.off_platform",
    title="Payment outside the marketplace",
    since="2026.1",
    source=("S7", "S24", "S49", "S71"),
    why=(
        "Money that does not pass through the marketplace cannot be given back by it. Off-site payment is the "
        "commonest way in which buyers are cheated, and it leaves an honest seller without proof."
    ),
    reasons={
        "plain": "This speaks of paying or refunding outside the marketplace.",
        "unsure": "This may be a payment or refund outside the marketplace.",
    },
    advice="Pay and refund through the order only, and remove the other way of payment.",
    gate=(
        rf"\b(?:{_MEANS}|{_ACCOUNT} account|iban|cashtag)\b",
        r"\bcash\b|cheque|in the post|friends",
        r"\b(?:notes?|bank ?notes?|bills?|pounds?|euros?|dollars?|tenner|fiver|money)\b",
        r"gift ?card|gift code|voucher|gutschein",
        r"\b(?:pay|settle|payment|refund|send|transfer|wire)\b",
        r"\b(?:your|my|our|ur) (?:paypal|venmo|zelle|bank|business|current|savings|revolut|monzo)",
    ),
    find=find,
    flagged=(
        "Please pay me by «PayPal» and I ship today.",
        "I'll «Venmo you» the 45 difference",
        "We refund you 12 to «your PayPal account».",
        "i take «zelle» or whatever",
        "A deposit by «bank transfer» is needed before I cut the leather.",
        "Can I «pay in cash» when I collect it?",
        "pay w/ «p a y p a l» pls",
    ),
    accepted=(
        "I paid with my PayPal card at your checkout.",
        "I can't take a bank transfer, it is against the rules.",
        "The refund goes back to your original payment method.",
        "Is the gift card holder made of leather?",
        "The cash register has a steel drawer.",
        "Please don't send money by PayPal, use the checkout.",
    ),
    known_miss=("We settle it «with coins that live on computers».",),
)

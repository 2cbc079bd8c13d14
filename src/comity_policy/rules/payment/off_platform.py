"""payment.off_platform: money that is to go past the marketplace, either way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from comity_policy.model import Rule, Span
from comity_policy.reading import Phrase, Reading

# Means that only work outside a marketplace's checkout.
_MEANS = (
    r"(?:pay ?pal|zelle|venmo|cash ?app|western union|money ?gram|revolut|transferwise|skrill|bizum|monzo|lydia|bitcoins?|btc|usdt|"
    r"ethereum|crypto(?:currency)?|swish|vipps|twint|interac|e-?transfer|payoneer|apple ?(?:pay|cash)|google ?pay|"
    r"(?:bank|wire|direct|sepa|instant) ?(?:transfer|wire)|bank to bank|wire|friends (?:and|&|n|'n') family|f&f|uberweisung|"
    r"bankuberweisung|virement|transferencia(?: bancaria)?|bonifico|paysafe(?:card)?|bank(?:ing)? app|pix)"
)
_CARD = r"(?:(?:amazon|apple|steam|google play|itunes|prepaid|gift|store|visa) )?(?:gift ?cards?|vouchers?|gutschein\w*|gift codes?)"
_ACCOUNT = r"(?:pay ?pal|venmo|zelle|cash ?app|revolut|monzo|bank|iban|skrill|business|current|savings)"
_PAY = (
    r"(?:pay|pays|paying|paid|send|sends|sending|refund|refunds|refunding|wire|transfer|transfers|settle|reimburse|deposit|give|make|move|"
    r"return|compensate|repay|top up|cover|take|get|receive|put|do)"
)
_INSIDE = (
    r"\b(?:at (?:the |your |our )?checkout|in the checkout|original (?:payment|card|method)|i(?:'ve| have)? (?:already )?paid (?:with|by|via|through)|"
    r"paid with my|was paid|payment options?|payment methods?|offered at|listed as|from my (?:checking|savings|current|own)|balance in)\b"
)
_SPECIAL = r"(?:[^.;]{0,40}(?:skip|not|without|outside|instead|past|leave|rather than)[^.;]{0,30}checkout)"
_PHRASES = (
    Phrase(
        rf"\b{_PAY}\b[^;]{{0,60}}?\b(?:by|via|through|with|over|using|on|per|in|as|thru|w/|to|into|from|mit|por|par|con|com)\s+(?P<hit>(?:your |my |our |the |a |an |ur |his |her )?(?:{_MEANS}|wise|{_ACCOUNT} account)\b)",
        unless=_INSIDE,
    ),
    Phrase(
        rf"\b(?:make|do|need|want|send|request|propose)\b[^;]{{0,15}}? (?P<hit>(?:a |an |the )?{_MEANS}(?: to (?:my|our|your)[ a-z]{{0,20}})?)\b",
        unless=_INSIDE
        + r"|\b(?:wire|crypto)\b[^;]{0,20}\b(?:cutter|brush|rope|mesh|paper|tape|set|wallet|harness|rack|basket|length|shelf|hanger)",
    ),
    Phrase(
        r"\b(?P<hit>(?:paypal|venmo|zelle|revolut|monzo|cash ?app|bizum|usdt|bitcoin|western union|bank transfer) (?:me|you|u|us|it|the|ya|over)\b|wire (?:me|you|u|us|the (?:money|rest|deposit|balance|amount|\d+)|\d+)\b)",
        unless=r"\b(?:t-shirt|shirt|print|mug|sticker|says)\b",
    ),
    Phrase(
        rf"\b(?P<hit>{_MEANS} (?:only|is (?:fine|ok|okay|best|easier|easiest|quickest|quicker|good|possible)|works|preferred|too|or (?:{_MEANS}|cash)))\b",
        unless=_INSIDE + r"|\b(?:wire|crypto)\b",
    ),
    Phrase(
        rf"\b(?:take|accept|prefer|use|offer|got|have|can do)\b[^;]{{0,20}}?(?P<hit>\b{_MEANS}\b(?: only| too)?)",
        unless=_INSIDE + r"|\bwire\b|\bcrypto wallet\b",
    ),
    Phrase(
        rf"\b(?:payment|deposit|refund|money|difference|rest|half|amount|price|fee|balance|remboursement|zahlung|pago|pagamento)\b[^;]{{0,40}}?\b(?:by|via|through|over|per|in|to|par|por|con|com) (?P<hit>(?:your |my |our |the |a )?(?:{_MEANS}|wise|{_ACCOUNT} account)\b)",
        unless=_INSIDE,
    ),
    Phrase(
        rf"\b(?P<hit>(?:your|ur) (?:{_ACCOUNT} (?:account(?: details| number)?|details|handle|tag)|iban)|(?:your|my|our|ur) (?:pay ?pal|venmo|zelle|cash ?app|revolut|monzo|cashtag|iban)(?: (?:account|id|e-?mail|handle|tag|address))?)\b",
        unless=_INSIDE
        + r"|\b(?:appear|arrive|show|see|shows|reach|back (?:on|in)|credited|days|statement|delete|share)\b",
    ),
    Phrase(
        r"\b(?P<hit>friends (?:and|&|n|'n') family|paypal (?:freunde|amis|amigos|amici))\b",
        unless=r"\b(?:for|with|from|tell|told|among|of|my|our|your|all) (?:my |our |your |all )?friends (?:and|&) family\b",
    ),
    Phrase(
        r"\b(?P<hit>(?:pay|paid|paying|refund|send|give|bring|take|accept|prefer|put|settle|get|leave|deposit)\b[^;]{0,30}?\b(?:in cash|cash (?:in hand|on (?:collection|pick ?up|delivery|the door)|to|when|at|only|with)|cash))\b",
        unless=_INSIDE
        + r"|\bcash (?:register|drawer|box|machine|back|desk|price|crop|flow|tin|tray|advance)|\bpetty cash|\bno cash|prepaid",
    ),
    Phrase(
        r"\b(?P<hit>cash in hand|cash on (?:collection|pick ?up)|cash in (?:the|an) (?:envelope|parcel|box|letter)|half\b[^;]{0,30}?\bin cash)\b",
        unless=r"\bsaid\b",
    ),
    Phrase(
        r"\b(?P<hit>(?:cash|money|notes?|bank ?notes?|bills?|pounds?|euros?|dollars?|tenner|fiver)\b[^;]{0,30}?\b(?:in|inside|into|under) (?:the|an|your|my|a|next)[^;]{0,15}?(?:envelope|parcel|letter|lid|birthday card))\b",
        unless=r"\b(?:missing|hidden|delivery note|tear)\b",
    ),
    Phrase(
        rf"\b(?:pay|send|refund|give|mail|settle|compensate)\b[^;]{{0,40}}?\b(?:with|by|via|in|as|of|an?|you|me) (?P<hit>(?:an? )?{_CARD})\b",
        form="unsure",
        unless=_INSIDE + r"|\b(?:holder|box|tin|envelope|design|printed|product|listing|bought|amazing)\b",
    ),
    Phrase(
        r"\b(?P<hit>(?:pay|send|transfer|wire|refund)\b[^;]{0,40}?\b(?:to|into|on) (?:my|our|your|the shop'?s|the seller'?s) (?:own )?(?:bank|building society|account at the bank|(?:bank|business|company) account))\b",
        unless=_INSIDE,
    ),
    Phrase(
        r"\b(?P<hit>(?:pay|settle|payment|refund|money|terms)\b[^;]{0,60}?\b(?:outside (?:of )?(?:the|this) (?:marketplace|site|platform|app|website|checkout)|off (?:the )?(?:platform|site|marketplace)|without the (?:site|platform|checkout|marketplace)|not (?:through|via|over|by) the (?:site|platform|checkout|marketplace)))"
    ),
    Phrase(
        r"\b(?P<hit>(?:by|via|with|per|a|send (?:a|the)) cheques?|cheque (?:in the post|to my|made out))\b",
        unless=r"\bcheque ?book",
    ),
)


def find(reading: Reading, parameters: Mapping[str, Any]) -> Iterator[Span]:  # noqa: ARG001
    """Yield offers of and requests for payment or refund outside the checkout."""
    yield from reading.phrases(_PHRASES, gate=RULE.gate)


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
        r"\bcash\b|cheque|in the post|friends|freunde|amis|amigos|amici",
        r"\b(?:notes?|bank ?notes?|bills?|pounds?|euros?|dollars?|tenner|fiver|money)\b",
        r"gift ?card|gift code|voucher|gutschein",
        r"\b(?:pay|settle|payment|refund|send|transfer|wire|terms|wise|half)\b",
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

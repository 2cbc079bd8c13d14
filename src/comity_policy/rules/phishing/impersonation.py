"""phishing.impersonation: somebody pretends to write for the marketplace."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from comity_policy.model import Rule, Span
from comity_policy.reading import Phrase, Reading

_BRAND = r"(?:amazon|etsy|ebay|walmart|seller central|marketplace|market place|marktplatz|paypal)"
_OFFICE = (
    r"(?:support|security|customer (?:service|care)|service|services|account(?:s)?|payments?|verification|compliance|trust (?:and|&) safety|fraud|billing|"
    r"kundenservice|sicherheit\w*|seguridad|securite|sicurezza|seguranca)"
)
_STAFF = r"(?:team|department|desk|centre|center|officer|agent|staff|dept|abteilung|equipo|departamento|equipe|ufficio|equipa)"
_CLAIM = (
    rf"\b(?:this is|we are|i am|i'?m|i work (?:for|in|at)|we write (?:for|from)|on behalf of|(?:kind )?regards,?|yours,?|from)\s+(?:from )?(?:the )?(?:\w+ )?{_BRAND}(?:'s)?"
    rf"(?: (?:the )?(?:\w+ )?{_OFFICE})?(?: {_STAFF})\b|"
    rf"\b(?:this is|we are|i am|i'?m) (?:from )?(?:the )?{_BRAND}(?:'s)? {_OFFICE}\b|"
    rf"\bthe {_BRAND}(?:'s)? (?:{_OFFICE} )+{_STAFF}\b|"
    rf"\b(?:hier (?:ist|spricht)|wir sind) (?:der|die|das) {_BRAND}[- ]\w+|\b(?:somos|le escribe) (?:el|la|del|de la) [^;.]{{0,30}}?\bde {_BRAND}\b|"
    rf"\b(?:nous sommes|ici) (?:le|la|l'equipe) [^;.]{{0,30}}?(?:d'|de |d’){_BRAND}\b|\b(?:siamo|qui) (?:il|la|l'|del|della) ?[^;.]{{0,30}}?\bdi {_BRAND}\b|"
    rf"\bsomos (?:a|o|da|do) [^;.]{{0,30}}?\b(?:da|do) {_BRAND}\b"
)
_ACCOUNT = (
    r"\b(?:your|dear seller,? the) (?:seller |buyer |shop |selling )?(?:account|shop|listing|payout|payment|store)s? (?:has been|have been|was|is|will be|is being|are)\s+(?:\w+ )?"
    r"(?:suspended|limited|restricted|locked|blocked|deactivated|on hold|frozen|flagged|closed|terminated)\b|"
    r"\bihr (?:verkaufer)?konto (?:wurde|wird|ist) (?:vorubergehend )?(?:gesperrt|eingeschrankt)\b|\bsu cuenta (?:ha sido|sera|esta) (?:suspendida|bloqueada|limitada)\b|"
    r"\bvotre compte (?:a ete|sera|est) (?:suspendu|bloque|limite)\b|\bil (?:suo|tuo) account (?:e stato|sara|e) (?:sospeso|bloccato|limitato)\b|"
    r"\b(?:a )?sua conta (?:foi|sera|esta) (?:suspensa|bloqueada|limitada)\b"
)
_PHRASES = (
    Phrase(
        rf"(?P<hit>{_CLAIM})",
        unless=r"\b(?:i|we) (?:got|had|received|wrote|called|asked|spoke)\b|was (?:that|this|it) you",
    ),
    Phrase(
        rf"(?P<hit>{_ACCOUNT})",
        form="unsure",
        unless=r"\b(?:why|my account|i (?:see|saw|read|heard)|if|sorry (?:to|that))\b|\?",
    ),
)


def find(reading: Reading, parameters: Mapping[str, Any]) -> Iterator[Span]:  # noqa: ARG001
    """Yield where the author signs or speaks as the marketplace, or announces what only it could do."""
    yield from reading.phrases(_PHRASES)


RULE = Rule(
    id="phishing.impersonation",
    title="Pretending to be the marketplace",
    since="2026.2",
    source=("S68", "S69", "S70"),
    why=(
        "The marketplace writes under its own name and on its own pages. Whoever speaks in its name from a buyer's or a "
        "seller's place wants something that would not be given to them."
    ),
    reasons={
        "plain": "This speaks in the name of the marketplace.",
        "unsure": "This announces what only the marketplace could do to an account.",
    },
    advice="Write in your own name. If you received this, do not answer and do not follow links: report the message.",
    gate=_PHRASES,
    find=find,
    flagged=(
        "«This is the Amazon security team». Answer within 24 hours.",
        "Dear seller, «we are the marketplace's payment department».",
        "«Your seller account has been suspended» until you confirm.",
        "Best wishes, «the eBay customer care team»",
        "«Ihr Verkäuferkonto wurde gesperrt».",
        "«Su cuenta ha sido suspendida».",
    ),
    accepted=(
        "I bought this on Amazon and it broke.",
        "Please ask the marketplace's support, they can see the payment.",
        "Is your shop closed over Easter?",
        "I got a mail from the Amazon security team, was that you?",
        "My account was locked, so I answer late.",
        "The store is closed on Sundays.",
    ),
    known_miss=("«Head office here:» we need your papers today.",),
)

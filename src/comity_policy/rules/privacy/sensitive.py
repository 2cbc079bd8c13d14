"""privacy.sensitive: card numbers, bank accounts, codes, passwords and identity papers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from comity_policy.model import Rule, Span
from comity_policy.reading import Phrase, Reading
from comity_policy.text.numbers import account_numbers, card_numbers, social_security_numbers

_CARD_PART = r"(?:cvv2?|cvc|security code|card (?:number|no|nr|details)|credit card(?: number)?|expiry(?: date)?|3 digits on the back|bank card|numero de (?:su |tu |la )?tarjeta|kartennummer|numero de carte|carta di credito|numero do cartao)"
_CODE = r"(?:one[ -]?time (?:code|password|pin)|otp|verification code|sms code|tan|confirmation code|security code|(?:\d|six|four|6|4)[ -]?digit code|2fa code|login code|code recu par sms|codigo (?:que|por) sms|sms-code|codice sms|auth(?:entication)? code)"
_KEY_WORD = r"(?:password|passwort|passcode|pass ?phrase|passw|login(?: details| data)?|log-in|bank login|online banking|pin code|mot de passe|contrasena|senha|credentials)"
_PAPER = r"(?:passport|id card|identity card|driv(?:er'?s|ing) licen[cs]e|social security(?: number)?|ssn|national insurance number|tax id|government id|personalausweis|reisepass|dni|carte d'identite|your id|of id)"
_GIVE = r"(?:send|give|tell|share|provide|text me|forward|upload|read|type|confirm|enter|need|want|require|let (?:me|us) have|show|mail (?:me|us)|reply with|necesito|envi\w+|mand\w+|communiquez\w*|envoyez\w*|schicken|senden|invii|inviare|preciso)"
_NOT_ASKED = r"\b(?:wallet|holder|reader|diary|notebook|book|cover|sleeve|case for|lock|router|factory|manual|combination|safe|keypad|admin|default|sticker|bike|padlock|reset|phish\w*|scam\w*|delete it)\b"
# What a buyer asks about an own account is a question to the marketplace, and a device may have a password.
_OWN = r"|\b(?:restor|reset|retriev|recover|chang|forgot|lost|updat)\w*\b[^;]{0,30}\b(?:my|own|user)\b|\basking me\b|\bshould i\b|\breport\b|\bfile an?\b|\bcharges?\b|\bbills?\b|\b(?:my|this) (?:credit |debit )?(?:card|bank|account|password|pin)\b"
_DEVICE = r"\b(?:lock|router|factory|default|admin|bike|padlock|safe|manual|keypad|wi-?fi|alarm|door|gate|colou?r|boiler|model|sticker on|0000|1234)\b"
_PHRASES = (
    Phrase(rf"\b(?P<hit>{_GIVE}\b[^;]{{0,40}}?\b(?:{_CARD_PART}|{_CODE}))\b", unless=_NOT_ASKED + _OWN),
    Phrase(
        rf"\b(?P<hit>{_GIVE}\b[^;]{{0,25}}?\b(?:your|ur|the|su|ihr|votre|sua)\b[^;]{{0,20}}?\b{_KEY_WORD})\b",
        unless=_NOT_ASKED + _OWN + r"|\bpassword (?:link|page|email)",
    ),
    Phrase(
        rf"\b(?P<hit>{_GIVE}\b[^;]{{0,40}}?\b(?:photo|copy|scan|picture|number|both sides|of|your)\b[^;]{{0,20}}?\b{_PAPER})\b",
        unless=_NOT_ASKED,
    ),
    Phrase(
        r"\b(?P<hit>(?:my|the|our|your)? ?(?:password|passwort|passw|passcode) ?(?:is|=|:|\.) ?\S*[0-9!@#$%&*]\S*)",
        unless=_DEVICE,
    ),
    Phrase(r"\b(?P<hit>my pin(?: code)? ?(?:is|=|:) ?\d{4,6})\b", unless=_DEVICE),
    Phrase(r"\b(?P<hit>(?:cvv2?|cvc|cvv code) ?(?:is|=|:)? ?\d{3,4})\b", refusable=False),
    Phrase(
        r"\b(?P<hit>(?:ssn|social security(?: number)?|national insurance(?: number)?|passport(?: no\.?| number| nr\.?)?) ?(?:is|=|:|#)? ?(?:[a-z]{2} ?)?\d[\d -]{5,}(?: ?[a-z]\b)?)",
        refusable=False,
    ),
    Phrase(
        r"\b(?P<hit>(?:verification|one[ -]?time|sms|otp|tan|security) ?(?:code|pin)? ?(?:is|=|:) ?\d{4,8})\b",
        unless=_DEVICE,
    ),
    Phrase(r"(?:^|\b(?:the|my|so|ok|sms|text) )(?P<hit>code(?: is|:) ?\d{6})\b", form="unsure", unless=_DEVICE),
    Phrase(
        r"\b(?P<hit>(?:card|visa|mastercard|amex)(?: number| no\.?)?(?: is|:)? ?(?:\d{4}[ -]){3}\d{4})\b",
        refusable=False,
    ),
    Phrase(r"\b(?P<hit>sort code\W{0,3}(?:is )?\d{2}[ -]?\d{2}[ -]?\d{2})\b", refusable=False),
)


def find(reading: Reading, parameters: Mapping[str, Any]) -> Iterator[Span]:  # noqa: ARG001
    """Yield numbers with a valid checksum, secrets that are told, and requests for them."""
    for stretch in (*card_numbers(reading.folded), *account_numbers(reading.folded)):
        yield Span(*stretch)
    for stretch in social_security_numbers(reading.folded):
        yield Span(*stretch, "unsure")
    yield from reading.phrases(_PHRASES, gate=RULE.gate)


RULE = Rule(
    id="privacy.sensitive",
    title="Card numbers, passwords and identity papers",
    since="2026.1",
    source=("S7", "S60", "S69", "S83"),
    why=(
        "Nobody needs a card number, a one-time code, a password or a passport to serve an order. Whoever asks for "
        "them is usually not who they say they are, and what is once written in a message can be read again."
    ),
    reasons={
        "plain": "This gives or asks for data that could be used to steal money or an identity.",
        "unsure": "This may be a code or an official number that should stay private.",
    },
    advice="Remove it. Payment data belongs to the checkout only, and no one here will ask for a code or a password.",
    gate=(
        r"(?:\d[^\pL\n]{0,3}){12}",
        r"\d{3}-\d\d-\d{4}",
        r"\b[a-z]{2}\d{2}[ -]?[a-z0-9]",
        rf"\b(?:{_CARD_PART}|{_CODE}|{_KEY_WORD}|{_PAPER})\b",
        r"pass|\bpin\b|code|cvv|cvc|ssn|social security|national insurance|sort code|\botp\b|\btan\b|\b(?:verification|one[ -]?time|sms|security)",
        r"\b(?:card|visa|mastercard|amex)\b",
    ),
    find=find,
    flagged=(
        "Take my «card 4242 4242 4242 4242» please",
        "IBAN «GB82 WEST 1234 5698 7654 32»",
        "Please «send your card number» again.",
        "«My password is Juniper!4471»",
        "«Tell me the verification code» you just got.",
        "«Send me a photo of your passport»",
        "my «SSN is 219-09-9999»",
    ),
    accepted=(
        "We never ask for your password or card number.",
        "Tracking 9400 1118 9956 0431 7728 15 and 1Z999AA10123456784.",
        "The factory PIN of the lock is on page 6.",
        "Does the wallet fit nine cards and an id card?",
        "Order 114-3941689-8772232, EAN 4006381333931.",
        "Set the password of the router as the manual says.",
    ),
    known_miss=("In a moment your mobile gets «six digits, tell me them».",),
)

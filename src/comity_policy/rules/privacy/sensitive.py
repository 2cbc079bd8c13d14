"""privacy.sensitive: card numbers, bank accounts, codes, passwords and identity papers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from comity_policy.model import Rule, Span
from comity_policy.reading import Phrase, Reading
from comity_policy.text.digits import SPOKEN_START
from comity_policy.text.masks import words_of
from comity_policy.text.numbers import account_numbers, card_numbers, social_security_numbers, spoken_cards

_CARD_PART = (
    r"(?:cvv2?|cvc|security code|(?:card|c@rd) (?:number|no|nr|details|data|digits)|(?:credit|debit|bank) card(?: number| details| data)?|expiry(?: date)?|"
    r"(?:3|three|little|last|4|four) (?:little )?(?:d[il]g[il]ts|numbers) (?:on|from) (?:the|your) (?:back|reverse)|number(?:s)? (?:on|from) the (?:back|front) of your card|"
    r"(?:los |las |i |les |die |os )?(?:16|3|tres|trois|tre|drei|sedici|seize) (?:ultim\w+ )?(?:digitos|cifras|numeros|chiffres|cifre|numeri|ziffern|digiti)|"
    r"numero de (?:su |tu |la |votre |ta |seu )?(?:tarjeta|carte|cartao)|tarjeta de credito|kartennummer|kreditkarten\w*|prufnummer|kartendaten|numeros? de (?:carte|cartao)|"
    r"cryptogramme|votre carte (?:bancaire|bleue)|(?:numero|dati) della (?:sua |tua )?carta|carta di credito|codice di sicurezza|codigo de seguranca|codigo de seguridad|dados do cartao|datos de (?:la|su|tu) tarjeta)"
)
_CODE = (
    r"(?:one[ -]?time (?:code|password|pin)|otp|verification code|sms code|tan|confirmation code|security code|(?:\d|six|four|6|4)[ -]?digit code|2fa code|login code|"
    r"code (?:recu|par|that (?:you|u)|which you|you (?:just )?(?:got|received|get)|we (?:just )?(?:sent|texted)|(?:in|from) (?:the|your) (?:sms|text))|codigo (?:que|por|de verificac\w*|sms|otp|de confirmac\w*)|"
    r"sms-?code|bestatigungscode|codice (?:sms|otp|che|di verifica|ricevuto)|code (?:de verification|de confirmation|sms)|clave dinamica|token (?:de|del|do)|auth(?:entication)? code)"
)
_KEY_WORD = (
    r"(?:pass ?word|p@ssword|passwort|kennwort|zugangsdaten|passcode|pass ?phrase|passw|pw|login(?: details| data)?|log-in|bank login|online-?banking(?:-\w+)?|pin code|pin|nip|"
    r"mot de passe|identifiants?|contrasena|clave(?: del banco| bancaria)?|senha|parola d'ordine|credenziali|credenciales|credentials|user ?name and password)"
)
_PAPER = (
    r"(?:passport(?: number)?|pass ?p[o0]rt|id card|identity card|driv(?:er'?s|ing) licen[cs]e|social security(?: number)?|so-?cial sec\w*|ssn|s-s-n|national insurance number|tax id|government id|"
    r"personalausweis\w*|reisepass\w*|ausweis\w*|fuhrerschein|dni|nie|documento de identidad|pasaporte|carte d'identite|passeport|permis de conduire|numero de securite sociale|"
    r"carta d'identita|documento d'identita|codice fiscale|passaporto|patente|cpf|rg|cartao de cidadao|identidade|passaporte|your id|of id)"
)
_GIVE = (
    r"(?:send|snd|give|tell|share|provide|text me|forward|upload|read|type|confirm|enter|need|want|require|let (?:me|us) have|name us|show|mail (?:me|us)|reply with|reply w/|"
    r"necesit\w+|envi\w+|mand\w+|escrib\w+|ingres\w+|digite\w*|digita\w*|indiqu\w+|facilit\w+|dame|deme|pas[ae]\w*|communiquez\w*|envoyez\w*|envoie\w*|donne\w*|il (?:me|nous) fau\w*|saisi\w+|transmet\w+|"
    r"schick\w*|senden|geben|gib|nenn\w*|mitteil\w*|teilen|brauche\w*|benotig\w*|bestatig\w*|invii|inviare|invia\w*|inserisc\w*|mi (?:serve|dia|dica|scriva)|comunic\w*|fornisc\w*|preciso|informe\w*|informar|confirm\w+|repass\w+)"
)
_SECRET = rf"(?:{_CARD_PART}|{_CODE}|{_KEY_WORD}|{_PAPER})"


def _beside(words: str) -> str:
    """Return a pattern of a secret with one of ``words`` in the same clause: no comma stands between them."""
    return rf"\b(?:{words})\b[^,;:.]{{0,50}}?\b{_SECRET}\b|\b{_SECRET}[^,;:.]{{0,50}}?\b(?:{words})\b"


# A warning names the trick; "this is not a scam" is no warning.
_TRICK = r"\b(?:is|was|be|like|got|getting|received|beware of|report|about|another|this|these|the|of|for|as|against|same)(?: an?| some)? (?:scam|phish)\w*"
_NOT_ASKED = (
    f"{_TRICK}|\\bsurtout pas\\b|\\b(?:give|send|share|enter|type|tell|show) (?:them |him |anybody |anyone )?no\\b|"
    + _beside(
        r"wallet|holder|reader|diary|notebook|book|cover|sleeve|case for|lock|router|factory|manual|combination|safe|keypad|admin|default|sticker|bike|padlock|reset|delete it|nicht|niemals|nunca|jamais|mai|never ask|new (?:credit |debit |bank )?card|same|recovery|expired|information about"
    )
)
# What a buyer asks about an own account is a question to the marketplace, and a device may have a password.
_OWN = (
    r"|\b(?:restor|reset|retriev|recover|chang|forgot|lost|updat)\w*\b[^;]{0,30}\b(?:my|own|user) (?:\w+ )?(?:pass\w*|account|pin|login|card|access|codes?)\b|\basking me\b|\bshould i\b|\bfile an?\b|"
    + _beside(r"report|charges?|bills?|(?:my|this) (?:credit |debit |bank )?(?:card|account|password|pin)")
)
_DEVICE = r"\b(?:lock|router|factory|default|admin|bike|padlock|safe|manual|keypad|wi-?fi|alarm|door|gate|colou?r|boiler|model|sticker on|0000|1234)\b"
_PHRASES = (
    Phrase(rf"\b(?P<hit>{_GIVE}\b[^;]{{0,40}}?\b(?:{_CARD_PART}|{_CODE}))\b", unless=_NOT_ASKED + _OWN),
    Phrase(
        rf"\b(?P<hit>{_GIVE}\b[^;]{{0,25}}?\b(?:your|ur|the|su|tu|ihr\w*|dein\w*|votre|ton|sua|tua|suo|tuo|seu|teu|del?|della|da|do|vos|tes)\b[^;]{{0,20}}?\b{_KEY_WORD})\b",
        unless=_NOT_ASKED + _OWN + r"|\bpassword (?:link|page|email)",
    ),
    Phrase(
        rf"\b(?P<hit>{_GIVE}\b[^;]{{0,40}}?\b(?:photo|copy|scan|picture|number|both sides|of|your|ur|foto\w*|copia|copie|kopie|photo|su|tu|ihr\w*|dein\w*|votre|ton|suo|sua|seu|do|de|del|della)\b[^;]{{0,20}}?\b{_PAPER})\b",
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
    cards = [*card_numbers(reading.joined), *spoken_cards(reading.joined, reading.said)]
    for stretch in (*cards, *account_numbers(reading.folded)):
        yield Span(*stretch)
    for stretch in social_security_numbers(reading.folded):
        yield Span(*stretch, "unsure")
    yield from reading.phrases(_PHRASES)
    yield from reading.hidden("secret")


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
        *_PHRASES,
        words_of("secret"),
        r"(?:\d[^\pL\n]{0,3}){11}",
        r"\d(?:[ .\-_/:|*,]{0,3}[0-9oli]){11}",
        r"\d{3}-\d\d-\d{4}",
        r"\b[a-z]{2}\d{2}(?:[ -]?[a-z0-9]){11}",
        SPOKEN_START,
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
        "«Send me your card number» and cvv, this is not a scam.",
        "«Confirm your card number», my bank needs it.",
        "«Tell me your password», never mind the manual.",
        "«Send me the verification code», it is not phishing.",
    ),
    accepted=(
        "We never ask for your password or card number.",
        "Tracking 9400 1118 9956 0431 7728 15 and 1Z999AA10123456784.",
        "The factory PIN of the lock is on page 6.",
        "Does the wallet fit nine cards and an id card?",
        "Order 114-3941689-8772232, EAN 4006381333931.",
        "Set the password of the router as the manual says.",
        "Never send your card number to anybody, it is a scam.",
        "Please pay nothing, give no card data, and report the message.",
        "Geben Sie Ihr Passwort nicht weiter.",
    ),
    known_miss=("In a moment your mobile gets «six digits, tell me them».",),
)

"""privacy.sensitive: card numbers, bank accounts, codes, passwords and identity papers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from comity_policy.model import Rule, Span
from comity_policy.reading import Phrase, Reading
from comity_policy.text.digits import SPOKEN_START
from comity_policy.text.masks import words_of
from comity_policy.text.numbers import account_numbers, card_numbers, social_security_numbers, spoken_cards
from comity_policy.text.patterns import pattern

_CARD_PART = (
    r"(?:cvv2?|cvc|security code|(?:card|c@rd) (?:number|no|nr|details|data|digits)|(?:credit|debit|bank) cards?(?:'s)? (?:numbers?|no|nr|details?|data|info\w*|digits)|expiry(?: date)?|"
    r"(?:3|three|little|last|4|four) (?:little )?(?:d[il]g[il]ts|numbers) (?:on|from) (?:the|your) (?:back|reverse)|numbers? (?:of|from|on) (?:your|ur) (?:bank |credit |debit )?card|number(?:s)? (?:on|from) the (?:back|front) of your card|"
    r"(?:los |las |i |les |die |os )?(?:16|3|tres|trois|tre|drei|sedici|seize) (?:ultim\w+ )?(?:digitos|cifras|numeros|chiffres|cifre|numeri|ziffern|digiti)|"
    r"numero de (?:su |tu |la |votre |ta |seu )?(?:tarjeta|carte|cartao)|tarjeta de credito|kartennummer|kreditkarten\w*|prufnummer|kartendaten|numeros? de (?:carte|cartao)|"
    r"cryptogramme|votre carte (?:bancaire|bleue)|(?:numero|dati) della (?:sua |tua )?carta|carta di credito|codice di sicurezza|codigo de seguranca|codigo de seguridad|dados do cartao|datos de (?:la|su|tu) tarjeta)"
)
_CODE = (
    r"(?:one[ -]?time (?:code|password|pin)|otp|verification code|sms code|tan|confirmation code|security code|(?:\d|six|four|6|4)[ -]?digit code|2fa code|login code|"
    r"code (?:by|per|via) (?:sms|text)|code (?:that )?(?:your|the|ur) bank (?:just |has )?(?:texted|sent|mailed)|code (?:from|frm|in|on) (?:the|your|ur) (?:sms|text|phone)|code (?:recu|par|that (?:you|u)|which you|you (?:just )?(?:got|received|get)|we (?:just )?(?:sent|texted)|(?:in|from) (?:the|your) (?:sms|text))|codigo (?:que|por|de verificac\w*|sms|otp|de confirmac\w*)|"
    r"sms-?code|bestatigungscode|codice (?:sms|otp|che|di verifica|ricevuto)|code (?:de verification|de confirmation|sms)|clave dinamica|token (?:de|del|do)|auth(?:entication)? code)"
)
_KEY_WORD = (
    r"(?:pass ?word|p@ssword|passwort|kennwort|zugangsdaten|passcode|pass ?phrase|passw|pw|login(?: details| data)?|log-in|bank login|online-?banking(?:-\w+)?|pin code|pin|nip|"
    r"mot de passe|identifiants?|contrasena|clave(?: del banco| bancaria)?|senha|parola d'ordine|credenziali|credenciales|credentials|user ?name and password)"
)
_PAPER = (
    r"(?:passport(?: number)?|pass ?p[o0]rt|i\.?d\.? ?card|identity card|driv(?:er'?s|ing) licen[cs]e|social security(?: number)?|so-?cial sec\w*|ssn|s-s-n|national insurance number|tax id|government id|"
    r"personalausweis\w*|reisepass\w*|ausweis\w*|fuhrerschein|dni|nie|documento de identidad|pasaporte|carte d'identite|passeport|permis de conduire|numero de securite sociale|"
    r"carta d'identita|documento d'identita|codice fiscale|passaporto|patente|cpf|rg|cartao de cidadao|identidade|passaporte|your id|of id)"
)
_GIVE = (
    r"(?:send|snd|give|tell|share|provide|text me|forward|upload|read|type|confirm|enter|let (?:me|us) have|name us|show|mail (?:me|us)|reply with|reply w/|"
    r"necesit\w+|envi\w+|mand\w+|escrib\w+|ingres\w+|digite\w*|digita\w*|indiqu\w+|facilit\w+|dame|deme|pas[ae]\w*|communiquez\w*|envoyez\w*|envoie\w*|donne\w*|il (?:me|nous) fau\w*|saisi\w+|transmet\w+|"
    r"schick\w*|senden|geben|gib|nenn\w*|mitteil\w*|teilen|brauche\w*|benotig\w*|bestatig\w*|invii|inviare|invia\w*|inserisc\w*|mi (?:serve|dia|dica|scriva)|comunic\w*|fornisc\w*|preciso|informe\w*|informar|confirm\w+|repass\w+)"
)
# Who needs or wants something asks for it only with the thing right behind: "I need to change my card" asks nothing.
_NEED = r"(?:need|want|wants|require|needs)(?: (?:you|u|us|from|all|both|only|just|also|of|number|on|an?|clear|photos?|copy|copies|scans?|pictures?|sides))* (?:your|ur|ya)"
_SECRET = rf"(?:{_CARD_PART}|{_CODE}|{_KEY_WORD}|{_PAPER})"


def _beside(words: str) -> str:
    """Return a pattern of a secret with one of ``words`` in the same clause: no comma stands between them."""
    return rf"\b(?:{words})\b[^,;:.]{{0,50}}?\b{_SECRET}\b|\b{_SECRET}[^,;:.]{{0,50}}?\b(?:{words})\b"


# A warning names the trick; "this is not a scam" is no warning.
_TRICK = r"\b(?:is|was|be|like|got|getting|received|beware of|report|about|another|this|these|the|of|for|as|against|same)(?: an?| some)? (?:scam|phish)\w*"
_NOT_ASKED = (
    f"{_TRICK}|\\b(?:do i|do you|can (?:i|you|customers|they)|customers can|have to) [^;]{{0,12}}\\b(?:type|enter)\\b|\\bsurtout pas\\b|\\b(?:give|send|share|enter|type|tell|show) (?:them |him |anybody |anyone )?no\\b|"
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
    Phrase(rf"\b(?P<hit>{_GIVE} (?:\w+ ){{0,3}}?(?:your|ur) (?:credit|debit|bank) card)\b", unless=_NOT_ASKED + _OWN),
    Phrase(
        rf"\b(?P<hit>{_NEED} (?:\w+ ){{0,3}}?{_SECRET}|(?:need|want|wants|require) (?:(?:from|you|only|just|also|all) )*(?:the )?(?:cvv2?|cvc|tan|otp|{_CARD_PART}|{_CODE}))\b",
        unless=_NOT_ASKED
        + _OWN
        + r"|\b(?:do|does|will|can|should) (?:i|we|you|customers) (?:\w+ )?need\b|\bpassword (?:link|page|email)",
    ),
    Phrase(
        r"\b(?P<hit>(?:long|big|sixteen|16)[ -](?:digit )?(?:numbers?|figures|digits) (?:on|across|from|of) (?:the )?(?:front|face|back|your card|ur card))\b",
        unless=_NOT_ASKED,
    ),
    Phrase(
        rf"\b(?P<hit>{_GIVE} (?:\w+ ){{0,2}}?(?:the |those |all )?(?:six|6)[ -](?:figures?|digits?|numbers|digit code|digit number))\b",
        unless=_NOT_ASKED + _OWN,
    ),
    Phrase(
        rf"\b(?P<hit>(?:photo|picture|pic|scan|copy|copies|foto|copia|copie|kopie)\b[^;]{{0,15}}?\b(?:both sides|front and back|fronte e retro|recto[ -]verso|(?:por )?anverso y reverso|ambas caras|vorder-? und ruckseite|frente e verso)\b[^;]{{0,25}}?\b(?:{_PAPER}|card|carta|tarjeta|carte|karte|cartao)(?: di credito)?)\b",
        unless=_NOT_ASKED,
    ),
    Phrase(
        r"\b(?P<hit>(?:photos?|pictures?|pics?|scans?|copy|copies) of (?:your|ur) (?:(?:credit|debit|bank) card|i\.?d\.?s?)(?: card)?)(?:\b|$)",
        unless=_NOT_ASKED,
    ),
    Phrase(
        r"\b(?P<hit>(?:online|net|e)[ -]?banking (?:user ?name|user|login|log-?in|password|access|pin)|(?:routing|sort code) and (?:the )?account(?: number)?|account and routing number)\b",
        unless=_NOT_ASKED + r"|\b(?:my|our) (?:online|net|e)",
    ),
    Phrase(r"\b(?P<hit>so-cial sec\w*|social sec\w*\W{0,4}(?:#|last))", unless=_NOT_ASKED),
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
    Phrase(
        r"(?:^|\b(?:the|my|so|ok|sms|text),? )(?P<hit>code(?: is|:) ?\d{6})\b",
        form="unsure",
        unless=_DEVICE,
        refusable=False,
    ),
    Phrase(
        r"\b(?P<hit>(?:card|visa|mastercard|amex)(?: number| no\.?)?(?: is|:)? ?(?:\d{4}[ -]){3}\d{4})\b",
        refusable=False,
    ),
    Phrase(r"\b(?P<hit>sort code\W{0,3}(?:is )?\d{2}[ -]?\d{2}[ -]?\d{2})\b", refusable=False),
)


# What is told as it stands: the words view would read its digits and signs as letters.
_TOLD = (
    pattern(
        r"\b(?:pass ?words?|passwort|kennwort|passw|pwd?|pass|contrasena|senha|mot de passe|pass ?code|log-?in|login data)\b"
        r"(?:\.? ?[:=] ?|\.? (?:is|ist|es|est|e) |\. )(?P<value>[^\s,;]{5,40})"
    ),
    pattern(r"\bpassports? ?(?:no\.?|nr\.?|numbers?)?(?: is|:)? (?P<value>[a-z]{0,2}\d[a-z0-9]{6,8})\b"),
    pattern(r"\b(?:national insurance|ni|nino)\b[^.!\n]{0,25}\b(?P<value>[a-z]{2} ?\d{2} ?\d{2} ?\d{2} ?[a-d])\b"),
    pattern(r"\blicen[cs]e(?: no\.?| number)?(?: is|:)? (?P<value>[a-z]\d[\d-]{6,}\d)\b"),
)
# A card number with a slip or letters in it, and one with the month in which it ends.
_NAMED_CARD = pattern(
    r"\b(?:card|v[i!1]sa|mastercard|amex)\b[^0-9\n]{0,12}(?P<value>[0-9](?:[ .,\-]{0,3}[0-9oil]){14,15})\b"
)
_DATED_CARD = pattern(
    r"\b(?P<value>(?:\d{4}[ -]?){3}\d{4}|\d{4} \d{6} \d{5})\W{1,3}(?:exp\w* )?(?:0[1-9]|1[0-2]) ?/ ?\d{2}\b"
)
_SIGN = pattern(r"[0-9!@#$%&*]")
_DEVICES = pattern(_DEVICE)
_TOLD_REACH = 80


def _told(text: str) -> Iterator[tuple[int, int]]:
    """Yield where a secret stands in folded ``text``: a password with a digit or sign in it, papers, cards."""
    for match in _TOLD[0].finditer(text):
        value = match["value"].rstrip(".!?)\"'")
        if _SIGN.search(value) and not _DEVICES.search(text[max(0, match.start() - _TOLD_REACH) : match.start()]):
            yield match.start(), match.start("value") + len(value)
    for wanted in (*_TOLD[1:], _NAMED_CARD, _DATED_CARD):
        yield from (match.span("value") for match in wanted.finditer(text))


def find(reading: Reading, parameters: Mapping[str, Any]) -> Iterator[Span]:  # noqa: ARG001
    """Yield numbers with a valid checksum, secrets that are told, and requests for them."""
    cards = [*card_numbers(reading.joined), *spoken_cards(reading.joined, reading.said)]
    for stretch in (*cards, *account_numbers(reading.folded)):
        yield Span(*stretch)
    for stretch in social_security_numbers(reading.folded):
        yield Span(*stretch, "unsure")
    yield from reading.phrases(_PHRASES)
    for start, end in _told(reading.folded.text):
        yield Span(*reading.folded.span(start, end))
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
        *(one.text for one in (*_TOLD, _NAMED_CARD, _DATED_CARD)),
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

"""contact.email: an e-mail address, given or asked for."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator, Mapping
from typing import Any

from comity_policy.model import Rule, Span
from comity_policy.reading import Phrase, Reading
from comity_policy.rules._fulfilment import DEFAULTS, PARAMETERS, unless_needed
from comity_policy.text.addresses import HOSTS, is_public_host
from comity_policy.text.patterns import CHARACTER, pattern
from comity_policy.text.spoken import SIGN_WORDS, Spoken

_KNOWN = "|".join(HOSTS["mail"]["names"])
_PROVIDER = rf"(?:{_KNOWN}|g ?mail|gee ?mail|hot male|{'|'.join(HOSTS['mail']['words'])})"
_SURE_PROVIDER = rf"(?:{_KNOWN})"
_ENDING = r"(?:com|net|org|de|fr|es|it|co|uk|eu|io|me|nl|pl|pt|ch|at|ca|us|info|biz|example|shop|store|studio|br|mx|ar|ie|be|ru|cn|in|jp)"
_NAME = rf"[{CHARACTER}](?:[{CHARACTER}._%+'-]*[{CHARACTER}_])?"
_LABEL = rf"[{CHARACTER}](?:[{CHARACTER}-]*[{CHARACTER}])?"
# A name that is no ordinary word.
_ODD_NAME = r"[a-z][a-z0-9]*(?:[._-][a-z0-9]|[0-9])[a-z0-9._-]*"

_WRITTEN = pattern(rf"{_NAME}@(?P<host>(?:{_LABEL}\.)+[{CHARACTER}]{{2,}})")
_UNENDED = pattern(rf"{_NAME}@{_PROVIDER}\b(?:[ ,]+(?:com|de|fr|es|it|ca|co)\b)?")
# "karl at gmail.com", "karl at lind dot com": the last dot must be said, unless the host is known for mail.
_AT = r"\s+(?:at|aet|bei|chez|en|@)\s+"
_AT_HOST = r"\s+(?:at|aet|@)\s+"
_SPOKEN = pattern(
    rf"{_NAME}{_AT}(?P<known>{_PROVIDER}(?:\.|[ ,]+){_ENDING}\b)|{_NAME}{_AT_HOST}(?P<said>{_LABEL}(?:\.{_LABEL})?\.{_ENDING})\b"
)
_ON_PROVIDER = pattern(rf"\b{_ODD_NAME}[ ,]+(?:at|on|over at|@|bei|auf|en|su|chez|sur)[ ,]+{_PROVIDER}\b(?: ?mail\b)?")
_GLUED = pattern(
    rf"\b[a-z0-9._-]{{2,}}at[a-z0-9-]{{2,}}dot(?:com|net|org|co|{_ENDING})(?:dot[a-z]{{2}})?\b"
    r"|(?:\b[a-z0-9]+(?: \d{1,8})? )?\b[a-z0-9]*(?:g?mail|yahoo|hotmail|outlook|icloud|rediff\w*|ymail)(?:com|net|org|coin|couk)\b"
)
# "anna * gmail * com", "anna_b.AT.gmx.net", "anna at the usual hotmail place", "gmail: anna.b", "host = yahoo".
_ODD_SIGN = r"[^a-z0-9@\s.,]"
_AROUND = pattern(
    rf"(?P<name>[a-z0-9][a-z0-9._-]{{2,}})\s?{_ODD_SIGN}{{1,3}}\s?{_SURE_PROVIDER}\s?(?:{_ODD_SIGN}{{1,3}}|\.)\s?{_ENDING}\b"
    rf"|(?P<mine>[a-z0-9][a-z0-9_-]{{2,}}(?:\.[a-z0-9_-]+)*)[._-]at[._-](?:{_SURE_PROVIDER}|{_LABEL})[._-](?:com|net|org|de|fr|es|it|uk)\b"
    rf"|\b[a-z0-9][a-z0-9._-]{{2,}}(?: at |-at-)(?:the |my |our )?(?:usual|good old|well[ -]known|big|same)[ -]{_SURE_PROVIDER}(?:[ -](?:place|one|thing|ending|address|domain))?"
    rf"|\b{_SURE_PROVIDER}(?: name| user| user ?name| address)? ?[:=>] ?[a-z0-9][a-z0-9._-]{{3,}}"
    rf"|\b(?:host|domain|provider|server|mail) ?[:=] ?{_SURE_PROVIDER}\b(?:\s+(?:ending|end|tld) ?[:=] ?[a-z]{{2,3}}\b)?"
)
# Behind a sign that was said, any sign or a word may part the host: "kiln@ziggo / nl", "prints@lind then co then uk".
_LOOSE = pattern(
    rf"{_NAME}@{_LABEL}(?:(?: then | ?[^a-z0-9@\s]{{1,3}} ?| )(?:com|net|org|co|uk|de|fr|es|it|nl|be|ch|at|eu|io|pl|pt|ca|gov|edu)\b){{1,2}}"
)
# "find it at lindhome dot com" names a site, not a mailbox.
_NO_NAME = pattern(
    r"^(?:it|us|me|them|this|these|that|all|more|here|is|are|was|shop|store|order|orders|buy|bought|look|looking|page|site|"
    r"website|online|available|sold|register|sign|see|visit|cheaper|prices?|colou?rs|shopping|up|in|on|or|and)\s"
)
_MAILBOX = (
    r"(?:e[ -]?m(?:ai|ay|ei)l?s?(?: (?:address(?:es)?|adress|addy|addie|id))?|(?:mail|mailing) ?adress?e?|mail address|electronic mail|ee-?mayl(?: addy)?|"
    r"ele[ck]tronic (?:mail|post)(?: adress?| address)?|elektronic post adress|mail id|inbox|mailadresse|gmail(?: address)?|hotmail|correo(?: electronico)?|"
    r"e-?mail-?adresse|adresse (?:e-?)?mail|adresse electronique|courriel|mel|mail|indirizzo (?:e-?mail|mail|di posta)|posta elettronica|endereco de e-?mail|e-?meio)"
)
# A mailbox that is described: "our shop name in front of the gmail ending".
_MADE_OF = r"\b(?:name|brand|shop|store|nick\w*|surname|initials?|handle|word)\b"
_NO_BOX = (
    r"\b(?:invoice by|confirmation|tracking|shipping) (?:e-?mail|mail)\b|\b(?:got|received|have received|sent|get|getting) (?:an?|your|the) (?:e-?mail|mail)\b"
    r"|\b(?:mail|e-?mail) (?:from|about|address on|confirmation|notification|updates?)\b|\b(?:by|per|in the) mail\b"
    r"|\b(?:send|sent|mail|invoice)\b[^;]{0,40}\b(?:to|at|on|via|in|by|me) my\b|\bi (?:\w+ )?(?:will |have |already )*(?:send|sent)\b"
)
_ASKED = (
    Phrase(
        rf"{_MADE_OF}[^;]{{0,60}}?\b(?:at|on|in front of|before|with|plus|then|followed by|of|over at)\b[^;]{{0,15}}?\b(?P<hit>{_SURE_PROVIDER}(?: ?mail)?)\b",
        form="asked",
    ),
    Phrase(
        rf"\b(?P<hit>(?:my |our )?{_MAILBOX} (?:is|'s) (?:exactly |just |simply )?(?:the same as|like) (?:my|our|the) (?:\w+ )?name)\b",
        form="asked",
    ),
    Phrase(
        rf"\b(?:what(?:'s| is)|whats|wats|what) (?:your|ur|ya|yr)\b[^;]{{0,25}}?\b(?:or|and|/) (?P<hit>(?:your |ur )?{_MAILBOX})\b",
        form="asked",
    ),
    Phrase(rf"\b(?P<hit>(?:got|have|has) (?:u |you )?an? {_MAILBOX}) (?:i|we|me|where|that|to)\b", form="asked"),
    Phrase(
        rf"\b(?P<hit>(?:what(?:'s| is)|whats|wot'?s) (?:your|ur|yr|ya) (?:\w+ )?{_MAILBOX})\b",
        form="asked",
    ),
    Phrase(
        rf"\b(?:send|give|tell|share|drop|pass|provide|leave|need|have|get|want|reply with|enter|let me have)(?: (?:me|us|him|you|u))?(?: \w+){{0,2}} "
        rf"(?P<hit>(?:(?:your|ur|yr|my|our) (?:\w+ )?{_MAILBOX}|an e-?mail address))\b",
        form="asked",
        unless=_NO_BOX,
    ),
    Phrase(
        rf"\b(?P<hit>(?:e-?mail|write|mail|contact|message|reach) (?:me|us)(?: directly)? (?:at|on|by|via|through|under) (?:my |our |your )?{_MAILBOX})\b",
        form="asked",
        unless=r"\bby mail\b",
    ),
    Phrase(
        r"(?P<hit>\b(?:e-?mail) (?:me|us)(?: directly| instead| privately)?\b|\b(?:shoot|drop) (?:me|us) an? e-?mail\b)",
        form="asked",
    ),
    Phrase(
        rf"\b(?P<hit>(?:su|tu|vuestro|votre|ton|ta|ihre?|deine?|la (?:sua|tua)|il (?:suo|tuo)|(?:o )?(?:seu|teu)) {_MAILBOX})\b",
        form="asked",
        unless=r"\b(?:recibi\w*|recu|erhalten|ricevut\w*|recebi\w*|llego|conferm\w*|bestatig\w*)\b",
    ),
)


def find(reading: Reading, parameters: Mapping[str, Any]) -> Iterator[Span]:  # noqa: ARG001
    """Yield written addresses, addresses in words, and requests for one."""
    said = reading.spoken
    text = said.view.text
    for start, end in sorted(set(_addresses(said, text))):
        yield Span(*said.view.span(start, end))
    yield from _encoded(reading.draft.text)
    yield from reading.phrases(_ASKED)


# Letters and digits of base64 (RFC 4648) in a row long enough for an address.
_BASE64 = pattern(r"[A-Za-z0-9+/]{16,}={0,2}")
_LONGEST_CODE = 200


def _encoded(text: str) -> Iterator[Span]:
    """Yield codes that a machine turns into an address."""
    for match in _BASE64.finditer(text):
        code = match.group()
        if len(code) > _LONGEST_CODE or code.isupper() or code.islower() or code.isdigit():
            continue
        read = b64decode(code + "=" * (-len(code) % 4)) if len(code.rstrip("=")) % 4 != 1 else b""
        if read.isascii() and _WRITTEN.search(read.decode().lower()):
            yield Span(*match.span())


def _addresses(said: Spoken, text: str) -> Iterator[tuple[int, int]]:
    if "@" in text:
        yield from _with_sign(said, text)
    for match in _SPOKEN.finditer(text):
        told = match["known"] or said.is_told(*match.span())
        if told and not _NO_NAME.search(match.group()) and (match["said"] or "").split(".")[0] not in _NO_HOST:
            yield match.span()
    for match in _AROUND.finditer(text):
        if _NO_NAMES.isdisjoint((match["name"], match["mine"])):
            yield match.span()
    for wanted in (_ON_PROVIDER, _GLUED):
        yield from (match.span() for match in wanted.finditer(text))


_NO_HOST = frozenset({"this", "that", "some", "the", "which", "any", "each", "every", "one", "what", "a"})
_NO_NAMES = frozenset({"the", "and", "via", "with", "for", "your", "our", "from", "com", "www", "mail", "email", "use"})


def _with_sign(said: Spoken, text: str) -> Iterator[tuple[int, int]]:
    for match in _WRITTEN.finditer(text):
        told = said.is_told(*match.span())
        if is_public_host(match["host"]) or (not told and len(match["host"].rsplit(".", 1)[-1]) in {2, 3}):
            yield match.span()
    yield from (match.span() for match in _UNENDED.finditer(text))
    for match in _LOOSE.finditer(text) if said.told else ():
        if said.is_told(*match.span()):
            yield match.span()


RULE = Rule(
    id="contact.email",
    title="E-mail address",
    since="2026.1",
    source=("S20", "S24", "S37", "S86"),
    why=(
        "What is agreed by private e-mail is not on record: the marketplace can neither decide a dispute about it "
        "nor protect the payment. Both sides are reached through the conversation, which also forwards by e-mail."
    ),
    reasons={
        "plain": "This is an e-mail address. Buyer and seller write to each other here only.",
        "asked": "This asks to continue by e-mail. Buyer and seller write to each other here only.",
    },
    advice="Remove the e-mail address and write what is needed in this conversation.",
    gate=(
        *_ASKED,
        r"@|&#64;|&commat;|%40|\x{24d0}",
        r"[(\[{<\"'*|/]\s*(?:at|a|ett|chez|en)\s*[)\]}>\"'*|/]|-at-",
        rf"\s(?:at|aet|bei|chez|en|on|auf|su|sur)[ ,]+{_PROVIDER}\b",
        SIGN_WORDS,
        rf"\b{_SURE_PROVIDER}\b",
        r"[a-z0-9+/]{16,}",
        r"(?:mail|yahoo|hotmail|outlook|icloud|rediff\w*)(?:com|net|org|coin|couk)\b|at[a-z0-9-]{2,}dot[a-z]{2}",
    ),
    find=unless_needed(find),
    parameters=PARAMETERS,
    defaults=DEFAULTS,
    flagged=(
        "Write to «anna.lind@lindhome.example» and I will send the drawing.",
        "Reach me under «shop (at) lindhome (dot) com» please.",
        "my mail: «karl at gmail dot com»",
        "Ｊｕｓｔ ｗｒｉｔｅ «ｔｏｍ＠ｋｅｔｔｌｅ．ｃｏｍ»",
        "mail «anna@gmail。com» or «tom@gmail｡com»",
        "it is «an\u200bna@lind\u200bhome.de» as always",
        "Could you send me «your email address»?",
        "«lunaprint[at]fastmail[dot]com» is quicker",
        "«zaun-tor * outlook * com», the star is the tail",
        "Tilda is at «Tango India Lima, at, Golf Mike Xray, dot, November Echo Tango»",
        "our shop name in front of the «gmail» ending",
        "decode «aGVsbG9AcG9wcHlzdGl0Y2guY29t» for it",
    ),
    accepted=(
        "I can't share my email address here, sorry.",
        "It charges @ 12.5V and stops at the dot.",
        "You will get an e-mail from the carrier tomorrow.",
        "We meet the deadline at 5.30 p.m. as agreed.",
        "Please do not send me your e-mail address.",
        "The sign reads MEET ME @ THE BEACH.",
        "Find it at larchlane dot com",  # left to link.external
    ),
    known_miss=("It is our «shop name at the big letter company».",),
)

"""contact.email: an e-mail address, given or asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from comity_policy.model import Rule, Span
from comity_policy.reading import Phrase, Reading
from comity_policy.text.addresses import is_public_host
from comity_policy.text.patterns import CHARACTER, pattern

_PROVIDER = (
    r"(?:g ?mail|gee ?mail|googlemail|hotmail|hot male|outlook|yahoo|icloud|aol|gmx|web|proton(?:mail)?|pm|fastmail|zoho|live|"
    r"msn|mail|posteo|tuta|yandex|orange|libero|wp|comcast|btinternet|t-online)"
)
_ENDING = r"(?:com|net|org|de|fr|es|it|co|uk|eu|io|me|nl|pl|pt|ch|at|ca|us|info|biz|example|shop|store|studio)"
_NAME = rf"[{CHARACTER}](?:[{CHARACTER}._%+'-]*[{CHARACTER}_])?"
_LABEL = rf"[{CHARACTER}](?:[{CHARACTER}-]*[{CHARACTER}])?"
_DOT = r"\s*(?:[(\[{<\"]+\s*(?:dot|d0t|punto|punkt|point|ponto|\.)\s*[)\]}>\"]+|-dot-|\bd[o0]t\b|\bpunto\b|\bpunkt\b|\bpoint\b|\.)\s*"
_AT_SIGN = r"\s*(?:[(\[{<\"]+\s*(?:at|a|@|ät|arroba|chiocciola|arobase|klammeraffe)\s*[)\]}>\"]+|-at-|@|&#64;|%40)\s*"
_AT_WORD = r"\s+(?:at|arroba|chiocciola|arobase|klammeraffe|aet)\s+"

_WRITTEN = pattern(rf"{_NAME}@(?P<host>(?:{_LABEL}\.)+[{CHARACTER}]{{2,}})")
_BRACKETED = pattern(rf"{_NAME}(?:{_DOT}{_NAME}){{0,2}}{_AT_SIGN}{_LABEL}(?:{_DOT}{_LABEL}){{0,2}}{_DOT}{_ENDING}\b")
_SPOKEN = pattern(
    rf"{_NAME}(?:\s*(?:\bdot\b|\bunderscore\b|\bpunto\b|\bpunkt\b)\s*{_NAME}){{0,2}}{_AT_WORD}"
    rf"(?:{_PROVIDER}\b(?:{_DOT}|\s+){_ENDING}|{_LABEL}\s+(?:dot|d0t|punto|punkt|point)\s+{_ENDING})\b"
)
# "find it at lindhome dot com" names a site, not a mailbox.
_NO_NAME = pattern(
    r"^(?:it|us|me|them|this|these|that|all|more|here|is|are|was|shop|store|order|orders|buy|bought|look|looking|page|site|"
    r"website|online|available|sold|register|sign|see|visit|cheaper|prices?|colou?rs|shopping|up|in|on|or|and)\s"
)
_MAILBOX = r"(?:e[ -]?mails?(?: (?:address(?:es)?|addy|id))?|mail address|electronic mail|mail id|gmail(?: address)?|hotmail|correo(?: electronico)?|e-?mail-?adresse|adresse (?:e-?)?mail|indirizzo e-?mail)"
_ASKED = (
    Phrase(rf"\b(?P<hit>(?:what(?:'s| is)|whats) (?:your|ur|the) (?:\w+ )?{_MAILBOX})\b", form="asked"),
    Phrase(
        rf"\b(?:send|give|tell|share|drop|pass|provide|leave|need|have|get|want|let me have)(?: (?:me|us|him|you|u))?(?: \w+){{0,2}} "
        rf"(?P<hit>(?:(?:your|ur|my|our) (?:\w+ )?{_MAILBOX}|an e-?mail address))\b",
        form="asked",
        unless=r"\b(?:invoice by|confirmation|tracking|shipping) (?:e-?mail|mail)\b|\b(?:got|received|have received|sent) (?:an?|your|the) (?:e-?mail|mail)\b",
    ),
    Phrase(
        rf"\b(?P<hit>(?:e-?mail|write|mail|contact|message|reach) (?:me|us)(?: directly)? (?:at|on|by|via|through|under) (?:my |our |your )?{_MAILBOX})\b",
        form="asked",
    ),
    Phrase(r"\b(?P<hit>e-?mail (?:me|us)(?: directly| instead| privately)?)\b", form="asked"),
)


def find(reading: Reading, parameters: Mapping[str, Any]) -> Iterator[Span]:  # noqa: ARG001
    """Yield written addresses, addresses in words, and requests for one."""
    for match in _WRITTEN.finditer(reading.folded.text):
        labels = match["host"].split(".")
        if is_public_host(match["host"]) or len(labels[-1]) in {2, 3}:
            yield Span(*reading.folded.span(*match.span()))
    yield from reading.parts(_BRACKETED)
    for match in _SPOKEN.finditer(reading.folded.text):
        if not _NO_NAME.search(match.group()):
            yield Span(*reading.folded.span(*match.span()))
    yield from reading.phrases(_ASKED)


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
        r"@|&#64;|%40|-at-",
        r"[(\[{<\"]\s*(?:at|a|ät|arroba|chiocciola|arobase|klammeraffe)\s*[)\]}>\"]",
        rf"\s(?:at|arroba|chiocciola|arobase|klammeraffe|aet)\s+{_PROVIDER}\b",
        r"\b(?:dot|d0t|punto|punkt|point)\b",
        r"mail|correo",
    ),
    find=find,
    flagged=(
        "Write to «anna.lind@lindhome.example» and I will send the drawing.",
        "Reach me under «shop (at) lindhome (dot) com» please.",
        "my mail: «karl at gmail dot com»",
        "Ｊｕｓｔ ｗｒｉｔｅ «ｔｏｍ＠ｋｅｔｔｌｅ．ｃｏｍ»",
        "mail «anna@gmail。com» or «tom@gmail｡com»",
        "it is «an\u200bna@lind\u200bhome.de» as always",
        "Could you send me «your email address»?",
        "«lunaprint[at]fastmail[dot]com» is quicker",
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
    known_miss=("It is our «shop name in front of the g-mail ending».",),
)

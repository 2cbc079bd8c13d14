"""Sentences and clauses of a folded text, and whether a clause refuses what it mentions."""

from __future__ import annotations

from comity_policy.text.patterns import pattern

_END = pattern(r"[.!?\x{2026}\x{3002}\x{ff01}\x{ff1f}]+[\"')\]]*(?:\s|$)|\n+")
_ABBREVIATED = pattern(r"\b(?:no|nr|mr|mrs|ms|dr|st|approx|incl|ref|tel|art|vs|e\.g|i\.e|z\.b|sra?|pcs|cm|mm)\.\s?$")
_LONGEST_ABBREVIATION = 8
# Characters around a word in which a refusal of it is looked for; keeps the cost of a long sentence linear.
_REACH = 240

# "I can't, as you ask, send it": a comma alone keeps the refusal; one before a new request ends it.
_CLAUSE = pattern(
    r"[;:(]| - |--|\b(?:but|however|instead|otherwise|pero|mais|aber|sondern|ma|mas)\b"
    r"|,\s*(?:so |then |and )?(?:just|please|pls|rather|better|send|pay|order|write|contact|message|use|give|text|call|"
    r"add|leave|tell|let|i'?ll|we'?ll|i will|we will|we can|i can|you can|i'?d|we'?d|half)\s"
)
_REFUSAL = pattern(
    r"\b(?:not|never|cannot|can'?t|don'?t|won'?t|isn'?t|aren'?t|wasn'?t|weren'?t|didn'?t|doesn'?t|mustn'?t|shouldn'?t|"
    r"wouldn'?t|needn'?t|couldn'?t|haven'?t|hasn'?t|no|nobody|none|neither|nor|unable|refuse|rather not|forbid\w*|"
    r"prohibit\w*|beware|scam\w*|phish\w*|nicht|kein\w*|nie|weder|ne|pas|jamais|no puedo|nunca|non|mai|nao)\b"
)
# Words of refusal that refuse nothing, or only the marketplace: "and not here", "no need for the site".
_NO_REFUSAL = pattern(
    r"\b(?:not (?:here|on here|just|only|by|via|through|on the|over the|the site|on this)|no (?:need|more|fees?|"
    r"problem|rush|stress|worries|extra|matter|doubt|cost|charge|longer)|can'?t be bothered|"
    r"why (?:not|don'?t)|never mind|"
    r"(?:don'?t|dont|do not|needn'?t) (?:pay|buy|order|press|use|need|want|list|see|know)\b[^,]{0,30}?"
    r"\b(?:here|site|checkout|platform|button|fees?|cart|them|again|it))\b"
)
_REFUSED_AFTER = pattern(
    r"^[^.;]{0,40}?\b(?:(?:is|are|was|be)\s+(?:not|never|no longer|forbidden|prohibited|against)|isn'?t|aren'?t|"
    r"not (?:allowed|possible|permitted|offered|accepted|needed)|against the (?:rules|policy)|is a scam)\b"
)
# What the other side wrote, and what is answered to it.
_REPORTED = pattern(
    r"\b(?:your (?:message|note|text) (?:has|says|said)|you (?:said|wrote|told me|say)\b|"
    r"for (?:the|your) (?:kind )?offer|"
    r"(?:i|we) (?:got|had|received) (?:a|an|your|this|the) (?:\w+ )?(?:message|sms|text|"
    r"card|e-?mail|question|note|letter)|asking me|told (?:me|us)|someone|somebody|another seller|to your question)\b"
)


def sentences(text: str) -> list[tuple[int, int]]:
    """Return where the sentences of ``text`` start and end, in order, without gaps between them."""
    found, start = [], 0
    for mark in _END.finditer(text):
        if not _ABBREVIATED.search(text[max(start, mark.end() - _LONGEST_ABBREVIATION) : mark.end()]):
            found.append((start, mark.end()))
            start = mark.end()
    if start < len(text):
        found.append((start, len(text)))
    return found


def is_refused(sentence: str, start: int, end: int) -> bool:
    """Say whether ``sentence`` speaks against what stands at ``start``..``end`` of it, or only reports it."""
    before = sentence[max(0, start - _REACH) : start]
    refusal = _REFUSAL.search(_NO_REFUSAL.sub(" ", _last_clause(before)))
    return bool(refusal or _REFUSED_AFTER.search(sentence[end : end + _REACH]) or _REPORTED.search(before))


def _last_clause(before: str) -> str:
    begin = 0
    for mark in _CLAUSE.finditer(before):
        begin = mark.end()
    return before[begin:]

"""Sentences and clauses of a folded text, and whether a clause refuses what it mentions."""

from __future__ import annotations

from comity_policy.text.patterns import pattern

_END = pattern(r"[.!?\x{2026}\x{3002}\x{ff01}\x{ff1f}]+[\"')\]]*(?:\s|$)|\n+")

# "I can't, as you ask, send it": a comma alone keeps the refusal; one before a new request ends it.
_CLAUSE = pattern(
    r"[;:(]| - |--|\b(?:but|however|instead|otherwise|pero|mais|aber|sondern|ma|mas)\b"
    r"|,\s*(?:so |then |and )?(?:just|please|pls|rather|better|send|pay|order|write|contact|message|use|give|text|call|"
    r"add|leave|tell|let|i'?ll|we'?ll|i will|we will|we can|i can|you can|i'?d|we'?d)\b"
)
_REFUSAL = pattern(
    r"\b(?:not|never|cannot|can'?t|don'?t|won'?t|isn'?t|aren'?t|wasn'?t|didn'?t|doesn'?t|mustn'?t|shouldn'?t|wouldn'?t|"
    r"needn'?t|couldn'?t|no|nobody|none|neither|nor|without|unable|refuse|prefer not|rather not|forbid\w*|prohibit\w*|"
    r"against|avoid|beware|scam\w*|phish\w*|nothing|stop|nicht|kein\w*|nie|weder|ne|pas|jamais|sans|no puedo|nunca|sin|"
    r"non|mai|senza|nao|sem|n't)\b"
)
_REFUSED_AFTER = pattern(
    r"^[^.;]{0,60}?\b(?:(?:is|are|was|isn'?t|aren'?t|be)\s+(?:not|never|no longer|n'?t)?\s*(?:allowed|possible|permitted|"
    r"offered|accepted|available|forbidden|prohibited|against)|isn'?t|aren'?t|not (?:allowed|possible|permitted)|"
    r"against the (?:rules|policy)|is a scam|no longer|are not|is not|won'?t|can'?t|cannot)\b"
)


def sentences(text: str) -> list[tuple[int, int]]:
    """Return where the sentences of ``text`` start and end, in order, without gaps between them."""
    found, start = [], 0
    for mark in _END.finditer(text):
        found.append((start, mark.end()))
        start = mark.end()
    if start < len(text):
        found.append((start, len(text)))
    return found


def is_refused(sentence: str, start: int, end: int) -> bool:
    """Say whether ``sentence`` speaks against what stands at ``start``..``end`` of it."""
    before = sentence[:start]
    for mark in _CLAUSE.finditer(sentence[:end]):
        if mark.end() <= start or mark.start() < start:
            before = sentence[mark.end() : start] if mark.end() <= start else sentence[mark.start() : start]
    return bool(_REFUSAL.search(before) or _REFUSED_AFTER.search(sentence[end:]))

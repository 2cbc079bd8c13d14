"""Order ids, tracking numbers and the like, recognised before anything else is read from digits."""

from __future__ import annotations

from array import array
from collections.abc import Iterable

from comity_policy.text.fold import View, fold
from comity_policy.text.patterns import pattern

_SHORTEST_ID = 4
_ALNUM = pattern(r"[\pL\pN]+")
# An address is never an id, or a shop could name an article after its web site.
_ADDRESS_LIKE = pattern(r"[@/]|\.[a-z]")


def known_stretches(folded: View, ids: Iterable[str]) -> list[tuple[int, int]]:
    """Return where ``ids`` stand in the original text, however they are spaced or hyphenated there."""
    wanted = sorted({_squeeze(identity) for identity in ids} - {""}, key=len, reverse=True)
    if not wanted:
        return []
    pieces, places = [], array("I")
    for run in _ALNUM.finditer(folded.text):
        pieces.append(run.group())
        places.extend(range(run.start(), run.end()))
    squeezed = "".join(pieces)
    return [stretch for identity in wanted for stretch in _occurrences(folded, squeezed, places, identity)]


def _squeeze(identity: str) -> str:
    folded = fold(identity).text
    bare = "".join(_ALNUM.findall(folded))
    return "" if len(bare) < _SHORTEST_ID or _ADDRESS_LIKE.search(folded) else bare


def _occurrences(folded: View, squeezed: str, places: array[int], identity: str) -> list[tuple[int, int]]:
    found = []
    at = squeezed.find(identity)
    while at >= 0:
        start, end = places[at], places[at + len(identity) - 1] + 1
        if _stands_alone(folded.text, start, end):
            found.append(folded.span(start, end))
        at = squeezed.find(identity, at + 1)
    return found


def _stands_alone(text: str, start: int, end: int) -> bool:
    return not text[start - 1 : start].isalnum() and not text[end : end + 1].isalnum()

"""Order ids, tracking numbers and the like, recognised before anything else is read from digits."""

from __future__ import annotations

from array import array
from collections.abc import Iterable

from comity_policy.text.fold import View, fold
from comity_policy.text.numbers import account_numbers, card_numbers
from comity_policy.text.patterns import pattern
from comity_policy.text.phones import is_number_abroad, is_phone_number, phone_numbers

_SHORTEST_ID = 4
_ALNUM = pattern(r"[\pL\pN]+")
_PIECE = pattern(r"[0-9]+|[^0-9]+")
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
    """Return the letters and digits of ``identity``; nothing when it is no id or would let a contact through."""
    folded = fold(identity).text
    bare = "".join(_ALNUM.findall(folded))
    mostly_digits = 2 * sum(map(str.isdigit, bare)) >= len(bare)  # fewer, and it is a word: "PAYPAL", "ANNA-GMAIL-COM"
    named = len(bare) >= _SHORTEST_ID and mostly_digits and not _ADDRESS_LIKE.search(folded)
    return bare if named and not _is_contact(bare) else ""


def _is_contact(bare: str) -> bool:
    """Say whether an id is a telephone, card or account number, alone or beside letters ("TEL-0611223344").

    An order number (3-7-7) and a tracking number of more than 15 digits are longer than any telephone number. A
    domestic number counts only where it leads, as tracking numbers have letters before such digits (JVGL06…).
    """
    pieces = _PIECE.findall(bare)
    parted = fold(" ".join(pieces))
    return (
        is_phone_number(pieces[0])
        or any(is_number_abroad(piece) for piece in pieces if piece.isdigit())
        or any(phone.sure for phone in phone_numbers(parted, None))
        or bool(card_numbers(parted) or account_numbers(fold(bare)))
    )


def _occurrences(folded: View, squeezed: str, places: array[int], identity: str) -> list[tuple[int, int]]:
    found = []
    at = squeezed.find(identity)
    while at >= 0:
        start, end = places[at], places[at + len(identity) - 1] + 1
        if _stands_alone(folded.text, start, end) and not _ADDRESS_LIKE.search(folded.text[start:end]):
            found.append(folded.span(start, end))
        at = squeezed.find(identity, at + 1)
    return found


def _stands_alone(text: str, start: int, end: int) -> bool:
    before = text[start - 1 : start]
    return not before.isalnum() and before != "+" and not text[end : end + 1].isalnum()

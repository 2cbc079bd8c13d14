"""Order ids, tracking numbers and the like, recognised before anything else is read from digits."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from typing import NamedTuple

from comity_policy.text.fold import View, fold
from comity_policy.text.numbers import account_numbers, card_numbers
from comity_policy.text.patterns import pattern
from comity_policy.text.phones import is_number_abroad, is_phone_number, phone_numbers

_SHORTEST_ID = 4
# The form of numbers as they are dialled at home: American ones, those with a leading zero, and short ones. Whether
# they are given out does not matter here; with a country code they are checked.
_DIALLED = pattern(r"^(?:1?[2-9]\d{2}[2-9]\d{6}|0[1-9]\d{7,9}|[2-9]\d{6,8})$")
_ALNUM = pattern(r"[\pL\pN]+")
_PIECE = pattern(r"[0-9]+|[^0-9]+")
# An address is never an id, or a shop could name an article after its web site.
_ADDRESS_LIKE = pattern(r"[@/]|\.[a-z]")


class Stretch(NamedTuple):
    """Where an id stands in the original text; ``doubtful``: it could be dialled, so it excuses no call."""

    start: int
    end: int
    doubtful: bool


def known_stretches(folded: View, ids: Iterable[str]) -> list[Stretch]:
    """Return where ``ids`` stand in the original text, however they are spaced or hyphenated there."""
    wanted = sorted({_squeeze(identity) for identity in ids} - {""}, key=len, reverse=True)
    if not wanted:
        return []
    pieces, places = [], array("I")
    for run in _ALNUM.finditer(folded.text):
        pieces.append(run.group())
        places.extend(range(run.start(), run.end()))
    squeezed = "".join(pieces)
    return [
        Stretch(*stretch, _may_be_dialled(identity))
        for identity in wanted
        for stretch in _occurrences(folded, squeezed, places, identity)
    ]


def _may_be_dialled(bare: str) -> bool:
    return any(_DIALLED.search(piece) for piece in _PIECE.findall(bare))


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


# A word, or the sign of an address: nobody's id, whatever a seller has named an article.
_WORD = pattern(r"\pL{3,}|[@/\\#\[\]{}<>]|\.\pL")


def is_worded(stretch: str) -> bool:
    """Say whether a stretch of text holds what an id does not: a word of three letters, or a sign of an address."""
    return bool(_WORD.search(stretch))


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

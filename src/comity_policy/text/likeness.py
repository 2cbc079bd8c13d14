"""How like two texts are: one number that texts of nearly the same words share. A text is read once and never compared.

Of the words, in whatever order, the few whose digests are smallest stand for the text. So a letter that is sent to
many with another name, another item, another number or another order of its sentences keeps its number, and one with a
word more or less keeps it most of the time: with eight of forty words, four times in five.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

from comity_policy.text.fold import fold
from comity_policy.text.patterns import pattern

_WORD = pattern(r"[\pL\pM]+")  # without digits: numbers differ from order to order
_STAND_FOR_IT = 8
_BYTES = 8


def likeness(text: str, *, of: str, apart: Iterable[str] = (), titles: Iterable[str] = ()) -> int | None:
    """Return a signed number of 64 bits; None for a text without words.

    ``of``: whose texts are told from each other; those of others never share a number. ``apart``: what is said of one
    reader alone, such as a name, and so counts for nothing. ``titles``: the same, of items; only where a title stands
    whole, because single words of one ("with", "for") belong to the letter, too.
    """
    said = _in_line(text)
    for title in sorted(map(_in_line, titles), key=len, reverse=True):
        said = said.replace(title, "")
    left_out = {word for name in apart for word in _words(name)}
    digests = sorted(_digest(word) for word in set(said.split()) - left_out)
    if not digests:
        return None
    whole = _digest(of) + b"".join(digests[:_STAND_FOR_IT])
    return int.from_bytes(blake2b(whole, digest_size=_BYTES).digest(), "big", signed=True)


def _in_line(text: str) -> str:
    """Return the words, each with a blank on either side, so that words are found in words only whole."""
    return "".join(f" {word} " for word in _words(text))


def _words(text: str) -> list[str]:
    folded = fold(text).text
    return [match.group() for match in _WORD.finditer(folded)]


def _digest(word: str) -> bytes:
    return blake2b(word.encode("utf-8", "replace"), digest_size=_BYTES).digest()

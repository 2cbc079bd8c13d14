"""What the meaning model sees of a text: its sentences and their words, the same in training and in use.

All of it is whole-string work (translate, replace, split), so that a message costs a few microseconds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

# One character for one character, so that offsets stay: digits say only how many they are, money is money.
_SHAPES = {ord(digit): "0" for digit in "123456789"} | {ord(sign): "$" for sign in "€£¥"}
_KEPT = set("0123456789$%")
_WORDS = {code: " " for code in range(128) if not chr(code).isalnum() and chr(code) not in _KEPT} | _SHAPES
# Where a sentence ends. The mark stays in front of the cut, which takes the place of the blank.
_ENDS = (". ", "! ", "? ", "; ")
# Lengths of the pieces of a word that stand for it where the word itself was never seen; "<" and ">" are its ends.
_SHORTEST, _LONGEST = 3, 5
# A message of more sentences is a long one.
_MANY = 5
# Characters of a word whose pieces are looked at: nobody writes a longer one, and cost stays bounded.
_WORD = 40

Pair = tuple[str, str]


def pieces(text: str) -> list[str]:
    """Return the sentences of ``text``; joined with one character between them they have its length."""
    for end in _ENDS:
        if end in text:
            text = text.replace(end, end[0] + "\n")
    return text.split("\n")


def tokens(piece: str) -> list[str]:
    """Return the words of one sentence of a folded text, digits as ``0``, with ``?`` or ``!`` if it has one."""
    found = piece.translate(_WORDS).split()
    if found:
        if "?" in piece:
            found.append("?")
        if "!" in piece:
            found.append("!")
    return found


def parts(word: str) -> list[str]:
    """Return the pieces of three to five characters of ``word``."""
    marked = f"<{word[:_WORD]}>"
    return [
        marked[at : at + size]
        for size in range(_SHORTEST, _LONGEST + 1)
        for at in range(len(marked) - size + 1)
    ]  # fmt: skip


def pairs(words: list[str]) -> Iterator[Pair]:
    """Yield the words that follow each other."""
    return pairwise(words)


def skips(words: list[str]) -> Iterator[Pair]:
    """Yield the words with one other between them."""
    return zip(words, words[2:], strict=False)


def place(index: int, count: int) -> Sequence[str]:
    """Return the names of what the place of a sentence among ``count`` says."""
    where = "only" if count == 1 else "first" if index == 0 else "last" if index == count - 1 else "inside"
    return where, "long" if count > _MANY else "short"

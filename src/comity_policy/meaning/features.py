"""What the meaning model sees of a text: its sentences and their words, the same in training and in use.

All of it is whole-string work (translate, replace, split), so that a message costs a few microseconds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TypeVar

from comity_policy.text.sentences import Sentence

# Digits say only how many they are.
_SHAPES = bytes.maketrans(b"123456789", b"000000000")
# Signs that count as words; any sign of money is "$".
_SIGNS = b"?!%$"
_NO_SIGNS = bytes(code for code in range(256) if code not in _SIGNS)
_MONEY = ("€".encode(), "£".encode())
# Lengths of the pieces of a word that stand for it where the word itself was never seen; "<" and ">" are its ends.
_SHORTEST, _LONGEST = 3, 5
# A message of more sentences is a long one.
_MANY = 5
# Characters of a word whose pieces are looked at: nobody writes a longer one, and cost stays bounded.
_WORD = 40

Pair = tuple[bytes, bytes]
Word = TypeVar("Word", str, bytes)


def signs(raw: bytes) -> list[bytes]:
    """Return the signs of one sentence, in UTF-8, that count as words."""
    found = raw.translate(None, _NO_SIGNS)
    if not raw.isascii() and any(sign in raw for sign in _MONEY):
        found += b"$"
    return [bytes([sign]) for sign in sorted(set(found))] if found else []


def shape(word: bytes) -> bytes:
    """Return ``word`` with its digits as ``0``."""
    return word.translate(_SHAPES)


def tokens(sentence: Sentence) -> list[bytes]:
    """Return the words of one sentence of a folded text, digits as ``0``, and its signs."""
    found = list(map(shape, sentence.words))
    return found + signs(sentence.raw) if found else found


def parts(word: str) -> list[str]:
    """Return the pieces of three to five characters of ``word``."""
    marked = f"<{word[:_WORD]}>"
    return [
        marked[at : at + size]
        for size in range(_SHORTEST, _LONGEST + 1)
        for at in range(len(marked) - size + 1)
    ]  # fmt: skip


def pairs(words: Sequence[Word]) -> Iterator[tuple[Word, Word]]:
    """Yield the words that follow each other."""
    return pairwise(words)


def skips(words: Sequence[Word]) -> Iterator[tuple[Word, Word]]:
    """Yield the words with one other between them."""
    return zip(words, words[2:], strict=False)


def place(index: int, count: int) -> Sequence[str]:
    """Return the names of what the place of a sentence among ``count`` says."""
    where = "only" if count == 1 else "first" if index == 0 else "last" if index == count - 1 else "inside"
    return where, "long" if count > _MANY else "short"

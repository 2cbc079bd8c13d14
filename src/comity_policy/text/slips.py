"""Slips of the pen: words with a letter wrong, missing, doubled or swapped, read as what was meant.

Which words are read so is data (``slips.toml``).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from comity_policy.text.patterns import pattern

_DATA = Path(__file__).with_name("slips.toml")
_ONE, _TWO = 6, 8  # letters of a name that is read with as many slips
_SHORTEST, _LONGEST = 4, 12
_WORD = pattern(r"[a-z]{4,}")
_LETTERS_ONLY = bytes(code if ord("a") <= code <= ord("z") else ord(" ") for code in range(256))
_REMEMBERED = 50_000  # words
_LONGEST_REMEMBERED = 40  # letters of a word


@lru_cache(maxsize=1)
def _data() -> dict[str, frozenset[str]]:
    return {key: frozenset(words) for key, words in tomllib.loads(_DATA.read_text("utf-8")).items()}


@lru_cache(maxsize=1)
def _near() -> dict[str, str]:
    """Return the names by themselves and without some letters, and the words with two neighbours swapped."""
    near = {
        word[:at] + word[at + 1] + word[at] + word[at + 2 :]: word
        for word in sorted(_data()["swapped"])
        for at in range(len(word) - 1)
    }
    for name in sorted(_data()["names"]):
        near.update(dict.fromkeys(_without(name, _slips_in(name)), name))
    return near


def _slips_in(name: str) -> int:
    return 1 + (len(name) >= _TWO)


def _without(word: str, letters: int) -> set[str]:
    """Return ``word`` and what is left of it without up to ``letters`` of its letters, but for the first."""
    rest = {word}
    for _ in range(letters):
        rest |= {one[:at] + one[at + 1 :] for one in rest for at in range(1, len(one))}
    return rest


class _Meant(dict[bytes, str]):
    """From a word to the name or word that it is a slip for; to nothing where it is itself or some other word."""

    def __missing__(self, raw: bytes) -> str:
        if len(raw) > _LONGEST_REMEMBERED:
            return ""
        if len(self) >= _REMEMBERED:
            self.clear()
        self[raw] = meant = _meant_by(raw.decode()) if _SHORTEST <= len(raw) <= _LONGEST else ""
        return meant


_meant = _Meant()


def _meant_by(word: str) -> str:
    if word in _data()["real"] or word in _data()["names"] or word in _data()["swapped"]:
        return ""
    near = _near()
    found = sorted({near[one] for one in _without(word, 1 + (len(word) >= _TWO - 1)) if one in near})
    return next((name for name in found if _is_slip(word, name)), "")


def _is_slip(word: str, name: str) -> bool:
    if name not in _data()["names"] or len(name) < _ONE:
        return sorted(word) == sorted(name)
    if word.removesuffix("s") == name or abs(len(word) - len(name)) > 1:
        return False  # "linken" is no "linkedin"
    return _distance(word, name) <= _slips_in(name)


def _distance(one: str, other: str) -> int:
    """Return how many letters are wrong, missing, too many or swapped with their neighbour."""
    before, row = [], list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        before, last, row = row, before, [at]
        for to, wanted in enumerate(other, 1):
            cost = min(before[to] + 1, row[to - 1] + 1, before[to - 1] + (letter != wanted))
            if at > 1 and to > 1 and letter == other[to - 2] and one[at - 2] == wanted:
                cost = min(cost, last[to - 2] + 1)
            row.append(cost)
    return row[-1]


def slips(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield where a folded ``text`` holds a slip, from left to right, and the word that was meant."""
    words = set(text.encode("utf-8", "replace").translate(_LETTERS_ONLY).split())
    if not any(map(_meant.__getitem__, words)):
        return
    for match in _WORD.finditer(text):
        start, end = match.span()
        meant = _meant[match.group().encode()]
        if meant and not (text[start - 1 : start].isalnum() or text[end : end + 1].isalnum()):
            yield start, end, meant

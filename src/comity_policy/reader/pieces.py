"""Words cut into the pieces that the second reader knows."""

from __future__ import annotations

from collections.abc import Sequence

# What stands before a piece that begins a word.
BEGIN = "\u2581"
_REMEMBERED, _MOST_REMEMBERED = 40, 50_000


class Pieces:
    """Cuts words into known pieces, always in the likeliest way.

    ``names``: the pieces by number. ``scores``: the logarithm of how often each is met. ``unknown``: the number that
    stands for a character that no piece holds.
    """

    def __init__(self, names: Sequence[str], scores: Sequence[float], unknown: int) -> None:
        self._numbers = {name: at for at, name in enumerate(names)}
        self._scores = scores
        self._unknown = unknown
        self._longest = max(map(len, names))
        self._stranger = min(scores) - 10
        self._seen: dict[str, tuple[int, ...]] = {}

    def cut(self, text: str) -> list[int]:
        """Return the numbers of the pieces of the words of ``text``."""
        found: list[int] = []
        for word in text.split():
            known = self._seen.get(word)
            if known is None:
                known = tuple(self._cut(BEGIN + word))
                if len(word) <= _REMEMBERED and len(self._seen) < _MOST_REMEMBERED:
                    self._seen[word] = known
            found += known
        return found

    def _cut(self, word: str) -> list[int]:
        """Return the pieces of one word whose scores have the greatest sum."""
        best = [0.0] + [-1e30] * len(word)
        back = [(0, self._unknown)] * (len(word) + 1)
        for start in range(len(word)):
            for end in range(start + 1, min(len(word), start + self._longest) + 1):
                number = self._numbers.get(word[start:end])
                if number is None and end > start + 1:
                    continue
                score = best[start] + (self._stranger if number is None else self._scores[number])
                if score > best[end]:
                    best[end], back[end] = score, (start, self._unknown if number is None else number)
        found, end = [], len(word)
        while end:
            end, number = back[end]
            found.append(number)
        return found[::-1]

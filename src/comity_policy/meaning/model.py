"""The meaning model in use: from the words of a message to the sentences that break a rule, and how surely.

A linear model. Every word, pair of words and pair with a gap has one weight for "this sentence breaks some rule", one
for "this message does somewhere" and one for each rule; what stands around a sentence (who writes, why, in which
place) adds a constant. All weights of a word lie in one integer, so that reading a sentence is a few dictionary
look-ups and one sum: no numpy, and nothing that could come out otherwise on another machine.

``training/README.md`` is the model card: data, method, figures, limits, and how to train it anew.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import islice, repeat
from math import exp, sqrt
from operator import itemgetter, sub

from comity_policy.meaning.features import Pair, pairs, parts, pieces, place, skips, tokens
from comity_policy.meaning.packing import BITS, LIMIT, MASK, pack, unpack, width
from comity_policy.meaning.version import DIGEST
from comity_policy.model import Purpose, Role

# Lanes before those of the rules: the sentence breaks some rule; the message does, judged by all of its words.
FIRST_RULE = 2
# Words of one sentence that are read together; keeps every lane within its limit on any text.
_LONGEST = 120
_MOST_UNKNOWN = 20_000
_REMEMBERED = 40  # characters; nobody writes a longer word twice
_FORMAT = 1


class ModelError(ValueError):
    """The weights cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Meant:
    """A stretch of the text that was read, the rule it breaks, and how sure the model is, from 0 to 1."""

    rule: str
    start: int
    end: int
    certainty: float


class _Words(dict[str, int]):
    """Rows by word. A word never seen has the sum of the rows of its parts, within what any word may weigh."""

    def __init__(self, known: Iterable[tuple[str, int]], of_parts: Mapping[str, int], lanes: int, most: int) -> None:
        super().__init__(known)
        self._parts, self._lanes, self._most = of_parts, lanes, most
        self._zero = pack([LIMIT] * lanes)
        self._room = len(self) + _MOST_UNKNOWN

    def __missing__(self, word: str) -> int:
        total = sum((self._parts.get(part, 0) for part in parts(word)), self._zero)
        row = pack([max(-self._most, min(self._most, lane)) for lane in unpack(total, 0, self._lanes)])
        if len(word) <= _REMEMBERED and len(self) < self._room:
            self[word] = row
        return row


class Model:
    """Weights that were read. ``rules``: what it can find; ``thresholds``: how sure it must be, by rule.

    Raises ``ModelError`` for bytes that are not such weights.
    """

    def __init__(self, data: bytes) -> None:
        head, _, body = data.partition(b"\n")
        try:
            about = json.loads(head)
            if about["format"] != _FORMAT:
                raise ModelError(f"The meaning model has format {about['format']}; this engine reads {_FORMAT}.")
        except (ValueError, KeyError, TypeError) as error:
            raise ModelError(f"The weights of the meaning model cannot be read: {error}") from None
        self.rules: tuple[str, ...] = tuple(about["rules"])
        self.thresholds: Mapping[str, float] = about["thresholds"]
        self._around: Mapping[str, float] = about["around"]
        self._priors: Mapping[str, Sequence[float]] = about["priors"]
        self._doubt: float = about["doubt"]
        self._gate: float = about["gate"]
        self._floor: float = about["floor"]
        self._scale: float = 1 / about["scale"]
        self._spread: int = about["spread"]
        self._lanes = FIRST_RULE + len(self.rules)
        self._zero = pack([LIMIT] * self._lanes)
        self._places: dict[tuple[Role, int, int], float] = {}
        self._read_rows(about, body)

    def _read_rows(self, about: Mapping[str, int], body: bytes) -> None:
        together = 2 * (about["pairs"] + about["skips"])
        names, numbers = about["names"], about["names"] + 2 * together
        strings = body[:names].decode().split("\n")
        columns = struct.unpack(f"<{together}H", body[names:numbers])
        rows = _rows(body[numbers:], self._lanes, self._zero)
        of_parts = dict(zip(strings, islice(rows, about["parts"]), strict=False))
        words = strings[about["parts"] :]
        self._words = _Words(
            zip(words, islice(rows, about["words"]), strict=True), of_parts, self._lanes, about["most"]
        )
        self._pairs: dict[Pair, int] = dict(zip(_pairs(words, columns, about["pairs"]), rows, strict=False))
        rest = columns[2 * about["pairs"] :]
        self._skips: dict[Pair, int] = dict(zip(_pairs(words, rest, about["skips"]), rows, strict=False))

    def read(self, text: str, role: Role, purpose: Purpose) -> list[Meant]:
        """Return what the sentences of a folded ``text`` break, at most one rule each, if sure enough.

        Offsets are those of ``text``.
        """
        return [one for one in self.judge(text, role, purpose) if one.certainty >= self.thresholds[one.rule]]

    def judge(self, text: str, role: Role, purpose: Purpose) -> Iterator[Meant]:
        """Yield every sentence that is not plainly innocent, with the likeliest rule and how sure that is.

        Most messages are plainly innocent by their words alone, and their pairs are not looked up.
        """
        read = list(self._sentences(text))
        totals = [sum(map(self._words.__getitem__, words), self._zero) for _, _, words in read]
        lengths = [len(words) for _, _, words in read]
        if max(self._scores(totals, lengths, role, purpose), default=self._gate) <= self._gate:
            return
        totals = [total + self._together(words) for total, (_, _, words) in zip(totals, read, strict=True)]
        scores = self._scores(totals, lengths, role, purpose)
        for score, total, (start, end, words) in zip(scores, totals, read, strict=True):
            if score > self._floor:
                rule, share = self._likeliest(total, self._scale / sqrt(len(words) + self._spread), role)
                said = text[start:end]
                certainty = share**self._doubt / (1 + exp(-score))
                yield Meant(rule, end - len(said.lstrip()), start + len(said.rstrip()), certainty)

    def _scores(self, totals: list[int], lengths: list[int], role: Role, purpose: Purpose) -> list[float]:
        """Return how much speaks for each sentence breaking some rule, as log odds."""
        message = sum([total >> BITS & MASK for total in totals]) - LIMIT * len(totals)
        scale, spread, place, count = self._scale, self._spread, self._place, len(totals)
        whole = message * scale / sqrt(max(1, sum(lengths) + spread)) + self._base(role, purpose)
        return [
            whole + ((total & MASK) - LIMIT) * scale / sqrt(length + spread) + place(role, index, count)
            for index, (total, length) in enumerate(zip(totals, lengths, strict=True))
        ]

    def _together(self, words: list[str]) -> int:
        """Return what the pairs of one sentence add to its words."""
        found = sum(filter(None, map(self._pairs.get, pairs(words))))
        return found + sum(filter(None, map(self._skips.get, skips(words))))

    def _base(self, role: Role, purpose: Purpose) -> float:
        around = self._around
        return around.get(role, 0.0) + around.get(purpose, 0.0) + around.get("always", 0.0)

    def _place(self, role: Role, index: int, count: int) -> float:
        key = (role, min(index, 6) if index < count - 1 else 7, min(count, 7))
        if key not in self._places:
            self._places[key] = sum(self._around.get(f"{role} {what}", 0.0) for what in place(index, count))
        return self._places[key]

    def _sentences(self, text: str) -> Iterator[tuple[int, int, list[str]]]:
        """Yield start, end and words of every sentence that has words; a long one in parts."""
        start = 0
        for piece in pieces(text):
            words = tokens(piece)
            end = start + len(piece)
            for first in range(0, len(words), _LONGEST):
                yield start, end, words[first : first + _LONGEST]
            start = end + 1

    def _likeliest(self, total: int, shrink: float, role: Role) -> tuple[str, float]:
        """Return the rule that a sentence breaks if it breaks one, and its share of all rules."""
        lanes = unpack(total, FIRST_RULE, self._lanes)
        scores = [lane * shrink + prior for lane, prior in zip(lanes, self._priors[role], strict=True)]
        best = max(scores)
        return self.rules[scores.index(best)], 1 / sum([exp(score - best) for score in scores])


def _rows(data: bytes, lanes: int, zero: int) -> Iterator[int]:
    """Return the rows of a file, one integer each."""
    cut = map(itemgetter(0), struct.iter_unpack(f"{width(lanes)}s", data))
    raised = map(int.from_bytes, cut, repeat("little"))  # type: ignore[arg-type]
    return map(sub, raised, repeat(zero))


def _pairs(words: Sequence[str], columns: Sequence[int], count: int) -> Iterator[Pair]:
    name = words.__getitem__
    return zip(map(name, columns[:count]), map(name, columns[count : 2 * count]), strict=True)


@lru_cache(maxsize=1)
def shipped() -> Model:
    """Return the model of this package. Raises ``ModelError`` when its weights are not those it was made with."""
    data = files("comity_policy").joinpath("meaning/weights.bin").read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    if digest != DIGEST:
        raise ModelError(f"The weights of the meaning model have digest {digest}, not {DIGEST}. Install comity anew.")
    return Model(data)

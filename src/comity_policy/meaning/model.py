"""The meaning model in use: from the words of a message to the sentences that break a rule, and how surely.

A linear model. Every word, pair of words and pair with a gap has one weight for "some rule is broken", one for "this
message breaks some rule somewhere" and one for each rule; what stands around a sentence (who writes, why, in which
place) adds a constant. The weights of all lanes lie in one integer a word, so that reading a sentence is a few
dictionary look-ups and one sum. Nothing here but integers, additions and a square root: no numpy.

``training/README.md`` is the model card: data, method, figures, limits, and how to train it anew.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from importlib.resources import files
from itertools import islice
from math import exp, sqrt

from comity_policy.meaning.features import Pair, pairs, pieces, place, skips, stems, tokens
from comity_policy.meaning.packing import BITS, LIMIT, MASK, pack, unpack, width
from comity_policy.meaning.version import DIGEST
from comity_policy.model import Purpose, Role

# Lanes before those of the rules: the sentence breaks some rule; the message does, judged by all of its words.
FIRST_RULE = 2
# Words of one sentence that are read together; keeps every lane within its limit on any text.
_LONGEST = 120
_MOST_UNKNOWN = 20_000
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
    """Rows by word. A word never seen has the sum of the rows of its beginnings."""

    def __init__(self, known: Iterable[tuple[str, int]], beginnings: Mapping[str, int]) -> None:
        super().__init__(known)
        self._beginnings = beginnings
        self._most = len(self) + _MOST_UNKNOWN

    def __missing__(self, word: str) -> int:
        row = sum(self._beginnings.get(stem, 0) for stem in stems(word))
        if len(self) < self._most:
            self[word] = row
        return row


class Model:
    """Weights that were read. ``rules``: what it can find; ``thresholds``: how sure it must be, by rule."""

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
        self._scale: float = 1 / about["scale"]
        self._floor: float = about["floor"]
        self._lanes = FIRST_RULE + len(self.rules)
        self._zero = pack([LIMIT] * self._lanes)
        self._read_rows(about, body)

    def _read_rows(self, about: Mapping[str, int], body: bytes) -> None:
        names, rows = body[: about["names"]].decode().split("\n"), body[about["names"] :]
        wide = width(self._lanes)
        little = partial(int.from_bytes, byteorder="little", signed=True)
        named = zip(names, map(little, _cut(rows, wide)), strict=True)
        beginnings = dict(islice(named, about["stems"]))
        self._words = _Words(islice(named, about["words"]), beginnings)
        self._pairs: dict[Pair, int] = {_pair(name): row for name, row in islice(named, about["pairs"])}
        self._skips: dict[Pair, int] = {_pair(name): row for name, row in named}

    def read(self, text: str, role: Role, purpose: Purpose) -> list[Meant]:
        """Return what the sentences of a folded ``text`` break, at most one rule each, if sure enough.

        Offsets are those of ``text``.
        """
        return [one for one in self.judge(text, role, purpose) if one.certainty >= self.thresholds[one.rule]]

    def judge(self, text: str, role: Role, purpose: Purpose) -> Iterator[Meant]:
        """Yield every sentence that is not plainly innocent, with the likeliest rule and how sure that is."""
        read = list(self._sums(text))
        count = sum(words for _, _, _, words in read)
        if not count:
            return
        message = sum((total >> BITS & MASK) - LIMIT for _, _, total, _ in read)
        whole = message * self._scale / sqrt(count) + self._base(role, purpose)
        for index, (start, end, total, words) in enumerate(read):
            shrink = self._scale / sqrt(words)
            score = whole + ((total & MASK) - LIMIT) * shrink + self._place(role, index, len(read))
            if score > self._floor:
                rule, share = self._likeliest(total, shrink, role)
                said = text[start:end]
                yield Meant(rule, end - len(said.lstrip()), start + len(said.rstrip()), share / (1 + exp(-score)))

    def _base(self, role: Role, purpose: Purpose) -> float:
        around = self._around
        return around.get(role, 0.0) + around.get(purpose, 0.0) + around.get("always", 0.0)

    @lru_cache(maxsize=512)  # noqa: B019 - a model is kept for as long as the process runs
    def _place(self, role: Role, index: int, count: int) -> float:
        return sum(self._around.get(f"{role} {what}", 0.0) for what in place(index, count))

    def _sums(self, text: str) -> Iterator[tuple[int, int, int, int]]:
        """Yield start, end, sum of rows (every lane raised by its limit) and number of words of every sentence."""
        start, word, pair, skip = 0, self._words.__getitem__, self._pairs.get, self._skips.get
        for piece in pieces(text):
            words = tokens(piece)
            end = start + len(piece)
            while words:
                part, words = words[:_LONGEST], words[_LONGEST:]
                total = sum(map(word, part), self._zero)
                total += sum(filter(None, map(pair, pairs(part)))) + sum(filter(None, map(skip, skips(part))))
                yield start, end, total, len(part)
            start = end + 1

    def _likeliest(self, total: int, shrink: float, role: Role) -> tuple[str, float]:
        """Return the rule that a sentence breaks if it breaks one, and its share of all rules."""
        lanes = unpack(total, FIRST_RULE, self._lanes)
        scores = [lane * shrink + prior for lane, prior in zip(lanes, self._priors[role], strict=True)]
        best = max(scores)
        return self.rules[scores.index(best)], 1 / sum(exp(score - best) for score in scores)


def _cut(rows: bytes, wide: int) -> Iterator[bytes]:
    return (row for (row,) in struct.iter_unpack(f"{wide}s", rows))


def _pair(name: str) -> Pair:
    first, _, second = name.partition(" ")
    return first, second


@lru_cache(maxsize=1)
def shipped() -> Model:
    """Return the model of this package. Raises ``ModelError`` when its weights are not those it was made with."""
    data = files("comity_policy").joinpath("meaning/weights.bin").read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    if digest != DIGEST:
        raise ModelError(f"The weights of the meaning model have digest {digest}, not {DIGEST}. Install comity anew.")
    return Model(data)

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
from functools import cached_property, lru_cache
from importlib.resources import files
from itertools import accumulate, pairwise, repeat
from math import exp, sqrt
from operator import itemgetter, sub

from comity_policy.meaning.features import Pair, pairs, parts, place, shape, signs, skips
from comity_policy.meaning.packing import BITS, LIMIT, MASK, pack, unpack, width
from comity_policy.meaning.version import DIGEST
from comity_policy.model import Purpose, Role
from comity_policy.text.sentences import Sentence

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


class _Words(dict[bytes, int]):
    """Rows by word. A number has that of its shape, and a word never seen the one that its parts add up to."""

    def __init__(self, known: Iterable[tuple[bytes, int]], model: Model) -> None:
        super().__init__(known)
        self._model = model
        self._room = len(self) + _MOST_UNKNOWN

    def __missing__(self, word: bytes) -> int:
        shaped = shape(word)
        row = self.get(shaped)
        if row is None:
            row = self._model.weigh(shaped)
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
        self._most: int = about["most"]
        self._read_rows(about, body)

    def _read_rows(self, about: Mapping[str, int], body: bytes) -> None:
        """Read the rows of words; those of parts, pairs and skips are read when they are first asked for."""
        together = 2 * (about["pairs"] + about["skips"])
        names, numbers = about["names"], about["names"] + 2 * together
        strings = body[:names].decode().split("\n")
        columns = struct.unpack(f"<{together}H", body[names:numbers])
        self._strings, self._columns, self._counts = strings, columns, about
        kinds = ("parts", "words", "pairs", "skips")
        ends = [numbers, *accumulate((about[kind] * width(self._lanes) for kind in kinds), initial=numbers)][1:]
        self._tables = {kind: body[start:end] for kind, (start, end) in zip(kinds, pairwise(ends), strict=True)}
        known = [word.encode() for word in strings[about["parts"] :]]
        self._words = _Words(zip(known, self._rows("words"), strict=True), self)

    def _rows(self, kind: str) -> Iterator[int]:
        """Return the rows of one kind, one integer each."""
        cut = map(itemgetter(0), struct.iter_unpack(f"{width(self._lanes)}s", self._tables[kind]))
        raised = map(int.from_bytes, cut, repeat("little"))  # type: ignore[arg-type]
        return map(sub, raised, repeat(self._zero))

    @cached_property
    def _parts(self) -> dict[str, int]:
        return dict(zip(self._strings, self._rows("parts"), strict=False))

    @cached_property
    def _couples(self) -> tuple[dict[Pair, int], dict[Pair, int]]:
        """Rows of pairs, and of pairs with a gap."""
        words = [word.encode() for word in self._strings[self._counts["parts"] :]]
        count = 2 * self._counts["pairs"]
        pairs_, skips_ = _pairs(words, self._columns[:count]), _pairs(words, self._columns[count:])
        return dict(zip(pairs_, self._rows("pairs"), strict=True)), dict(zip(skips_, self._rows("skips"), strict=True))

    def weigh(self, word: bytes) -> int:
        """Return the row of a word never seen: the sum of those of its parts, within what any word may weigh."""
        total = sum((self._parts.get(part, 0) for part in parts(word.decode())), self._zero)
        return pack([max(-self._most, min(self._most, lane)) for lane in unpack(total, 0, self._lanes)])

    def read(self, sentences: Sequence[Sentence], role: Role, purpose: Purpose) -> list[Meant]:
        """Return what ``sentences`` of a folded text break, at most one rule each, if sure enough.

        Offsets are those of the text.
        """
        return [one for one in self.judge(sentences, role, purpose) if one.certainty >= self.thresholds[one.rule]]

    def judge(self, sentences: Sequence[Sentence], role: Role, purpose: Purpose) -> Iterator[Meant]:
        """Yield every sentence that is not plainly innocent, with the likeliest rule and how sure that is.

        Most messages are plainly innocent by their words alone, and their pairs are not looked up.
        """
        read = [one for one in _in_reach(sentences) if one.words]
        if not read:
            return
        said = [one.words + signs(one.raw) for one in read]
        totals = [sum(map(self._words.__getitem__, words), self._zero) for words in said]
        shrinks = [self._shrink(len(words)) for words in said]
        around = self._around_all(role, purpose, sum(map(len, said)), len(said))
        if max(self._scores(totals, shrinks, around)) <= self._gate:
            return
        totals = [total + self._together(list(map(shape, words))) for total, words in zip(totals, said, strict=True)]
        scores = self._scores(totals, shrinks, around)
        for score, total, shrink, one in zip(scores, totals, shrinks, read, strict=True):
            if score > self._floor:
                rule, share = self._likeliest(total, shrink, role)
                yield Meant(rule, *_bounds(one), share**self._doubt / (1 + exp(-score)))

    def _scores(self, totals: list[int], shrinks: list[float], around: tuple[float, list[float]]) -> list[float]:
        """Return how much speaks for each sentence breaking some rule, as log odds."""
        whole = (sum([total >> BITS & MASK for total in totals]) - LIMIT * len(totals)) * around[0]
        return [
            whole + ((total & MASK) - LIMIT) * shrink + here
            for total, shrink, here in zip(totals, shrinks, around[1], strict=True)
        ]

    def _shrink(self, length: int) -> float:
        """Return what one step of a weight counts in a stretch of so many words."""
        return self._scale / sqrt(length + self._spread)

    def _around_all(self, role: Role, purpose: Purpose, length: int, count: int) -> tuple[float, list[float]]:
        """Return what one step of the whole message counts, and what speaks for each of its sentences beforehand."""
        around = self._around
        base = around.get(role, 0.0) + around.get(purpose, 0.0) + around.get("always", 0.0)
        return self._shrink(length), [base + self._place(role, index, count) for index in range(count)]

    def _together(self, words: list[bytes]) -> int:
        """Return what the pairs of one sentence add to its words."""
        found = sum(filter(None, map(self._couples[0].get, pairs(words))))
        return found + sum(filter(None, map(self._couples[1].get, skips(words))))

    def _place(self, role: Role, index: int, count: int) -> float:
        key = (role, min(index, 6) if index < count - 1 else 7, min(count, 7))
        if key not in self._places:
            self._places[key] = sum(self._around.get(f"{role} {what}", 0.0) for what in place(index, count))
        return self._places[key]

    def _likeliest(self, total: int, shrink: float, role: Role) -> tuple[str, float]:
        """Return the rule that a sentence breaks if it breaks one, and its share of all rules."""
        lanes = unpack(total, FIRST_RULE, self._lanes)
        scores = [lane * shrink + prior for lane, prior in zip(lanes, self._priors[role], strict=True)]
        best = max(scores)
        return self.rules[scores.index(best)], 1 / sum([exp(score - best) for score in scores])


def _bounds(one: Sentence) -> tuple[int, int]:
    """Return where a sentence starts and ends without the blanks around it."""
    raw = one.raw
    return one.start + len(raw) - len(raw.lstrip()), one.end - len(raw) + len(raw.rstrip())


def _in_reach(sentences: Sequence[Sentence]) -> Iterator[Sentence]:
    """Yield ``sentences``, a very long one in parts."""
    for one in sentences:
        if len(one.words) <= _LONGEST:
            yield one
            continue
        for first in range(0, len(one.words), _LONGEST):
            yield one._replace(words=one.words[first : first + _LONGEST])


def _pairs(words: Sequence[bytes], columns: Sequence[int]) -> Iterator[Pair]:
    """Return pairs of words by their numbers: first all that come first, then all that come second."""
    name, count = words.__getitem__, len(columns) // 2
    return zip(map(name, columns[:count]), map(name, columns[count:]), strict=True)


@lru_cache(maxsize=1)
def shipped() -> Model:
    """Return the model of this package. Raises ``ModelError`` when its weights are not those it was made with."""
    data = files("comity_policy").joinpath("meaning/weights.bin").read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    if digest != DIGEST:
        raise ModelError(f"The weights of the meaning model have digest {digest}, not {DIGEST}. Install comity anew.")
    return Model(data)

"""The gate: one look at a text that says which rules, and which of their phrases, are worth running.

Phrases are woken by their words (``text/needs.py``), whatever else a rule looks for by RE2 patterns of its own.
What it wakes may find nothing; what it lets sleep would have found nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import re2

from comity_policy.model import Rule
from comity_policy.reading import Phrase, Reading
from comity_policy.text.needs import Group, Way, needs
from comity_policy.text.patterns import encode, options
from comity_policy.text.sentences import Sentence, words

# What satisfies the needs for a sign, and for a character outside ASCII.
_NO_SIGNS = bytes(code for code in range(256) if code not in b"@#%*")
_FOREIGN = "\x80".encode()
# Words remembered with what they satisfy, and the longest worth remembering.
_REMEMBERED, _LONGEST = 50_000, 40


@dataclass(frozen=True, slots=True)
class Awake:
    """What is worth running: ids of rules, and phrases that stand, with the numbers of their first sentences.

    A rule may be awake without any phrase of its own.
    """

    rules: set[str]
    phrases: Mapping[Phrase, Sequence[int]]


class Gate:
    """The gate over some rules.

    A set of patterns that runs out of memory answers as one that matched nothing. Its first pattern matches
    every text, so that its absence tells the two apart.
    """

    def __init__(self, rules: Iterable[Rule]) -> None:
        rules = tuple(rules)
        self._set = re2.Set.SearchSet(options())  # type: ignore[no-untyped-call]
        self._set.Add("^")
        self._owners = [""]
        self._always = {rule.id for rule in rules if not rule.gate}
        self._words = Words()
        self._of: dict[Phrase, set[str]] = {}
        for rule in rules:
            for one in rule.gate:
                if isinstance(one, Phrase):
                    self._of.setdefault(one, set()).add(rule.id)
                else:
                    self._add(one, rule.id)
        for phrase in self._of:
            self._words.add(phrase, needs(phrase.wanted).ways)
        self._set.Compile()
        self.phrases = frozenset(self._of)

    def awake(self, reading: Reading) -> Awake:
        """Return what is worth running on ``reading``; raises ``MemoryError`` when the text could not be read."""
        phrases, rules = self._standing(reading.sentences)
        rules |= self._always
        self._match(reading.words.text, rules)
        if reading.words is not reading.folded:
            self._match(reading.folded.text, rules)
            raw = encode(reading.folded.text)
            mask, _, whole = self._words.hear(raw, words(raw))
            rules.update([one for one in _woken(mask, whole) if isinstance(one, str)])
        return Awake(rules, phrases)

    def fired(self, reading: Reading) -> set[str]:
        """Return the ids of the rules that are worth running; raises ``MemoryError`` as ``awake`` does."""
        return self.awake(reading).rules

    def _add(self, wanted: str, rule: str) -> None:
        """Take in a pattern that wakes ``rule``: by its words where they are telling, by itself otherwise."""
        found = needs(wanted)
        if found.ways and not found.is_common:
            self._words.add(rule, found.ways)
        else:
            self._set.Add(wanted)
            self._owners.append(rule)

    def _standing(self, sentences: Sequence[Sentence]) -> tuple[dict[Phrase, list[int]], set[str]]:
        """Return the phrases that stand in some sentences, with their numbers, and the rules that are awake."""
        found: dict[Phrase, list[int]] = {}
        rules: set[str] = set()
        all_said, far = 0, []
        for index, (_, _, raw, said) in enumerate(sentences):
            mask, near, further = self._words.hear(raw, said)
            all_said |= mask
            far += further
            for phrase in _woken(mask, near):
                if phrase.stands_in(raw):
                    found.setdefault(phrase, []).append(index)
        for one in _woken(all_said, far):
            if isinstance(one, str):
                rules.add(one)
            elif where := _where(one, sentences):
                found[one] = where
        return found, rules.union(*[self._of[phrase] for phrase in found])

    def _match(self, text: str, rules: set[str]) -> None:
        """Add the rules whose patterns ``text`` matches."""
        hits = self._set.Match(text) or ()
        if 0 not in hits:
            raise MemoryError("The gate could not read the text.")
        rules.update([self._owners[hit] for hit in hits if hit])


# What may be woken, and the groups that all have to be satisfied for it.
_Sleeper = tuple[Any, int]


# The groups that words satisfy, as a mask, and what the words wake in their sentence and in the whole text.
_Heard = tuple[int, list[_Sleeper], list[_Sleeper]]


def _woken(mask: int, sleepers: Iterable[_Sleeper]) -> set[Any]:
    return {one for one, wanted in sleepers if mask & wanted == wanted}


def _where(phrase: Phrase, sentences: Sequence[Sentence]) -> list[int]:
    """Return the numbers of the sentences in which a phrase begins that may reach over several."""
    raws = [one.raw for one in sentences]
    return [at for at in range(len(raws)) if phrase.stands_in(b"".join(raws[at : at + phrase.across]))]


class Words(dict[bytes, _Heard | None]):
    """Words and what they say, if anything, worked out when a word is met for the first time.

    A word of the first, rarest group of a way wakes what the way leads to, if every further group is satisfied.
    """

    def __init__(self) -> None:
        super().__init__()
        self._groups: dict[Group, _Heard] = {}
        self._by_need: dict[str, list[_Heard]] = {}
        self._always: tuple[list[_Sleeper], list[_Sleeper]] = ([], [])
        self._needs = _Needs()

    def add(self, sleeper: Phrase | str, ways: Iterable[Way]) -> None:
        """Take in a phrase or a rule and the ways in which it wakes; without ways it is always awake."""
        far = isinstance(sleeper, str) or sleeper.across > 1
        if not ways:
            self._always[far].append((sleeper, 0))
        for first, *others in ways:
            wanted = 0
            for group in others:
                wanted |= self._group(group)[0]
            _, near, whole = self._group(first)
            (whole if far else near).append((sleeper, wanted))
        self.clear()

    def _group(self, group: Group) -> _Heard:
        """Return what a word of ``group`` says because of it."""
        known = self._groups.get(group)
        if known is None:
            known = self._groups[group] = (1 << len(self._groups), [], [])
            for need in group:
                if need not in self._by_need:
                    self._by_need[need] = []
                    self._needs.add(need)
                self._by_need[need].append(known)
        return known

    def hear(self, raw: bytes, said: list[bytes]) -> _Heard:
        """Return what ``raw``, a text in UTF-8 with the words ``said``, says."""
        mask, near, far = 0, self._always[0].copy(), self._always[1].copy()
        signs = [bytes([sign]) for sign in set(raw.translate(None, _NO_SIGNS))]
        if not raw.isascii():
            signs.append(_FOREIGN)
        for heard in map(self.__getitem__, said + signs if signs else said):
            if heard:
                mask |= heard[0]
                if heard[1]:
                    near += heard[1]
                if heard[2]:
                    far += heard[2]
        return mask, near, far

    def __missing__(self, word: bytes) -> _Heard | None:
        mask = 0
        near: list[_Sleeper] = []
        far: list[_Sleeper] = []
        for need in self._needs.satisfied(word):
            for bit, nearer, farther in self._by_need[need]:
                mask |= bit
                near += nearer
                far += farther
        heard = (mask, near, far) if mask or near or far else None
        if len(word) <= _LONGEST:
            if len(self) >= _REMEMBERED:
                self.clear()
            self[word] = heard
        return heard


class _Needs:
    """Needs by how a word satisfies them. Beginnings and ends are kept by two of their letters."""

    def __init__(self) -> None:
        self._equal: dict[bytes, str] = {}
        self._begin: dict[bytes, dict[bytes, str]] = {}
        self._end: dict[bytes, dict[bytes, str]] = {}
        self._inside: dict[bytes, str] = {}
        self._inner: tuple[Any, list[str]] | None = None

    def add(self, need: str) -> None:
        """Take in a further need."""
        word = need.strip("^$").encode()
        if need[0] == "^" and need[-1] == "$":
            self._equal[word] = need
        elif need[0] == "^":
            self._begin.setdefault(word[:2], {})[word] = need
        elif need[-1] == "$":
            self._end.setdefault(word[-2:], {})[word] = need
        else:
            self._inside[word] = need
            self._inner = None

    def satisfied(self, word: bytes) -> list[str]:
        """Return the needs that ``word`` satisfies."""
        found = [self._equal[word]] if word in self._equal else []
        for size in (1, 2):
            if (begin := self._begin.get(word[:size])) is not None:
                found += [need for piece, need in begin.items() if word.startswith(piece)]
            if (end := self._end.get(word[-size:])) is not None:
                found += [need for piece, need in end.items() if word.endswith(piece)]
        if self._inside:
            inner, needs = self._inner or self._compiled()
            found += [needs[index] for index in inner.Match(word) or ()]
        return found

    def _compiled(self) -> tuple[Any, list[str]]:
        """Return the words that may stand inside others, as one set of patterns, with their needs."""
        inner = re2.Set.SearchSet(options())  # type: ignore[no-untyped-call]
        for word in self._inside:
            inner.Add(re2.escape(word))  # type: ignore[no-untyped-call]
        inner.Compile()
        self._inner = inner, list(self._inside.values())
        return self._inner


@lru_cache(maxsize=16)
def gate(rules: tuple[Rule, ...]) -> Gate:
    """Return the gate over ``rules``, built once."""
    return Gate(rules)

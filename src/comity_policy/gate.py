"""The gate: one look at a text that says which rules, and which of their phrases, are worth running.

Phrases are woken by their words (``text/needs.py``), whatever else a rule looks for by RE2 patterns of its own.
What it wakes may find nothing; what it lets sleep would have found nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import re2

from comity_policy.model import Rule
from comity_policy.reading import Phrase, Reading
from comity_policy.text.needs import Group, is_common, needs
from comity_policy.text.patterns import options

# Everything but ASCII letters, digits and "_" parts words.
_PARTED = bytes(code if code in b"_" or (code < ord("{") and chr(code).isalnum()) else ord(" ") for code in range(256))
_FOREIGN = "\x80"
# Words remembered with what they satisfy, and the longest worth remembering.
_REMEMBERED, _LONGEST = 50_000, 40


@dataclass(frozen=True, slots=True)
class Awake:
    """What is worth running: ids of rules, and phrases. A rule may be awake without any phrase of its own."""

    rules: set[str]
    phrases: set[Phrase]


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
        self._always = frozenset(rule.id for rule in rules if not rule.gate)
        self._words = _Words()
        for rule in rules:
            for one in rule.gate:
                if not self._words.add(one, rule.id):
                    self._set.Add(one)
                    self._owners.append(rule.id)
        self._set.Compile()
        self.phrases = frozenset(one for rule in rules for one in rule.gate if isinstance(one, Phrase))

    def awake(self, reading: Reading) -> Awake:
        """Return what is worth running on ``reading``; raises ``MemoryError`` when the text could not be read."""
        awake = Awake(set(self._always), set())
        views = [reading.folded.text]
        if reading.words is not reading.folded:
            views.append(reading.words.text)
        for text in views:
            raw = text.encode()
            self._match(raw, awake)
            self._words.wake(raw, awake, is_ascii=len(raw) == len(text))
        return awake

    def fired(self, reading: Reading) -> set[str]:
        """Return the ids of the rules that are worth running; raises ``MemoryError`` as ``awake`` does."""
        return self.awake(reading).rules

    def _match(self, raw: bytes, awake: Awake) -> None:
        hits = self._set.Match(raw) or ()
        if 0 not in hits:
            raise MemoryError("The gate could not read the text.")
        awake.rules.update([self._owners[hit] for hit in hits if hit])


class _Words:
    """Phrases and patterns by the words that wake them."""

    def __init__(self) -> None:
        self._always: list[tuple[Phrase | None, str]] = []
        self._by_word: dict[str, list[tuple[Phrase | None, str, tuple[Group, ...]]]] = {}
        self._seen = _Seen()

    def add(self, wanted: str | Phrase, rule: str) -> bool:
        """Take in what ``rule`` looks for; return false for a pattern that has no telling words to go by."""
        phrase = wanted if isinstance(wanted, Phrase) else None
        groups = needs(wanted.wanted if isinstance(wanted, Phrase) else wanted).groups
        if groups and not phrase and is_common(groups[0]):
            return False
        if not groups and phrase:
            self._always.append((phrase, rule))
        for group in groups:
            self._seen.add(group)
        for word in groups[0] if groups else ():
            self._by_word.setdefault(word, []).append((phrase, rule, groups[1:]))
        return bool(groups or phrase)

    def wake(self, raw: bytes, awake: Awake, *, is_ascii: bool) -> None:
        """Add to ``awake`` what the words of ``raw`` wake."""
        here: set[str] = set() if is_ascii else {_FOREIGN}
        here.update([sign for sign in "@#" if sign.encode() in raw])
        for word in set(raw.translate(_PARTED).split()):
            if found := self._seen[word]:
                here.update(found)
        for phrase, rule in (*self._always, *self._woken(here)):
            awake.rules.add(rule)
            if phrase:
                awake.phrases.add(phrase)

    def _woken(self, here: set[str]) -> Iterator[tuple[Phrase | None, str]]:
        by_word = self._by_word
        for need in here & by_word.keys():
            for phrase, rule, others in by_word[need]:
                for other in others:
                    if here.isdisjoint(other):
                        break
                else:
                    yield phrase, rule


class _Seen(dict[bytes, tuple[str, ...]]):
    """From a word to the needs that it satisfies; worked out when a word is met for the first time."""

    def __init__(self) -> None:
        super().__init__()
        self._whole: dict[bytes, str] = {}
        self._begin: dict[bytes, str] = {}
        self._end: dict[bytes, str] = {}
        self._inside: dict[bytes, str] = {}
        self._set: Any = None
        self._longest = 0

    def add(self, wanted: Iterable[str]) -> None:
        """Take in further needs."""
        for need in wanted:
            word = need.strip("^$").encode()
            if need[0] == "^":
                (self._whole if need[-1] == "$" else self._begin)[word] = need
            else:
                (self._end if need[-1] == "$" else self._inside)[word] = need
            self._longest = max(self._longest, len(word))
        self._set = None
        self.clear()

    def __missing__(self, word: bytes) -> tuple[str, ...]:
        found = tuple(self._satisfied(word))
        if len(word) <= _LONGEST:
            if len(self) >= _REMEMBERED:
                self.clear()
            self[word] = found
        return found

    def _satisfied(self, word: bytes) -> set[str]:
        lengths = range(1, min(len(word), self._longest) + 1)
        found = {self._whole.get(word)}
        found.update(self._begin.get(word[:length]) for length in lengths)
        found.update(self._end.get(word[-length:]) for length in lengths)
        if self._inside:
            needs = list(self._inside.values())
            found.update([needs[index] for index in self._inner().Match(word) or ()])
        return {need for need in found if need}

    def _inner(self) -> Any:
        """Return the words that may stand inside others, as one set of patterns."""
        if self._set is None:
            self._set = re2.Set.SearchSet(options())  # type: ignore[no-untyped-call]
            for word in self._inside:
                self._set.Add(re2.escape(word))  # type: ignore[no-untyped-call]
            self._set.Compile()
        return self._set


@lru_cache(maxsize=16)
def gate(rules: tuple[Rule, ...]) -> Gate:
    """Return the gate over ``rules``, built once."""
    return Gate(rules)

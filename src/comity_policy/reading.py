"""One draft as the rules read it: views, sentences and known ids, each made once and only when asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from comity_policy.model import Context, Draft, Span
from comity_policy.text.addresses import Address, web_addresses
from comity_policy.text.fold import View, fold, words
from comity_policy.text.ids import known_stretches
from comity_policy.text.patterns import pattern as compiled
from comity_policy.text.sentences import is_refused, sentences

# Gaps are written "up to n characters of the same clause"; only ASCII keeps their automata small.
_GAP, _ASCII_GAP = "[^;]", "[ -:<-~]"


_CLOSING = " \t\r\n.,;:!?"


class Phrase:
    """A pattern that is looked for sentence by sentence.

    A group named ``hit`` narrows the span. ``unless`` is a pattern that excuses the whole sentence, and
    ``refusable`` says that a refusal ("I cannot …") excuses it as well.
    """

    __slots__ = ("_group", "form", "pattern", "refusable", "unless")

    def __init__(self, wanted: str, *, form: str = "plain", unless: str = "", refusable: bool = True) -> None:
        self.pattern = compiled(wanted.replace(_GAP, _ASCII_GAP))
        self._group = self.pattern.groupindex.get("hit", 0)
        self.form = form
        self.unless = compiled(unless) if unless else None
        self.refusable = refusable

    def find(self, sentence: str) -> Iterator[tuple[int, int]]:
        """Yield where the phrase stands in ``sentence`` and is meant."""
        if self.unless is not None and self.unless.search(sentence):
            return
        for match in self.pattern.finditer(sentence):
            start, end = match.span(self._group)
            end = start + len(sentence[start:end].rstrip(_CLOSING))
            if start < end and not (self.refusable and is_refused(sentence, start, end)):
                yield start, end


@lru_cache(maxsize=256)
def _any_of(patterns: tuple[str, ...]) -> Any:
    return compiled("|".join(f"(?:{one})" for one in patterns))


@dataclass
class Reading:
    """A draft, its context, and what is read out of them."""

    draft: Draft
    context: Context

    @cached_property
    def folded(self) -> View:
        return fold(self.draft.text)

    @cached_property
    def words(self) -> View:
        return words(self.folded)

    @cached_property
    def known(self) -> list[tuple[int, int]]:
        """Original stretches that are ids of this conversation."""
        return known_stretches(self.folded, self.context.known_ids or frozenset())

    @cached_property
    def addresses(self) -> list[Address]:
        return list(web_addresses(self.folded))

    @cached_property
    def sentences(self) -> list[tuple[int, int]]:
        return sentences(self.words.text)

    def phrases(self, wanted: Iterable[Phrase], *, gate: tuple[str, ...] = (), across: int = 1) -> Iterator[Span]:
        """Yield the spans of every phrase in the words view, within ``across`` sentences that follow each other.

        Sentences in which no pattern of ``gate`` matches are passed over.
        """
        worth = _any_of(gate)
        phrases = tuple(wanted)
        ends = [stop for _, stop in self.sentences]
        for index, (begin, _) in enumerate(self.sentences):
            stop = ends[min(index + across, len(ends)) - 1]
            if not worth.search(self.words.text[begin:stop]):
                continue
            sentence = self.words.text[begin:stop]
            for phrase in phrases:
                for start, end in phrase.find(sentence):
                    yield Span(*self.words.span(begin + start, begin + end), phrase.form)

    def is_known(self, start: int, end: int) -> bool:
        """Say whether all letters and digits of this stretch belong to one id of the conversation."""
        text = self.draft.text
        while start < end and not text[start].isalnum():
            start += 1
        while start < end and not text[end - 1].isalnum():
            end -= 1
        return any(first <= start and end <= last for first, last in self.known)

    def parts(self, pattern: Any, *, form: str = "plain") -> Iterator[Span]:
        """Yield where a compiled pattern stands in the folded view, refused or not."""
        for match in pattern.finditer(self.folded.text):
            yield Span(*self.folded.span(*match.span()), form)

"""One draft as the rules read it: views, sentences and known ids, each made once and only when asked for."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Generic, TypeVar

from comity_policy.meaning import shipped
from comity_policy.model import MEANT, Context, Draft, Span
from comity_policy.text.addresses import Address, web_addresses
from comity_policy.text.digits import Said, said_numbers
from comity_policy.text.fold import View, fold, joined, words
from comity_policy.text.ids import Stretch, is_worded, known_stretches
from comity_policy.text.masks import Hidden, hidden_names, unmasked
from comity_policy.text.patterns import Pattern, pattern
from comity_policy.text.sentences import (
    Sentence,
    is_refused,
    request_starts,
    sentences,
    untied,
    unwrapped,
    without_idioms,
)
from comity_policy.text.spoken import Spoken, spoken

# Gaps are written "up to n characters of the same clause"; only ASCII keeps their automata small.
_GAP, _ASCII_GAP = "[^;]", r"[ -:<-~\x{a3}\x{20ac}]"
_CLOSING = " \t\r\n.,;:!?"
# Characters behind the beginning of a request or sentence in which an excuse for it may stand.
_FAR = 400
# Rules for which an id of the conversation could be mistaken.
_LIKE_IDS = frozenset({"contact.email", "contact.handle", "contact.phone", "privacy.sensitive"})

# Rules about how somebody speaks, and a sentence in quotes.
_OF_TONE = frozenset({"conduct.abuse", "conduct.hostile", "conduct.threat"})
_QUOTED = pattern(r"\"[^\" ]+ [^\"]+\"")

_compiled = lru_cache(maxsize=None)(pattern)


class Phrase:
    r"""A pattern that is looked for sentence by sentence, in lower case and without accents.

    A group named ``hit`` narrows the span. ``given`` must stand somewhere in the sentence too: cheaper than a
    second gap in ``wanted``. ``unless`` is a pattern that excuses the phrase wherever it stands in the sentence,
    but not before a new request ("I got your note, send me …"), and ``refusable`` says that a refusal ("I cannot
    …") excuses it as well. "Don't hesitate" and its like excuse nothing. ``across``: of how many sentences that
    follow each other it may take the words.

    A rule that names its phrases in ``gate`` is woken by their words, and only phrases whose words stand in the
    text are tried. So give every phrase at least one list of telling words with ``\b`` at both of its ends.
    Patterns are compiled when they are first tried.
    """

    __slots__ = ("_given", "_unless", "across", "form", "refusable", "wanted")

    def __init__(
        self,
        wanted: str,
        *,
        form: str = "plain",
        given: str = "",
        unless: str = "",
        refusable: bool = True,
        across: int = 1,
    ) -> None:
        self.wanted = wanted.replace(_GAP, _ASCII_GAP)
        self._given = given
        self._unless = unless
        self.across = across
        self.form = form
        self.refusable = refusable

    @property
    def pattern(self) -> Pattern:
        """The pattern, compiled; raises ``PatternError`` when RE2 refuses it."""
        return _compiled(self.wanted)

    @property
    def unless(self) -> Pattern | None:
        """The excuse, compiled; raises ``PatternError`` when RE2 refuses it."""
        return _compiled(self._unless) if self._unless else None

    def _is_excused(self, request: str) -> bool:
        unless = self.unless
        return (
            unless is not None
            and unless.search(request) is not None
            and unless.search(without_idioms(request)) is not None
        )

    def stands_in(self, sentence: bytes) -> bool:
        """Say whether the phrase, meant or not, stands in a sentence, given in UTF-8."""
        return self.pattern.stands_in(sentence)

    def find(self, sentence: str) -> Iterator[tuple[int, int]]:
        """Yield where the phrase stands in ``sentence`` and is meant."""
        wanted = self.pattern
        group = wanted.groups.get("hit", 0)
        matches = wanted.finditer(sentence)
        if not matches or (self._given and _compiled(self._given).search(sentence) is None):
            return
        begins = request_starts(sentence)
        excused: dict[int, bool] = {}
        for match in matches:
            start, end = match.span(group)
            begin = begins[bisect_right(begins, match.start()) - 1]
            if begin not in excused:
                excused[begin] = self._is_excused(sentence[begin : begin + _FAR])
            if excused[begin]:
                continue
            end = start + len(sentence[start:end].rstrip(_CLOSING))
            if start < end and not (self.refusable and is_refused(sentence, start, end)):
                yield start, end


_T = TypeVar("_T")


class _Once(Generic[_T]):
    """An attribute that is worked out when first asked for; the library's own takes a lock each time."""

    def __init__(self, work: Callable[[Any], _T]) -> None:
        self._work, self._name, self.__doc__ = work, work.__name__, work.__doc__

    def __get__(self, owner: object, kind: Any = None) -> _T:
        value = self._work(owner)
        owner.__dict__[self._name] = value
        return value


class Reading:
    """A draft, its context, and what is read out of them.

    ``live``: the phrases that stand in the text, with the numbers of their first sentences, and
    ``gated`` those that the gate knows; until the gate has spoken every phrase is looked for everywhere.
    """

    def __init__(self, draft: Draft, context: Context) -> None:
        self.draft, self.context = draft, context
        self.live: Mapping[Phrase, Sequence[int]] = {}
        self.gated: Collection[Phrase] = ()

    @_Once
    def folded(self) -> View:
        """The text as a person reads it."""
        return fold(self.draft.text)

    @_Once
    def joined(self) -> View:
        """The folded view with spelled-out words joined."""
        return joined(self.folded)

    @_Once
    def names(self) -> list[Hidden]:
        """The names of the folded view that are hidden, or written otherwise than the rules know them."""
        return hidden_names(self.folded)

    def hidden(self, kind: str) -> Iterator[Span]:
        """Yield the names of ``kind`` that somebody has hidden (``text/masks.toml``)."""
        return (Span(*self.folded.span(one.start, one.end)) for one in self.names if one.hidden and one.kind == kind)

    @_Once
    def bare(self) -> View:
        """The joined view with hidden names as the rules know them."""
        if not self.names:
            return self.joined
        return joined(unmasked(self.folded, self.names), is_spelled=any(one.hidden for one in self.names))

    @_Once
    def words(self) -> View:
        """The bare view with digits and signs that stand for letters read as letters, and wrapped lines as one.

        Words that are tied by "_" are parted.
        """
        view = words(self.bare)
        text = unwrapped(untied(view.text))
        return view if text == view.text else View(view.original, text, view.starts)

    @_Once
    def spoken(self) -> Spoken:
        """The bare view with signs of addresses that are said put in their place."""
        return spoken(self.bare)

    @_Once
    def said(self) -> list[Said]:
        """The numbers of the joined view some of whose digits are said in words."""
        return list(said_numbers(self.joined.text))

    @_Once
    def known(self) -> list[Stretch]:
        """Original stretches that are ids of this conversation."""
        return known_stretches(self.folded, self.context.known_ids or frozenset())

    @_Once
    def addresses(self) -> list[Address]:
        """The web addresses of the text."""
        return list(web_addresses(self.folded, self.spoken))

    @_Once
    def sentences(self) -> list[Sentence]:
        """The sentences of the words view."""
        return sentences(self.words.text)

    @_Once
    def meant(self) -> list[tuple[str, Span]]:
        """What the sense of a sentence breaks: the rule, and where; not where an id of this conversation stands.

        Raises ``ModelError`` without sound weights.
        """
        found = shipped().read(self.sentences, self.draft.role, self.draft.purpose)
        told = [one for one in found if not self._quotes(one.rule, one.start, one.end)]
        spans = [(one.rule, Span(*self.words.span(one.start, one.end), MEANT)) for one in told]
        return [(rule, span) for rule, span in spans if not self.takes_id(rule, span)]

    def _quotes(self, rule: str, start: int, end: int) -> bool:
        """Say whether ``rule`` is about tone, and the sentence repeats what somebody else said."""
        return rule in _OF_TONE and _QUOTED.search(self.words.text[start : min(end, start + _FAR)]) is not None

    def takes_id(self, rule: str, span: Span) -> bool:
        """Say whether ``rule`` may only have been read into ``span`` because an id of this conversation is there."""
        if rule not in _LIKE_IDS:
            return False
        return any(one.start < span.end and one.end > span.start for one in self.known)

    def phrases(self, wanted: Iterable[Phrase]) -> Iterator[Span]:
        """Yield the spans of every phrase in the words view."""
        sentences, text = self.sentences, self.words.text
        last = len(sentences) - 1
        for phrase in wanted:
            for index in self.live[phrase] if phrase in self.live else () if phrase in self.gated else range(last + 1):
                begin, stop = sentences[index].start, sentences[min(index + phrase.across - 1, last)].end
                for start, end in phrase.find(text[begin:stop]):
                    yield Span(*self.words.span(begin + start, begin + end), phrase.form)

    def is_known(self, start: int, end: int, *, sure: bool = False) -> bool:
        """Say whether all letters and digits of this stretch belong to one id of the conversation.

        ``sure``: the stretch is surely dialled, which an id that could be dialled as well does not excuse.
        """
        if not self.known or is_worded(self.draft.text[start:end]):
            return False
        text = self.draft.text
        while start < end and not text[start].isalnum():
            start += 1
        while start < end and not text[end - 1].isalnum():
            end -= 1
        return any(first <= start and end <= last and not (sure and doubtful) for first, last, doubtful in self.known)

    def parts(self, wanted: Pattern, *, form: str = "plain") -> Iterator[Span]:
        """Yield where a compiled pattern stands in the folded view, refused or not."""
        for match in wanted.finditer(self.folded.text):
            yield Span(*self.folded.span(*match.span()), form)

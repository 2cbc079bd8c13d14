"""Patterns of RE2: a search takes linear time on any text. Nothing in this package matches with ``re``.

RE2 works on UTF-8. The module's own wrapper translates every offset in Python, which costs several times the
search itself, so the compiled core is asked directly and offsets are translated only where a text is not ASCII.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import re2
from re2 import _re2  # type: ignore[attr-defined]

# Bytes one pattern may use for its automaton before it falls back to a slower one; RE2's own default is 8 MiB.
_MEMORY = 64 << 20

# A letter or digit of any script, in folded text. Ranges instead of \pL keep the automaton small; they also
# take a few signs among the letters, which no address contains.
CHARACTER = (
    r"0-9a-z\x{c0}-\x{1fff}\x{2c00}-\x{2dff}\x{2e80}-\x{2fff}\x{3040}-\x{d7ff}\x{f900}-\x{fdff}\x{20000}-\x{3ffff}"
)

_ANYWHERE = _re2.RE2.Anchor.UNANCHORED
_NOWHERE = (-1, -1)
_length = _re2.BytesToCharLen

PatternError = re2.error


def options() -> Any:
    """Return the options every pattern is compiled with."""
    chosen = re2.Options()
    chosen.log_errors = False
    chosen.max_mem = _MEMORY
    return chosen


class Match:
    """Where a pattern stands in a text; offsets are code points."""

    __slots__ = ("_groups", "_spans", "string")

    def __init__(self, string: str, spans: list[tuple[int, int]], groups: dict[str, int]) -> None:
        self.string, self._spans, self._groups = string, spans, groups

    def span(self, group: str | int = 0) -> tuple[int, int]:
        """Return where ``group`` stands; (-1, -1) when it is not part of the match."""
        return self._spans[self._groups[group] if isinstance(group, str) else group]

    def start(self, group: str | int = 0) -> int:
        return self.span(group)[0]

    def end(self, group: str | int = 0) -> int:
        return self.span(group)[1]

    def group(self, group: str | int = 0) -> Any:
        """Return the text of ``group``; ``None`` when it is not part of the match."""
        start, end = self.span(group)
        return None if start < 0 else self.string[start:end]

    __getitem__ = group


class Pattern:
    """A pattern, compiled when it is first asked; made by ``pattern``."""

    __slots__ = ("_core", "_groups", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._core: Any = None
        self._groups: dict[str, int] = {}

    def compiled(self) -> Pattern:
        """Return itself, compiled; raises ``PatternError`` when RE2 refuses it."""
        if self._core is None:
            core = _re2.RE2(self.text.encode(), options())
            if not core.ok():
                raise PatternError(core.error().decode("utf-8", "replace"))
            self._groups = {name.decode(): index for name, index in core.NamedCapturingGroups()}
            self._core = core
        return self

    def _asked(self) -> Any:
        if self._core is None:
            self.compiled()
        return self._core

    @property
    def groups(self) -> dict[str, int]:
        """Named groups and their numbers."""
        self.compiled()
        return self._groups

    def stands_in(self, raw: bytes) -> bool:
        """Say whether the pattern matches somewhere in a text that is given in UTF-8."""
        return bool(self._asked().Match(_ANYWHERE, raw, 0, len(raw))[0] != _NOWHERE)

    def search(self, text: str) -> Match | None:
        """Return the leftmost match, if there is one."""
        raw = encode(text)
        spans = self._asked().Match(_ANYWHERE, raw, 0, len(raw))
        if spans[0] == _NOWHERE:
            return None
        return Match(text, spans if len(raw) == len(text) else _decode(raw, spans, 0, 0), self._groups)

    def finditer(self, text: str) -> list[Match]:
        """Return the matches from left to right; they do not overlap."""
        raw = encode(text)
        size, ascii_only = len(raw), len(raw) == len(text)
        at = known = counted = 0  # ``counted`` characters lie before byte ``known``
        find, found = self._asked().Match, []
        while at <= size:
            spans = find(_ANYWHERE, raw, at, size)
            start, end = spans[0]
            if start < 0:
                break
            at = end if end > start else end + 1
            while at < size and raw[at] & 0xC0 == 0x80:
                at += 1
            if not ascii_only:
                spans = _decode(raw, spans, known, counted)
                known, counted = start, spans[0][0]
            found.append(Match(text, spans, self._groups))
        return found

    def findall(self, text: str) -> list[str]:
        """Return what every match reads, whole."""
        return [match.group() for match in self.finditer(text)]

    def sub(self, replacement: str | Callable[[Match], str], text: str) -> str:
        """Return ``text`` with every match replaced; a ``replacement`` in words is taken as it stands."""
        pieces, done = [], 0
        for match in self.finditer(text):
            start, end = match.span()
            pieces += [text[done:start], replacement if isinstance(replacement, str) else replacement(match)]
            done = end
        return "".join(pieces) + text[done:] if pieces else text


def encode(text: str) -> bytes:
    """Return ``text`` in UTF-8; half of a surrogate pair, which has no place there, as a character like it."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return "".join("\ufffd" if "\ud800" <= one <= "\udfff" else one for one in text).encode()


def _decode(raw: bytes, spans: list[tuple[int, int]], known: int, counted: int) -> list[tuple[int, int]]:
    """Return byte ``spans`` in characters, counting on from byte ``known``, before which ``counted`` lie."""
    at: dict[int, int] = {-1: -1}
    for offset in sorted({offset for span in spans for offset in span} - {-1}):
        counted += _length(raw, known, offset)
        known = offset
        at[offset] = counted
    return [(at[start], at[end]) for start, end in spans]


def pattern(text: str) -> Pattern:
    """Return the pattern ``text``; one that RE2 refuses raises ``PatternError`` where it is first asked."""
    return Pattern(text)


def span_of(match: Match, group: str) -> tuple[int, int]:
    """Return where the named ``group`` stands; (-1, -1) when it is not part of the match."""
    return match.span(group)

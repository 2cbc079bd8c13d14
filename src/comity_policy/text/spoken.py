"""The spoken view: signs of an address that are said in words or written round about, read as the signs they are.

"karl (at) gmail punto com", "info%40lind%2Ede" and "dani [snail sign] lind [full stop] ch" become addresses; what
stands around such a sign (blanks, brackets, quotes) goes with it. Made only for texts in which such a sign stands.
"""

from __future__ import annotations

import tomllib
from array import array
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from comity_policy.text.fold import View
from comity_policy.text.patterns import Match, pattern, span_of

_OPEN, _CLOSE = r"[(\[{<\"'*|/«~=_+#-]{1,3}", r"[)\]}>\"'*|/»~=_+#-]{1,3}"
_PAUSE = r"(?:[\s,;&#+>\x{2026}\x{2192}]|\.{2,3}|\b(?:then|followed by|comes|the|luego|puis|dann|poi|depois)\b){0,7}"
with Path(__file__).with_name("signs.toml").open("rb") as _file:
    _DATA = tomllib.load(_file)


def _any_of(names: list[str]) -> str:
    """Return a pattern of names; ASCII has no word border inside other scripts."""
    latin = "|".join(sorted((name for name in names if name.isascii()), key=len, reverse=True))
    others = "|".join(sorted((name for name in names if not name.isascii()), key=len, reverse=True))
    return rf"(?:\b(?:{latin})\b|{others})" if others else rf"\b(?:{latin})\b"


_AT, _DOT, _UNDER, _DASH, _SLASH, _COLON, _WEB = (
    _any_of(_DATA[name]["names"]) for name in ("at", "dot", "under", "dash", "slash", "colon", "web")
)
_AT_SHORT, _DOT_SHORT = ("|".join(_DATA[name]["short"]) for name in ("at", "dot"))
# The letters of an ending that are said one by one ("punto e s") or written as digits.
_TAIL = r"(?P<tail>[a-z](?: [a-z]){1,3}\b|(?:c0m|n3t|0rg|sh0p|st0re|t0p|inf0|1nf0|1nfo|0nline|s1te)\b)?"
_LETTERS = str.maketrans("013", "oie")

_SIGNS = pattern(
    rf"(?P<at>\s*{_OPEN}\s*(?:{_AT_SHORT}|{_AT})\s*{_CLOSE}\s*|{_PAUSE}{_AT}{_PAUSE}|,\s*at\s*,\s*|&#64;|&commat;|%40)"
    rf"|(?P<dot>\s*{_OPEN}\s*(?:{_DOT_SHORT}|{_DOT})\s*{_CLOSE}\s*|{_PAUSE}(?:\bd[o0]tt?(?:[ -]sign)?\b|{_DOT}){_PAUSE}"
    rf"|&#46;|&period;|%2e|\s\.\s)"
    rf"{_TAIL}"
    rf"|(?P<under>{_PAUSE}{_UNDER}{_PAUSE})|(?P<dash>{_PAUSE}{_DASH}{_PAUSE})"
    rf"|(?P<slash>{_PAUSE}{_SLASH}{_PAUSE}|\s*{_OPEN}\s*{_SLASH}\s*{_CLOSE}\s*|%2f|\s/\s)"
    rf"|(?P<scheme>{_PAUSE}{_COLON}{_PAUSE}{_SLASH}{_PAUSE}{_SLASH}{_PAUSE})|(?P<web>{_WEB})"
)
_WRITTEN = (("at", "@"), ("dot", "."), ("under", "_"), ("dash", "-"), ("slash", "/"), ("web", "www"), ("scheme", "://"))
# The words that make a text worth reading so; everything else that does has a sign in it.
SIGN_WORDS = rf"(?:{_AT}|\bd[o0]tt?\b|{_DOT}|{_UNDER})"


@dataclass(frozen=True, slots=True)
class Spoken:
    """The spoken view; ``told`` are the places in its text, in order, whose sign was said or written round about."""

    view: View
    told: Sequence[int] = ()

    def is_told(self, start: int, end: int) -> bool:
        """Say whether a sign between ``start`` and ``end`` was said rather than written."""
        return self.signs(start, end) > 0

    def signs(self, start: int, end: int) -> int:
        """Return how many signs between ``start`` and ``end`` were said rather than written."""
        return bisect_left(self.told, end) - bisect_left(self.told, start)


# Letters by the names that pilots give them.
_LETTER = rf"(?:{'|'.join(_DATA['letters']['names'])})"
_NAMED = pattern(rf"\b{_LETTER}(?:[ ,.-]{{1,3}}{_LETTER}){{2,}}\b")
_ONE = pattern(_LETTER)


def _letters(view: View) -> View:
    """Return ``view`` with rows of named letters as words: "Lima, India, November, Delta" is "lind"."""
    pieces: list[str] = []
    starts = array("I")
    done = 0
    for row in _NAMED.finditer(view.text):
        names = [(row.start() + one.start(), row.start() + one.end()) for one in _ONE.finditer(row.group())]
        pieces += [view.text[done : row.start()], *(view.text[start] for start, _ in names)]
        starts.extend(view.starts[done : row.start()])
        starts.extend([view.starts[start] for start, _ in names[:-1]])
        starts.append(view.starts[row.end() - 1])
        done = row.end()
    if not pieces:
        return view
    starts.extend(view.starts[done:])
    return View(view.original, "".join([*pieces, view.text[done:]]), starts)


def spoken(view: View) -> Spoken:
    """Return ``view`` with the signs that are said put in their place."""
    view = _letters(view)
    pieces: list[str] = []
    starts = array("I")
    told, done, size = array("I"), 0, 0
    for match in _SIGNS.finditer(view.text):
        begin, end = match.span()
        if _is_torn(match.group().strip()):
            continue
        tail, stop = span_of(match, "tail")
        sign = _sign(match)
        pieces += [view.text[done:begin], sign]
        starts.extend(view.starts[done:begin])
        starts.extend(_places(view.starts, begin, tail if tail >= 0 else end, len(sign)))
        size += begin - done + len(sign)
        told.append(size - 1)
        if tail >= 0:
            step = 1 + (view.text[tail + 1] == " ")
            pieces.append(view.text[tail:stop:step].translate(_LETTERS))
            starts.extend(view.starts[tail:stop:step])
            size += len(pieces[-1])
        done = end
    if not pieces:
        return Spoken(view)
    pieces.append(view.text[done:])
    starts.extend(view.starts[done:])
    return Spoken(View(view.original, "".join(pieces), starts), told)


_PAIRS = {"(": ")", "[": "]", "{": "}", "<": ">"}


def _is_torn(written: str) -> bool:
    """Say whether a bracket that opens is not the one that closes: "(EN/FR)"."""
    return written[:1] in _PAIRS and written[-1] in ")]}>/" and written[-1] != _PAIRS[written[0]]


def _sign(match: Match) -> str:
    return next(sign for name, sign in _WRITTEN if match.start(name) >= 0)


def _places(starts: Sequence[int], begin: int, end: int, size: int) -> list[int]:
    """Return where a sign of ``size`` characters stands: one in the middle of what was said, more from its begin."""
    return [starts[(begin + end - 1) // 2]] if size == 1 else [*([starts[begin]] * (size - 1)), starts[end - 1]]

"""The spoken view: signs of an address that are said in words or written round about, read as the signs they are.

"karl (at) gmail punto com", "info%40lind%2Ede" and "dani [snail sign] lind [full stop] ch" become addresses; what
stands around such a sign (blanks, brackets, quotes) goes with it. Made only for texts in which such a sign stands.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from comity_policy.text.fold import View
from comity_policy.text.patterns import Match, pattern

_OPEN, _CLOSE = r"[(\[{<\"'*|/«~=_-]{1,3}", r"[)\]}>\"'*|/»~=_-]{1,3}"
_PAUSE = r"(?:[\s,;]|\bthen\b|\bfollowed by\b|\bthe\b|\bluego\b|\bpuis\b|\bdann\b|\bpoi\b|\bdepois\b){0,6}"
_AT_NAMES = (
    r"arroba|arobase|arobas|arrobe|chiocciola|klammeraffe|affenschwanz|malpa|sobaka|kukac|snabel-?a|"
    r"apestaartje|(?:at|snail|dog|monkey|round a|funny a|curly a)[ -](?:sign|symbol|tail)|round a|funny a|curly a|"
    r"a commerciale|a in (?:the )?circle|"
    r"\x{30a2}\x{30c3}\x{30c8}(?:\x{30de}\x{30fc}\x{30af})?|\x{827e}\x{7279}|\x{441}\x{43e}\x{431}\x{430}\x{43a}\x{430}"
)
_DOT_NAMES = (
    r"punto|punkt|point|ponto|kropka|tochka|tecka|full ?stop|period|punt|p\.u\.n\.t\.o|"
    r"\x{30c9}\x{30c3}\x{30c8}|\x{70b9}|\x{9ede}|\x{442}\x{43e}\x{447}\x{43a}\x{430}"
)
_AT_SHORT = r"at|a|@|aet|ett|chez|en|bei|\x{24d0}"
_DOT_SHORT = r"dot|d0t|dt|\.|pt|tiny dot"
_UNDER = r"under ?score|underline|guion bajo|tiret (?:du )?(?:bas|6|8)|sottolineato|trattino basso|unterstrich"
_DASH = r"dash|hyphen|minus|bindestrich|guion(?: medio)?|trattino|tiret|hifen|traco"
_SLASH = r"slash|schragstrich|barra|barre oblique"
_WEB = r"vuvuvu|trois ?w|triple ?w|three ?w(?:'?s)?|wu ?wu ?wu|we we we|dreimal w|tre vu|tres uve dobles"

_SIGNS = pattern(
    rf"(?P<at>\s*{_OPEN}\s*(?:{_AT_SHORT}|{_AT_NAMES})\s*{_CLOSE}\s*|{_PAUSE}\b(?:{_AT_NAMES})\b{_PAUSE}|&#64;|&commat;|%40)"
    rf"|(?P<dot>\s*{_OPEN}\s*(?:{_DOT_SHORT}|{_DOT_NAMES})\s*{_CLOSE}\s*|{_PAUSE}\b(?:d[o0]t|{_DOT_NAMES})\b{_PAUSE}"
    rf"|&#46;|&period;|%2e|\s\.\s)"
    rf"|(?P<under>{_PAUSE}\b(?:{_UNDER})\b{_PAUSE})|(?P<dash>{_PAUSE}\b(?:{_DASH})\b{_PAUSE})"
    rf"|(?P<slash>{_PAUSE}\b(?:{_SLASH})\b{_PAUSE}|%2f|\s/\s)|(?P<web>\b(?:{_WEB})\b)"
)
_WRITTEN = (("at", "@"), ("dot", "."), ("under", "_"), ("dash", "-"), ("slash", "/"), ("web", "www"))
# The words that make a text worth reading so; everything else that does has a sign in it.
SIGN_WORDS = rf"\b(?:{_AT_NAMES}|d[o0]t|{_DOT_NAMES}|{_UNDER})\b"


@dataclass(frozen=True, slots=True)
class Spoken:
    """The spoken view; ``told`` are the places in its text, in order, whose sign was said or written round about."""

    view: View
    told: Sequence[int] = ()

    def is_told(self, start: int, end: int) -> bool:
        """Say whether a sign between ``start`` and ``end`` was said rather than written."""
        at = bisect_left(self.told, start)
        return at < len(self.told) and self.told[at] < end


def spoken(view: View) -> Spoken:
    """Return ``view`` with the signs that are said put in their place."""
    pieces: list[str] = []
    starts = array("I")
    told, done, size = array("I"), 0, 0
    for match in _SIGNS.finditer(view.text):
        begin, end = match.span()
        sign = _sign(match)
        pieces += [view.text[done:begin], sign]
        starts.extend(view.starts[done:begin])
        starts.extend([_place(view.starts, begin, end)] * len(sign))
        size += begin - done + len(sign)
        told.append(size - 1)
        done = end
    if not pieces:
        return Spoken(view)
    pieces.append(view.text[done:])
    starts.extend(view.starts[done:])
    return Spoken(View(view.original, "".join(pieces), starts), told)


def _sign(match: Match) -> str:
    return next(sign for name, sign in _WRITTEN if match.start(name) >= 0)


def _place(starts: Sequence[int], begin: int, end: int) -> int:
    return starts[(begin + end - 1) // 2]

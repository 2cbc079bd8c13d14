"""How text becomes the terms by which it is found, the same on every database because it is done here.

    * Case, compatibility forms and accents do not count: Café = cafe, Ａ = a, Straße = strasse, Łódź = lodz.
    * A word is a run of letters, digits and the marks that belong to them; there is no stemming.
    * A code is found whole and by its parts: 305-1234567-7654321 is four terms, the last one without the hyphens.
    * Scripts without spaces (Han, kana, Thai, Lao, Khmer, Burmese) are cut into pairs of neighbouring letters; of a
      query every pair must be there, and a single letter finds every pair that begins with it.

Terms consist of letters, digits and marks only, so nothing that a person types is ever an operator of an index.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

LONGEST_TERM = 40  # characters; what is longer is cut, in text and query alike
_MOST_TERMS = 12  # of a query
_SHORTEST_PREFIX = 2
_CODE_PARTS, _CODE_LENGTH = 6, 40

_MARKS = "".join(chr(code) for code in range(0x0300, 0x20F1) if unicodedata.category(chr(code)) in ("Mn", "Mc"))
_WORD = re.compile(rf"[^\W_]+(?:[{_MARKS}\u3099\u309a]+[^\W_]*)*")
_ASCII_WORD = re.compile("[0-9A-Za-z]+")  # the same, for most texts, in a fifth of the time
# Accents that people leave out when they type: Latin, Greek and Cyrillic, Hebrew points, Arabic vowels.
_ACCENT = re.compile("[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0640\u064b-\u0652\u0670]")
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"})
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\U00020000-\U0003ffff]+"
)
_JOINERS = frozenset("-‐‑–./_:")


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for: every one of ``exact``, and for ``prefix``, unless empty, something that begins with it."""

    exact: tuple[str, ...] = ()
    prefix: str = ""

    def __bool__(self) -> bool:
        return bool(self.exact or self.prefix)

    def finds(self, terms: set[str]) -> bool:
        """Whether a text with these terms is a hit; the definition that every index must agree with."""
        return terms.issuperset(self.exact) and (not self.prefix or any(term.startswith(self.prefix) for term in terms))


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text; ``hit`` when it is what was looked for."""

    text: str
    hit: bool = False


@lru_cache(maxsize=16_384)
def fold(word: str) -> str:
    """The word without case, compatibility forms and accents."""
    if word.isascii():
        return word.lower()
    plain = _ACCENT.sub("", unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", word).casefold()))
    return unicodedata.normalize("NFC", plain.casefold()).translate(_LETTERS)


def terms(text: str) -> set[str]:
    """Every term of ``text``."""
    found: set[str] = set()
    code: list[str] = []
    end = -1
    for match in _words(text):
        word = fold(match[0])
        found.update(_terms_of(word))
        joined = match.start() == end + 1 and text[end] in _JOINERS
        if not joined:
            found.update(_code(code))
            code = []
        code.append(word)
        end = match.end()
    found.update(_code(code))
    return found


def endings(code: str) -> set[str]:
    """The last 4 to 8 characters of a code, by which people name it; none of one that is not longer."""
    whole = "".join(fold(part) for part in _WORD.findall(code))
    return {whole[-length:] for length in range(4, 9) if length < len(whole)}


def read_query(text: str) -> Query:
    """What a person looks for. The last word may be the beginning of one, if it has two letters or stands for a pair.

    The first 12 terms count.
    """
    words = [fold(word) for word in _WORD.findall(text)]
    exact: list[str] = []
    prefix = ""
    for word in words:
        *before, last = _terms_of(word, of_query=True) or ("",)
        exact += [*before, prefix]
        prefix = last
    exact = list(dict.fromkeys(term for term in exact if term))[:_MOST_TERMS]
    if len(prefix) < _SHORTEST_PREFIX and not _UNSPACED.match(prefix):
        return Query((*exact, prefix) if prefix else tuple(exact))
    return Query(tuple(exact), prefix)


def pieces(text: str, query: Query, *, length: int = 180) -> list[Piece]:
    """``text`` around the first hit, cut at words to about ``length`` characters, hits apart from the rest."""
    spans = _hits(text, query)
    ahead = next(spans, None)
    first = ahead[0] if ahead else 0
    start = 0 if first < length // 2 else min(first, _after_space(text, first - length // 3))
    stop = len(text) if start + length >= len(text) else _before_space(text, start + length)
    cut, at = [Piece("… ")] if start else [], start
    while ahead and ahead[1] <= stop:
        begin, end = ahead
        cut += [Piece(text[at:begin]), Piece(text[begin:end], hit=True)]
        at, ahead = end, next(spans, None)
    cut.append(Piece(text[at:stop] + (" …" if stop < len(text) else "")))
    return [piece for piece in cut if piece.text]


def _terms_of(word: str, *, of_query: bool = False) -> list[str]:
    """The terms of one folded word, cut where its script changes to or from one without spaces."""
    if word.isascii():
        return [word[:LONGEST_TERM]]
    found: list[str] = []
    at = 0
    for run in _UNSPACED.finditer(word):
        found += _WORD.findall(word[at : run.start()])
        letters = run[0]
        found += [letters[i : i + 2] for i in range(len(letters) - 1)]
        if not of_query or len(letters) == 1:
            found.append(letters[-1])  # so that every letter begins a term
        at = run.end()
    found += _WORD.findall(word[at:])
    return [term[:LONGEST_TERM] for term in found]


def _words(text: str) -> "Iterator[re.Match[str]]":
    return (_ASCII_WORD if text.isascii() else _WORD).finditer(text)


def _code(parts: list[str]) -> set[str]:
    """The whole of a code written in parts; nothing for words that only touch."""
    whole = "".join(parts)
    is_code = 1 < len(parts) <= _CODE_PARTS and len(whole) <= _CODE_LENGTH and any(map(str.isdecimal, whole))
    return {whole} if is_code else set()


def _hits(text: str, query: Query) -> Iterator[tuple[int, int]]:
    """Where the words stand that the query looks for; in a script without spaces just their letters."""
    wanted = set(query.exact)
    for match in _words(text):
        word = fold(match[0])
        if word[:LONGEST_TERM] in wanted or (query.prefix and word.startswith(query.prefix)):
            yield match.span()
        elif not word.isascii() and _UNSPACED.search(word):
            yield from _unspaced_hits(match, query)


def _unspaced_hits(match: "re.Match[str]", query: Query) -> Iterator[tuple[int, int]]:
    word, at = match[0], match.start()
    marked = [False] * len(word)
    for term in (*query.exact, query.prefix):
        begin = word.find(term) if term else -1
        while begin >= 0:
            marked[begin : begin + len(term)] = [True] * len(term)
            begin = word.find(term, begin + 1)
    start = -1
    for place, is_hit in enumerate([*marked, False]):
        if is_hit and start < 0:
            start = place
        elif not is_hit and start >= 0:
            yield at + start, at + place
            start = -1


def _after_space(text: str, place: int) -> int:
    space = text.find(" ", max(place, 0), max(place, 0) + LONGEST_TERM)
    return space + 1 if space >= 0 else max(place, 0)


def _before_space(text: str, place: int) -> int:
    space = text.rfind(" ", place - LONGEST_TERM, place)
    return space if space >= 0 else place

"""Folded views of a text: what a person reads, with a map back to what was written.

The folded view lowers case, resolves compatibility forms, gives every digit its ASCII value, drops what is
not seen (zero-width, soft hyphen, direction marks, combining accents) and replaces look-alikes inside tokens
that mix scripts. The words view also joins spelled-out words and reads digits written for letters.
"""

from __future__ import annotations

import unicodedata
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from comity_policy.text.graphemes import widen
from comity_policy.text.patterns import pattern

# Cyrillic and Greek letters beside the Latin letter they are mistaken for (after lower-casing).
_LOOK_ALIKES = str.maketrans(
    "абвгдеёзіїјкмнорсԁԛѕтухһԝьпшοαβεηικμνρτυχωγσϲ",
    "abbrдeeзiijkmhopcdqstyxhwbnwoabenikmvptuxwyoc",
)
_INVISIBLE = {
    "\u2800",
    "\u034f",
    "\u115f",
    "\u1160",
    "\u17b4",
    "\u17b5",
    "\u3164",
    "\uffa0",
    "\u20e3",
    "\u20dd",
    "\u20de",
}
_ODD_LETTERS = {
    "ı": "i",
    "ɑ": "a",
    "ɡ": "g",
    "ⅼ": "l",
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "ħ": "h",
    "ŧ": "t",
    "○": "o",
    "〇": "o",
    "◯": "o",
}
_SMALL_CAPITAL = "LATIN LETTER SMALL CAPITAL "
_ENCLOSED = ("NEGATIVE CIRCLED LATIN CAPITAL LETTER ", "NEGATIVE SQUARED LATIN CAPITAL LETTER ")
_PUNCTUATION = str.maketrans("‐‑‒–—―−’‘ʼ“”„․‧・•。·", "-------'''\"\"\"......")


@dataclass(frozen=True, slots=True)
class View:
    """A text derived from ``original``; ``starts[i]`` is the original index of its character ``i``."""

    original: str
    text: str
    starts: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the original stretch behind ``start``..``end``, never splitting a grapheme."""
        if start >= end:
            return (0, 0)
        return widen(self.original, self.starts[start], self.starts[end - 1] + 1)


@lru_cache(maxsize=8192)
def fold_character(character: str) -> str:
    """Return what a reader takes one character for; nothing when it is not seen."""
    category = unicodedata.category(character)
    if category == "Cs":
        return "\ufffd"
    if category == "Cc":
        return character if character in _SPACING else ""
    if category == "Cf" or character in _INVISIBLE or "\ufe00" <= character <= "\ufe0f":
        return ""
    named = _letter_by_name(character)
    if named:
        return named
    compatible = unicodedata.normalize("NFKC", character).translate(_PUNCTUATION).casefold()
    plain = "".join(_without_accent(piece) for piece in unicodedata.normalize("NFD", compatible))
    return unicodedata.normalize("NFC", plain)


def _letter_by_name(character: str) -> str:
    name = unicodedata.name(character, "")
    for prefix in (_SMALL_CAPITAL, *_ENCLOSED):
        if name.startswith(prefix) and len(name) == len(prefix) + 1:
            return name[-1].lower()
    return _ODD_LETTERS.get(character, "")


def _without_accent(piece: str) -> str:
    if "\u0300" <= piece <= "\u036f":
        return ""
    digit = unicodedata.digit(piece, None)
    return piece if digit is None else str(digit)


# Control characters are not seen, but for those that part words.
_SPACING = "\t\n\r\v\f\x85"
_CONTROL = pattern(r"[\x00-\x08\x0e-\x1f\x7f]")


def fold(original: str) -> View:
    """Return the folded view of ``original``."""
    if original.isascii() and not _CONTROL.search(original):
        return View(original, original.lower(), range(len(original)))
    pieces: list[str] = []
    starts = array("I")
    for index, character in enumerate(original):
        folded = character.lower() if " " <= character < "\x7f" else fold_character(character)
        pieces.append(folded)
        starts.extend([index] * len(folded))
    return View(original, _resolve_look_alikes("".join(pieces)), starts)


def _script(character: str) -> str:
    if "a" <= character <= "z":
        return "latin"
    if "\u0370" <= character <= "\u03ff":
        return "greek"
    return "cyrillic" if "\u0400" <= character <= "\u052f" else ""


_TOKEN = pattern(r"[\pL\pN]+")


def _resolve_look_alikes(text: str) -> str:
    """Replace look-alikes inside tokens that mix scripts; whole Greek or Russian words stay as they are."""
    if not any("\u0370" <= character <= "\u052f" for character in text):
        return text
    pieces, done = [], 0
    for token in _TOKEN.finditer(text):
        word = token.group()
        if len({_script(character) for character in word} - {""}) > 1:
            pieces += [text[done : token.start()], word.translate(_LOOK_ALIKES)]
            done = token.end()
    return "".join(pieces) + text[done:]


# Single letters with one and the same separator between them: "p a y p a l", "w.e.c.h.a.t", "(s)(n)(a)(p)"; between
# blanks the signs of an address count as letters: "j o @ g m a i l . c o m".
_SPELLED = pattern(
    r"\b[a-z0-9@$!](?:(?: {1,2}[a-z0-9@$!._/-])+ {1,2}[a-z0-9@$!]|(?:\.[a-z0-9@$!])+|(?:-[a-z0-9@$!])+"
    r"|(?:\*[a-z0-9@$!])+"
    r"|(?:_[a-z0-9@$!])+|(?:\|[a-z0-9@$!])+)(?:\b|$)|(?:[(\[{][a-z0-9@$!][)\]}] ?){4,}"
)
_SHORTEST_SPELLED = 7  # four letters and three separators: "U.S.A." and "a b c" stay
# A token that mixes letters with digits or signs written for letters: "p4ypal", "$kype", "c@rd".
_LEET = pattern(r"(?:[a-z0-9$!|*][a-z0-9@$!|*]*)?(?:[a-z][0-9@$!|][a-z0-9@$!|*]*[a-z]|[0-9$!|][a-z]{2})[a-z0-9@$!|*]*")
_LEET_LETTERS = str.maketrans("013457@$!|", "oieastasil")


def joined(folded: View) -> View:
    """Return the folded view with spelled-out words joined; the same view when there are none."""
    text, starts = folded.text, folded.starts
    dropped = set(_separators(text))
    if not dropped:
        return folded
    kept = [at for at in range(len(text)) if at not in dropped]
    return View(folded.original, "".join([text[at] for at in kept]), array("I", [starts[at] for at in kept]))


def words(view: View) -> View:
    """Return a joined view with letter-like digits and signs read as letters; the same view when there are none."""
    letters = _read_leet(view.text)
    return view if letters == view.text else View(view.original, letters, view.starts)


def _separators(text: str) -> Iterator[int]:
    for run in _SPELLED.finditer(text):
        begin, end = run.span()
        if end - begin < _SHORTEST_SPELLED:
            continue
        framed = text[begin] in "([{"
        dropped = "()[]{} " if framed else text[begin + 1] + " "
        for at in range(begin, end):
            if text[at] in dropped and (framed or text[at] == " " or (at - begin) % 2):
                yield at


def _read_leet(text: str) -> str:
    pieces, done = [], 0
    for token in _LEET.finditer(text):
        pieces += [text[done : token.start()], token.group().translate(_LEET_LETTERS)]
        done = token.end()
    return "".join(pieces) + text[done:] if pieces else text

"""Folded views of a text: what a person reads, with a map back to what was written.

The folded view lowers case, resolves compatibility forms, makes every blank a space, gives every digit its ASCII
value, drops what is not seen (zero-width, soft hyphen, direction marks, combining accents) and replaces look-alikes
inside tokens that mix scripts. The words view also joins spelled-out words and reads digits written for letters.
"""

from __future__ import annotations

import unicodedata
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from comity_policy.text.graphemes import widen
from comity_policy.text.patterns import Match, pattern

# Capitals of Cherokee and Canadian syllabics that look like Latin letters.
_CHEROKEE = "ᎠᎡᎢᎥᎪᎫᎬᎳᎷᎻᎽᏀᏃᏏᏒᏔᏕᏙᏚᏞᏟᏢᏦᏧᏴᎩᎾᏌ"
_CANADIAN = "ᑭᐯᗪᗷᗰᒪᒍᑌᗩᕼᖇᑕᗅᗴᖴᑎᑫᔕᗯᘜᕮᑯᑲᗞ"
# Cyrillic and Greek letters beside the Latin letter they are mistaken for (after lower-casing).
_LOOK_ALIKES = str.maketrans(
    "абвгдеёзийіїјклмнорсԁԛѕтуфхһԝьпшғѵӏοαβδεζηθικλμνρτυχωγσϲϝ" + _CHEROKEE + _CANADIAN,
    "abbrdee3iiiijklmhopcdqstyfxhwbnwfvloabdeznoiklmvptuxwyocfdrtiajewmhygzbrwsvslcpkdbyoupvdbmljuahrcaefnqswgedbd",
)
# Those that no reader tells from the Latin letter.
_TWINS = frozenset("аеорсухіјѕԁԛһԝвкмнтьғѵӏοαικνρτυχϲϝ")
_INVISIBLE = {"\u034f", "\u17b4", "\u17b5", "\u20e3", "\u20dd", "\u20de"}
# Seen as a blank, whatever they were made for: separators and fillers.
_BLANK = frozenset("\t\v\f\x85\u115f\u1160\u180e\u2800\u3164\uffa0")
_BY_CATEGORY = {"Cs": "\ufffd", "Zs": " ", "Zl": "\n", "Zp": "\n"}
_ASCII_BLANKS = str.maketrans("\t\v\f", "   ")
_ODD_LETTERS = {
    "ı": "i",
    "ɑ": "a",
    "ɡ": "g",
    "ⅼ": "l",
    "ø": "o",
    "æ": "ae",
    "ł": "l",
    "đ": "d",
    "ħ": "h",
    "þ": "p",
    "ƿ": "p",
    "ŧ": "t",
    "○": "o",
    "〇": "o",
    "◯": "o",
}
_SMALL_CAPITAL = "LATIN LETTER SMALL CAPITAL "
_ENCLOSED = ("NEGATIVE CIRCLED LATIN CAPITAL LETTER ", "NEGATIVE SQUARED LATIN CAPITAL LETTER ")
_DOTS = "․‧・•。·●◦∙⋅⠂⊙◉⚫⚪🔴🔵"
_PUNCTUATION = str.maketrans("‐‑‒–—―−’‘ʼ“”„⁄∕" + _DOTS, "-------'''\"\"\"//" + "." * len(_DOTS))


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


def fold_character(character: str) -> str:
    """Return what a reader takes one character for; nothing when it is not seen."""
    category = unicodedata.category(character)
    if character in _BLANK:
        return " "
    if category in _BY_CATEGORY:
        return _BY_CATEGORY[category]
    if category == "Cc":
        return character if character in "\r\n" else ""
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
    return _ODD_LETTERS.get(character.lower(), "")


def _without_accent(piece: str) -> str:
    if "\u0300" <= piece <= "\u036f":
        return ""
    digit = unicodedata.digit(piece, None)
    return piece if digit is None else str(digit)


_REMEMBERED = 8192  # characters
# Control characters that are not seen; the others part words.
_CONTROL = pattern(r"[\x00-\x08\x0e-\x1f\x7f]")


class _Folded(dict[str, str]):
    """What each character is folded to."""

    def __missing__(self, character: str) -> str:
        folded = character.lower() if " " <= character < "\x7f" else fold_character(character)
        if len(self) >= _REMEMBERED:
            self.clear()
        self[character] = folded
        return folded


_folded = _Folded()


def fold(original: str) -> View:
    """Return the folded view of ``original``."""
    if original.isascii() and original.replace("\n", "").isprintable():
        return View(original, original.lower(), range(len(original)))
    if original.isascii() and not _CONTROL.search(original):
        return View(original, original.lower().translate(_ASCII_BLANKS), range(len(original)))
    pieces = list(map(_folded.__getitem__, original))
    text = "".join(pieces)
    starts = range(len(text)) if len(text) == len(original) and "" not in pieces else _starts(pieces)
    return View(original, _resolve_look_alikes(text), starts)


def _starts(pieces: list[str]) -> Sequence[int]:
    """Return for each character of the joined pieces which piece it comes from."""
    starts, done = array("I"), 0
    for index in [index for index, piece in enumerate(pieces) if len(piece) != 1]:
        starts.extend(range(done, index))
        starts.extend([index] * len(pieces[index]))
        done = index + 1
    starts.extend(range(done, len(pieces)))
    return starts


def _script(character: str) -> str:
    if "a" <= character <= "z":
        return "latin"
    if "\u0370" <= character <= "\u03ff":
        return "greek"
    if "\u13a0" <= character <= "\u167f":
        return "syllabic"
    return "cyrillic" if "\u0400" <= character <= "\u052f" else ""


# A token with a Greek or Cyrillic letter, or with one of the syllabics.
_TOKEN = pattern(r"[\pL\pN]*[\x{370}-\x{52f}\x{13a0}-\x{167f}][\pL\pN]*")


def _resolve_look_alikes(text: str) -> str:
    """Replace look-alikes inside tokens that mix scripts; whole Greek or Russian words stay as they are.

    Words made of nothing but twins of Latin letters are replaced too where every foreign word of a text is made so
    and the rest is Latin.
    """
    foreign: list[Match] = []
    mixed: list[Match] = []
    for token in _TOKEN.finditer(text):
        (mixed if len({_script(character) for character in token.group()} - {""}) > 1 else foreign).append(token)
    if not foreign and not mixed:
        return text
    latin = any("a" <= character <= "z" for character in text)
    if (latin or mixed) and all(map(_is_of_twins, foreign)):
        mixed = sorted([*mixed, *foreign], key=Match.start)
    pieces, done = [], 0
    for token in mixed:
        pieces += [text[done : token.start()], token.group().translate(_LOOK_ALIKES)]
        done = token.end()
    return "".join(pieces) + text[done:]


def _is_of_twins(token: Match) -> bool:
    return all(one in _TWINS or one.isdigit() for one in token.group())


# Single letters with one and the same separator between them: "p a y p a l", "w.e.c.h.a.t", "(s)(n)(a)(p)"; between
# blanks the signs of an address count as letters: "j o @ g m a i l . c o m".
_SPELLED = pattern(
    r"\b[a-z0-9@$!](?:(?:(?: {1,3}[a-z0-9@$!._/:-])+ {1,3}[a-z0-9@$!]|(?:-[a-z0-9@$!])+|(?:\*[a-z0-9@$!])+"
    r"|(?:_[a-z0-9@$!])+|(?:\|[a-z0-9@$!])+)(?:\b|$)|(?:\.[a-z0-9@$!])+(?:\.\B|\b|$))"
    r"|(?:[(\[{][a-z0-9@$!][)\]}] ?){4,}"
)
_SHORTEST_SPELLED = 7  # four letters and three separators: "U.S.A." and "a b c" stay …
_SHORTEST_BESIDE = 5  # … but beside another word that is spelled, "o.f.f" is one too
_WIDEST_GAP = 3  # blanks between two letters of a spelled text
# A token that mixes letters with digits or signs written for letters: "p4ypal", "$kype", "c@rd", "zer0", "0r".
_LEET = pattern(
    r"(?:[a-z0-9$!|*][a-z0-9@$!|*]*)?(?:[a-z][0-9@$!|\x{20ac}\x{a1}\x{a3}\x{a5}]+[a-z0-9@$!|*\x{20ac}]*[a-z]|[0-9$!|][a-z]{2})"
    r"[a-z0-9@$!|*]*|\b[a-z]{2,}(?:0\b|[@$]\B)|\b(?:0r|[tndgs]0|0[nf]|1[nfd]|4t|[mwbh]3|1'(?:m|ll|ve|d))\b"
)
_LEET_LETTERS = str.maketrans("013457@$!|\u20ac\xa1\xa3\xa5", "oieastasileily")


def joined(folded: View, *, is_spelled: bool = False) -> View:
    """Return the folded view with spelled-out words joined; the same view when there are none.

    ``is_spelled``: some word of the text was spelled, and is joined already.
    """
    text, starts = folded.text, folded.starts
    dropped = set(_separators(text, _SHORTEST_SPELLED if is_spelled else 0))
    if "  " in text:
        dropped.update(at for at in range(len(text) - 1) if text[at] == " " == text[at + 1])
    if not dropped:
        return folded
    kept = [at for at in range(len(text)) if at not in dropped]
    return View(folded.original, "".join([text[at] for at in kept]), array("I", [starts[at] for at in kept]))


def words(view: View) -> View:
    """Return a joined view with letter-like digits and signs read as letters; the same view when there are none."""
    letters = _read_leet(view.text)
    return view if letters == view.text else View(view.original, letters, view.starts)


def _separators(text: str, longest: int) -> Iterator[int]:
    runs = [run.span() for run in _SPELLED.finditer(text)]
    longest = max([longest, *(end - begin for begin, end in runs)])
    for begin, end in runs:
        if end - begin < (_SHORTEST_BESIDE if longest >= _SHORTEST_SPELLED else _SHORTEST_SPELLED):
            continue
        framed = text[begin] in "([{"
        dropped = "()[]{} " if framed else text[begin + 1] + " "
        between_words = not framed and text[begin + 1] == " " and _has_word_gaps(text[begin:end])
        for at in range(begin, end):
            parts = text[at] in dropped and (framed or text[at] == " " or (at - begin) % 2)
            if parts and not (between_words and _is_word_gap(text, at)):
                yield at


def _has_word_gaps(run: str) -> bool:
    """Say whether some blanks of a spelled run are wider than others: "b u y  d i r e c t"."""
    return "  " in run and any(run[at] == " " != run[at + 1] and run[at - 1] != " " for at in range(1, len(run) - 1))


def _is_word_gap(text: str, at: int) -> bool:
    """Say whether this is the last blank of a wider gap between two letters."""
    wide = text[at - 1] == " " and text[at + 1].isalnum()
    return wide and text[at - _WIDEST_GAP : at].rstrip()[-1:].isalnum()


def _read_leet(text: str) -> str:
    pieces, done = [], 0
    for token in _LEET.finditer(text):
        pieces += [text[done : token.start()], token.group().translate(_LEET_LETTERS)]
        done = token.end()
    return "".join(pieces) + text[done:] if pieces else text

"""Names and words seen through what hides them: signs for letters, gaps, other scripts, pictures.

"v3nm0", "s k y-p e", "re volu t", "微信" and "💵" become "venmo", "skype", "revolut", "wechat" and "cash". Which names
these are, and how they may be written, is data (``masks.toml``).
"""

from __future__ import annotations

import tomllib
import unicodedata
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from comity_policy.text.fold import View
from comity_policy.text.patterns import Pattern, pattern
from comity_policy.text.slips import slips

_DATA = Path(__file__).with_name("masks.toml")
_KINDS = ("app", "pay", "mail", "secret", "abuse", "word")

# What a letter may be written as besides itself; "*" stands for any of the vowels.
_SIGNS = {
    "a": "4@*", "b": "8", "c": "\xa2", "e": "3*\u20ac", "g": "9", "i": "1!|l*\xa1", "l": "1!|i\xa3",
    "o": "0*\xb0", "s": "5$z", "t": "7+", "u": "*", "y": "\xa5", "z": "2s",
}  # fmt: skip
_PAIRS = {"m": "rn", "w": "vv", "a": "ae"}
_LETTER_SIGNS = frozenset("".join(_SIGNS.values()))
# Signs and letters that are made equal before a name is looked up.
_LOOKS = str.maketrans("48\xa23\u20ac91!|l\xa1\xa30\xb05$z7+2\xa5@", "abceegiiiiiioosssttsya")
# What may stand between two letters, and which of these stand for letters too.
_GAP = r"[ -/:-?\[-_{-~]"
_BOTH = frozenset("!|*+")
_LETTER_LIKE: tuple[frozenset[str], ...] = (_BOTH, frozenset("!|"), frozenset())
_NO_GAP = frozenset({" ", "-", "'"})
# Signs that part a name in two without a blank and stand between no two words otherwise.
_ODD_GAP = frozenset("*_+~|.^=")
_WIDEST = 3  # characters of a gap
_SHORT = 4  # letters of a name that counts only when it is parted throughout: "we" and "ll" meet by chance
_FLAG_A, _FLAGS = 0x1F1E6, 5  # the first of the letters that make a flag; fewer of them are one flag
_LONGEST_ENDING = 3  # letters of a case ending: "в телеграмме"


class Hidden(NamedTuple):
    """A word of the data at ``start``..``end`` of a view; ``hidden``: it is more than spelled in another way."""

    start: int
    end: int
    word: str
    kind: str
    hidden: bool


@dataclass(frozen=True, slots=True)
class _Form:
    word: str
    kind: str
    letters: str
    natural: frozenset[int]  # after how many letters it may be parted without being hidden


@dataclass(frozen=True, slots=True)
class _Names:
    """The data, ready for use: forms by what is left when look-alikes are made equal, and signs by themselves."""

    hidden: Pattern
    forms: Mapping[str, _Form]
    foreign: Pattern
    read: Mapping[str, str]


@lru_cache(maxsize=1)
def _data() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(_DATA.read_text("utf-8"))


@lru_cache(maxsize=1)
def _names() -> _Names:
    data = _data()
    every = [_form(form, word, kind) for kind in _KINDS for word, forms in data[kind].items() for form in forms]
    forms = {_skeleton(one.letters): one for one in reversed(every)}
    read = {sign: word for kind in ("script", "picture") for word, signs in data[kind].items() for sign in signs}
    read |= {sign: one.word for one in every for sign in _in_flags(one.letters) if len(one.letters) >= _FLAGS}
    longest_first = sorted(every, key=lambda one: (-len(one.letters), one.letters))
    shapes = "|".join(dict.fromkeys(_shape(one) for one in longest_first))
    signs = "|".join(sorted(read, key=len, reverse=True))
    return _Names(pattern(rf"(?:^|[^a-z0-9])(?:{shapes})"), forms, pattern(signs), read)


def _in_flags(letters: str) -> tuple[str, str]:
    """Return ``letters`` written as the letters that flags are made of, and the same apart."""
    signs = [chr(_FLAG_A + ord(letter) - ord("a")) for letter in letters]
    return "".join(signs), " ".join(signs)


def _form(form: str, word: str, kind: str) -> _Form:
    pieces = [sum(map(str.isalpha, piece)) for piece in form.replace("'", " ").split()]
    return _Form(
        word, kind, "".join(filter(str.isalpha, form)), frozenset(sum(pieces[:at]) for at in range(1, len(pieces)))
    )


def _shape(form: _Form) -> str:
    """Return the pattern of a form; of a common word, only of what hides it."""
    common = form.kind == "word" or len(form.letters) <= _SHORT + 1
    return _hidden_from(form, 0) if common else _rest(form.letters, 0)


def _hidden_from(form: _Form, at: int) -> str:
    """Return the pattern of the letters from ``at`` on, of which at least one is in disguise or set apart."""
    letters, letter, signs = form.letters, form.letters[at], _SIGNS.get(form.letters[at], "")
    if at == len(letters) - 1:
        return _last(letter, signs)
    natural = "[ '-]?" if at + 1 in form.natural else ""
    ways = [letter + natural + _hidden_from(form, at + 1), f"{letter}{_GAP}+{_rest(letters, at + 1)}"]
    if signs or letter in _PAIRS:
        sign = "|".join([*([f"[{signs}]"] if signs else []), *([_PAIRS[letter]] if letter in _PAIRS else [])])
        ways.append(f"(?:{sign}){_GAP}*{_rest(letters, at + 1)}")
    return f"(?:{'|'.join(ways)})"


def _rest(letters: str, at: int) -> str:
    """Return the pattern of the letters from ``at`` on, each doubled or in disguise, with gaps between them."""
    last = letters[-1]
    return "".join(_letter(letter) + _GAP + "*" for letter in letters[at:-1]) + _last(last, last + _SIGNS.get(last, ""))


def _letter(letter: str) -> str:
    one = f"[{letter}{''.join(_SIGNS.get(letter, ''))}]"
    return f"(?:{one}|{_PAIRS[letter]})+" if letter in _PAIRS else one + "+"


def _last(letter: str, written: str) -> str:
    """Return the pattern of the letter that ends a name, as it may be ``written``; no other letter follows."""
    letters = "".join(filter(str.isalnum, written))
    signs = "".join(sign for sign in written if not sign.isalnum())
    ways = ([rf"[{letters}]\b"] if letters else []) + ([rf"[{signs}]\B"] if signs else [])
    return f"[{letter}{_SIGNS.get(letter, '')}]*(?:{'|'.join(ways)})" if ways else r"[^\x00-\x{10ffff}]"


def _skeleton(written: str) -> str:
    """Return letters and signs with look-alikes made equal and doubled ones single."""
    return _single(written.translate(_LOOKS).replace("vv", "w").replace("rn", "m").replace("ae", "a"))


def _single(letters: str) -> str:
    return "".join(one for at, one in enumerate(letters) if one != letters[at - 1 : at])


def words_of(kind: str) -> str:
    """Return a pattern of the names of ``kind`` as the rules know them."""
    return rf"\b(?:{'|'.join(sorted(_data()[kind]))})\b"


def hidden_names(view: View) -> list[Hidden]:
    """Return the names in ``view`` that are written otherwise than the rules know them, from left to right."""
    names, text = _names(), view.text
    found = [one for match in names.hidden.finditer(text) if (one := _seen_through(view, *match.span()))]
    found = [one for one in found if not _is_code(view, one)]
    found += [Hidden(start, end, word, "slip", hidden=False) for start, end, word in slips(text)]
    if not text.isascii():
        found += _foreign(names, text)
    found.sort()
    return [one for at, one in enumerate(found) if not at or one.start >= found[at - 1].end]


def _seen_through(view: View, start: int, end: int) -> Hidden | None:
    """Return the name that is written at ``start``..``end``, where the character before it may have come along."""
    text = view.text
    start += start > 0 or not (text[0].isalnum() or text[0] in _LETTER_SIGNS)
    form, letters, gaps = _read(text[start:end])
    if form is None or _is_by_chance(form, letters, gaps):
        return None
    signs = sum(not letter.isalpha() for letter in letters)
    parted = any(gap in _ODD_GAP or at not in form.natural for at, gap in gaps)
    swapped = _single(letters.replace("z", "s")) != _single(form.letters.replace("z", "s"))
    if swapped and not signs and (parted or len(letters) <= _SHORT):
        return None  # "lid (lot", "zzn"
    hidden = bool(signs) or parted or swapped or _is_borrowed(view, start, end)
    if not hidden and (form.letters == form.word.replace(" ", "") or not {gap for _, gap in gaps} <= _NO_GAP):
        return None  # as the rules know it, or two words of which a sentence is made: "cash, app"
    censored = form.kind == "abuse" and signs == letters.count("*") and not parted  # as titles are: "Sh*t"
    return Hidden(start, end, form.word, form.kind, hidden and not censored)


def _read(written: str) -> tuple[_Form | None, str, list[tuple[int, str]]]:
    """Return the form that is ``written``, if any, with its letters and gaps; signs are letters where that helps."""
    for letter_like in _LETTER_LIKE:
        letters, gaps = _parted(written, letter_like)
        if form := _looked_up(_skeleton(letters)):
            return form, letters, gaps
    return None, letters, gaps


def _is_by_chance(form: _Form, letters: str, gaps: list[tuple[int, str]]) -> bool:
    """Say whether letters meet by chance: far apart, mostly signs, or in two words ("we" and "ll", "mor on")."""
    if any(len(gap) > _WIDEST for _, gap in gaps) or 2 * sum(not one.isalpha() for one in letters) > len(letters):
        return True
    if not gaps or len(gaps) >= len(letters) - 1:
        return bool(gaps) and form.kind == "mail"  # a part of an address, which is read as a whole
    blanks = {gap for _, gap in gaps} == {" "}
    return form.kind == "mail" or len(form.letters) <= _SHORT or (form.kind == "abuse" and blanks)


def _is_borrowed(view: View, start: int, end: int) -> bool:
    """Say whether letters are of other scripts or of mathematics; full width is usual beside Chinese and Japanese."""
    written = view.original[slice(*view.span(start, end))]
    if written.isascii() or all(unicodedata.normalize("NFD", one)[0].isascii() for one in written):
        return False
    wide = all(one.isascii() or "\uff01" <= one <= "\uff5e" for one in written)
    return not (wide and any("\u3040" <= one <= "\u9fff" for one in view.text))


def _is_code(view: View, name: Hidden) -> bool:
    """Say whether this is the name of a model: capitals and digits with a hyphen ("V3NM-0", "VEN-MO", "V3NM0-X")."""
    written = view.original[slice(*view.span(name.start, name.end))]
    if not written.isupper() or " " in written:
        return False
    before, after = view.text[max(0, name.start - 2) : name.start], view.text[name.end : name.end + 2]
    hyphens = written.count("-") == 1 or (after[:1] == "-" and after[1:].isalnum()) or before[1:] == "-"
    return hyphens and "." not in written


def _parted(written: str, letter_like: frozenset[str]) -> tuple[str, list[tuple[int, str]]]:
    """Return the letters of a name with the signs that stand for letters, and (after how many, which) gaps.

    Signs that may be either are letters when they are among ``letter_like`` and touch letters.
    """
    letters, gaps, last = "", [], -1
    for at, sign in enumerate(written):
        inside = at == last + 1 or written[at + 1 : at + 2].isalnum()
        edge = at in {0, len(written) - 1}
        is_letter = edge or (inside and sign in letter_like) if sign in _BOTH else sign in _LETTER_SIGNS
        if not (sign.isalnum() or is_letter):
            continue
        if letters and at > last + 1:
            gaps.append((len(letters), written[last + 1 : at]))
        letters, last = letters + sign, at
    return letters, gaps


_LONGEST = 40  # letters; no name has as many, and longer ones are not remembered


def _looked_up(skeleton: str) -> _Form | None:
    return _remembered(skeleton) if len(skeleton) <= _LONGEST else None


@lru_cache(maxsize=4096)
def _remembered(skeleton: str) -> _Form | None:
    forms = _names().forms
    if "*" not in skeleton:
        return forms.get(skeleton)
    for known, form in forms.items():
        if len(known) == len(skeleton) and all(one in {"*", other} for one, other in zip(skeleton, known, strict=True)):
            return form
    return None


def _foreign(names: _Names, text: str) -> Iterator[Hidden]:
    """Yield names in other scripts, and rows of one and the same picture."""
    row: list[Hidden] = []
    for match in names.foreign.finditer(text):
        start, end = match.span()
        sign = match.group()
        if "\u0370" <= sign[0] <= "\u052f":  # scripts with blanks between words, and endings
            stop = _word_end(text, end)
            if text[start - 1 : start].isalpha() or stop > end + (_LONGEST_ENDING if len(sign) > _SHORT else 0):
                continue
            end = stop
        one = Hidden(start, end, names.read[sign], "foreign", hidden=False)
        if row and (row[0].word != one.word or text[row[-1].end : start].strip()):
            yield _joined(row, text)
            row = []
        row.append(one)
    if row:
        yield _joined(row, text)


_ALL_STARS = 5


def _joined(row: list[Hidden], text: str) -> Hidden:
    """Return a row of the same as one; stars are counted."""
    first, word = row[0], row[0].word
    if word == "star":
        counted = text[: first.start].rstrip(" x*")[-1:].isdigit()
        word = "stars" if counted or len(row) != _ALL_STARS else "5 stars"
    return Hidden(first.start, row[-1].end, word, first.kind, first.hidden)


def _word_end(text: str, at: int) -> int:
    while text[at : at + 1].isalpha():
        at += 1
    return at


def unmasked(view: View, names: Sequence[Hidden]) -> View:
    """Return ``view`` with ``names`` as the rules know them; the same view when there are none."""
    if not names:
        return view
    pieces: list[str] = []
    starts = array("I")
    done = 0
    for name in names:
        word = _apart(view.text, name)
        pieces += [view.text[done : name.start], word]
        starts.extend(view.starts[done : name.start])
        size = name.end - name.start
        starts.extend([view.starts[name.start + at * size // len(word)] for at in range(len(word) - 1)])
        starts.append(view.starts[name.end - 1])
        done = name.end
    pieces.append(view.text[done:])
    starts.extend(view.starts[done:])
    return View(view.original, "".join(pieces), starts)


def _apart(text: str, name: Hidden) -> str:
    """Return the word, with blanks around it where letters touch it."""
    before, after = text[name.start - 1 : name.start].isalnum(), text[name.end : name.end + 1].isalnum()
    return " " * before + name.word + " " * after

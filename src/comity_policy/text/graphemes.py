"""Where a person sees one character: the places at which a text may be cut."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_JOINER = "\u200d"
_EXTENDING = {"Mn", "Me", "Mc"}


@lru_cache(maxsize=4096)
def _extends(character: str) -> bool:
    code = ord(character)
    if 0x1F3FB <= code <= 0x1F3FF or 0xE0020 <= code <= 0xE007F or code in {0xFF9E, 0xFF9F, 0x200C, 0x200D}:
        return True
    return unicodedata.category(character) in _EXTENDING


def _is_flag(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


@lru_cache(maxsize=8)
def _inside_flags(text: str) -> frozenset[int]:
    """Return the places between the two letters of a flag; asked of a text once, as a text may be one long row."""
    inside, run = set(), 0
    for index, character in enumerate(text):
        run = run + 1 if _is_flag(character) else 0
        if run and run % 2 == 0:
            inside.add(index)
    return frozenset(inside)


def _hangul(character: str) -> str:
    """Return L, V, T, LV or LVT for a Hangul piece, else nothing."""
    code = ord(character)
    if 0xAC00 <= code <= 0xD7A3:
        return "LV" if (code - 0xAC00) % 28 == 0 else "LVT"
    for kind, low, high in (("L", 0x1100, 0x115F), ("V", 0x1160, 0x11A7), ("T", 0x11A8, 0x11FF)):
        if low <= code <= high:
            return kind
    return ""


_HANGUL_PAIRS = {
    ("L", "L"), ("L", "V"), ("L", "LV"), ("L", "LVT"),
    ("LV", "V"), ("V", "V"), ("LV", "T"), ("V", "T"), ("LVT", "T"), ("T", "T"),
}  # fmt: skip


def is_boundary(text: str, index: int) -> bool:
    """Say whether ``text`` may be cut before ``index`` without splitting a grapheme (UAX #29, without prepend)."""
    if index <= 0 or index >= len(text):
        return True
    before, after = text[index - 1], text[index]
    if before < "\u0300" and after < "\u0300":
        return not (before == "\r" and after == "\n")
    if _extends(after):
        return before in "\r\n\0"
    if before == _JOINER:
        return unicodedata.category(after) != "So"
    if _is_flag(before) and _is_flag(after):
        return index not in _inside_flags(text)
    return (_hangul(before), _hangul(after)) not in _HANGUL_PAIRS


def widen(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the smallest stretch around ``start``..``end`` that splits no grapheme."""
    while not is_boundary(text, start):
        start -= 1
    while not is_boundary(text, end):
        end += 1
    return start, end

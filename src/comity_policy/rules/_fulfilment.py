"""Contact data that an order needs: of the carrier, or where the maker registers a warranty.

Which words say so, and which say the opposite in the same sentence ("call us", "shop", "next time"), stands in
``_fulfilment.toml``; for which purposes, in the rulebook (``needed_for``; none means no exception). What an address
itself reads says nothing, and neither a request nor an address at a host known for mail is ever needed.
"""

from __future__ import annotations

import tomllib
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import wraps
from operator import attrgetter
from pathlib import Path
from typing import Any

import re2

from comity_policy.model import Span
from comity_policy.reading import Reading
from comity_policy.text.addresses import HOSTS
from comity_policy.text.patterns import Pattern, pattern

PARAMETERS: Mapping[str, type] = {"needed_for": list}
DEFAULTS: Mapping[str, Any] = {"needed_for": ()}

Find = Callable[[Reading, Mapping[str, Any]], Iterable[Span]]

_DATA = Path(__file__).with_name("_fulfilment.toml")


def _words(words: Iterable[str]) -> Pattern:
    any_of = "|".join(map(re2.escape, words)).replace(r"\*", r"\w*")
    return pattern(rf"\b(?:{any_of})\b")


with _DATA.open("rb") as _file:
    _NEEDED, _SOMETHING_ELSE = (_words(words) for words in tomllib.load(_file).values())
_MAIL_HOST = pattern(
    rf"(?:\b|at)(?:{'|'.join(HOSTS['mail']['names'])})(?:\b|dot)|(?:@|\bat )(?:{'|'.join(HOSTS['mail']['words'])})\b"
)
# A written address, whichever rule it belongs to.
_ADDRESS = pattern(r"\S*(?:@|://|\w\.\w)\S*")


def unless_needed(find: Find) -> Find:
    """Return ``find`` without what stands in a sentence that says what the order needs it for."""

    @wraps(find)
    def narrowed(reading: Reading, parameters: Mapping[str, Any]) -> Iterator[Span]:
        spans = find(reading, parameters)
        if reading.draft.purpose not in parameters["needed_for"]:
            yield from spans
            return
        together: dict[int, list[_Placed]] = defaultdict(list)
        for span in spans:
            placed = _placed(reading, span)
            together[bisect_right(reading.sentences, placed[1], key=attrgetter("start")) - 1].append(placed)
        for sentence, those in together.items():
            needed = sentence >= 0 and _is_needed(reading, sentence, those)
            text = reading.bare.text  # as long as the words, where "@" is read as a letter
            yield from (
                span
                for span, start, end in those
                if not needed or span.form == "asked" or _MAIL_HOST.search(text[start:end])
            )

    return narrowed


_Placed = tuple[Span, int, int]


def _placed(reading: Reading, span: Span) -> _Placed:
    """Return ``span`` and where it stands in the words view."""
    starts = reading.words.starts
    return span, max(bisect_right(starts, span.start) - 1, 0), bisect_left(starts, span.end)


def _is_needed(reading: Reading, index: int, those: Iterable[_Placed]) -> bool:
    """Say whether a sentence, without ``those`` and without any address, says what the order needs them for."""
    sentence, pieces = reading.sentences[index], []
    done = sentence.start
    for _, start, end in sorted(those, key=lambda one: one[1:]):
        pieces.append(reading.words.text[done : max(start, done)])
        done = max(end, done)
    pieces.append(reading.words.text[done : sentence.end])
    bare = _ADDRESS.sub(" | ", " | ".join(pieces))
    return bool(_NEEDED.search(bare)) and not _SOMETHING_ELSE.search(reading.words.text[sentence.start : sentence.end])

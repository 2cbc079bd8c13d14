"""Contact data that an order needs: of the carrier, or where the maker registers a warranty.

Which words say so is the rulebook's (``needed``), and so are the words that say the opposite in the same sentence
(``not_needed``: "call us", "shop", "next time"). A word may be the beginning of one; none means no exception. Words are lower case and without accents.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache, wraps
from typing import Any

import re2

from comity_policy.model import Span
from comity_policy.reading import Reading
from comity_policy.text.patterns import Pattern, pattern

PARAMETERS: Mapping[str, type] = {"needed": list, "not_needed": list, "needed_for": list}
DEFAULTS: Mapping[str, Any] = {"needed": (), "not_needed": (), "needed_for": ()}

Find = Callable[[Reading, Mapping[str, Any]], Iterable[Span]]


def unless_needed(find: Find) -> Find:
    """Return ``find`` without what stands in a sentence that says what the order needs it for."""

    @wraps(find)
    def narrowed(reading: Reading, parameters: Mapping[str, Any]) -> Iterator[Span]:
        spans = find(reading, parameters)
        if not parameters["needed"] or reading.draft.purpose not in parameters["needed_for"]:
            yield from spans
            return
        wanted, against = _words(parameters["needed"]), _words(parameters["not_needed"])
        for span in spans:
            sentence = _sentence(reading, span)
            if against.search(sentence) or not wanted.search(sentence):
                yield span

    return narrowed


@lru_cache(maxsize=64)
def _words(words: tuple[str, ...]) -> Pattern:
    return pattern(rf"\b(?:{'|'.join(map(re2.escape, words))})" if words else r"[^\x00-\x{10ffff}]")


def _sentence(reading: Reading, span: Span) -> str:
    at = bisect_right(reading.words.starts, span.start) - 1
    here = next((one for one in reading.sentences if one.start <= at < one.end), None)
    return reading.words.text[here.start : here.end] if here else ""

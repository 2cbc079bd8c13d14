"""A text as the second reader reads it: its sentences, so many at a time as fit beside each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from comity_policy.reader.pieces import Pieces

# Where a sentence ends. The mark stays in front of the cut, which takes the place of the blank.
_ENDS = (". ", "! ", "? ", "; ")


@dataclass(slots=True)
class Window:
    """``tokens`` that are read together. Sentence ``k`` stands at ``spans[k]`` of the text, and in ``places[k]``."""

    tokens: list[int]
    spans: list[tuple[int, int]] = field(default_factory=list)
    places: list[tuple[int, int]] = field(default_factory=list)


def windows(text: str, pieces: Pieces, *, before: list[int], end: int, longest: int) -> Iterator[Window]:
    """Yield the windows of ``text``: each begins with ``before``, ends with ``end`` and has at most ``longest`` tokens.

    A sentence that is too long for a window is read up to there.
    """
    window = Window(list(before))
    start = 0
    for sentence in _sentences(text):
        tokens = pieces.cut(sentence)[: longest - len(before) - 1]
        if tokens:
            if len(window.tokens) + len(tokens) >= longest:
                window.tokens.append(end)
                yield window
                window = Window(list(before))
            window.places.append((len(window.tokens), len(window.tokens) + len(tokens)))
            window.spans.append(_stripped(sentence, start))
            window.tokens += tokens
        start += len(sentence) + 1
    if window.spans:
        window.tokens.append(end)
        yield window


def _sentences(text: str) -> list[str]:
    """Return the sentences of ``text``; joined with one character between them they have its length."""
    for end in _ENDS:
        text = text.replace(end, end[0] + "\n")
    return text.split("\n")


def _stripped(sentence: str, start: int) -> tuple[int, int]:
    return start + len(sentence) - len(sentence.lstrip()), start + len(sentence.rstrip())

"""review.change: asking to change or remove a review."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from comity_policy.model import Rule, Span
from comity_policy.reading import Phrase, Reading

_PHRASES: tuple[Phrase, ...] = ()


def find(reading: Reading, parameters: Mapping[str, Any]) -> Iterator[Span]:  # noqa: ARG001
    """Yield nothing yet."""
    yield from reading.phrases(_PHRASES, gate=RULE.gate)


RULE = Rule(
    id="review.change",
    title="Asking to change or remove a review",
    since="2026.2",
    source=("S19", "S53", "S54"),
    why="A review belongs to its buyer. Sellers solve the problem and leave the review alone, also once it is solved.",
    reasons={
        "plain": "This asks to change or remove a review.",
        "unsure": "This may ask to change or remove a review.",
    },
    advice="Solve the problem and leave the review to the buyer.",
    gate=(r"^$",),
    find=find,
    flagged=(),
    accepted=(),
    known_miss=(),
)

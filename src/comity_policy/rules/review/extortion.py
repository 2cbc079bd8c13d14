"""review.extortion: threat with a bad review or claim."""

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
    id="review.extortion",
    title="Threat with a bad review or claim",
    since="2026.2",
    source=("S86", "S87"),
    why="A review or a claim says what happened. Used as a threat for more than is owed, it harms the seller and every later reader.",
    reasons={
        "plain": "This threatens with a review or a claim unless something is given.",
        "unsure": "This may threaten with a review or a claim.",
    },
    advice="Say what went wrong and what you ask for, without a condition about reviews.",
    gate=(r"^$",),
    find=find,
    flagged=(),
    accepted=(),
    known_miss=(),
)

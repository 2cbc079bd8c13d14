"""conduct.threat: threats."""

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
    id="conduct.threat",
    title="Threats",
    since="2026.2",
    source=("S1", "S22", "S87"),
    why="Nobody should be afraid because of an order.",
    reasons={"plain": "This threatens.", "unsure": "This may threaten."},
    advice="Say calmly what you will do and what your rights are, without frightening.",
    gate=(r"^$",),
    find=find,
    flagged=(),
    accepted=(),
    known_miss=(),
)

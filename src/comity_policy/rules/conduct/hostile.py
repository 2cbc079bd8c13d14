"""conduct.hostile: hostile tone in a dispute."""

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
    id="conduct.hostile",
    title="Hostile tone in a dispute",
    since="2026.2",
    source=("S1", "S25", "S29"),
    why="A dispute ends sooner when the answer is calm, acknowledges the problem and offers a way out.",
    reasons={"plain": "This may read as hostile.", "unsure": "This may read as hostile."},
    advice="Acknowledge the problem and say what you can do.",
    gate=(r"^$",),
    find=find,
    flagged=(),
    accepted=(),
    known_miss=(),
)

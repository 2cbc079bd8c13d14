"""divert.off_platform: dealing outside the marketplace."""

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
    id="divert.off_platform",
    title="Dealing outside the marketplace",
    since="2026.2",
    source=("S20", "S71", "S80", "S86"),
    why="What is bought elsewhere is not on record here, and nobody can protect buyer or seller when it goes wrong.",
    reasons={"plain": "This leads away from the marketplace.", "unsure": "This may lead away from the marketplace."},
    advice="Take it out and go on in this conversation.",
    gate=(r"^$",),
    find=find,
    flagged=(),
    accepted=(),
    known_miss=(),
)

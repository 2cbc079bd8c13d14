"""link.opt_out: opt-out link or wording."""

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
    id="link.opt_out",
    title="Opt-out link or wording",
    since="2026.2",
    source=("S62",),
    why="Messages about an order are no newsletter. What a buyer wants to receive is set at the marketplace.",
    reasons={"plain": "This offers to stop messages, as a newsletter does."},
    advice="Take it out; buyers choose at the marketplace what they receive.",
    gate=(r"^$",),
    find=find,
    flagged=(),
    accepted=(),
    known_miss=(),
)

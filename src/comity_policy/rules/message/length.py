"""message.length: more characters than a message of its purpose may have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from comity_policy.model import Example, Rule, Span
from comity_policy.reading import Reading
from comity_policy.rules._messages_only import messages_only


def find(reading: Reading, parameters: Mapping[str, Any]) -> Iterator[Span]:
    """Yield what stands beyond the purpose's limit, in characters (code points)."""
    limits, draft = parameters["characters"], reading.draft
    limit = limits.get(draft.purpose, limits["other"])
    if len(draft.text) > limit:
        yield Span(limit, len(draft.text), detail=f"{limit:,}")


RULE = Rule(
    id="message.length",
    title="Too long",
    since="2026.2",
    source=("S25",),
    why="A message that is short is read to its end.",
    reasons={"plain": "Up to {} characters are allowed here; this is what goes beyond."},
    advice="Keep to what the reader needs for this order, and shorten the rest.",
    gate=(),
    find=messages_only(find),
    parameters={"characters": dict},
    flagged=(
        "x" * 4000 + "«y»",
        Example("x" * 4000 + "«yy»", role="buyer"),
        Example("x" * 800 + "«Which name?»", purpose="customisation"),
        Example("é" * 4000 + "«é»"),
        Example("😀" * 4000 + "«😀»"),
    ),
    accepted=(
        "The lamp left today.",
        "x" * 4000,
        "",
        Example("x" * 800, purpose="customisation"),
        Example("😀" * 4000),
        Example("x" * 5000, in_file=True),
    ),
    known_miss=("«It is a long story, told in 4,000 characters to the dot.»",),
)

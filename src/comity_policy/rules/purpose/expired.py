"""purpose.expired: writing first about an order that was completed too long ago."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from comity_policy.model import Example, Rule, Span
from comity_policy.reading import Reading
from comity_policy.rules._messages_only import messages_only


def find(reading: Reading, parameters: Mapping[str, Any]) -> Iterator[Span]:
    """Yield the whole draft when more than ``days`` have gone by since ``anchor`` (see ``Context.days``)."""
    gone_by = (reading.context.days or {}).get(parameters["anchor"])
    if gone_by is not None and gone_by > parameters["days"] and reading.draft.purpose in parameters["purposes"]:
        yield Span(0, len(reading.draft.text), detail=str(parameters["days"]))


RULE = Rule(
    id="purpose.expired",
    title="Writing first about an old order",
    since="2026.2",
    source=("S60", "S83"),
    why=(
        "An order is over some time after it arrived. From then on the buyer decides whether there is anything to talk "
        "about; an answer to the buyer is possible at any time."
    ),
    reasons={"plain": "The time in which you may write first about this order, {} days, is over."},
    advice="Wait until the buyer writes; then you can answer.",
    gate=(),
    find=messages_only(find),
    needs=frozenset({"days"}),
    parameters={"days": int, "anchor": str, "purposes": list},
    flagged=(
        Example("«Here is your invoice.»", purpose="proactive", days={"completed": 31}),
        Example("«How is the lamp?»", purpose="proactive", days={"completed": 400, "placed": 410}),
        Example("«Your return is here.»", purpose="return", days={"completed": 45}),
        Example("«Which name shall we engrave?»", purpose="customisation", days={"completed": 31}),
        Example("«There was a problem.»", purpose="order_problem", days={"completed": 99}),
    ),
    accepted=(
        Example("Here is your invoice.", purpose="proactive", days={"completed": 30}),
        Example("Here is your invoice.", purpose="reply", days={"completed": 300}),
        Example("Here is your invoice.", purpose="proactive", days={"placed": 300}),
        Example("Here is your invoice.", purpose="proactive"),
        Example("Where is my invoice?", role="buyer", purpose="inquiry", days={"completed": 300}),
    ),
    known_miss=(Example("«As to the order of last year: a word.»", purpose="proactive"),),
)

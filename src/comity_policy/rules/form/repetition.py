"""form.repetition: writing again and again, to one buyer or the same to many."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from comity_policy.model import Example, Rule, Span
from comity_policy.reading import Reading
from comity_policy.rules._messages_only import messages_only


def find(reading: Reading, parameters: Mapping[str, Any]) -> Iterator[Span]:
    """Yield the whole draft when it follows too many unanswered ones, or says the same as many about other orders.

    How many days "lately" is, ``alike_days``, is for whoever counts them.
    """
    context, whole = reading.context, len(reading.draft.text)
    if (context.follow_ups or 0) > parameters["follow_ups"]:
        yield Span(0, whole, "plain", str(context.follow_ups))
    elif (context.alike or 0) > parameters["alike"]:
        yield Span(0, whole, "alike", str(context.alike))


RULE = Rule(
    id="form.repetition",
    title="Writing again and again",
    since="2026.2",
    source=("S26", "S83"),
    why="Who is written to too often stops reading, and reports the sender.",
    reasons={
        "plain": "You have written {} times since the other side last wrote.",
        "alike": "Nearly the same was sent about {} other orders lately.",
    },
    advice="Wait for an answer, and write to each buyer only what that order needs.",
    gate=(),
    find=messages_only(find),
    parameters={"follow_ups": int, "alike": int, "alike_days": int},
    flagged=(
        Example("«Any news?»", follow_ups=4),
        Example("«Please answer!»", follow_ups=9, role="buyer"),
        Example("«We hope that the lamp shines.»", alike=51),
        Example("«We hope that the lamp shines.»", alike=51, follow_ups=3),
        Example("«Did you see my message?»", follow_ups=4, purpose="order_problem"),
    ),
    accepted=(
        "Any news?",
        Example("Any news?", follow_ups=3),
        Example("Any news?", follow_ups=0, alike=50),
        Example("The van comes on Tuesday.", alike=12),
        Example("Where is it? Where is it? Where is it?", role="buyer", follow_ups=1),
    ),
    known_miss=(Example("«Any news? Any news? Any news? Any news?»", follow_ups=1),),
)

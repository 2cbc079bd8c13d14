"""order.wrong_id: the number of another order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from comity_policy.model import Example, Rule, Span
from comity_policy.reading import Reading
from comity_policy.text.patterns import pattern

# Three, seven and seven digits (S65), with what people write between them.
_ORDER_ID = pattern(r"(?:^|[^0-9])([0-9]{3}[ -]?[0-9]{7}[ -]?[0-9]{7})(?:[^0-9]|$)")
_ID = "114-3941689-8772232"


def find(reading: Reading, parameters: Mapping[str, Any]) -> Iterator[Span]:  # noqa: ARG001
    """Yield order numbers that are not the order's."""
    for match in _ORDER_ID.finditer(reading.folded.text):
        if _digits(match.group(1)) != _digits(reading.context.order_id or ""):
            yield Span(*reading.folded.span(*match.span(1)), detail=reading.context.order_id or "")


def _digits(text: str) -> str:
    return "".join(one for one in text if one.isdigit())


RULE = Rule(
    id="order.wrong_id",
    title="Number of another order",
    since="2026.2",
    source=("S65",),
    why="With the wrong number a refund or an address goes to somebody else, and nobody finds the message again.",
    reasons={"plain": "This is the number of another order; this one is {}."},
    advice="Put in the number of the order that you write about.",
    gate=(r"[0-9]{3}[ -]?[0-9]{7}[ -]?[0-9]{7}",),
    find=find,
    needs=frozenset({"order_id"}),
    flagged=(
        Example("Your order «114-3941689-8772233» left.", order_id=_ID),
        Example("Your order «115 3941689 8772232» left.", order_id=_ID),
        Example("Order: «11439416898772233»", order_id=_ID),
        Example("Both, 114-3941689-8772232 and «002-0000001-0000002», left.", order_id=_ID),
        Example("«１１４-3941689-8772233» ist da", order_id=_ID),
    ),
    accepted=(
        Example("Your order 114-3941689-8772232 left.", order_id=_ID),
        Example("Your order 114 3941689 8772232 left.", order_id=_ID),
        Example("Your order 114-3941689-8772233 left."),
        Example("Also 002-0000001-0000002.", order_id=_ID, known_ids=frozenset({"002-0000001-0000002"})),
        Example("Tracking 9400 1118 9956 0431 7728 15", order_id=_ID),
    ),
    known_miss=(Example("Your order «114-3941689-877223» left.", order_id=_ID),),
)

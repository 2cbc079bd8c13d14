"""order.missing_id: a text about an order that leaves without its number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from comity_policy.model import Example, Rule, Span
from comity_policy.reading import Reading
from comity_policy.rules._messages_only import messages_only
from comity_policy.text.ids import known_stretches

_ID = "114-3941689-8772232"


def find(reading: Reading, parameters: Mapping[str, Any]) -> Iterator[Span]:  # noqa: ARG001
    """Yield the whole draft when neither it nor what shows it names the order."""
    context = reading.context
    if context.shows_order_id or not context.order_id:
        return
    if not known_stretches(reading.folded, (context.order_id,)):
        yield Span(0, len(reading.draft.text), detail=context.order_id)


RULE = Rule(
    id="order.missing_id",
    title="No order number",
    since="2026.2",
    source=("S65",),
    why="What is sent by mail or lies in a parcel is found again by its order number, years later and by anybody.",
    reasons={"plain": "The order number, {}, is missing."},
    advice="Add the order number.",
    gate=(),
    find=messages_only(find),
    needs=frozenset({"order_id", "shows_order_id"}),
    flagged=(
        Example("«Your order left today.»", order_id=_ID, shows_order_id=False),
        Example("«Order 114-3941689-8772233 left.»", order_id=_ID, shows_order_id=False),
        Example("«Packed by Ann»", purpose="insert", order_id=_ID, shows_order_id=False),
        Example("«Your order …2232 left.»", order_id=_ID, shows_order_id=False),
        Example("«Ihre Bestellung ist da.»", order_id=_ID, shows_order_id=False),
    ),
    accepted=(
        Example("Your order 114-3941689-8772232 left today.", order_id=_ID, shows_order_id=False),
        Example("Order 114 3941689 8772232: packed by Ann", purpose="insert", order_id=_ID, shows_order_id=False),
        Example("Your order left today.", order_id=_ID, shows_order_id=True),
        Example("Your order left today.", order_id=_ID),
        Example("Your lamp left today.", shows_order_id=False),
    ),
    known_miss=(Example("«The number is in the picture.»", order_id=_ID),),
)

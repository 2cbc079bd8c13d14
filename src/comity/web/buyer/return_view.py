"""The buyer's way to a return, in three steps of one form: which items, why, and what it will cost."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import QueryDict

from comity.accounts.profiles import profile_in_force
from comity.common.errors import Refused
from comity.orders.models import Order, Return
from comity.orders.selectors.replacements import replacements_about
from comity.orders.selectors.returns import Returnable, returnable, returns_of_order
from comity.orders.services.returning.eligibility import day_of, eligible, last_day
from comity.orders.services.returning.requests import Wanted, require_open
from comity.orders.services.returning.unseen import days_to_refund

_LONGEST_NUMBER = 9


@dataclass(frozen=True, slots=True)
class Row:
    """One item of the order in the form. ``number`` stands in the names of its fields: ``n-1``, ``reason-1`` …"""

    number: int
    piece: Returnable
    quantity: str
    reason: str
    comment: str
    opened: bool

    @property
    def wanted(self) -> Wanted:
        """What the form asks for; a number that is none is 0, which the service refuses."""
        digits = self.quantity.isascii() and self.quantity.isdigit() and len(self.quantity) <= _LONGEST_NUMBER
        name = self.piece.line.external_id
        return Wanted(name, int(self.quantity) if digits else 0, self.reason, self.comment, self.opened)


def rows_of(order: Order, typed: QueryDict) -> list[Row]:
    """Every item of the order with what was typed about it."""
    return [
        Row(
            number,
            piece,
            typed.get(f"n-{number}", "").strip(),
            typed.get(f"reason-{number}", ""),
            typed.get(f"comment-{number}", ""),
            f"opened-{number}" in typed,
        )
        for number, piece in enumerate(returnable(order), start=1)
    ]


def chosen(rows: list[Row]) -> list[Row]:
    """The items of which something is to go back."""
    return [row for row in rows if row.quantity not in ("", "0")]


def error_of(refused: Refused, rows: list[Row]) -> dict[str, str]:
    """The refusal by the field of the form that it is about."""
    kind, _, line = refused.field.partition("-")
    for row in rows:
        if line == row.piece.line.external_id:
            return {f"{'n' if kind == 'quantity' else kind}-{row.number}": refused.sentence}
    return {"files" if kind == "files" else "form": refused.sentence}


def closed_words(order: Order) -> str:
    """Why nothing of the order can be asked for at all; empty where something may be."""
    try:
        require_open(order)
    except Refused as refused:
        return refused.sentence
    return ""


def choosing_view(order: Order, rows: list[Row], errors: Mapping[str, str], *, now: datetime) -> dict[str, Any]:
    """The first step: the items, how many of each may go back, and until when."""
    terms = profile_in_force(order.marketplace, now).returns
    until = [
        last_day(row.piece, marketplace=order.marketplace, terms=terms) if row.piece.left else None for row in rows
    ]
    left = any(row.piece.left for row in rows)
    return {
        "order": order,
        "items": [
            {
                "row": row,
                "until": day,
                "over": day is not None and day < day_of(now, order.marketplace),
                "error": errors.get(f"n-{row.number}", ""),
            }
            for row, day in zip(rows, until, strict=True)
        ],
        "any": left,
        "returns": [] if left else returns_of_order(order),
        "days": terms.window_days,
        "replaced": replacements_about(order).by,
        "error": errors.get("form", ""),
    }


def telling_view(order: Order, rows: list[Row], errors: Mapping[str, str], *, now: datetime) -> dict[str, Any]:
    """The second step: why, in which condition, and photos."""
    reasons = profile_in_force(order.marketplace, now).returns.reasons
    return {
        "order": order,
        "items": [
            {
                "row": row,
                "error": errors.get(f"n-{row.number}", ""),
                "reason_error": errors.get(f"reason-{row.number}", ""),
                "comment_error": errors.get(f"comment-{row.number}", ""),
                "names": _names(row),
            }
            for row in rows
        ],
        "reasons": [("", "Choose"), *((one.key, one.label) for one in reasons)],
        "error": errors.get("form", "") or errors.get("files", ""),
    }


def summary_view(order: Order, rows: list[Row], *, now: datetime) -> dict[str, Any]:
    """The last step: what will happen and what it costs, by the table of eligibility."""
    terms = profile_in_force(order.marketplace, now).returns
    reasons = {one.key: one for one in terms.reasons}
    market = order.marketplace
    return {
        "order": order,
        "items": [
            {
                "row": row,
                "reason": reasons[row.reason],
                "found": eligible(
                    row.piece, opened=row.opened, reason=row.reason, marketplace=market, terms=terms, now=now
                ),
                "value": row.wanted.quantity * row.piece.line.unit_minor,
                "names": _names(row),
            }
            for row in rows
        ],
        "seller_pays": any(reasons[row.reason].fault == "seller" for row in rows),
        "unknown_delivery": any(row.piece.delivered_at is None for row in rows),
        "answer_by": now + timedelta(hours=terms.answer_hours) if order.fulfilment == "seller" else None,
        "refund_days": days_to_refund(order.marketplace, terms, now),
    }


def is_open(returned: Return) -> bool:
    """Whether the buyer may still call it off."""
    return returned.state in (Return.State.REQUESTED, Return.State.AUTHORISED, Return.State.IN_TRANSIT)


def _names(row: Row) -> dict[str, str]:
    """The names of the item's fields, by what they are."""
    return {name: f"{name}-{row.number}" for name in ("reason", "comment", "opened", "n")}

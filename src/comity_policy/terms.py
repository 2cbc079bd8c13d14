"""What a rulebook says beside messages: who must do what, by when. Pure facts, judged event by event.

The same contradictions that make rules differ between rulebooks (C1, C4, C12, C13, C14) concern events that
are no message: a shipment without its mail, an answer that came late, a claim filed too early.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

SHIPMENT_MAIL = ("required", "permitted", "forbidden")


class TermsError(ValueError):
    """A term is unknown or has a value that it cannot have; the message says which and what is allowed."""


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of a rulebook; 0 and nothing mean that it does not say.

    shipment_mail              whether the seller mails the buyer that an order was shipped (C1)
    response_hours             in which a seller answers a buyer (S27, C4)
    escalation_hours           that a buyer waits before a next step (S91, C4)
    full_refund_days           after delivery in which new, unopened items are refunded in full (S78, C12)
    refund_after_cancellation  whether the seller refunds a buyer who cancels because of a delay (S46, C13)
    contact_before_claim       kinds of claim before which the buyer writes to the seller first (S30, C14)
    refund_business_days, refund_days   after receipt in which returned goods are refunded (rules §5)
    """

    shipment_mail: str = "permitted"
    response_hours: int = 0
    escalation_hours: int = 0
    full_refund_days: int = 0
    refund_after_cancellation: bool = False
    contact_before_claim: tuple[str, ...] = ()
    refund_business_days: int = 0
    refund_days: int = 0


def read_terms(table: Any) -> Terms:
    """Return the terms in ``table``; raises ``TermsError``."""
    kinds: dict[str, Any] = {field.name: type(field.default) for field in fields(Terms)}
    if not isinstance(table, dict) or set(table) - set(kinds):
        raise TermsError(f"allowed are {', '.join(kinds)}.")
    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in table.items()}
    for name, value in values.items():
        if type(value) is not kinds[name]:
            raise TermsError(f"{name} must be a {'list' if kinds[name] is tuple else kinds[name].__name__}.")
        if name == "shipment_mail" and value not in SHIPMENT_MAIL:
            raise TermsError(f"{name} must be one of {', '.join(SHIPMENT_MAIL)}.")
        if isinstance(value, int) and value < 0:
            raise TermsError(f"{name} must not be below zero.")
        if isinstance(value, tuple) and not all(isinstance(one, str) for one in value):
            raise TermsError(f"{name} must be a list of words.")
    return Terms(**values)


def shipped(terms: Terms, *, mailed: bool) -> str:
    """Return what is wrong when the seller did or did not mail the buyer that the order was shipped (C1)."""
    if terms.shipment_mail == "required" and not mailed:
        return "The seller must tell the buyer by mail that the order was shipped."
    if terms.shipment_mail == "forbidden" and mailed:
        return "The marketplace tells the buyer that the order was shipped; the seller does not."
    return ""


def answered(terms: Terms, *, hours: float) -> str:
    """Return what is wrong when a buyer was answered after ``hours`` (C4)."""
    late = terms.response_hours and hours > terms.response_hours
    return f"A buyer is answered within {terms.response_hours} hours." if late else ""


def escalated(terms: Terms, *, hours: float) -> str:
    """Return what is wrong when a buyer takes the next step ``hours`` after writing, still without an answer (C4)."""
    early = terms.escalation_hours and hours < terms.escalation_hours
    return f"The next step opens {terms.escalation_hours} hours after the first message." if early else ""


def refunded(terms: Terms, *, days: int, unopened: bool, share: int) -> str:
    """Return what is wrong when ``share`` per cent was refunded for goods returned ``days`` after delivery (C12)."""
    if share <= 0:
        return "Returned goods are refunded, less what the buyer has to bear."
    if unopened and days <= terms.full_refund_days and share < 100:  # noqa: PLR2004 - per cent
        return f"New, unopened items are refunded in full for {terms.full_refund_days} days."
    return ""


def cancelled_after_delay(terms: Terms, *, refunded: bool) -> str:
    """Return what is wrong when a buyer cancelled because of a delay and was or was not refunded (C13)."""
    if terms.refund_after_cancellation and not refunded:
        return "The seller refunds a buyer who cancels because the order is late."
    return ""


def claimed(terms: Terms, *, kind: str, contacted: bool) -> str:
    """Return what is wrong when a claim of ``kind`` is filed with or without writing to the seller first (C14)."""
    if kind in terms.contact_before_claim and not contacted:
        return "The buyer writes to the seller before this kind of claim."
    return ""


def refund_made(terms: Terms, *, days: int, business_days: int) -> str:
    """Return what is wrong when goods that came back were refunded so many days after their receipt."""
    if terms.refund_days and days > terms.refund_days:
        return f"What came back is refunded within {terms.refund_days} days."
    if terms.refund_business_days and business_days > terms.refund_business_days:
        return f"What came back is refunded within {terms.refund_business_days} business days."
    return ""

"""What a seller's message of a declared kind is about, what it has to say, and who else would send it (S41–S48)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from comity.accounts.profiles import profile_in_force
from comity.accounts.profiles.purposes import Purpose
from comity.messaging.models import Duty
from comity.messaging.selectors.agreements import sent_by_marketplace
from comity.messaging.selectors.order_words import (
    Telling,
    facts_of,
    is_unavailable,
    of_adjustment,
    template,
    words_in,
)
from comity.orders.models import Order, Return

# Which part of a message (``template.missing_content``) is which fact; the others are known by their looks.
_PARTS: Mapping[str, str] = {"address": "order.address", "tracking": "tracking.number", "amount": "refund.amount"}


@dataclass(frozen=True, slots=True)
class Declaration:
    """What the rules are told of a message of ``kind``, by the names of ``comity_policy.Context``."""

    kind: str
    parts: Mapping[str, tuple[str, ...]]
    marketplace_sends: frozenset[str]


def subject_of(kind: str, order: Order) -> Telling | None:
    """What the seller's next message of ``kind`` about ``order`` would tell; None where nothing of it has happened.

    Of several shipments or adjustments: the one for which it is owed longest, else the latest.
    """
    return _SUBJECTS[kind](order) if kind in _SUBJECTS else Telling(kind, order)


def to_tell(order: Order, now: datetime) -> frozenset[str]:
    """The kinds of message of which something has happened to ``order`` that the seller tells, not the marketplace."""
    declared = {one.declares for one in profile_in_force(order.marketplace, now).purposes if one.declares}
    left = declared - _sent_by_marketplace(order, now)
    return frozenset(kind for kind in left if subject_of(kind, order))


def declaration(purpose: Purpose, order: Order, *, now: datetime) -> Declaration | None:
    """What the rules are told beside the words; None for a purpose that declares no kind."""
    telling = subject_of(purpose.declares, order) if purpose.declares else None
    if telling is None:
        return None
    values = facts_of(telling, words_in(telling.words or telling.kind, order.buyer.language)[0])
    parts = {part: (values[name],) for part, name in _PARTS.items() if values.get(name)}
    if telling.shipment:
        parts["carrier"] = (telling.shipment.carrier,)
    return Declaration(purpose.declares, parts, _sent_by_marketplace(order, now))


def template_for(purpose: Purpose, order: Order) -> str:
    """The text that the form of ``purpose`` begins with; empty where it begins with nothing."""
    telling = subject_of(purpose.declares, order) if purpose.declares else Telling("", order)
    if telling is None or not (purpose.declares or purpose.template):
        return ""
    return template(telling.words or purpose.template or telling.kind, telling)[1]


def _sent_by_marketplace(order: Order, now: datetime) -> frozenset[str]:
    order.seller.marketplace = order.marketplace  # the same, and loaded
    return sent_by_marketplace(order.seller, now)


def _shipment(order: Order) -> Telling | None:
    known = {one.public_id: one for one in order.shipments.order_by("-confirmed_at", "-pk")}
    found = known.get(_owed(order, "shipment_confirmation")) or next(iter(known.values()), None)
    return Telling("shipment_confirmation", order, shipment=found) if found else None


def _unavailable(order: Order) -> Telling | None:
    made = [one for one in order.adjustments.order_by("-made_at", "-pk") if is_unavailable(one)]
    owed = _owed(order, "order_unavailable")
    found = next((one for one in made if one.public_id == owed), made[0] if made else None)
    return of_adjustment(found, order) if found else None


def _returned(order: Order) -> Telling | None:
    refunded = order.returns.filter(state=Return.State.REFUNDED).select_related("adjustment")
    found = refunded.order_by("-closed_at", "-pk").first()
    return Telling("return_confirmation", order, returned=found, adjustment=found.adjustment) if found else None


def _owed(order: Order, kind: str) -> str:
    owed = Duty.objects.filter(order=order, kind=kind, ended_at=None).order_by("due_at", "pk")
    return owed.values_list("about", flat=True).first() or ""


_SUBJECTS: Mapping[str, Callable[[Order], Telling | None]] = {
    "shipment_confirmation": _shipment,
    "order_unavailable": _unavailable,
    "return_confirmation": _returned,
}

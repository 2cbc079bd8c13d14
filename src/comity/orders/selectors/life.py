"""What is on record about an order, and what of it waits for somebody: its clock, a request, a notice of delay."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch

from comity.accounts.models import User
from comity.common.errors import NotFound
from comity.common.models import RecordEntry
from comity.common.record import UNREADABLE, facts_of, words_of
from comity.orders.models import (
    Adjustment,
    AdjustmentPart,
    CancelRequest,
    DelayNotice,
    Order,
    ShipDeadline,
    Subscription,
)
from comity.orders.services.statuses import TO_SHIP


@dataclass(frozen=True, slots=True)
class Recorded:
    """One entry of an order's record: what happened, its facts (``at`` as ISO 8601 in UTC), the words if any.

    ``erased``: there were words.
    """

    what: str
    facts: dict[str, Any]
    text: str
    erased: bool

    @property
    def actor(self) -> str:
        """Public id of the person who did it; empty for nobody."""
        return str(self.facts.get("actor", ""))


def record_of(owner: Order | Subscription) -> list[Recorded]:
    """Everything that is on record about an order or subscription, in its order. One query."""
    rows = RecordEntry.objects.filter(chain=owner.public_id).select_related("body").order_by("position")
    return [_read(row) for row in rows]


def _read(row: RecordEntry) -> Recorded:
    facts = facts_of(row.facts)
    try:
        words = words_of(row)
    except UNREADABLE:  # `comity verify` says which; the rest of the record is read all the same
        words = "(cannot be read)"
    return Recorded(str(facts.get("what", row.kind)), facts, words or "", bool(row.body_digest) and words is None)


def clocks_of(orders: Iterable[Order]) -> dict[int, ShipDeadline]:
    """The running ship deadline of each order that has one, by the order's key. One query."""
    rows = ShipDeadline.objects.filter(order__in=[order.pk for order in orders], ended_at__isnull=True)
    return {one.order_id: one for one in rows}


def waiting_request(order: Order) -> CancelRequest | None:
    """The request to cancel that its seller has yet to answer."""
    return CancelRequest.objects.filter(order=order, state=CancelRequest.State.WAITING).first()


def latest_request(order: Order) -> CancelRequest | None:
    """What the buyer asked last of the seller: to cancel it."""
    return CancelRequest.objects.filter(order=order).order_by("asked_at", "pk").last()


def waiting_among(orders: Iterable[Order]) -> set[int]:
    """The keys of those orders whose buyer asked to cancel and has no answer yet. One query."""
    rows = CancelRequest.objects.filter(order__in=[one.pk for one in orders], state=CancelRequest.State.WAITING)
    return set(rows.values_list("order", flat=True))


def get_waiting_request(order: Order) -> CancelRequest:
    """The same; raises ``NotFound`` where none waits."""
    if (found := waiting_request(order)) is None:
        raise NotFound(order.public_id)
    return found


def notices_of(order: Order) -> list[DelayNotice]:
    """What the buyer was told of delays, first one first."""
    return list(DelayNotice.objects.filter(order=order).order_by("told_at", "pk"))


def arrival_of(order: Order, notice: DelayNotice) -> datetime | None:
    """By when an order arrives that waits for ``notice``; where that names no day the way takes as long as before."""
    if notice.deliver_by or not (order.deliver_by and order.ship_by):
        return notice.deliver_by or order.deliver_by
    return order.deliver_by + (notice.ship_by - order.ship_by)


def open_notice(order: Order, notices: list[DelayNotice]) -> DelayNotice | None:
    """The notice that the buyer may answer: the latest one, while nobody has and the order waits."""
    latest = notices[-1] if notices and order.status in TO_SHIP else None
    return latest if latest and not latest.choice else None


def adjustments_of(order: Order) -> dict[str, Adjustment]:
    """What was given back for the order, by public id, with the lines it is for. Two queries."""
    parts = Prefetch("parts", AdjustmentPart.objects.select_related("line").order_by("pk"))
    return {one.public_id: one for one in Adjustment.objects.filter(order=order).prefetch_related(parts)}


def names_of(actors: Iterable[str]) -> dict[str, str]:
    """The names of people by their public ids. One query."""
    rows = User.objects.filter(public_id__in=set(actors) - {""})
    return dict(rows.values_list("public_id", "name"))

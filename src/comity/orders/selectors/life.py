"""What is on record about an order, and what of it waits for somebody: its clock, a request, a notice of delay."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from comity.accounts.models import User
from comity.common.errors import NotFound
from comity.common.models import RecordEntry
from comity.common.record import facts_of
from comity.orders.models import Adjustment, CancelRequest, DelayNotice, Order, ShipDeadline
from comity.orders.services.statuses import TO_SHIP


@dataclass(frozen=True, slots=True)
class Recorded:
    """One entry of an order's record: what happened, its facts (``at`` as ISO 8601 in UTC), the words if any."""

    what: str
    facts: dict[str, Any]
    text: str

    @property
    def actor(self) -> str:
        """Public id of the person who did it; empty for nobody."""
        return str(self.facts.get("actor", ""))


def record_of(order: Order) -> list[Recorded]:
    """Everything that is on record about ``order``, in its order. One query."""
    rows = RecordEntry.objects.filter(chain=order.public_id).select_related("body").order_by("position")
    return [_read(row) for row in rows]


def _read(row: RecordEntry) -> Recorded:
    facts = facts_of(row.facts)
    body = getattr(row, "body", None)
    return Recorded(str(facts.get("what", row.kind)), facts, body.text if body else "")


def clocks_of(orders: Iterable[Order]) -> dict[int, ShipDeadline]:
    """The running ship deadline of each order that has one, by the order's key. One query."""
    rows = ShipDeadline.objects.filter(order__in=[order.pk for order in orders], ended_at__isnull=True)
    return {one.order_id: one for one in rows}


def waiting_request(order: Order) -> CancelRequest | None:
    """The request to cancel that its seller has yet to answer."""
    return CancelRequest.objects.filter(order=order, state=CancelRequest.State.WAITING).first()


def get_waiting_request(order: Order) -> CancelRequest:
    """The same; raises ``NotFound`` where none waits."""
    if (found := waiting_request(order)) is None:
        raise NotFound(order.public_id)
    return found


def notices_of(order: Order) -> list[DelayNotice]:
    """What the buyer was told of delays, first one first."""
    return list(DelayNotice.objects.filter(order=order).order_by("told_at", "pk"))


def open_notice(order: Order, notices: list[DelayNotice]) -> DelayNotice | None:
    """The notice that the buyer may answer: the latest one, while nobody has and the order waits."""
    latest = notices[-1] if notices and order.status in TO_SHIP else None
    return latest if latest and not latest.choice else None


def adjustments_of(order: Order) -> dict[str, Adjustment]:
    """What was given back for the order, by public id."""
    return {one.public_id: one for one in Adjustment.objects.filter(order=order)}


def names_of(actors: Iterable[str]) -> dict[str, str]:
    """The names of people by their public ids. One query."""
    rows = User.objects.filter(public_id__in=set(actors) - {""})
    return dict(rows.values_list("public_id", "name"))

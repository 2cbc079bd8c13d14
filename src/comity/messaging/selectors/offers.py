"""Offers as the two sides of a conversation see them, and what sellers asked the marketplace about."""

from collections.abc import Sequence

from django.db.models import QuerySet

from comity.accounts.models import Marketplace, OperatorStaff
from comity.common.errors import NotFound
from comity.messaging.models import Conversation, Escalation, Message, Offer, Side
from comity.messaging.selectors.doors import Seat
from comity.orders.models import Order

_SHOWN = 20


def get_offer(seat: Seat, offer_id: str) -> Offer:
    """An offer in the conversation of ``seat``; a buyer's only once it has been delivered. Raises ``NotFound``."""
    # A NUL in an address would make PostgreSQL raise instead of finding nothing.
    rows = _seen_by(seat.side).filter(conversation=seat.conversation.pk, public_id=offer_id)
    found = rows.first() if offer_id.isprintable() else None
    if found is None:
        raise NotFound(offer_id)
    return found


def offers_in(conversation: Conversation, side: str) -> list[Offer]:
    """The offers of a conversation that ``side`` sees, the latest first. One query."""
    return list(_seen_by(side).filter(conversation=conversation).order_by("-made_at", "-pk")[:_SHOWN])


def offers_about(order: Order) -> list[Offer]:
    """The offers about an order that its buyer sees, the latest first. One query."""
    return list(_seen_by(Side.BUYER).filter(order=order).order_by("-made_at", "-pk")[:_SHOWN])


def escalations_of(conversation: Conversation) -> list[Escalation]:
    """What the seller asked the marketplace about this conversation, the latest first. One query."""
    return list(_with_people(conversation.escalations.all()).order_by("-made_at", "-pk")[:_SHOWN])


def get_escalation(staff: OperatorStaff, escalation_id: str) -> Escalation:
    """One of the staff member's own marketplace. Raises ``NotFound``."""
    rows = _with_people(Escalation.objects.filter(conversation__marketplace=staff.marketplace_id))
    found = rows.filter(public_id=escalation_id).first() if escalation_id.isprintable() else None
    if found is None:
        raise NotFound(escalation_id)
    return found


def waiting_escalations(marketplace: Marketplace, limit: int = _SHOWN) -> Sequence[Escalation]:
    """What sellers of ``marketplace`` ask and nobody has answered, the oldest first. One query."""
    rows = Escalation.objects.filter(conversation__marketplace=marketplace, answered_at=None)
    return list(_with_people(rows).order_by("made_at", "pk")[:limit])


def _seen_by(side: str) -> QuerySet[Offer]:
    rows = Offer.objects.select_related("order", "message", "conversation")
    return rows.filter(message__state=Message.State.DELIVERED) if side == Side.BUYER else rows


def _with_people(rows: QuerySet[Escalation]) -> QuerySet[Escalation]:
    return rows.select_related("made_by", "answered_by", "conversation__seller", "conversation__marketplace")


def is_escalated(order: Order) -> bool:
    """Whether its seller ever asked the marketplace for help with it. One query."""
    return Escalation.objects.filter(conversation__order=order).exists()

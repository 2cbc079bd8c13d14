"""The only ways to a conversation. A stranger's conversation looks like a missing one."""

from dataclasses import dataclass

from django.db.models import QuerySet

from comity.accounts.models import Buyer, OperatorStaff, Staff, User
from comity.common.errors import NotFound
from comity.messaging.models import Conversation, Side


@dataclass(frozen=True, slots=True)
class Seat:
    """A person at their place in a conversation; ``staff`` says by which role, for people of seller or operator."""

    conversation: Conversation
    side: Side
    user: User
    staff: Staff | OperatorStaff | None = None


def get_seat_of_buyer(*, buyer: Buyer, user: User, conversation_id: str) -> Seat:
    """The buyer's seat. Raises ``NotFound`` for anybody else's conversation."""
    return Seat(_get(_known().filter(buyer=buyer), conversation_id), Side.BUYER, user)


def get_seat_of_staff(*, staff: Staff, user: User, conversation_id: str) -> Seat:
    """The seller's seat; only of conversations in which something has reached the seller."""
    reached = _known().filter(seller=staff.seller, addressee=Side.SELLER, last_message__isnull=False)
    return Seat(_get(reached, conversation_id), Side.SELLER, user, staff)


def get_seat_of_operator(*, staff: OperatorStaff, user: User, conversation_id: str) -> Seat:
    """The marketplace's seat in any conversation of its own marketplace."""
    return Seat(_get(_known().filter(marketplace=staff.marketplace), conversation_id), Side.MARKETPLACE, user, staff)


def _known() -> QuerySet[Conversation]:
    return Conversation.objects.select_related(
        "marketplace", "buyer", "seller", "order", "listing__product", "last_message"
    )


def _get(conversations: QuerySet[Conversation], public_id: str) -> Conversation:
    # A NUL in an address would make PostgreSQL raise instead of finding nothing.
    conversation = conversations.filter(public_id=public_id).first() if public_id.isprintable() else None
    if conversation is None:
        raise NotFound(public_id)
    return conversation

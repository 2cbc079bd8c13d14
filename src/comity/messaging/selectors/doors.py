"""The only ways to a conversation. A stranger's conversation looks like a missing one."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from comity.accounts.models import Buyer, OperatorStaff, Staff, User
from comity.common.errors import NotFound
from comity.common.prepared import Prepared
from comity.messaging.models import Conversation, Message, Side
from comity.messaging.selectors.history import counting_follow_ups


@dataclass(frozen=True, slots=True)
class Seat:
    """A person at their place in a conversation; ``staff`` says by which role, for people of seller or operator."""

    conversation: Conversation
    side: Side
    user: User
    staff: Staff | OperatorStaff | None = None


def get_seat_of_buyer(*, buyer: Buyer, user: User, conversation_id: str) -> Seat:
    """The buyer's seat, once something was written there or has arrived. Raises ``NotFound`` for any other."""
    conversation = _get(_of_buyer, conversation_id, buyer=buyer.pk)
    conversation.buyer, conversation.marketplace = buyer, buyer.marketplace
    return Seat(conversation, Side.BUYER, user)


def get_seat_of_staff(*, staff: Staff, user: User, conversation_id: str) -> Seat:
    """The seller's seat; only of conversations in which something has reached the seller, or was written there."""
    conversation = _get(_of_seller, conversation_id, seller=staff.seller_id)
    conversation.seller, conversation.marketplace = staff.seller, staff.seller.marketplace
    return Seat(conversation, Side.SELLER, user, staff)


def get_seat_of_operator(*, staff: OperatorStaff, user: User, conversation_id: str) -> Seat:
    """The marketplace's seat in any conversation of its own marketplace."""
    conversation = _get(_of_marketplace, conversation_id, marketplace=staff.marketplace_id)
    conversation.marketplace = staff.marketplace
    return Seat(conversation, Side.MARKETPLACE, user, staff)


def known_to(side: Side) -> Q:
    """Conversations that ``side`` knows of: something was delivered, or it has written itself.

    What the other side tried to say and could not is nothing to learn of.
    """
    own = Message.objects.filter(conversation=OuterRef("pk"), side=side)
    return Q(last_message__isnull=False) | Q(Exists(own))


def _known(*parties: str) -> QuerySet[Conversation]:
    return Conversation.objects.select_related(*parties, "order", "listing__product", "last_message")


_of_buyer = Prepared(
    lambda buyer, public_id: counting_follow_ups(_known("seller"), Side.BUYER).filter(
        known_to(Side.BUYER), buyer=buyer, public_id=public_id
    ),
    buyer=int,
    public_id=str,
)
_of_seller = Prepared(
    lambda seller, public_id: counting_follow_ups(_known("buyer"), Side.SELLER).filter(
        known_to(Side.SELLER), seller=seller, addressee=Side.SELLER, public_id=public_id
    ),
    seller=int,
    public_id=str,
)
_of_marketplace = Prepared(
    lambda marketplace, public_id: _known("buyer", "seller").filter(marketplace=marketplace, public_id=public_id),
    marketplace=int,
    public_id=str,
)


def _get(conversations: Prepared[Conversation], public_id: str, **party: int) -> Conversation:
    # A NUL in an address would make PostgreSQL raise instead of finding nothing.
    conversation = conversations.first(public_id=public_id, **party) if public_id.isprintable() else None
    if conversation is None:
        raise NotFound(public_id)
    return conversation

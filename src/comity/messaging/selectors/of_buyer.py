"""What a buyer's pages show besides the conversations themselves."""

from typing import Any

from django.db.models import QuerySet

from comity.accounts.models import Buyer
from comity.common.errors import NotFound
from comity.messaging.models import Conversation, Message, Side
from comity.messaging.selectors.doors import known_to
from comity.messaging.selectors.inbox import with_last_words
from comity.orders.models import Order


def unread_count(buyer: Buyer) -> int:
    """In how many conversations something waits that the buyer has not read. One query."""
    conversations: QuerySet[Any] = with_last_words(Conversation.objects.filter(buyer=buyer), Side.BUYER)
    return conversations.filter(unread=True).count()


def conversations_about(order: Order) -> list[Conversation]:
    """The buyer's conversations about this order: with the seller, with the marketplace, or both. One query."""
    theirs = Conversation.objects.filter(known_to(Side.BUYER), order=order, buyer=order.buyer_id)
    return list(theirs.order_by("opened_at"))


def get_message_of_buyer(*, buyer: Buyer, message_id: str) -> Message:
    """A message that the buyer wrote, with its conversation. Raises ``NotFound`` for any other."""
    related = Message.objects.select_related(
        "body", "conversation__marketplace", "conversation__seller", "conversation__order", "conversation__listing"
    )
    known = message_id.isprintable()  # a NUL would make PostgreSQL raise
    own = related.filter(conversation__buyer=buyer, side=Side.BUYER, public_id=message_id)
    message = own.first() if known else None
    if message is None:
        raise NotFound(message_id)
    return message

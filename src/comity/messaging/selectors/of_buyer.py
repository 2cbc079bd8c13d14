"""What a buyer's pages show besides the conversations themselves."""

from typing import Any

from django.db.models import QuerySet

from comity.accounts.models import Buyer
from comity.common.counting import counted_columns
from comity.common.errors import NotFound
from comity.common.prepared import Prepared
from comity.messaging.models import Conversation, Message, Side
from comity.messaging.selectors.doors import known_to
from comity.messaging.selectors.inbox import with_last_words
from comity.orders.models import Order


def unread_count(buyer: Buyer) -> int:
    """In how many conversations something waits that the buyer has not read, as far as anybody counts. One query."""
    ((count,),) = _unread.tuples(buyer=buyer.pk)
    return int(count)


def _with_unread(buyer: Any) -> QuerySet[Any, Any]:
    conversations: QuerySet[Any] = with_last_words(Conversation.objects.filter(buyer=buyer), Side.BUYER)
    unread = {"unread": conversations.filter(unread=True)}
    return counted_columns(Buyer.objects.filter(pk=buyer), unread).values_list("unread")


_unread = Prepared(_with_unread, buyer=int)


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

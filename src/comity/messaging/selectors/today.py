"""What a seller's day begins with: answers that are due, messages that were refused, what is new."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import BigIntegerField, ExpressionWrapper, F, Q, QuerySet

from comity.accounts.models import Marketplace, Seller
from comity.common.counting import capped_counts
from comity.messaging.models import Conversation, Message, Ruling, Side
from comity.messaging.selectors.inbox import Filters, rows_of
from comity.messaging.selectors.teams import Team
from comity.orders.models import Order
from comity.orders.selectors.orders import to_ship

_NEXT = 3
_REFUSED_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Today:
    """Counts stop at ``common.counting.COUNTED`` and one more."""

    due: int
    overdue: int
    to_ship: int
    refused: int
    new_messages: int
    new_rulings: int
    new_orders: int
    next_due: list[Conversation]
    next_orders: list[Order]
    refused_messages: list[Message]


def today(*, seller: Seller, since: datetime, refused_days: int, now: datetime) -> Today:
    """What waits for the seller, and what has come since ``since``: 4 queries.

    ``refused_days``: older messages that were blocked or returned are left out.
    """
    team = Team(seller.marketplace, seller)
    due = rows_of(team, None, Filters("to_answer"))
    refused = refused_messages(seller, since=now - timedelta(days=refused_days))
    shipping = to_ship(seller)
    counts = capped_counts(
        Marketplace.objects.filter(pk=seller.marketplace_id),
        {
            "due": due,
            "overdue": due.filter(reply_due_at__lte=now),
            "to_ship": shipping,
            "refused": refused,
            "new_messages": rows_of(team, None, Filters("all", unread=True)).filter(last_message_at__gt=since),
            "new_rulings": rulings_since(seller, since),
            "new_orders": Order.objects.filter(seller=seller, placed_at__gt=since),
        },
    )
    related = due.select_related("buyer", "order", "listing__product", "seller", "marketplace")
    return Today(
        **counts,
        next_due=list(related[:_NEXT]),
        next_orders=list(shipping.select_related("buyer")[:_NEXT]),
        refused_messages=list(refused[:_REFUSED_SHOWN]),
    )


def refused_messages(seller: Seller, *, since: datetime) -> QuerySet[Message]:
    """The shop's messages that were blocked or returned after ``since`` and that no other replaced, latest first."""
    returned = Q(state=Message.State.WITHDRAWN, ruling__isnull=False)  # what its author took back has no ruling
    either = Q(state=Message.State.BLOCKED) | Q(state=Message.State.WITHDRAWN)  # as the index has it
    refused = Message.objects.filter(either).filter(Q(state=Message.State.BLOCKED) | returned)
    own = refused.filter(side=Side.SELLER, conversation__seller=seller, sent_at__gt=since, replaced_by=None)
    related = own.select_related("body", "author", "ruling", "conversation__buyer", "conversation__order")
    return related.order_by("-sent_at", "-pk")


def rulings_since(seller: Seller, since: datetime) -> QuerySet[Ruling]:
    """Decisions on the shop's own messages after ``since``."""
    # As a sum no index finds the seller: SQLite begins with the few rulings, not with all conversations of the shop.
    shop = ExpressionWrapper(F("message__conversation__seller_id") + 0, BigIntegerField())
    return Ruling.objects.alias(shop=shop).filter(decided_at__gt=since, message__side=Side.SELLER, shop=seller.pk)

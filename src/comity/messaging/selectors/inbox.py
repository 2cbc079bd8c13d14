"""Lists of conversations: the buyer's Message Center, the seller's and the marketplace's inbox, the held queue.

Each list is a fixed number of queries however many rows it shows; a page number that is none shows the nearest.
"""

from dataclasses import dataclass
from typing import Any, Literal

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from comity.accounts.models import Buyer, Marketplace, Seller
from comity.messaging.models import Conversation, Message, Participant, Side

View = Literal["to_answer", "waiting", "held", "all"]
PAGE_SIZE = 25
PageNumber = int | str | None


@dataclass(frozen=True, slots=True)
class Inbox:
    """One page of a view, and the number of rows of every view."""

    page: "Page[Any]"
    counts: dict[View, int]


def seller_inbox(*, seller: Seller, view: View = "to_answer", page: PageNumber = 1) -> Inbox:
    """Conversations that have reached the seller; ``to_answer`` has the oldest deadline on top."""
    reached = Conversation.objects.filter(seller=seller, addressee=Side.SELLER, last_message__isnull=False)
    return _inbox(reached, Side.SELLER, view, page)


def service_inbox(*, marketplace: Marketplace, view: View = "to_answer", page: PageNumber = 1) -> Inbox:
    """Conversations that the marketplace itself answers, on its own clock."""
    reached = Conversation.objects.filter(
        marketplace=marketplace, addressee=Side.MARKETPLACE, last_message__isnull=False
    )
    return _inbox(reached, Side.MARKETPLACE, view, page)


def _inbox(conversations: QuerySet[Conversation], side: Side, view: View, page: PageNumber) -> Inbox:
    conversations = conversations.annotate(has_held=Exists(_held_by(side)))
    conditions: dict[View, Q] = {
        "to_answer": Q(reply_due_at__isnull=False),
        "waiting": Q(reply_due_at__isnull=True, has_held=False),
        "held": Q(has_held=True),
        "all": Q(),
    }
    counts: Any = conversations.aggregate(**{name: Count("pk", filter=wanted) for name, wanted in conditions.items()})
    order = F("reply_due_at").asc(nulls_last=True)
    rows = with_last_words(conversations.filter(conditions[view]), side).order_by(order, "-last_message_at", "-pk")
    return Inbox(Paginator(rows, PAGE_SIZE).get_page(page), counts)


def buyer_conversations(*, buyer: Buyer, page: PageNumber = 1) -> "Page[Any]":
    """Everything the buyer has written about, latest first (S90)."""
    rows = with_last_words(Conversation.objects.filter(buyer=buyer), Side.BUYER)
    rows = rows.annotate(has_held=Exists(_held_by(Side.BUYER)))
    return Paginator(rows.order_by("-last_message_at", "-pk"), PAGE_SIZE).get_page(page)


def held_queue(*, marketplace: Marketplace, page: PageNumber = 1) -> "Page[Any]":
    """Held messages, the one that must be ruled on first on top; with findings (3 queries)."""
    held = Message.objects.filter(conversation__marketplace=marketplace, state=Message.State.HELD)
    related = held.select_related(
        "body",
        "author",
        "conversation__buyer",
        "conversation__seller",
        "conversation__order",
        "conversation__listing__product",
    )
    rows = related.prefetch_related("findings").order_by("held_until", "pk")
    return Paginator(rows, PAGE_SIZE).get_page(page)


def others_with_buyer(conversation: Conversation, *, limit: int = 5) -> list[Conversation]:
    """Further conversations of the same buyer with the same seller, latest first."""
    others = Conversation.objects.filter(
        buyer=conversation.buyer_id,
        seller=conversation.seller_id,
        addressee=conversation.addressee,
        last_message__isnull=False,
    )
    related = others.exclude(pk=conversation.pk).select_related("order", "listing__product")
    return list(related.order_by("-last_message_at")[:limit])


def _held_by(side: Side) -> QuerySet[Message]:
    return Message.objects.filter(conversation=OuterRef("pk"), side=side, state=Message.State.HELD)


def with_last_words(conversations: QuerySet[Conversation], side: Side) -> QuerySet[Conversation]:
    """With the last delivered words, and ``unread``: another side's words, delivered after the seat last looked."""
    read = Participant.objects.filter(conversation=OuterRef("pk"), side=side).values("read_up_to")[:1]
    news = Message.objects.filter(
        conversation=OuterRef("pk"), delivered_position__gt=Coalesce(OuterRef("read_up_to"), 0)
    ).exclude(side=side)
    related = conversations.annotate(read_up_to=Subquery(read)).annotate(unread=Exists(news))
    return related.select_related("marketplace", "buyer", "seller", "order", "listing__product", "last_message__body")

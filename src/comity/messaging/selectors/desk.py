"""What the desks of seller and operator show beside a conversation: its clocks, its record, the message to rule on."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet

from comity.accounts.models import Marketplace, OperatorStaff
from comity.common.errors import NotFound
from comity.common.models import RecordEntry
from comity.common.prepared import Prepared
from comity.common.record import Fault, facts_of, verify
from comity.messaging.models import Conversation, Message, ReplyDeadline, Side
from comity.messaging.selectors.inbox import PAGE_SIZE, PageNumber
from comity.orders.models import Order

ENTRIES_A_PAGE = 100


def open_clocks(conversations: Collection[Conversation]) -> dict[int, ReplyDeadline]:
    """The running reply deadline of each conversation that has one, by the conversation's key. One query."""
    running = ReplyDeadline.objects.filter(conversation__in=conversations, ended_at=None)
    return {clock.conversation_id: clock for clock in running}


def clocks_of(conversation: Conversation) -> list[ReplyDeadline]:
    """Every reply deadline of the conversation, first one first, with who marked it. One query."""
    return _clocks(conversation=conversation.pk)


_clocks = Prepared(
    lambda conversation: (
        ReplyDeadline.objects.filter(conversation=conversation).select_related("marked_by").order_by("started_at", "pk")
    ),
    conversation=int,
)


def conversation_about(order: Order) -> Conversation | None:
    """What the order's buyer and seller said about it, once something has reached the seller."""
    reached = Conversation.objects.filter(order=order, addressee=Side.SELLER, last_message__isnull=False)
    return reached.select_related("buyer").first()


def get_message_to_rule(*, staff: OperatorStaff, message_id: str) -> Message:
    """A message that is or was held, of the marketplace of ``staff``, with its conversation and ruling.

    Raises ``NotFound`` for any other message.
    """
    related = Message.objects.select_related(
        "author",
        "ruling__body",
        "ruling__decided_by",
        "conversation__marketplace",
        "conversation__buyer",
        "conversation__seller",
        "conversation__order",
        "conversation__listing__product",
    )
    own = related.filter(Q(state=Message.State.HELD) | Q(ruling__isnull=False))
    known = message_id.isprintable()  # a NUL would make PostgreSQL raise
    message = own.filter(conversation__marketplace=staff.marketplace, public_id=message_id).first() if known else None
    if message is None:
        raise NotFound(message_id)
    return message


def conversation_of_message(*, marketplace: Marketplace, message_id: str) -> str:
    """The public id of the conversation that the message stands in; the message's own where there is none."""
    own = Message.objects.filter(conversation__marketplace=marketplace, public_id=message_id)
    return own.values_list("conversation__public_id", flat=True).first() or message_id


def held_count(marketplace: Marketplace) -> int:
    """How many messages wait for a ruling."""
    return Message.objects.filter(conversation__marketplace=marketplace, state=Message.State.HELD).count()


def conversations_on_record(*, marketplace: Marketplace, query: str = "", page: PageNumber = 1) -> "Page[Any]":
    """Every conversation of the marketplace, latest first; ``query`` is an order number or a conversation's id."""
    rows = Conversation.objects.filter(marketplace=marketplace)
    if query := "".join(character for character in query if character.isprintable()).strip():
        rows = rows.filter(Q(order__number=query) | Q(public_id=query))
    related = rows.select_related("buyer", "seller", "order", "listing__product")
    return Paginator(related.order_by("-last_message_at", "-pk"), PAGE_SIZE).get_page(page)


@dataclass(frozen=True, slots=True)
class OnRecord:
    """An entry, read: ``facts`` without the moment; ``words`` None where there are none (any more)."""

    entry: RecordEntry
    at: str
    facts: dict[str, Any]
    words: str | None


def entries_page(conversation: Conversation, page: PageNumber) -> "Page[Any]":
    """A page of the conversation's record, first entry first, each as ``OnRecord``."""
    found: Page[Any] = Paginator(_entries(conversation), ENTRIES_A_PAGE).get_page(page)
    found.object_list = [_read(entry) for entry in found.object_list]
    return found


def exported(conversation: Conversation) -> Iterator[dict[str, Any]]:
    """Every entry with all that it takes to check the chain elsewhere: see ``common.record`` for the digest."""
    for entry in _entries(conversation).iterator(chunk_size=500):
        body = getattr(entry, "body", None)
        yield {
            "position": entry.position,
            "kind": entry.kind,
            "header": entry.header,
            "salt": bytes(body.salt).hex() if body else None,
            "text": body.text if body else None,
            "body_digest": entry.body_digest,
            "digest": entry.digest,
        }


def fault_in(conversation: Conversation) -> Fault | None:
    """The first altered entry of the conversation's chain; nothing when the record is whole."""
    head = (conversation.public_id, conversation.record_count, conversation.record_head)
    return next(verify([head]), None)


def _entries(conversation: Conversation) -> QuerySet[RecordEntry]:
    return RecordEntry.objects.filter(chain=conversation.public_id).select_related("body").order_by("position")


def _read(entry: RecordEntry) -> OnRecord:
    # Facts that were altered so that they cannot be read are shown as they are: the check names them.
    facts = facts_of(entry.facts) or {"facts": entry.facts}
    at = facts.pop("at", "")
    body = getattr(entry, "body", None)
    return OnRecord(entry, at, facts, body.text if body else None)

"""What rules may know of an order and its conversation beside the words, in one query.

Decisions
    * A count is read by a statement of its own, after the conversation was locked: what the locking statement itself
      says was counted before it waited.
    * Only messages count that are on their way or have arrived: what was refused or given back reached nobody.
    * What answers nothing (requests for a review, notices) and automatic replies are nobody's asking again.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, Count, IntegerField, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from comity.common.prepared import Prepared
from comity.messaging.models import ANSWERS_NOTHING, Conversation, Message, ReviewRequest, Side
from comity.orders.selectors.orders import ids_about, with_own_ids

State = Message.State
ON_THEIR_WAY = (State.ACCEPTED, State.HELD, State.DELIVERED)
_REFUSED = (State.BLOCKED, State.WITHDRAWN)
_MOST_COUNTED = 1000  # messages nearly the same: a bound for the database, far above any number that decides
_NO_COUNT = -1
_NOTHING_LIKE = 0


@dataclass(frozen=True, slots=True)
class History:
    """``ids`` are never taken for contacts; the counts are those of ``comity_policy.Context``, None: not known."""

    ids: frozenset[str] = frozenset()
    follow_ups: int | None = None
    alike: int | None = None
    review_requests: int | None = None


def history_of(conversation: Conversation, side: str, *, likeness: int | None = None, since: datetime) -> History:
    """What was said before a text that ``side`` is about to send, and the ids that belong there. One query.

    ``likeness``: of the text, where messages nearly the same about other orders, sent ``since`` then, are to be
    counted. Without an order it takes no query where ``counting_follow_ups`` has counted, or nothing is opened yet.
    """
    order, other = conversation.order, _other(conversation, side)
    if order is None:
        return History(follow_ups=_without_order(conversation, side, other))
    rows = _about_order.tuples(
        order=order.pk,
        seller=order.seller_id,
        addressee=conversation.addressee,
        side=side,
        other=other,
        likeness=likeness or _NOTHING_LIKE,
        since=since,
    )
    counts = {name: number for name, number in rows if number != _NO_COUNT}
    return History(
        with_own_ids(order, (text for text, number in rows if number == _NO_COUNT)),
        counts["follow_ups"],
        None if likeness is None else counts["alike"],
        counts["review_requests"],
    )


def counting_follow_ups(conversations: QuerySet[Conversation], side: str) -> QuerySet[Conversation]:
    """``conversations`` with ``follow_ups``, where they are not about an order: what ``side`` wrote unanswered."""
    other = OuterRef(OuterRef("addressee")) if side == Side.BUYER else Side.BUYER
    here = Message.objects.filter(conversation=OuterRef("pk"))
    count = _follow_ups(here, Message.objects.filter(conversation=OuterRef(OuterRef("pk"))), side, other)
    counted = When(order__isnull=True, then=Subquery(count.values("number")))
    return conversations.annotate(follow_ups=Case(counted, output_field=IntegerField()))


def _without_order(conversation: Conversation, side: str, other: str) -> int | None:
    known: int | None = vars(conversation).get("follow_ups")
    if "follow_ups" in vars(conversation) or conversation.pk is None:
        return known
    ((_, count),) = _in_conversation.tuples(conversation=conversation.pk, side=side, other=other)
    return int(count)


def _other(conversation: Conversation, side: str) -> str:
    """Who would answer ``side``."""
    return conversation.addressee if side == Side.BUYER else Side.BUYER


def _follow_ups(
    messages: QuerySet[Message], among: QuerySet[Message], side: str, other: str | OuterRef
) -> QuerySet[Any, Any]:
    """One row: how many of a conversation's ``messages`` ``side`` wrote since ``other`` was last heard ``among`` them.

    Both are the same messages, as the query and as what stands inside it says so.
    """
    heard = among.filter(side=other, state=State.DELIVERED).order_by("-number").values("number")[:1]
    written = messages.filter(side=side, state__in=ON_THEIR_WAY, automatic=False).exclude(purpose__in=ANSWERS_NOTHING)
    return _count(written.filter(number__gt=Coalesce(Subquery(heard), 0)), "follow_ups")


def _count(rows: QuerySet[Any], name: str, of: str = "pk", *, distinct: bool = False) -> QuerySet[Any, Any]:
    """One row: the name of the count, and the number."""
    named = rows.order_by().values(name=Value(name))
    row: QuerySet[Any, Any] = named.annotate(number=Count(of, distinct=distinct)).values_list("name", "number")
    return row


def _rows_about(
    order: int, seller: int, addressee: str, side: str, other: str, likeness: int, since: datetime
) -> QuerySet[Any, Any]:
    ids = [rows.values_list(column, Value(_NO_COUNT)) for rows, column in ids_about(order)]
    here = Message.objects.filter(conversation__order=order, conversation__addressee=addressee)
    like = Message.objects.filter(likeness=likeness, sent_at__gte=since, state__in=ON_THEIR_WAY)
    like = like.filter(conversation__seller=seller)  # a number may be another shop's by chance
    elsewhere = like.exclude(conversation__order=order).order_by("-sent_at").values("pk")[:_MOST_COUNTED]
    alike = Message.objects.filter(pk__in=elsewhere)
    requests = ReviewRequest.objects.filter(order=order).exclude(message__state__in=_REFUSED)
    return ids[0].union(
        *ids[1:],
        _follow_ups(here, here, side, other),
        _count(alike, "alike", "conversation__order", distinct=True),
        _count(requests, "review_requests"),
        all=True,
    )


def _row_in(conversation: int, side: str, other: str) -> QuerySet[Any, Any]:
    here = Message.objects.filter(conversation=conversation)
    return _follow_ups(here, here, side, other)


_about_order = Prepared(
    _rows_about, order=int, seller=int, addressee=str, side=str, other=str, likeness=int, since=datetime
)
_in_conversation = Prepared(_row_in, conversation=int, side=str, other=str)

"""What reports, blocks and votes look like to those whom they concern, and to the marketplace."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import OuterRef, Q, QuerySet, Subquery

from comity.accounts.models import Marketplace, OperatorStaff, Seller, Staff, User
from comity.accounts.profiles import Profile, profile_in_force
from comity.common.errors import NotFound
from comity.common.prepared import Prepared
from comity.messaging.models import ANSWERS_NOTHING, Block, Conversation, Message, Report, Side, Vote
from comity.messaging.selectors.doors import Seat
from comity.messaging.selectors.inbox import PAGE_SIZE, PageNumber
from comity.orders.models import Order
from comity.orders.selectors.orders import open_order_between
from comity.orders.services.statuses import open_until

PARTIES = (Side.BUYER, Side.SELLER)


def get_reportable(*, seat: Seat, message_id: str) -> Message:
    """A delivered message of the other party, which this seat may report. Raises ``NotFound`` for any other.

    What the marketplace says is not reported to the marketplace, and it reports nothing itself.
    """
    if seat.side not in PARTIES or not message_id.isprintable():  # a NUL would make PostgreSQL raise
        raise NotFound(message_id)
    other = Side.SELLER if seat.side == Side.BUYER else Side.BUYER
    delivered = Message.objects.filter(conversation=seat.conversation, side=other, state=Message.State.DELIVERED)
    message = delivered.select_related("body", "author").filter(public_id=message_id).first()
    if message is None:
        raise NotFound(message_id)
    return message


def reports_of(seat: Seat) -> dict[str, Report]:
    """What the seat's side has reported in the conversation, by message id. One query."""
    found = _reports(conversation=seat.conversation.pk, side=str(seat.side))
    return {one.message.public_id: one for one in found}


_reports = Prepared(
    lambda conversation, side: Report.objects.filter(message__conversation=conversation, side=side).select_related(
        "message", "decision_body"
    ),
    conversation=int,
    side=str,
)


def report_queue(*, marketplace: Marketplace, decided: bool = False, page: PageNumber = 1) -> "Page[Any]":
    """Open reports, the oldest on top; or those decided, the latest on top."""
    reports = Report.objects.filter(marketplace=marketplace)
    related = reports.select_related(
        "message__body", "reported_by", "decided_by", "message__conversation__buyer", "message__conversation__seller"
    )
    if decided:
        rows = related.exclude(state=Report.State.OPEN).order_by("-decided_at", "-pk")
    else:
        rows = related.filter(state=Report.State.OPEN).order_by("reported_at", "pk")
    return Paginator(rows, PAGE_SIZE).get_page(page)


def get_report(*, staff: OperatorStaff, report_id: str) -> Report:
    """A report on the marketplace of ``staff``, with what its page shows. Raises ``NotFound``."""
    related = Report.objects.select_related(
        "message__conversation", "message__body", "body", "reported_by", "decided_by", "decision_body"
    )
    known = report_id.isprintable()
    found = related.filter(marketplace=staff.marketplace, public_id=report_id).first() if known else None
    if found is None:
        raise NotFound(report_id)
    return found


def taking_part(conversation: Conversation) -> Q:
    """Users whose own the conversation is, as buyer or for its shop."""
    staff = Staff.objects.filter(seller=conversation.seller_id)
    return Q(pk=conversation.buyer.user_id) | Q(pk__in=staff.values("user"))


def takes_part(conversation: Conversation, user: User) -> bool:
    """Whether ``user`` is one of them. One query."""
    return User.objects.filter(taking_part(conversation), pk=user.pk).exists()


@dataclass(frozen=True, slots=True)
class Blocking:
    """How buyer and seller stand: which sides have blocked the other, and the open order during which none counts."""

    sides: frozenset[str] = frozenset()
    open_order: Order | None = None
    open_until: datetime | None = None  # when it counts as over though nobody tells of its delivery

    def in_force(self, side: str) -> bool:
        """Whether a block by ``side`` keeps the other's messages away now."""
        return side in self.sides and self.open_order is None


def blocking(conversation: Conversation, *, now: datetime) -> Blocking:
    """The blocks between the buyer and the seller of a conversation. Two queries.

    An order is open as long as its seller may write first about it by the profile, unless it arrived before.
    """
    if conversation.seller_id is None or conversation.addressee != Side.SELLER:
        return Blocking()
    made = Block.objects.filter(buyer=conversation.buyer_id, seller=conversation.seller_id, ended_at=None)
    days = profile_in_force(conversation.marketplace, now).proactive_days
    order = open_order_between(conversation.buyer_id, conversation.seller_id, days=days, now=now)
    until = open_until(order, days=days) if order else None
    return Blocking(frozenset(made.values_list("side", flat=True)), order, until)


def has_blocked(seat: Seat) -> bool:
    """Whether the seat's side has blocked the other. One query."""
    conversation = seat.conversation
    return bool(_blocks(buyer=conversation.buyer_id, seller=conversation.seller_id, side=str(seat.side)))


_blocks = Prepared(
    lambda buyer, seller, side: Block.objects.filter(buyer=buyer, seller=seller, side=side, ended_at=None),
    buyer=int,
    seller=int,
    side=str,
)


def blocks_between() -> QuerySet[Block]:
    """Blocks that were not ended, of buyer and seller of the outer query's conversation."""
    return Block.objects.filter(buyer=OuterRef("buyer"), seller=OuterRef("seller"), ended_at=None)


def is_critical(purpose: str, profile: Profile) -> bool:
    """Whether a message for that purpose passes blocks and opt-outs; the profile decides, never its sender."""
    writes_first = any(one.key == purpose and one.critical for one in profile.purposes)
    return writes_first or any(kind["key"] == purpose and kind.get("critical") for kind in profile.message_kinds)


def answers_in(conversation: Conversation) -> QuerySet[Message]:
    """The seller's delivered answers, last one first: what a buyer may vote on. What comes unasked is no answer."""
    asked = Message.objects.filter(conversation=OuterRef("conversation"), side=Side.BUYER).order_by("number")
    first = Subquery(asked.exclude(delivered_at=None).values("number")[:1])
    said = Message.objects.filter(
        conversation=conversation, side=Side.SELLER, state=Message.State.DELIVERED, automatic=False, number__gt=first
    )
    return said.exclude(purpose__in=ANSWERS_NOTHING).order_by("-number")


def votes_in(conversation: Conversation) -> dict[str, bool]:
    """The buyer's votes, by message id: whether it solved the matter. One query."""
    return {vote.message.public_id: vote.solved for vote in _votes(conversation=conversation.pk)}


_votes = Prepared(
    lambda conversation: Vote.objects.filter(conversation=conversation).select_related("message"), conversation=int
)


@dataclass(frozen=True, slots=True)
class SolvedRate:
    """Of the conversations with a vote in so many days, in how many the last one said yes (rules §6)."""

    solved: int
    voted: int
    days: int


def solved_rate(*, seller: Seller, days: int, now: datetime) -> SolvedRate:
    """Votes on the seller's answers in the last ``days``; of each conversation the last. One query."""
    votes = Vote.objects.filter(seller=seller, voted_at__gt=now - timedelta(days=days), voted_at__lte=now)
    last = votes.filter(conversation=OuterRef("conversation")).order_by("-voted_at", "-pk").values("pk")[:1]
    counted = list(votes.filter(Q(pk=Subquery(last))).values_list("solved", flat=True))
    return SolvedRate(sum(counted), len(counted), days)

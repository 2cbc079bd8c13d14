"""What a seat sees of its conversation."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet, prefetch_related_objects

from comity.accounts.models import Buyer, Seller
from comity.accounts.profiles import profile_in_force
from comity.catalog.models import Listing
from comity.common.models import RecordEntry
from comity.common.prepared import Prepared
from comity.common.record import Head, facts_of
from comity.messaging.models import Conversation, Message, Offer, Side
from comity.messaging.selectors.attachments import findings_with_files, with_files
from comity.messaging.selectors.doors import Seat
from comity.orders.models import Order, Subscription


def messages_seen_by(seat: Seat) -> list[Message]:
    """The messages a seat may see, in the order of writing, with all that belongs to them: 2 queries, 3 with files.

    One's own side's are there in every state, the other's once delivered; the marketplace sees all.
    """
    conversation = seat.conversation.pk
    if seat.side == Side.MARKETPLACE:
        found = _all_messages(conversation=conversation)
    else:
        found = _messages(conversation=conversation, side=str(seat.side))
    prefetch_related_objects(found, findings_with_files())
    with_files(found)
    return found


def _whole(messages: QuerySet[Message]) -> QuerySet[Message]:
    return messages.select_related("body", "author", "ruling__body", "replaces").order_by("number")


_all_messages = Prepared(
    lambda conversation: _whole(Message.objects.filter(conversation=conversation)), conversation=int
)
_messages = Prepared(
    lambda conversation, side: _whole(Message.objects.filter(_seen_by(side), conversation=conversation)),
    conversation=int,
    side=str,
)


@dataclass(frozen=True, slots=True)
class News:
    """What a seat sees of the record behind a position, up to ``position``.

    ``appeared``: messages that it had not seen there; ``changed``: those it had, and that look different now;
    ``offers``: whether a buyer sees another offer there, or one that has become something else.
    """

    position: int
    appeared: frozenset[str] = frozenset()
    changed: frozenset[str] = frozenset()
    offers: bool = False


def talk_of(seat: Seat) -> tuple[list[Message], int]:
    """The messages a seat may see, and the position behind which ``news_of`` tells what this page does not show.

    The record is read before the messages: what happens in between is told twice rather than never. A message that
    appears in between is left to the news, so that no page has it twice. Queries: ``messages_seen_by`` and one, one
    more for a buyer who was made an offer.
    """
    rows = _rows(seat, 0)
    found = messages_seen_by(seat)
    told = _told(seat, rows, {message.public_id: message.side for message in found}, 0)
    there, last = seat.conversation.message_count, max((at for at, _, _ in rows), default=0)

    def is_late(message: Message) -> bool:
        return message.number > there or (message.delivered_position or 0) > last

    return [one for one in found if one.public_id in told.appeared or not is_late(one)], told.position


def news_of(seat: Seat, *, after: int) -> News:
    """What the record says behind position ``after`` of what the seat sees.

    What the other side wrote and does not arrive, what it reported and whom it blocked counts for nothing, so that
    nobody can tell from it that something happened. No query where nothing was recorded, else two; two more at most
    for a buyer where offers are made.
    """
    rows = _rows(seat, after)
    if not rows:
        return News(after)
    named = {str(facts["message"]) for _, _, facts in rows if "message" in facts}
    visible = _visible_to(seat).filter(public_id__in=named).values_list("public_id", "side")
    told = _told(seat, rows, dict(visible), after)
    return told if told.offers else replace(told, offers=_bring_offers(seat, told.appeared))


_Row = tuple[int, str, Mapping[str, Any]]  # position, kind, facts


def _rows(seat: Seat, after: int) -> list[_Row]:
    if seat.conversation.record_count <= after:
        return []
    entries = _entries.tuples(chain=seat.conversation.public_id, after=after)
    return [(at, kind, facts_of(facts)) for at, kind, facts in entries]


def _told(seat: Seat, rows: list[_Row], sides: Mapping[str, str], after: int) -> News:
    """``sides``: of the messages that are visible by now, which may be later than ``rows``."""
    kinds: dict[str, set[str]] = {}
    for _, kind, facts in rows:
        if (message := str(facts.get("message"))) in sides:
            kinds.setdefault(message, set()).add(kind)
    everything = seat.side == Side.MARKETPLACE
    appears_by = {one: "posted" if everything or sides[one] == seat.side else "delivered" for one in kinds}
    appeared = frozenset(one for one, seen in kinds.items() if appears_by[one] in seen)
    changed = frozenset(one for one, seen in kinds.items() if "posted" not in seen) - appeared
    shown, of_offers = appeared | changed, _offers_marked(seat, rows)
    position = max(
        (
            at
            for at, _, facts in rows
            if everything
            or str(facts.get("message")) in shown
            or facts.get("mark") == "no_response_needed"
            or at in of_offers
        ),
        default=after,
    )
    return News(position, appeared, changed, bool(of_offers))


def _offers_marked(seat: Seat, rows: list[_Row]) -> frozenset[int]:
    """Where the record says something of an offer that the buyer in this seat sees."""
    named = {at: str(facts["offer"]) for at, _, facts in rows if "offer" in facts}
    if seat.side != Side.BUYER or not named:
        return frozenset()
    seen = set(_delivered_offers(seat).filter(public_id__in=named.values()).values_list("public_id", flat=True))
    return frozenset(at for at, offer in named.items() if offer in seen)


def _bring_offers(seat: Seat, messages: frozenset[str]) -> bool:
    """Whether one of the buyer's new messages makes an offer; one that was held has its mark far behind."""
    may = seat.side == Side.BUYER and seat.conversation.order_id and messages
    return bool(may) and _delivered_offers(seat).filter(message__public_id__in=messages).exists()


def _delivered_offers(seat: Seat) -> QuerySet[Offer]:
    return Offer.objects.filter(conversation=seat.conversation.pk, message__state=Message.State.DELIVERED)


def _entries_of(chain: str, after: int) -> QuerySet[Any, Any]:
    return RecordEntry.objects.filter(chain=chain, position__gt=after).values_list("position", "kind", "facts")


_entries = Prepared(_entries_of, chain=str, after=int)


def _visible_to(seat: Seat) -> QuerySet[Message]:
    messages = Message.objects.filter(conversation=seat.conversation)
    if seat.side == Side.MARKETPLACE:
        return messages
    return messages.filter(_seen_by(seat.side))


def _seen_by(side: str) -> Q:
    return Q(side=side) | Q(state=Message.State.DELIVERED)


@dataclass(frozen=True, slots=True)
class NextStep:
    """What a buyer who waits may do, from which moment, and whether that moment has come."""

    kind: str
    opens_at: datetime
    open: bool


def next_step(conversation: Conversation, *, now: datetime) -> NextStep | None:
    """The next step of a waiting buyer (S91: 48 hours after the first unanswered message), None when none waits.

    ``kind`` is ``ask_marketplace``: the buyer may ask the marketplace to step in. A conversation with the
    marketplace itself has no further step.
    """
    if conversation.buyer_waiting_since is None or conversation.addressee == Side.MARKETPLACE:
        return None
    profile = profile_in_force(conversation.marketplace, conversation.buyer_waiting_since)
    opens_at = conversation.buyer_waiting_since + timedelta(hours=profile.escalation_hours)
    return NextStep("ask_marketplace", opens_at, open=opens_at <= now)


def step_about(
    buyer: Buyer, *, order: Order | None, listing: Listing | None, seller: Seller | None, now: datetime
) -> NextStep | None:
    """The next step of ``buyer`` in the conversation with the seller about this subject; None when none waits."""
    about = Conversation.objects.filter(buyer=buyer, addressee=Side.SELLER, order=order, listing=listing, seller=seller)
    conversation = about.select_related("marketplace").first()
    return next_step(conversation, now=now) if conversation else None


def record_heads(marketplace: str = "") -> Iterator[Head]:
    """(chain, count, head) of every conversation, order and subscription, or of one marketplace's (its public id)."""
    chained: tuple[type[Any], ...] = (Conversation, Order, Subscription)
    for model in chained:
        found = model.objects.order_by("pk").filter(record_count__gt=0)
        found = found.filter(marketplace__public_id=marketplace) if marketplace else found
        yield from found.values_list("public_id", "record_count", "record_head").iterator(chunk_size=2000)

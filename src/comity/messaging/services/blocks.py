"""Blocking the other side: buyer or seller takes no more messages of the other (rules §7, Airbnb).

A block holds for the pair, in every conversation of theirs. It is not made during an open order, and rests when the
two have a new one: until that is over, both must be able to write. Critical messages and the marketplace pass.
"""

from datetime import datetime

from comity.common import locales
from comity.common.errors import Refused
from comity.common.outbox import emit
from comity.common.record import Entry
from comity.common.transactions import write
from comity.messaging.models import Block, Conversation, Side
from comity.messaging.selectors.care import PARTIES, Blocking, blocking
from comity.messaging.selectors.doors import Seat
from comity.messaging.services.messages import CHANGED, lock, require_voice
from comity.messaging.services.posting import put_on_record


def block(*, seat: Seat, now: datetime) -> None:
    """Take no more messages of the other party, here and in every other conversation with it; safe to repeat.

    Raises ``Refused``: ``role``, ``no_party`` (the marketplace is not blocked), ``open_order``.
    """
    _require_party(seat)
    with write():
        conversation = lock(seat.conversation.pk, now=now)
        if open_order := until_when(blocking(conversation, now=now)):
            raise Refused("open_order", open_order)
        if conversation.seller is None:
            return
        # Another conversation of the pair, whose row is another, may be blocking at this moment.
        _, new = Block.objects.get_or_create(
            buyer=conversation.buyer,
            seller=conversation.seller,
            side=seat.side,
            ended_at=None,
            defaults={"marketplace": conversation.marketplace, "made_by": seat.user, "made_at": now},
        )
        if new:
            _tell(conversation, seat, "blocked", now=now)


def unblock(*, seat: Seat, now: datetime) -> None:
    """Take messages of the other party again; safe to repeat. Raises ``Refused`` like ``block``."""
    _require_party(seat)
    with write():
        conversation = lock(seat.conversation.pk, now=now)
        made = Block.objects.filter(buyer=conversation.buyer, seller=conversation.seller, side=seat.side, ended_at=None)
        if made.update(ended_at=now, ended_by=seat.user):
            _tell(conversation, seat, "unblocked", now=now)


def until_when(between: Blocking) -> str:
    """Why nobody is blocked now, and when that ends; empty where no order keeps them from it."""
    order = between.open_order
    if order is None:
        return ""
    promised = f", promised by {locales.day(order.deliver_by)}" if order.deliver_by else ""
    latest = f", and in any case after {locales.day(between.open_until)}" if between.open_until else ""
    return (
        f"Order {order.number} is still open, and both sides must be able to write about it. "
        f"You can block once it is delivered or cancelled{promised}{latest}."
    )


def _require_party(seat: Seat) -> None:
    require_voice(seat)
    if seat.side not in PARTIES or seat.conversation.addressee != Side.SELLER:
        raise Refused("no_party", "Only a buyer and a seller can block each other.")


def _tell(conversation: Conversation, seat: Seat, what: str, *, now: datetime) -> None:
    put_on_record(
        conversation, [Entry("marked", {"mark": what, "by": seat.user.public_id, "side": str(seat.side)})], now=now
    )
    emit(
        conversation,
        name=f"party.{what}",
        data={"conversation": conversation.public_id, "side": str(seat.side)},
        stream_id=conversation.public_id,
        marketplace=conversation.marketplace.public_id,
        actor=seat.user.public_id,
        now=now,
    )
    conversation.save(update_fields=CHANGED)

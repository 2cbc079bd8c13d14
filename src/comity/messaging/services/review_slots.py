"""The one request for a review that the seller's side may make about an order, whatever way it is made (S35, C6).

Who makes one locks the conversation first, where there is one, and then the order: always in this order, so that
nobody waits in a circle. What is counted after that is what counts.
"""

from datetime import datetime

from comity.accounts.models import User
from comity.common.outbox import emit
from comity.messaging.models import Conversation, Message, ReviewRequest, Side
from comity.messaging.models.outreach import REVIEW_REQUEST
from comity.messaging.selectors.history import ON_THEIR_WAY
from comity.messaging.services.attachments import pieces_of
from comity.messaging.services.posting import Words
from comity.orders.models import Order
from comity.screening.services.recognition import asks_for_review


def locked_where_asked(conversation: Conversation, words: Words) -> Order | None:
    """The conversation's order, locked, where a seller's words or files ask for a review; else nothing, unlocked.

    The button's own words are not looked at: their slot is taken already.
    """
    if conversation.order is None or words.side != Side.SELLER or words.purpose == REVIEW_REQUEST:
        return None
    texts = [words.text, *(text for upload in words.files for _, text in pieces_of(upload))]
    return lock_order(conversation.order) if any(asks_for_review(text) for text in texts) else None


def lock_order(order: Order) -> Order:
    """``order`` with its people, its row locked until the transaction ends."""
    locked = Order.objects.select_for_update(of=("self",)).select_related("buyer", "seller", "marketplace")
    return locked.get(pk=order.pk)


def standing_request(order: Order) -> ReviewRequest | None:
    """The row of the order's request, which may have been refused; see ``ReviewRequest.stands``."""
    return ReviewRequest.objects.select_related("message").filter(order=order).first()


def use_up(order: Order, *, by: User | None, message: Message | None = None, now: datetime) -> ReviewRequest:
    """Put down that a review was asked for; ``order`` is from ``lock_order`` and no request stands."""
    request = standing_request(order) or ReviewRequest(order=order)
    request.asked_by, request.asked_at, request.message = by, now, message
    request.save()
    emit(
        order,
        name="review.requested",
        data={"order": order.public_id},
        stream_id=order.public_id,
        marketplace=order.marketplace.public_id,
        actor=by.public_id if by else "",
        now=now,
    )
    order.save(update_fields=["event_count"])
    return request


def use_up_with(message: Message, order: Order, *, now: datetime) -> None:
    """Put down that ``message`` asks for a review, where it goes out and no earlier request stands."""
    if message.state not in ON_THEIR_WAY:
        return
    request = standing_request(order)
    if request is None or not request.stands:
        use_up(order, by=message.author, message=message, now=now)

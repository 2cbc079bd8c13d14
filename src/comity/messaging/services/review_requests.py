"""Asking for a review: one slot an order for the seller's side, whatever way it is asked (S16, S35, S51, C6).

The page's way, and every way without a message, takes the slot with ``take_slot``; the page's sends the marketplace's
own words. A message in which a seller's own words ask takes it by itself (``services.review_slots``).
"""

from datetime import datetime

from comity.accounts.models import Staff, User
from comity.accounts.profiles import profile_in_force
from comity.accounts.profiles.purposes import in_language
from comity.accounts.selectors.roles import require_writer
from comity.common.transactions import write
from comity.messaging.models import Conversation, Message, ReviewRequest, Side
from comity.messaging.models.outreach import REVIEW_REQUEST
from comity.messaging.selectors.outreach import review_opening_of
from comity.messaging.selectors.purposes import day
from comity.messaging.services.messages import deliver_verdict
from comity.messaging.services.outreach import conversation_about
from comity.messaging.services.posting import Unconfirmed, Words
from comity.messaging.services.review_slots import lock_order, standing_request, use_up
from comity.messaging.services.text import MessageRefused
from comity.orders.models import Order


class AlreadyAsked(MessageRefused):
    """The order's one request has been made; ``request`` is the one that stands."""

    def __init__(self, request: ReviewRequest) -> None:
        sentence = f"A review was asked for on {day(request.asked_at)}; once is all for one order."
        super().__init__("already_asked", sentence, "form")
        self.request = request


def ask_for_review(*, staff: Staff, order: Order, now: datetime) -> ReviewRequest:
    """Ask the buyer of ``order``, a seller's own, for a review in the marketplace's words.

    Raises ``AlreadyAsked``, and ``Refused`` outside the window, for a role that does not write, and where the
    rules do not let the words pass. Nothing is stored then.
    """
    require_writer(staff, field="form")
    topic = profile_in_force(order.marketplace, now).review_request.topic
    with write():
        conversation = conversation_about(order, topic, now=now)
        request = take_slot(order=order, by=staff.user, now=now)
        request.message = _send(conversation, order, staff.user, now=now)
        request.save(update_fields=["message"])
    return request


def take_slot(*, order: Order, by: User | None, now: datetime) -> ReviewRequest:
    """Use up the order's one review request, the window being open. Call inside a transaction.

    The order's row is locked, so that of two who ask at once one is ``AlreadyAsked``. Raises ``MessageRefused`` when
    the window is closed.
    """
    order = lock_order(order)
    request = standing_request(order)
    if request and request.stands:
        raise AlreadyAsked(request)
    found = review_opening_of(order, now=now)
    if not found.open:
        raise MessageRefused(found.closed, found.sentence, "form")
    return use_up(order, by=by, now=now)


def _send(conversation: Conversation, order: Order, user: User, *, now: datetime) -> Message:
    terms = profile_in_force(order.marketplace, now).review_request
    language, text = in_language(terms.words, order.buyer.language, order.marketplace.language)
    words = Words(
        text=text.format(number=order.number),
        side=Side.SELLER,
        author=user,
        purpose=REVIEW_REQUEST,
        checked_as=terms.checked_as,
        language=language,
    )
    return _post(conversation, words, now=now)


def _post(conversation: Conversation, words: Words, *, now: datetime) -> Message:
    """The words are the marketplace's: what its rules say against them is the operator's to mend."""
    try:
        sent = deliver_verdict(conversation, words, "", now=now)
    except Unconfirmed:
        raise _unfit() from None
    if sent.message is None or sent.kind == Message.State.BLOCKED:
        raise _unfit()
    return sent.message


def _unfit() -> MessageRefused:
    sentence = "The marketplace’s own words do not pass its rules. Tell the marketplace; your request is not used up."
    return MessageRefused("unfit", sentence, "form")

"""A buyer calls an order off: at once while that is free, by asking the seller after that, and the seller answers.

After a part has left it is the rest that is called off; once all has left there is nothing to call off any more.
"""

from datetime import datetime, timedelta

from comity.accounts.models import Buyer, Staff
from comity.accounts.profiles import profile_in_force
from comity.accounts.selectors.roles import require_writer
from comity.common.errors import NotFound, Refused
from comity.common.ids import new_id
from comity.common.transactions import write
from comity.orders.models import CancelRequest, Order
from comity.orders.services.cancelling import give_up_rest
from comity.orders.services.happenings import Happening, happen, lock_order
from comity.orders.services.statuses import OVER, STATUS_WORDS, TO_SHIP
from comity.orders.services.words import Read, checked_words

BUYER_CANCELED = "BuyerCanceled"  # the code that the acknowledgement feed has for it
_NOTHING_LEFT = frozenset({Order.Status.PENDING, Order.Status.UNSHIPPED})
_State = CancelRequest.State


def free_until(order: Order, now: datetime) -> datetime | None:
    """Until when the buyer cancels without asking; None once that is over, or something has left."""
    minutes = profile_in_force(order.marketplace, now).orders.free_cancel_minutes
    end = order.placed_at + timedelta(minutes=minutes)
    return end if order.status in _NOTHING_LEFT and now <= end else None


def call_off(*, order: Order, buyer: Buyer, reason: str = "", now: datetime) -> CancelRequest | None:
    """Cancel ``order``, which the door opened for ``buyer``; or the request that its seller has to answer.

    Either way the words of ``reason`` go on the order's record, where the seller reads them. Raises ``Refused``:
    ``over``, ``has_left``, ``asked`` already, ``marketplace_fulfils`` (nobody could answer), and what ``checked_words``
    says of a ``reason``.
    """
    words = read_wish(reason, order=order, now=now)
    actor = buyer.user.public_id if buyer.user else ""
    with write():
        locked = lock_order(order)
        _require_unsent(locked)
        if free_until(locked, now):
            give_up_rest([locked], reason=BUYER_CANCELED, by="buyer", actor=actor, now=now, text=words)
            return None
        return _ask(locked, words, actor, now)


def answer_request(
    *, staff: Staff, order: Order, request_id: str, accept: bool, answer: str = "", now: datetime
) -> CancelRequest:
    """The seller accepts, and the order is over, or declines and says why.

    Raises ``NotFound``, and ``Refused``: ``role``, ``answered``, ``overtaken``, ``has_left``, or what is wrong with the
    words.
    """
    words = read_answer(answer, staff=staff, order=order, accept=accept, now=now)
    with write():
        locked = lock_order(order)
        request = _waiting(locked, request_id, staff)
        if accept:
            _require_unsent(locked)
        request.state = _State.ACCEPTED if accept else _State.DECLINED
        request.answered_at, request.answered_by, request.answer = now, staff.user.public_id, words
        request.save(update_fields=["state", "answered_at", "answered_by", "answer"])
        if accept:
            give_up_rest([locked], reason=BUYER_CANCELED, by="buyer", actor=staff.user.public_id, now=now)
        else:
            _decline(locked, request, now)
    return request


def read_wish(reason: str, *, order: Order, now: datetime) -> Read:
    """The buyer's words, which may be left out, as ``call_off`` stores them; it does not have them read again.

    Raises ``Refused``.
    """
    if not reason.strip():
        return Read()
    return checked_words(reason, order=order, role="buyer", purpose="reply", field="reason", now=now)


def read_answer(answer: str, *, staff: Staff, order: Order, accept: bool, now: datetime) -> Read:
    """The same for ``answer_request``: a seller who accepts says nothing. Raises ``Refused``."""
    require_writer(staff, field="answer")
    if accept:
        return Read()
    return checked_words(answer, order=order, role="seller", purpose="reply", field="answer", now=now)


def _require_unsent(order: Order) -> None:
    if order.status in OVER:
        raise Refused("over", f"This order is {STATUS_WORDS[order.status]} already: nothing of it will be sent.")
    if order.status not in TO_SHIP | _NOTHING_LEFT:
        raise Refused("has_left", "This order has left already. You can send it back once it has arrived.")


def _ask(order: Order, words: str, actor: str, now: datetime) -> CancelRequest:
    if order.fulfilment == Order.Fulfilment.MARKETPLACE:
        sentence = f"{order.marketplace.name} packs this order already. You can send it back once it has arrived."
        raise Refused("marketplace_fulfils", sentence)
    if CancelRequest.objects.filter(order=order, state=_State.WAITING).exists():
        raise Refused("asked", "You have asked already. The seller answers on this page.")
    made = CancelRequest.objects.create(order=order, public_id=new_id("ask", now), reason=words, asked_at=now)
    data = {"request": made.public_id}
    happen([Happening(order, "order.cancel_requested", data, actor=actor, text=words or None)], now=now)
    return made


def _waiting(order: Order, request_id: str, staff: Staff) -> CancelRequest:
    """The request to answer. Raises ``NotFound`` and ``Refused`` with what became of it meanwhile."""
    found = CancelRequest.objects.filter(order=order, public_id=request_id).first()
    if found is None:
        raise NotFound(request_id)
    if found.state == _State.OVERTAKEN:
        raise Refused("overtaken", f"The order is {STATUS_WORDS[order.status]} since.")
    if found.state != _State.WAITING:
        who = "You have" if found.answered_by == staff.user.public_id else "A colleague has"
        raise Refused("answered", f"{who} {found.state} this request already.")
    return found


def _decline(order: Order, request: CancelRequest, now: datetime) -> None:
    data = {"request": request.public_id}
    declined = Happening(order, "order.cancel_declined", data, actor=request.answered_by, text=request.answer)
    happen([declined], now=now)

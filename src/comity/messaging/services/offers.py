"""Offers in a conversation about an order: made by the seller, answered by the buyer, and the other way round (S29).

    offered   -> accepted | declined | countered by the buyer; withdrawn by the seller; expired
    countered -> accepted | declined by the seller; expired
Whoever changes an offer holds the lock of its conversation, then those of the order, its money and its listings. What
is accepted is carried out in the same transaction (``carrying_out``).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from comity.accounts.models import User
from comity.accounts.profiles import profile_in_force
from comity.common import locales
from comity.common.buggify import crash_point
from comity.common.canonical import Json
from comity.common.errors import Refused
from comity.common.idempotency import Stored, idempotent
from comity.common.ids import new_id
from comity.common.outbox import emit
from comity.common.record import Entry
from comity.common.transactions import write
from comity.messaging.models import OFFER_TRANSITIONS, Conversation, Message, Offer, Side
from comity.messaging.selectors.doors import Seat
from comity.messaging.selectors.offers import get_offer
from comity.messaging.selectors.order_words import in_words
from comity.messaging.services.carrying_out import (
    OF_GOODS,
    carry_out,
    offered_pieces,
    require_amount,
    require_worth,
    worth_of,
)
from comity.messaging.services.clock import profile_of
from comity.messaging.services.messages import (
    CHANGED,
    deliver_verdict,
    language_of,
    lock,
    replaced,
    require_question,
    require_unrestricted,
    require_voice,
)
from comity.messaging.services.posting import Sent, Words, once, put_on_record
from comity.messaging.services.text import clean
from comity.orders.models import Order
from comity.orders.services.remaining import left_of
from comity.orders.services.returning.words import read_words

State = Offer.State
Kind = Offer.Kind
CHOICES = ("accept", "decline", "counter", "withdraw")
AT_A_TIME = 500  # offers that expire in one run
_UNDER_WAY = (Message.State.ACCEPTED, Message.State.HELD)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the form of an offer sends; see ``messages.Reply`` for ``key``, ``confirmed`` and ``replaces``.

    ``amount_minor``: of a partial refund; a full one is about all that is left. ``pieces``: what is replaced or comes
    back, pieces by external id of the line; none: all that can. ``address``: where a return goes.
    """

    kind: str
    text: str
    key: str
    amount_minor: int = 0
    confirmed: str = ""
    pieces: Mapping[str, int] = field(default_factory=dict)
    address: str = ""
    replaces: str = ""


@dataclass(frozen=True, slots=True)
class _Terms:
    """What is offered; see ``Offer``."""

    amount_minor: int
    pieces: dict[str, int] = field(default_factory=dict)
    address: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is done with an offer: one of ``CHOICES``, with the amount asked for instead where it is a counter."""

    choice: str
    key: str
    amount_minor: int = 0


def make(*, seat: Seat, proposal: Proposal, now: datetime) -> Sent:
    """Make an offer with a message of the seller, which goes through the rules like any reply.

    What the rules block makes no offer. Raises ``Refused`` (nothing stored): ``role``, ``no_order``,
    ``marketplace_fulfils`` (S36), ``kind``, ``amount``, ``more_than_left``, ``pieces``, ``given_back``, ``open``, an
    empty or unusable address or one with ``findings``, what ``reply`` raises; and ``KeyReused``.
    """
    require_voice(seat)
    order = _order_of(seat)
    if proposal.kind not in Kind.values:
        raise Refused("kind", "Choose what you offer.", "kind")
    amount = proposal.amount_minor if proposal.kind == Kind.PARTIAL else 0
    return once(
        lambda: _make(seat, proposal, order, now=now),
        actor=seat.user.public_id,
        route=f"offer/{seat.conversation.public_id}",
        key=proposal.key,
        request={
            "text": proposal.text,
            "kind": proposal.kind,
            "amount": amount,
            **({"pieces": dict(proposal.pieces), "address": proposal.address} if proposal.kind in OF_GOODS else {}),
        },
        now=now,
    )


def answer(*, seat: Seat, offer_id: str, answer: Answer, now: datetime) -> Offer:
    """Accept, decline, counter or take back an offer; what is accepted is carried out at once.

    Raises ``NotFound``, and ``Refused`` with nothing changed: ``role``, ``choice``, ``answered``, ``turn``,
    ``expired``, ``amount``, ``more_than_left`` (naming what is left), ``no_money`` (nothing to counter), ``pieces``,
    ``given_back``, ``out_of_stock``; and ``KeyReused``.
    """
    require_voice(seat)
    if answer.choice not in CHOICES:
        raise Refused("choice", "Choose one of the answers listed.", "offer")
    route = f"offer-answer/{get_offer(seat, offer_id).public_id}"

    def service() -> Stored:
        conversation = lock(seat.conversation.pk, now=now)
        offer = get_offer(seat, offer_id)
        _require_turn(offer, seat.side, answer.choice, now=now)
        _ANSWERS[answer.choice](conversation, offer, seat.user, answer, now)
        return Stored(status=200, body={"offer": offer.public_id})

    request: dict[str, Json] = {"choice": answer.choice, "amount": answer.amount_minor}
    idempotent(service, actor=seat.user.public_id, route=route, key=answer.key, request=request, now=now)
    return get_offer(seat, offer_id)


def void(*, message_id: str, now: datetime) -> None:
    """Take back the offer of a message that did not go out; safe to repeat. Call inside a transaction."""
    refused = (Message.State.BLOCKED, Message.State.WITHDRAWN)
    found = Offer.objects.filter(message__public_id=message_id, state=State.OFFERED, message__state__in=refused)
    for conversation_id in found.values_list("conversation", flat=True):
        conversation = lock(conversation_id, now=now)
        for offer in found.select_related("order"):
            _move(conversation, offer, State.WITHDRAWN, by=None, now=now)


def begin(conversation: Conversation, message: Message, *, now: datetime) -> None:
    """Start the time of the offer that a message brings which was held: it arrives only now.

    Call in the transaction of the delivery, which holds the lock of the conversation. No query for what was not held.
    """
    if message.held_until is not None:
        Offer.objects.filter(message=message, state=State.OFFERED).update(expires_at=_expiry(conversation, now))


def expire_due(now: datetime) -> int:
    """End offers whose time is over, ``AT_A_TIME`` at most, each in a transaction of its own; how many.

    Safe to repeat: what one run leaves over is the next one's. An offer that has not arrived yet has its time ahead.
    """
    open_states = [state for state, following in OFFER_TRANSITIONS.items() if State.EXPIRED in following]
    due = Offer.objects.filter(state__in=open_states, expires_at__lte=now).exclude(message__state__in=_UNDER_WAY)
    ended = 0
    for key, conversation_id in list(due.order_by("pk").values_list("pk", "conversation")[:AT_A_TIME]):
        with write():
            conversation = lock(conversation_id, now=now)
            for offer in due.filter(pk=key).select_related("order"):
                _move(conversation, offer, State.EXPIRED, by=None, now=now)
                ended += 1
    return ended


def _order_of(seat: Seat) -> Order:
    order = seat.conversation.order
    if order is None or seat.side != Side.SELLER:
        raise Refused("no_order", "An offer is made by the seller, in the conversation about an order.", "form")
    if order.fulfilment == Order.Fulfilment.MARKETPLACE:
        sentence = "The marketplace ships this order and settles what is wrong with it: ask it for help."
        raise Refused("marketplace_fulfils", sentence, "form")
    return order


def _make(seat: Seat, proposal: Proposal, order: Order, *, now: datetime) -> Sent:
    address = _address(proposal, order, now=now)  # the rules read it while nothing is locked
    conversation = lock(seat.conversation.pk, now=now)
    require_unrestricted(conversation, seat.side, now=now)
    require_question(conversation, seat.side)
    if Offer.objects.filter(order=order, state__in=(State.OFFERED, State.COUNTERED)).exists():
        raise Refused("open", "An offer about this order waits for an answer. Take it back first.", "form")
    order.buyer = conversation.buyer
    terms = _terms(proposal, order, address)
    sent = deliver_verdict(conversation, _words(seat, conversation, proposal, terms, now), proposal.confirmed, now=now)
    if sent.message is not None and sent.kind != Message.State.BLOCKED:
        _store(conversation, sent.message, proposal.kind, terms, seat.user, now=now)
    return sent


def _address(proposal: Proposal, order: Order, *, now: datetime) -> str:
    """Where an offered return goes; buyers read it, so it goes through the rules."""
    if proposal.kind != Kind.RETURN:
        return ""
    empty, what = "Enter the address that it goes back to.", "The address"
    return read_words(proposal.address, order=order, role="seller", field="address", what=what, empty=empty, now=now)


def _terms(proposal: Proposal, order: Order, address: str) -> _Terms:
    if proposal.kind not in OF_GOODS:
        left = left_of([order])[order.pk].total_minor
        amount = proposal.amount_minor if proposal.kind == Kind.PARTIAL else left
        require_amount(amount, left, order)
        return _Terms(amount)
    pieces = offered_pieces(proposal.kind, order, proposal.pieces)
    if proposal.kind == Kind.REPLACEMENT:
        return _Terms(0, pieces)
    amount = worth_of(pieces, order)
    require_worth(amount, pieces, order)
    return _Terms(amount, pieces, address)


def _words(seat: Seat, conversation: Conversation, proposal: Proposal, terms: _Terms, now: datetime) -> Words:
    order = conversation.order
    assert order is not None
    order.buyer = conversation.buyer
    most = profile_of(conversation, now).message_characters
    offered = in_words(f"offer_{proposal.kind}", order, terms.amount_minor, terms.pieces, room=most // 2)
    text = f"{clean(proposal.text, limit=most - len(offered) - 2)}\n\n{offered}"
    return Words(
        text,
        Side.SELLER,
        seat.user,
        "reply",
        language=language_of(conversation, Side.SELLER),
        replaces=replaced(conversation, Side.SELLER, proposal.replaces),
    )


def _store(conversation: Conversation, message: Message, kind: str, terms: _Terms, by: User, *, now: datetime) -> None:
    profile = profile_in_force(conversation.marketplace, now)
    offer = Offer.objects.create(
        conversation=conversation,
        order=message.conversation.order,  # type: ignore[misc]  # only conversations about an order have offers
        message=message,
        public_id=new_id("off", now),
        kind=kind,
        amount_minor=terms.amount_minor,
        pieces=terms.pieces,
        address=terms.address,
        profile_digest=profile.digest,
        made_at=now,
        expires_at=_expiry(conversation, now),  # anew where it is held: see ``begin``
    )
    _tell(conversation, offer, "offer.made", by=by, now=now)


def _expiry(conversation: Conversation, now: datetime) -> datetime:
    """When an offer, or the counter to one, that arrives now is over."""
    return now + timedelta(hours=profile_in_force(conversation.marketplace, now).offers.hours)


def _require_turn(offer: Offer, side: str, choice: str, *, now: datetime) -> None:
    if not offer.is_open:
        raise Refused("answered", f"This offer is over: {offer.get_state_display().lower()}.", "offer")
    if now >= offer.expires_at:
        raise Refused("expired", f"The time for this offer ended {locales.moment(offer.expires_at)}.", "offer")
    offered = offer.state == State.OFFERED
    mine = side == (Side.BUYER if offered and choice != "withdraw" else Side.SELLER)
    if not mine or (not offered and choice in ("counter", "withdraw")):
        raise Refused("turn", "It is not for you to answer this now.", "offer")


def _accept(conversation: Conversation, offer: Offer, by: User, answer: Answer, now: datetime) -> None:
    del answer
    carry_out(offer, by=by.public_id, now=now)
    crash_point("offer_paid_before_mark")
    _move(conversation, offer, State.ACCEPTED, by=by, now=now)


def _decline(conversation: Conversation, offer: Offer, by: User, answer: Answer, now: datetime) -> None:
    del answer
    _move(conversation, offer, State.DECLINED, by=by, now=now)


def _withdraw(conversation: Conversation, offer: Offer, by: User, answer: Answer, now: datetime) -> None:
    del answer
    _move(conversation, offer, State.WITHDRAWN, by=by, now=now)


def _counter(conversation: Conversation, offer: Offer, by: User, answer: Answer, now: datetime) -> None:
    if not offer.is_money:
        raise Refused("no_money", "This offer is not about an amount. Accept it, decline it, or write back.", "amount")
    require_amount(answer.amount_minor, left_of([offer.order])[offer.order_id].total_minor, offer.order)
    offer.counter_minor = answer.amount_minor
    offer.expires_at = _expiry(conversation, now)
    _move(conversation, offer, State.COUNTERED, by=by, now=now)


_ANSWERS = {"accept": _accept, "decline": _decline, "counter": _counter, "withdraw": _withdraw}


def _move(conversation: Conversation, offer: Offer, state: str, *, by: User | None, now: datetime) -> None:
    """One step along the table, on record and told."""
    if state not in OFFER_TRANSITIONS[offer.state]:
        raise Refused("answered", f"This offer is over: {offer.get_state_display().lower()}.", "offer")
    offer.state = state
    if not offer.is_open:
        offer.closed_at, offer.closed_by = now, by
    offer.save()
    _tell(conversation, offer, f"offer.{state}", by=by, now=now)


def _tell(conversation: Conversation, offer: Offer, name: str, *, by: User | None, now: datetime) -> None:
    actor = by.public_id if by else ""
    amount = offer.counter_minor or offer.amount_minor
    facts = {"mark": name.replace(".", "_"), "by": actor, "offer": offer.public_id, "amount": amount}
    put_on_record(conversation, [Entry("marked", {**facts, "kind": str(offer.kind)})], now=now)
    emit(
        conversation,
        name=name,
        data={"offer": offer.public_id, "order": offer.order.public_id, "kind": str(offer.kind)},
        stream_id=conversation.public_id,
        marketplace=conversation.marketplace.public_id,
        actor=actor,
        now=now,
    )
    conversation.save(update_fields=CHANGED)

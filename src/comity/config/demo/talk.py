"""Plays the dialogues of the demo through the services, in the order of their moments."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from comity.accounts.models import Buyer, OperatorStaff, Staff
from comity.catalog.models import Listing
from comity.common.models import OutboxEvent
from comity.config.demo.casting import Role
from comity.messaging.handlers import deliver_message
from comity.messaging.models import Message
from comity.messaging.selectors.doors import Seat, get_seat_of_buyer, get_seat_of_operator, get_seat_of_staff
from comity.messaging.services.contact import Contact, Subject, contact
from comity.messaging.services.marks import mark_no_response_needed, mark_read
from comity.messaging.services.messages import Reply, reply
from comity.messaging.services.rulings import rule
from comity.orders.models import Order

_RULING_REASON = "A complaint may be sharp. This one says what is wrong with the goods, so it goes on."
_RETURN_REASON = "Please say the same without the insult; then it can be sent."


@dataclass(slots=True)
class Scene:
    """One dialogue with its people."""

    dialogue: dict[str, Any]
    buyer: Buyer
    subject: Subject
    keys: Iterator[int] = field(default_factory=count)
    conversation: str = ""
    last: Message | None = None


def play(roles: list[Role], now: datetime) -> None:
    """Play every dialogue, each about the order that was entered for it."""
    scenes = [_scene(number, role) for number, role in enumerate(roles)]
    acts = sorted(
        (now - timedelta(hours=hours), number, step)
        for number, scene in enumerate(scenes)
        for step, (hours, _, _) in enumerate(scene.dialogue["steps"])
    )
    for moment, number, step in acts:
        _, who, words = scenes[number].dialogue["steps"][step]
        _act(scenes[number], who, words, moment)


def _scene(number: int, role: Role) -> Scene:
    orders = Order.objects.select_related("buyer__user", "buyer__marketplace", "seller", "marketplace")
    order = orders.get(external_id=f"order-{number}", marketplace__slug=role.shop["marketplace"])
    listings = Listing.objects.select_related("seller", "marketplace")
    subjects = {
        "order": Subject(order=order),
        "listing": Subject(listing=listings.get(order_lines__order=order)),
        "seller": Subject(seller=order.seller),
        "marketplace": Subject(),
    }
    return Scene(role.dialogue, order.buyer, subjects[role.dialogue["subject"]])


def _act(scene: Scene, who: str, words: str, moment: datetime) -> None:
    if who in ("buyer", "seller", "operator"):
        _speak(scene, who, words, moment)
    elif who == "not_needed":
        mark_no_response_needed(seat=_seat(scene, "seller"), now=moment)
    else:
        _rule(scene, who, words, moment)
    deliver_waiting(moment)


def _speak(scene: Scene, who: str, words: str, moment: datetime) -> None:
    key = f"demo-{next(scene.keys)}-{moment.timestamp()}"
    if who == "buyer":
        form = Contact(topic=scene.dialogue["topic"], text=words, key=key)
        sent = contact(buyer=scene.buyer, user=_user(scene.buyer), subject=scene.subject, contact=form, now=moment)
    else:
        refused = scene.last if scene.last and scene.last.state == Message.State.BLOCKED else None
        form_ = Reply(text=words, key=key, replaces=refused.public_id if refused else "")
        sent = reply(seat=_seat(scene, who), reply=form_, now=moment)
    assert sent.message is not None, f"{words!r} asks for confirmation"
    scene.last, scene.conversation = sent.message, sent.message.conversation.public_id
    if sent.message.state == Message.State.ACCEPTED:
        deliver_waiting(moment)
    if who != "buyer" or sent.message.state == Message.State.ACCEPTED:
        mark_read(seat=_seat(scene, who))


def _rule(scene: Scene, decision: str, words: str, moment: datetime) -> None:
    assert scene.last is not None
    staff = _operator(scene, OperatorStaff.Role.MODERATOR)
    reason = words or (_RULING_REASON if decision == "release" else _RETURN_REASON)
    rule(message_id=scene.last.public_id, staff=staff, user=staff.user, decision=decision, reason=reason, now=moment)


def _seat(scene: Scene, who: str) -> Seat:
    conversation = scene.conversation
    if who == "buyer":
        return get_seat_of_buyer(buyer=scene.buyer, user=_user(scene.buyer), conversation_id=conversation)
    if who == "seller":
        seller = scene.subject.sold_by
        staff = Staff.objects.select_related("seller", "user").filter(seller=seller, role=Staff.Role.AGENT).first()
        assert staff is not None
        return get_seat_of_staff(staff=staff, user=staff.user, conversation_id=conversation)
    operator = _operator(scene, OperatorStaff.Role.SERVICE_AGENT)
    return get_seat_of_operator(staff=operator, user=operator.user, conversation_id=conversation)


def _operator(scene: Scene, role: str) -> OperatorStaff:
    seats = OperatorStaff.objects.select_related("user", "marketplace")
    return seats.get(marketplace=scene.buyer.marketplace_id, role=role)


def _user(buyer: Buyer) -> Any:
    assert buyer.user is not None
    return buyer.user


def deliver_waiting(moment: datetime) -> None:
    """What the worker would do: every accepted message, in order."""
    waiting = Message.objects.filter(state=Message.State.ACCEPTED).values_list("public_id", flat=True)
    for event in OutboxEvent.objects.filter(name="message.accepted", data__message__in=list(waiting)).order_by("id"):
        deliver_message(event, now=moment)

"""Plays the dialogues of the demo through the services, in the order of their moments."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from comity.accounts.models import Buyer, OperatorStaff, Staff
from comity.common.models import OutboxEvent
from comity.messaging.handlers import deliver_message
from comity.messaging.models import Message
from comity.messaging.selectors.doors import Seat, get_seat_of_buyer, get_seat_of_operator, get_seat_of_staff
from comity.messaging.selectors.topics import responsible_for
from comity.messaging.services.contact import Contact, Subject, contact
from comity.messaging.services.marks import mark_no_response_needed, mark_read
from comity.messaging.services.messages import Reply, reply
from comity.messaging.services.rulings import rule
from comity.orders.models import Order

CONVERSATIONS = 60
_RULING_REASON = "A complaint may be sharp. This one says what is wrong with the goods, so it goes on."
_RETURN_REASON = "Please say the same without the insult; then it can be sent."
_OLDER = 26.0  # hours by which a dialogue is moved back each time it is used again


@dataclass(slots=True)
class Scene:
    """One dialogue with its people."""

    dialogue: dict[str, Any]
    buyer: Buyer
    subject: Subject
    keys: Iterator[int] = field(default_factory=count)
    conversation: str = ""
    last: Message | None = None


def play(data: dict[str, Any], chance: random.Random, now: datetime) -> None:
    """Play about sixty conversations, some of them with the buyer whose sign-in link is printed."""
    acts = sorted(
        ((now - timedelta(hours=hours), number, scene, who, words))
        for number, scene in enumerate(_scenes(data, chance))
        for hours, who, words in scene.dialogue["steps"]
    )  # fmt: skip
    for moment, _, scene, who, words in acts:
        _act(scene, who, words, moment)


def _scenes(data: dict[str, Any], chance: random.Random) -> list[Scene]:
    dialogues, taken = data["dialogues"], set[int]()
    first, rest = dialogues[:4], dialogues[4:]
    scenes = [_cast(dialogue, chance, taken, buyer="buyer-0") for dialogue in first]
    for number in range(CONVERSATIONS - len(first)):
        again, index = divmod(number, len(rest))
        scenes.append(_cast(_again(rest[index], again, data, chance), chance, taken))
    return scenes


def _again(dialogue: dict[str, Any], times: int, data: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """The dialogue, for its second use and later: longer ago, ruled on if held, and answered if open."""
    if not times:
        return dialogue
    shift = times * _OLDER + chance.uniform(0, 9)
    steps = [[hours + shift, who, words] for hours, who, words in dialogue["steps"]]
    asked = steps[-1][1] == "buyer"
    if dialogue.get("held"):
        steps.append([steps[-1][0] - chance.uniform(1, 6), "release" if asked else "return", ""])
    if asked:
        served = "operator" if _goes_to_marketplace(dialogue) else "seller"
        steps.append([steps[-1][0] - chance.uniform(1, 20), served, chance.choice(data["closings"])])
    return {**dialogue, "steps": steps}


def _goes_to_marketplace(dialogue: dict[str, Any]) -> bool:
    fulfilment = dialogue.get("fulfilment", "seller")
    return responsible_for(dialogue["topic"], Order(fulfilment=fulfilment)).party == "marketplace"


def _cast(dialogue: dict[str, Any], chance: random.Random, taken: set[int], buyer: str = "") -> Scene:
    order = _order_for(dialogue, taken, chance, buyer)
    taken.add(order.pk)
    if dialogue["subject"] == "listing":
        line = order.lines.select_related("listing__seller", "listing__marketplace").first()
        assert line is not None
        return Scene(dialogue, order.buyer, Subject(listing=line.listing))
    subjects = {"order": Subject(order=order), "seller": Subject(seller=order.seller), "marketplace": Subject()}
    return Scene(dialogue, order.buyer, subjects[dialogue["subject"]])


def _order_for(dialogue: dict[str, Any], taken: set[int], chance: random.Random, buyer: str) -> Order:
    """An order nobody talks about yet, as close to what the dialogue needs as there is."""
    orders = Order.objects.select_related("buyer__user", "buyer__marketplace", "seller", "marketplace").exclude(
        pk__in=taken
    )
    wanted: list[dict[str, Any]] = [
        {"fulfilment": dialogue.get("fulfilment", "seller")},
        {"status": dialogue["status"]} if "status" in dialogue else {},
        {"buyer__external_id": buyer, "marketplace__slug": "wayfold"}
        if buyer
        else {"buyer__language": dialogue.get("language", "en")},
    ]
    for strict in (3, 2, 1):
        fitting = orders.exclude(buyer__external_id="buyer-0") if not buyer else orders.filter(**wanted[2])
        for condition in wanted[:strict]:
            fitting = fitting.filter(**condition)
        if found := list(fitting.order_by("pk")):
            return chance.choice(found)
    raise AssertionError(f"no order fits {dialogue['topic']}")


def _act(scene: Scene, who: str, words: str, moment: datetime) -> None:
    if who in ("buyer", "seller", "operator"):
        _speak(scene, who, words, moment)
    elif who == "not_needed":
        mark_no_response_needed(seat=_seat(scene, "seller"), now=moment)
    else:
        _rule(scene, who, moment)
    _deliver(moment)


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
        _deliver(moment)
    if who != "buyer" or sent.message.state == Message.State.ACCEPTED:
        mark_read(seat=_seat(scene, who))


def _rule(scene: Scene, decision: str, moment: datetime) -> None:
    assert scene.last is not None
    staff = _operator(scene, OperatorStaff.Role.MODERATOR)
    reason = _RULING_REASON if decision == "release" else _RETURN_REASON
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


def _deliver(moment: datetime) -> None:
    waiting = Message.objects.filter(state=Message.State.ACCEPTED).values_list("public_id", flat=True)
    for event in OutboxEvent.objects.filter(name="message.accepted", data__message__in=list(waiting)).order_by("id"):
        deliver_message(event, now=moment)

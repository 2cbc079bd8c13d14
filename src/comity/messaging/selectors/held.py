"""Who has taken held messages to rule on them, and which run out of time."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from comity.accounts.models import Marketplace, User
from comity.common.models import OutboxEvent
from comity.messaging.models import Message

TAKEN = "message.taken"


@dataclass(frozen=True, slots=True)
class Take:
    """Who is on a message, and since when; ``everybody`` has the ids of all who ever took it."""

    actor: str
    name: str
    at: datetime
    everybody: frozenset[str]


def takes_of(messages: Collection[Message]) -> dict[str, Take]:
    """The latest take of each message that was taken, by the message's id. Two queries, one when none was."""
    streams = {message.conversation.public_id for message in messages}
    wanted = {message.public_id for message in messages}
    events = OutboxEvent.objects.filter(stream__in=streams, name=TAKEN).order_by("id")
    taken: dict[str, list[OutboxEvent]] = {}
    for event in events:
        if event.data["message"] in wanted:
            taken.setdefault(event.data["message"], []).append(event)
    if not taken:
        return {}
    actors = {event.actor for of in taken.values() for event in of}
    names = dict(User.objects.filter(public_id__in=actors).values_list("public_id", "name"))
    return {
        message: Take(of[-1].actor, names[of[-1].actor], of[-1].occurred_at, frozenset(one.actor for one in of))
        for message, of in taken.items()
    }


def held_until_before(marketplace: Marketplace, moment: datetime) -> QuerySet[Message]:
    """Held messages whose time for a ruling is over at ``moment``, the first to run out first."""
    held = Message.objects.filter(conversation__marketplace=marketplace, state=Message.State.HELD)
    related = held.filter(held_until__lte=moment).select_related("conversation__marketplace", "conversation__buyer")
    return related.order_by("held_until", "pk")


def next_held(marketplace: Marketplace, after: Message) -> Message | None:
    """The held message that runs out first, besides ``after``. One query."""
    held = Message.objects.filter(conversation__marketplace=marketplace, state=Message.State.HELD)
    return held.exclude(pk=after.pk).order_by("held_until", "pk").first()

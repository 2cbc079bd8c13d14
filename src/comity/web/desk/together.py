"""What several people at one desk need: who else is writing, what can still be taken back, saved replies at hand."""

from datetime import datetime, timedelta
from typing import Any

from comity.messaging.models import Conversation, Message
from comity.messaging.selectors.colleagues import Answering, answering_token, who_else_writes
from comity.messaging.selectors.doors import Seat
from comity.messaging.selectors.saved_replies import choices_for
from comity.messaging.selectors.variables import case_of, filled, values_of
from comity.messaging.services.clock import profile_of
from comity.web.desk.desks import Desk
from comity.web.positions import sealed


def draft_place(desk: Desk, conversation: Conversation) -> str:
    """The place of a draft: one for each side, so that a person with two seats has two."""
    return f"{desk.side}/{conversation.public_id}"


def rest(conversation: Conversation, now: datetime) -> timedelta:
    """How long after the last key somebody still counts as writing."""
    return timedelta(minutes=profile_of(conversation, now).answering_minutes)


def answering(desk: Desk, conversation: Conversation, *, now: datetime) -> list[Answering]:
    """Colleagues at this desk who are writing in the conversation. One query; the buyer's side never asks."""
    place = draft_place(desk, conversation)
    return who_else_writes(place=place, user=desk.user, within=rest(conversation, now), now=now)


def poll_url(desk: Desk, conversation: Conversation, position: int, others: list[Answering]) -> str:
    """Where the page asks for what is newer than it shows: messages behind ``position``, colleagues who write."""
    address = desk.url("new", conversation)
    told = f"after={sealed(conversation, desk.side, position)}&answering={answering_token(others)}"
    return f"{address}{'&' if '?' in address else '?'}{told}"


def undo_hrefs(desk: Desk, seat: Seat, messages: list[Message]) -> dict[str, dict[str, Any]]:
    """By id, the messages of this person that wait for their delivery: until when, and where they are taken back."""
    mine = [message for message in messages if message.author_id == desk.user.pk and message.side == seat.side]
    return {
        message.public_id: {
            "undo_href": desk.url("undo", seat.conversation, message=message.public_id),
            "undo_until": message.undo_until,
        }
        for message in mine
        if message.state == Message.State.ACCEPTED and message.undo_until
    }


def picker(desk: Desk, conversation: Conversation) -> dict[str, Any]:
    """What the composer offers to insert, in the buyer's language where there is such a text. 2 queries."""
    language = conversation.buyer.language
    choices = choices_for(staff=desk.staff, language=language)
    return {
        "insert_url": desk.url("insert", conversation),
        "manage_url": desk.url("saved-replies"),
        "language": language,
        "choices": choices,
    }


def inserted(desk: Desk, seat: Seat, saved_id: str) -> str:
    """The text of a saved reply for this conversation, what is not known left as gaps; empty for an unknown id."""
    language = seat.conversation.buyer.language
    choices = choices_for(staff=desk.staff, language=language)
    chosen = next((one for one in choices if one.saved_reply.public_id == saved_id), None)
    if chosen is None:
        return ""
    case = case_of(seat.conversation, side=desk.side, writer=desk.user, language=chosen.text.language)
    return filled(chosen.text.text, values_of(case))


def joined(before: str, text: str) -> str:
    """``text`` after what stands there already, a line between."""
    return f"{before.rstrip()}\n\n{text}" if before.strip() else text

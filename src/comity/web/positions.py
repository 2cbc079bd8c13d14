"""How far somebody has seen a conversation, as their page carries it.

Bare numbers would show by their gaps that something happened which this side does not see: a report, a block, a
message that was held.
"""

from comity.common.crypto import open_number, seal_number
from comity.messaging.models import Conversation


def sealed(conversation: Conversation, side: str, number: int) -> str:
    """A position of the record, or a number of messages, for the pages of that side."""
    return seal_number(number, about=_about(conversation, side))


def opened(conversation: Conversation, side: str, text: str) -> int | None:
    """What ``sealed`` was given; None for anything that no page of this conversation and side carried."""
    return open_number(text, about=_about(conversation, side))


def _about(conversation: Conversation, side: str) -> str:
    return f"comity.web.positions/{side}/{conversation.public_id}"

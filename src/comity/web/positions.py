"""How far somebody has seen a conversation, as their page carries it.

Bare numbers would show by their gaps that something happened which this side does not see: a report, a block, a
message that was held.
"""

from http import HTTPStatus

from django.http import HttpResponse

from comity.common.crypto import open_number, seal_number
from comity.messaging.models import Conversation


def sealed(conversation: Conversation, side: str, number: int) -> str:
    """A position of the record, or a number of messages, for the pages of that side."""
    return seal_number(number, about=_about(conversation, side))


def opened(conversation: Conversation, side: str, text: str) -> int | None:
    """What ``sealed`` was given; None for anything that no page of this conversation and side carried."""
    return open_number(text, about=_about(conversation, side))


def reached(conversation: Conversation, side: str, text: str) -> int | None:
    """From which position a page asks on: 0 without ``text``, None for one that cannot be read any more."""
    return opened(conversation, side, text) if text else 0


def looked_at(conversation: Conversation, side: str, text: str) -> int | None:
    """How many messages the author of a form had seen; None where the form does not say.

    0 for what cannot be read any more, so that a colleague's answer is rather shown twice than written over.
    """
    return (opened(conversation, side, text) or 0) if text else None


def load_again() -> HttpResponse:
    """To a page whose position cannot be read, such as after a change of secrets: it loads itself, which carries one.

    Answering from the beginning would put the whole conversation below itself. What is typed is kept as a draft.
    """
    return HttpResponse(status=HTTPStatus.NO_CONTENT, headers={"HX-Refresh": "true"})


def _about(conversation: Conversation, side: str) -> str:
    return f"comity.web.positions/{side}/{conversation.public_id}"

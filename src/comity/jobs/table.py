"""The one table event -> handlers. An event that is not here is on the log and nobody acts on it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from comity.common.models import OutboxEvent
from comity.messaging.handlers import deliver_message
from comity.notify.handlers import tell_about_message, tell_about_ruling


class Handler(Protocol):
    """Reacts to an event, inside a transaction; safe to repeat."""

    __module__: str
    __name__: str

    def __call__(self, event: OutboxEvent, *, now: datetime) -> None: ...


HANDLERS: Mapping[str, tuple[Handler, ...]] = {
    "message.accepted": (deliver_message,),
    "message.delivered": (tell_about_message,),
    "message.ruled": (tell_about_ruling,),
}


def handler_name(handler: Handler) -> str:
    """``messaging.deliver_message``: the name under which the queue knows a handler."""
    return f"{handler.__module__.removeprefix('comity.').split('.')[0]}.{handler.__name__}"

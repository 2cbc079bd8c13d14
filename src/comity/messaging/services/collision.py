"""Two people of one side at the same conversation: neither sends over the other's head."""

from comity.common.errors import Refused
from comity.messaging.models import Conversation, Message
from comity.messaging.selectors.doors import Seat

State = Message.State


class Overtaken(Refused):
    """A colleague's message got in since the author looked (409); ``message`` is the latest of them."""

    def __init__(self, message: Message) -> None:
        name = message.author.name if message.author else "A colleague"
        sentence = f"{name} answered while you were writing. Read both; then send yours as well, or leave it."
        super().__init__("overtaken", sentence, "form")
        self.message = message


def require_not_overtaken(conversation: Conversation, seat: Seat, seen: int | None) -> None:
    """Raise ``Overtaken`` when a colleague wrote after the first ``seen`` messages; None asks for nothing.

    ``conversation`` is locked: of two answers to one question exactly one is first. No query where nothing came.
    """
    if seen is None or conversation.message_count <= seen:
        return
    on_its_way = [State.ACCEPTED, State.HELD, State.DELIVERED]
    later = Message.objects.filter(conversation=conversation, side=seat.side, number__gt=seen, state__in=on_its_way)
    by_colleagues = later.exclude(author=None).exclude(author=seat.user).select_related("author", "body")
    if message := by_colleagues.order_by("-number").first():
        raise Overtaken(message)

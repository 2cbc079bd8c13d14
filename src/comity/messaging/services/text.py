"""Whether a typed text can be a message at all, before any rule is asked."""

from comity.common.errors import Refused
from comity.common.texts import clean_text


class MessageRefused(Refused):
    """The message was not taken, nothing is on record; ``field`` and ``sentence`` say what to change."""


def clean(text: str, *, limit: int) -> str:
    """``text`` as a message has it; see ``common.texts.clean_text``. Raises ``MessageRefused``."""
    empty = "Write your message before you send it."
    return clean_text(text, limit=limit, what="Your message", empty=empty, error=MessageRefused)

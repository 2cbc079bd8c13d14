"""Whether a typed text can be a message at all, before any rule is asked."""

import unicodedata

from comity.common.errors import Refused


class MessageRefused(Refused):
    """The message was not taken, nothing is on record; ``field`` and ``sentence`` say what to change."""


def clean(text: str, *, limit: int) -> str:
    """``text`` with line ends as one newline and no blank tail. ``limit`` counts code points.

    Raises ``MessageRefused``: ``empty`` (also when only spaces or invisible characters are left), ``too_long``,
    ``unsendable`` (NUL or half of a character pair).
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").rstrip()
    if any(character == "\x00" or "\ud800" <= character <= "\udfff" for character in text):
        raise MessageRefused(
            "unsendable",
            "Your message contains a character that cannot be sent. Delete it, or type the text again.",
            "text",
        )
    if not any(_visible(character) for character in text):
        raise MessageRefused("empty", "Write your message before you send it.", "text")
    if excess := max(len(text) - limit, 0):
        sentence = f"Your message has {len(text):,} characters; up to {limit:,} can be sent. Shorten it by {excess:,}."
        raise MessageRefused("too_long", sentence, "text")
    return text


def _visible(character: str) -> bool:
    return unicodedata.category(character)[0] not in "ZC" and character not in "\u115f\u1160\u2800\u3164\uffa0"

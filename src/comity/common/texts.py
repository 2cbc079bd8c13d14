"""Whether a typed text can be stored and shown at all, before any rule is asked."""

import unicodedata

from comity.common.errors import Refused


def clean_text(
    text: str, *, limit: int, what: str, empty: str, field: str = "text", error: type[Refused] = Refused
) -> str:
    """``text`` with line ends as one newline and no blank tail. ``limit`` counts code points.

    Raises ``error``: ``empty`` with that sentence (also when only spaces or invisible characters are left),
    ``too_long``, ``unsendable`` (NUL or half of a character pair). ``what`` begins the sentences: “Your message”.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").rstrip()
    if "\x00" in text or not _encodable(text):
        sentence = f"{what} contains a character that cannot be sent. Delete it, or type the text again."
        raise error("unsendable", sentence, field)
    if not any(_visible(character) for character in text):
        raise error("empty", empty, field)
    if excess := max(len(text) - limit, 0):
        sentence = f"{what} has {len(text):,} characters; up to {limit:,} can be sent. Shorten it by {excess:,}."
        raise error("too_long", sentence, field)
    return text


def _encodable(text: str) -> bool:
    """Whether there is no half of a character pair in it."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _visible(character: str) -> bool:
    return unicodedata.category(character)[0] not in "ZC" and character not in "\u115f\u1160\u2800\u3164\uffa0"

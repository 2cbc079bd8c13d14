"""Private notes: what a team's members tell each other about a conversation.

No rule screens them: they are sent to nobody, and a rule that stops words on their way has no way to stop here.
"""

import re
from collections.abc import Sequence
from datetime import datetime

from comity.accounts.models import User
from comity.common.errors import Refused
from comity.common.ids import new_id
from comity.common.transactions import write
from comity.messaging.models import Note
from comity.messaging.selectors.doors import Seat
from comity.messaging.selectors.teams import colleagues, get_note, team_of
from comity.messaging.services.clock import profile_of
from comity.messaging.services.teamwork import lock_conversation, require_seat, tell
from comity.messaging.services.text import MessageRefused, clean


def write_note(*, seat: Seat, text: str, now: datetime) -> tuple[Note, list[User]]:
    """Leave a note for the team; also who is told, because the note names them with “@”.

    Raises ``Refused``: ``read_only``, ``not_yours``, ``empty``, ``too_long``, ``unsendable``; field ``note``.
    """
    require_seat(seat)
    assert seat.staff is not None
    text = _clean(text, limit=profile_of(seat.conversation, now).message_characters)
    with write():
        conversation = lock_conversation(seat)
        note = Note.objects.create(
            conversation=conversation,
            public_id=new_id("note", now),
            side=seat.side,
            author=seat.user,
            text=text,
            written_at=now,
        )
        told = [user for user in mentioned(text, colleagues(team_of(seat.staff))) if user != seat.user]
        ids = [user.public_id for user in told]
        tell(conversation, "note.written", by=seat.user, now=now, note=note.public_id, mentioned=ids)
    return note, told


def remove_note(*, seat: Seat, note_id: str, now: datetime) -> None:
    """Take the words of one's own note away; the place says that there was one. Repeating changes nothing.

    Raises ``NotFound``, and ``Refused`` (``not_author``) for a note of somebody else.
    """
    get_note(seat, note_id)
    require_seat(seat)
    with write():
        conversation = lock_conversation(seat)
        note = get_note(seat, note_id)
        if note.author_id != seat.user.pk:
            raise Refused("not_author", "Only who wrote a note can remove it.")
        if note.removed_at is None:
            note.text, note.removed_at = "", now
            note.save(update_fields=["text", "removed_at"])
            tell(conversation, "note.removed", by=seat.user, now=now, note=note.public_id)


def mentioned(text: str, people: Sequence[User]) -> list[User]:
    """Who of ``people`` is named in ``text`` as “@Name” in full, or as “@First” where one alone is called so.

    Two of the same name are both meant. In the order of ``people``.
    """
    first_names = [_first(user) for user in people]
    found: set[int] = set()
    for place in re.finditer("@", text):
        words = text[place.end() :].casefold()
        fitting = [user for user in people if _begins(words, user.name.casefold())]
        longest = max((len(user.name) for user in fitting), default=0)
        found |= {user.pk for user in fitting if len(user.name) == longest}
        if not fitting:
            found |= {
                user.pk for user in people if _begins(words, _first(user)) and first_names.count(_first(user)) == 1
            }
    return [user for user in people if user.pk in found]


def _first(user: User) -> str:
    return user.name.split()[0].casefold() if user.name.split() else ""


def _begins(words: str, name: str) -> bool:
    """Whether ``words`` begin with the whole word or words ``name``."""
    return bool(name) and words.startswith(name) and not words[len(name) : len(name) + 1].isalnum()


def _clean(text: str, *, limit: int) -> str:
    try:
        return clean(text, limit=limit)
    except MessageRefused as refusal:
        sentence = "Write your note before you save it." if refusal.code == "empty" else refusal.sentence
        raise Refused(refusal.code, sentence.replace("Your message", "Your note"), "note") from refusal

"""A seller writes first about an order, for one of the purposes of the profile (S15–S17, S60).

Decisions
    * The menu is asked again under the conversation's lock: what closed meanwhile is refused, nothing is stored.
    * Nothing counts but messages: one that was blocked or given back leaves its place free, a held one takes it.
    * Whether it reaches a buyer who declined unsolicited messages follows from its purpose, never from its author.
    * Where a question of the buyer is open, what the seller writes here answers it like any reply; where none is, it
      stops nothing and starts nothing, and the buyer's next message starts the clock. A review request never answers.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from comity.accounts.models import Staff
from comity.accounts.profiles import profile_in_force
from comity.accounts.profiles.purposes import Purpose, in_language
from comity.accounts.selectors.roles import require_writer
from comity.files.services.uploads import Upload
from comity.messaging.models import Conversation, Side
from comity.messaging.selectors.declaring import declaration
from comity.messaging.selectors.outreach import purpose_named, standing_to_write
from comity.messaging.selectors.purposes import opening
from comity.messaging.services.attachments import file_request
from comity.messaging.services.contact import Subject, find_or_open
from comity.messaging.services.gaps import require_no_gaps
from comity.messaging.services.messages import deliver_verdict, language_of, lock, replaced
from comity.messaging.services.posting import Sent, Words, once
from comity.messaging.services.text import MessageRefused, clean
from comity.orders.models import Order
from comity.orders.selectors.orders import lines_of
from comity.screening.services.recognition import likeness_of


@dataclass(frozen=True, slots=True)
class Outreach:
    """What the form of a purpose sends; see ``messages.Reply`` for ``key`` and ``confirmed``. ``dates``: ISO days."""

    purpose: str
    key: str
    text: str = ""
    confirmed: str = ""
    replaces: str = ""
    dates: Mapping[str, str] = field(default_factory=dict)
    files: tuple[Upload, ...] = ()


def reach_out(*, staff: Staff, order: Order, outreach: Outreach, now: datetime) -> Sent:
    """Send the buyer of ``order``, a seller's own, a message for one purpose.

    Raises ``Refused`` (nothing stored): unknown or closed purpose, a role that does not write, an unusable
    text or date, too few or too many files; and ``KeyReused``.
    """
    require_writer(staff, field="form")
    require_no_gaps(outreach.text)
    purpose = purpose_named(profile_in_force(order.marketplace, now), outreach.purpose)
    if purpose is None:
        raise MessageRefused("purpose", "Choose one of the purposes listed for this order.", "form")
    language, text = words_for(purpose, order, outreach)
    _require_files(purpose, outreach.files)
    return once(
        lambda: _send(staff, order, purpose, language, text, outreach, now=now),
        actor=staff.user.public_id,
        route=f"outreach/{order.public_id}",
        key=outreach.key,
        request={
            "text": text,
            "purpose": purpose.key,
            "replaces": outreach.replaces,
            **file_request(outreach.files),
        },
        now=now,
    )


def words_for(purpose: Purpose, order: Order, outreach: Outreach) -> tuple[str, str]:
    """Language and words of the message: the seller's, or those of the profile with number and dates filled in."""
    if purpose.characters:
        return "", clean(outreach.text, limit=purpose.characters)
    language, words = in_language(purpose.words, order.buyer.language, order.marketplace.language)
    return language, words.format(number=order.number, **_dates(purpose, outreach.dates))


def _require_files(purpose: Purpose, files: tuple[Upload, ...]) -> None:
    if len(files) < purpose.files_min:
        raise MessageRefused("files", "Add the document as a file: it is what this message is for.", "form")
    if len(files) > purpose.files_max:
        allowed = f"{purpose.files_max} files" if purpose.files_max else "no files"
        raise MessageRefused("files", f"This message takes {allowed}. Remove what is too much.", "form")


def _dates(purpose: Purpose, typed: Mapping[str, str]) -> dict[str, str]:
    days: dict[str, str] = {}
    for asked in purpose.dates:
        try:
            day = date.fromisoformat(typed.get(asked.key, "").strip()).isoformat()
        except ValueError:
            raise MessageRefused("date", "Give a day, such as 2026-11-30.", asked.key) from None
        if days and day < max(days.values()):
            raise MessageRefused("date", f"This day lies before {max(days.values())}: choose a later one.", asked.key)
        days[asked.key] = day
    return days


def _send(
    staff: Staff, order: Order, purpose: Purpose, language: str, text: str, outreach: Outreach, *, now: datetime
) -> Sent:
    conversation = conversation_about(order, purpose.topic, now=now)
    _require_open(conversation, purpose, now=now)
    words = Words(
        text=text,
        side=Side.SELLER,
        author=staff.user,
        purpose=purpose.key,
        checked_as=purpose.checked_as,
        language=language or language_of(conversation, Side.SELLER),
        replaces=replaced(conversation, Side.SELLER, outreach.replaces),
        files=outreach.files,
        likeness=likeness_for(purpose, order, text),
        declaration=declaration(purpose, order, now=now),
    )
    return deliver_verdict(conversation, words, outreach.confirmed, now=now)


def likeness_for(purpose: Purpose, order: Order, text: str) -> int | None:
    """What tells whether the seller wrote nearly the same about other orders; fixed words are not the seller's.

    One query, for the names of the order's items: a letter about another item is the same letter.
    """
    if not purpose.characters or purpose.declares:
        return None  # confirmations are alike
    titles = [line.title for line in lines_of(order)]
    return likeness_of(text, of=order.seller.public_id, apart=[order.buyer.name], titles=titles)


def _require_open(conversation: Conversation, purpose: Purpose, *, now: datetime) -> None:
    order, seller = conversation.order, conversation.seller  # as they are now: read with the lock
    assert order is not None
    assert seller is not None
    order.buyer, order.seller = conversation.buyer, seller
    profile = profile_in_force(conversation.marketplace, now)
    found = opening(purpose, standing_to_write(order, now=now), profile)
    if not found.open:
        raise MessageRefused("closed", found.sentence, "form")


def conversation_about(order: Order, topic: str, *, now: datetime) -> Conversation:
    """The conversation of buyer and seller about ``order``, locked; opened if there is none. Inside a transaction."""
    found = find_or_open(buyer=order.buyer, subject=Subject(order=order), addressee=Side.SELLER, topic=topic, now=now)
    return lock(found, now=now)

"""Words of a return that the other side reads: bounded, and through the rules like a message."""

from datetime import datetime

from comity.accounts.models import Marketplace
from comity.accounts.profiles import profile_in_force
from comity.common.errors import Refused
from comity.common.texts import clean_text
from comity.integrations.carriers import carrier_name, is_name, is_number, tidy
from comity.orders.models import Order
from comity.orders.selectors.orders import order_facts
from comity.orders.services.words import Read, said_here
from comity.screening.services import screen
from comity_policy.model import Outcome, Role

LONGEST = 60  # of a carrier's name and of a number: the columns' length


def read_tracking(typed: str, carrier: str) -> str:
    """A tracking number as its carrier, if one is named, writes it; may be empty.

    Raises ``Refused`` for one that cannot be.
    """
    if not typed.strip():
        return ""
    what, empty = "The tracking number", "Enter the tracking number, or leave it out."
    clean = clean_text(tidy(typed, carrier), limit=LONGEST, what=what, empty=empty, field="tracking_number")
    if not is_number(clean):
        sentence = "This is no tracking number: it has letters A to Z, digits and hyphens, no words and no blanks."
        raise Refused("bad_tracking", sentence, "tracking_number")
    return clean


def read_carrier(typed: str, *, empty: str = "") -> str:
    """A carrier's name as the table of carriers writes it; empty stays empty unless ``empty`` says what to enter.

    Raises ``Refused`` for one that cannot be.
    """
    if not typed.strip() and not empty:
        return ""
    name = carrier_name(clean_text(typed, limit=LONGEST, what="The carrier", empty=empty, field="carrier"))
    if not is_name(name):
        sentence = "This is no carrier’s name: enter it in letters, digits and blanks, without an address or a number."
        raise Refused("bad_carrier", sentence, "carrier")
    return name


def read_words(text: str, *, order: Order, role: Role, field: str, what: str, empty: str, now: datetime) -> Read:
    """``text`` clean; empty stays empty unless a sentence in ``empty`` says that something must be written.

    What was ``Read`` before stays as it is.

    Raises ``Refused``: unusable text, or ``findings`` where the rules would not deliver it as a message: nobody waits
    here for a moderator, so its author words it otherwise.
    """
    if isinstance(text, Read) or (not text.strip() and not empty):
        return Read(text.strip())
    limit = profile_in_force(order.marketplace, now).message_characters
    clean = clean_text(text, limit=limit, what=what, empty=empty, field=field)
    require_deliverable(
        clean, order.marketplace, role=role, field=field, language=order.language, known_ids=order_facts(order), now=now
    )
    return Read(clean)


def read_answer(text: str, *, order: Order, now: datetime) -> Read:
    """Why something is declined or refused, as ``read_words`` says; it is needed."""
    empty = "Say why: the buyer reads it."
    return read_words(text, order=order, role="seller", field="answer", what="Your reason", empty=empty, now=now)


def require_deliverable(
    clean: str,
    marketplace: Marketplace,
    *,
    role: Role,
    field: str,
    language: str,
    known_ids: frozenset[str] = frozenset(),
    now: datetime,
) -> None:
    """Raise ``Refused`` (``findings``) for what the rules would not deliver as a message about a return."""
    verdict = screen(
        text=clean,
        role=role,
        purpose="return",
        language=language,
        marketplace=marketplace,
        known_ids=known_ids,
        now=now,
    )
    if verdict.outcome > Outcome.WARN:
        told = [f"“{one.quote(clean)[:80]}”: {said_here(one)}" for one in verdict.findings]
        raise Refused("findings", " ".join(told[:1]) or "This cannot be checked now. Try again later.", field)

"""Words of a return that the other side reads: bounded, and through the rules like a message."""

from datetime import datetime

from comity.accounts.profiles import profile_in_force
from comity.common.errors import Refused
from comity.common.texts import clean_text
from comity.integrations.carriers import carrier_name, tidy
from comity.orders.models import Order
from comity.orders.selectors.orders import order_facts
from comity.screening.services import screen
from comity_policy.model import Outcome, Role

LONGEST = 60  # of a carrier's name and of a number: the columns' length


def read_tracking(typed: str) -> str:
    """A tracking number as carriers write it; may be empty. Raises ``Refused`` for one that cannot be."""
    if not typed.strip():
        return ""
    what, empty = "The tracking number", "Enter the tracking number, or leave it out."
    return clean_text(tidy(typed), limit=LONGEST, what=what, empty=empty, field="tracking_number")


def read_carrier(typed: str, *, empty: str = "") -> str:
    """A carrier's name as the table of carriers writes it; empty stays empty unless ``empty`` says what to enter.

    Raises ``Refused`` for one that cannot be.
    """
    if not typed.strip() and not empty:
        return ""
    return carrier_name(clean_text(typed, limit=LONGEST, what="The carrier", empty=empty, field="carrier"))


def read_words(text: str, *, order: Order, role: Role, field: str, what: str, empty: str, now: datetime) -> str:
    """``text`` clean; empty stays empty unless a sentence in ``empty`` says that something must be written.

    Raises ``Refused``: unusable text, or ``findings`` where the rules would not deliver it as a message: nobody waits
    here for a moderator, so its author words it otherwise.
    """
    if not text.strip() and not empty:
        return ""
    limit = profile_in_force(order.marketplace, now).message_characters
    clean = clean_text(text, limit=limit, what=what, empty=empty, field=field)
    verdict = screen(
        text=clean,
        role=role,
        purpose="return",
        language=order.language,
        marketplace=order.marketplace,
        known_ids=order_facts(order),
        now=now,
    )
    if verdict.outcome > Outcome.WARN:
        told = [f"“{one.quote(clean)[:80]}”: {one.reason} {one.advice}" for one in verdict.findings]
        raise Refused("findings", " ".join(told[:1]) or "This cannot be checked now. Try again later.", field)
    return clean

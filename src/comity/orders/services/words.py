"""What people write about an order beside messages, such as why it is late: checked like messages, and short."""

from datetime import datetime

from comity.accounts.profiles import profile_in_force
from comity.common.errors import Refused
from comity.common.texts import clean_text
from comity.orders.models import Order
from comity.orders.selectors.orders import order_facts
from comity.screening.services import screen
from comity_policy.model import Finding, Outcome, Purpose, Role, Verdict

_UNCHECKED = "These words could not be checked, so nothing was sent. Please try again in a while."


class Read(str):
    """Words that the rules have read: a service takes them as they are, so that nobody waits while the rules read."""

    __slots__ = ()


class WordsRefused(Refused):
    """The rules find something in the words; ``verdict`` says what. Nothing was stored."""

    def __init__(self, verdict: Verdict, field: str) -> None:
        said = " ".join(dict.fromkeys(said_here(one) for one in verdict.findings))
        # What could not be checked would wait for a person as a message; here its author tries again.
        super().__init__("findings", _UNCHECKED if verdict.failed else said, field)
        self.verdict = verdict


def said_here(finding: Finding) -> str:
    """Reason and advice of ``finding``, which speak of messages, where the words are none."""
    return f"{finding.reason} {finding.advice}".strip().replace("in this conversation", "here")


def checked_words(text: str, *, order: Order, role: Role, purpose: Purpose, field: str, now: datetime) -> Read:
    """``text`` as it may be stored and shown to the other side. Raises ``Refused`` for ``field``.

    Nobody waits for a ruling here and nobody confirms a warning: whatever is found, its author words it otherwise.
    What was ``Read`` before stays as it is.
    """
    if isinstance(text, Read):
        return text
    limit = profile_in_force(order.marketplace, now).orders.words_characters
    clean = clean_text(text, limit=limit, what="This", empty="Say why: the other side reads it.", field=field)
    verdict = screen(
        text=clean,
        role=role,
        purpose=purpose,
        language=order.seller.language if role == "seller" else order.language,
        marketplace=order.marketplace,
        known_ids=order_facts(order),
        now=now,
    )
    if verdict.outcome != Outcome.DELIVER:
        raise WordsRefused(verdict, field)
    return Read(clean)

"""Sellers' public texts, policies and descriptions, go through the rules like messages."""

from datetime import datetime

from comity.accounts.models import Seller
from comity.common.errors import Refused
from comity.screening.services import screen
from comity_policy.model import Outcome, Purpose, Verdict


class WordsRefused(Refused):
    """The rules stop a public text, or warn of it; ``verdict`` has the findings. Nothing was stored.

    ``confirm`` is what its author sends back to publish it in spite of a warning; empty when it cannot be.
    """

    def __init__(self, verdict: Verdict) -> None:
        warned = verdict.outcome == Outcome.WARN
        sentence = "Read the notes, then confirm." if warned else "Change the marked words, then try again."
        super().__init__("findings", sentence, "text")
        self.verdict = verdict
        self.confirm = verdict.input if warned else ""


def screened(text: str, *, seller: Seller, purpose: Purpose, confirmed: str = "", now: datetime) -> Verdict:
    """The verdict on a text that may be published. Raises ``WordsRefused`` for one that may not.

    What would be held as a message is refused: nobody waits for a policy, so its author words it otherwise.
    """
    verdict = verdict_on(text, seller=seller, purpose=purpose, now=now)
    if verdict.outcome > Outcome.WARN or (verdict.outcome == Outcome.WARN and confirmed != verdict.input):
        raise WordsRefused(verdict)
    return verdict


def verdict_on(text: str, *, seller: Seller, purpose: Purpose, now: datetime) -> Verdict:
    """What the rules say to a public text; nothing is refused."""
    return screen(
        text=text,
        role="seller",
        purpose=purpose,
        language=seller.language,
        marketplace=seller.marketplace,
        known_ids=frozenset(),
        now=now,
    )

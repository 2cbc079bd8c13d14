"""What of a seller's insert text may be printed at a moment (S54, S76)."""

from dataclasses import dataclass
from datetime import datetime

from comity.accounts.models import Seller
from comity.catalog.services.wording import WordsRefused, screened
from comity.orders.models import InsertText
from comity.screening.services import rulebook_in_force
from comity_policy.model import Verdict


@dataclass(frozen=True, slots=True)
class Insert:
    """``text``: what is printed, perhaps nothing; ``verdict``: why the latest version is not, where it has words."""

    latest: InsertText | None
    text: str = ""
    verdict: Verdict | None = None


def insert_of(seller: Seller, *, now: datetime) -> Insert:
    """The seller's latest words, checked again where other rules are in force than when they were written.

    A warning that is new keeps nothing off the paper; what would be held or blocked stays off. One query.
    """
    latest = InsertText.objects.filter(seller=seller).order_by("-number").first()
    if latest is None or not latest.text:
        return Insert(latest)
    if latest.rulebook_digest == rulebook_in_force(seller.marketplace, now).digest:
        return Insert(latest, latest.text)
    try:
        screened(latest.text, seller=seller, purpose="insert", now=now)
    except WordsRefused as refused:
        if not refused.confirm:
            return Insert(latest, verdict=refused.verdict)
    return Insert(latest, latest.text)

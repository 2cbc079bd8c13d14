"""A seller writes what its packing slips say besides the order; the rules for messages hold for it (S54, S76)."""

from dataclasses import dataclass, replace
from datetime import datetime

from comity.accounts.models import Seller, Staff
from comity.accounts.profiles import profile_in_force
from comity.accounts.selectors.roles import may
from comity.catalog.services.wording import screened, verdict_on
from comity.common.errors import Refused
from comity.common.outbox import emit
from comity.common.texts import clean_text
from comity.common.transactions import write
from comity.orders.models import InsertText
from comity_policy.model import Outcome, Verdict


@dataclass(frozen=True, slots=True)
class Wording:
    """``number``: the version that its author saw, 0 for none; ``confirmed``: the verdict whose warning was read."""

    text: str
    number: int
    confirmed: str = ""


def write_insert(*, staff: Staff, wording: Wording, now: datetime) -> InsertText | None:
    """The version that counts from now on; the same words again make none, and no words mean that none are printed.

    Raises ``Refused``: ``role``, an unusable text, ``overtaken`` by a colleague, and ``WordsRefused``.
    """
    if not may(staff, "manage"):
        raise Refused("role", "Only an owner of the shop writes what its packing slips say.", "form")
    text, digest = _checked(staff.seller, wording, now)
    with write():
        seller = Seller.objects.select_related("marketplace").select_for_update(of=("self",)).get(pk=staff.seller_id)
        latest = InsertText.objects.filter(seller=seller).order_by("-number").first()
        if text == (latest.text if latest else "") and (not latest or latest.rulebook_digest == digest):
            return latest
        if latest and latest.number != wording.number:
            sentence = "A colleague changed it since you opened this page. Open it anew, then change it again."
            raise Refused("overtaken", sentence, "form")
        made = InsertText.objects.create(
            seller=seller,
            number=latest.number + 1 if latest else 1,
            text=text,
            rulebook_digest=digest,
            written_at=now,
            written_by=staff.user,
        )
        _tell(seller, made, staff, now)
    return made


def check_insert(text: str, *, seller: Seller, now: datetime) -> Verdict:
    """What the rules say while it is written. What would be held as a message blocks: nobody waits for a ruling."""
    verdict = verdict_on(text, seller=seller, purpose="insert", now=now)
    if verdict.outcome != Outcome.HOLD:
        return verdict
    findings = (replace(one, outcome=Outcome.BLOCK) if one.outcome == Outcome.HOLD else one for one in verdict.findings)
    return replace(verdict, outcome=Outcome.BLOCK, findings=tuple(findings))


def _checked(seller: Seller, wording: Wording, now: datetime) -> tuple[str, str]:
    """The text as it may be stored, and by which rules."""
    if not wording.text.strip():
        return "", ""
    limit = profile_in_force(seller.marketplace, now).orders.insert_characters
    empty = "Write what the packing slip should say, or leave it empty."
    text = clean_text(wording.text, limit=limit, what="Your insert text", empty=empty)
    return text, screened(text, seller=seller, purpose="insert", confirmed=wording.confirmed, now=now).rulebook


def _tell(seller: Seller, made: InsertText, staff: Staff, now: datetime) -> None:
    emit(
        seller,
        name="insert.written",
        data={"seller": seller.public_id, "number": made.number},
        stream_id=seller.public_id,
        marketplace=seller.marketplace.public_id,
        actor=staff.user.public_id,
        now=now,
    )
    seller.save(update_fields=["event_count"])

"""Publishing what a seller promises about shipping, returns and refunds (S82)."""

from dataclasses import dataclass
from datetime import datetime

from comity.accounts.models import Seller, Staff
from comity.accounts.profiles import profile_in_force
from comity.accounts.selectors.roles import may
from comity.catalog.models import SellerPolicy
from comity.catalog.services.wording import screened
from comity.common.errors import Refused
from comity.common.ids import new_id
from comity.common.outbox import emit
from comity.common.texts import clean_text
from comity.common.transactions import write
from comity_policy.model import Purpose

_CHECKED_AS: dict[str, Purpose] = {
    SellerPolicy.Kind.SHIPPING: "shipment",
    SellerPolicy.Kind.RETURNS: "return",
    SellerPolicy.Kind.REFUNDS: "return",
}


@dataclass(frozen=True, slots=True)
class Wording:
    """A text to publish; ``confirmed`` is the input of the verdict whose warning was read.

    ``number`` is the version that its author saw: 0 for none.
    """

    text: str
    number: int
    confirmed: str = ""


class Overtaken(Refused):
    """Somebody published another version meanwhile: ``current``. Nothing was stored."""

    def __init__(self, current: SellerPolicy) -> None:
        sentence = "A colleague published another text since you opened this page. Compare both, then publish again."
        super().__init__("overtaken", sentence, "form")
        self.current = current


def publish_policy(*, staff: Staff, kind: str, wording: Wording, now: datetime) -> SellerPolicy:
    """A new version of the seller's policy of ``kind``, in force from ``now``; earlier ones stay to be cited.

    A text like the one in force makes no new version. Raises ``Refused``: ``role``, ``kind``, an unusable text,
    ``Overtaken``, ``WordsRefused``.
    """
    if not may(staff, "manage"):
        raise Refused("role", "Only an owner of the shop publishes its policies.", "form")
    if kind not in SellerPolicy.Kind.values:
        raise Refused("kind", "Choose shipping, returns or refunds.", "form")
    limit = profile_in_force(staff.seller.marketplace, now).policy_characters
    empty = "Write the policy before you publish it."
    text = clean_text(wording.text, limit=limit, what="Your policy", empty=empty)
    verdict = screened(text, seller=staff.seller, purpose=_CHECKED_AS[kind], confirmed=wording.confirmed, now=now)
    with write():
        seller = Seller.objects.select_related("marketplace").select_for_update(of=("self",)).get(pk=staff.seller_id)
        current = SellerPolicy.objects.filter(seller=seller, kind=kind).order_by("-number").first()
        if current and current.text == text:
            return current
        if current and current.number != wording.number:
            raise Overtaken(current)
        made = SellerPolicy.objects.create(
            seller=seller,
            public_id=new_id("pol", now),
            kind=kind,
            number=current.number + 1 if current else 1,
            text=text,
            valid_from=now,
            published_by=staff.user,
            rulebook_digest=verdict.rulebook,
        )
        _tell(seller, made, staff, now=now)
    return made


def _tell(seller: Seller, made: SellerPolicy, staff: Staff, *, now: datetime) -> None:
    emit(
        seller,
        name="policy.published",
        data={"seller": seller.public_id, "policy": made.public_id, "kind": made.kind},
        stream_id=seller.public_id,
        marketplace=seller.marketplace.public_id,
        actor=staff.user.public_id,
        now=now,
    )
    seller.save(update_fields=["event_count"])

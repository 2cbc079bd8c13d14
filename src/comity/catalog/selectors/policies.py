"""What a seller states about shipping, returns and refunds, now and at any earlier moment."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from comity.accounts.models import Seller
from comity.catalog.models import SellerPolicy
from comity.common.errors import NotFound
from comity.common.prepared import Prepared

_ORDER = {kind: place for place, kind in enumerate(SellerPolicy.Kind.values)}


def policies_in_force(seller: Seller, *, at: datetime) -> list[SellerPolicy]:
    """The version of each policy that was in force at that moment: shipping, returns, refunds. One query."""
    return sorted(_in_force(seller=seller.pk, at=at), key=lambda policy: _ORDER[policy.kind])


def _latest(seller: int, at: datetime) -> QuerySet[SellerPolicy]:
    known = SellerPolicy.objects.filter(seller=seller, valid_from__lte=at)
    later = known.filter(kind=OuterRef("kind"), number__gt=OuterRef("number"))
    return known.filter(~Exists(later))


_in_force = Prepared(_latest, seller=int, at=datetime)


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a policy, until when it was in force (None: it still is), and the version since then."""

    policy: SellerPolicy
    until: datetime | None
    current: SellerPolicy


def get_version(seller: Seller, policy_id: str) -> Version:
    """A version of one of the seller's policies, as anyone may read it. Raises ``NotFound``."""
    rows = SellerPolicy.objects.filter(seller=seller)
    policy = rows.filter(public_id=policy_id).first() if policy_id.isprintable() else None
    if policy is None:
        raise NotFound(policy_id)
    later = list(rows.filter(kind=policy.kind, number__gt=policy.number).order_by("number"))
    return Version(policy, later[0].valid_from if later else None, later[-1] if later else policy)


def current_policy(seller: Seller, kind: str) -> SellerPolicy | None:
    """The latest version of one policy. Raises ``NotFound`` for a kind that does not exist."""
    if kind not in SellerPolicy.Kind.values:
        raise NotFound(kind)
    return SellerPolicy.objects.filter(seller=seller, kind=kind).order_by("-number").first()


def versions_of(seller: Seller, kind: str, *, limit: int = 50) -> list[SellerPolicy]:
    """The latest versions of one policy, last one first, with who published them."""
    rows = SellerPolicy.objects.filter(seller=seller, kind=kind).select_related("published_by")
    return list(rows.order_by("-number")[:limit])

"""What a seller or a buyer may not do now."""

from datetime import datetime

from django.db.models import Q, QuerySet

from comity.accounts.models import Buyer, Restriction, Seller

# A restriction of all messaging covers the narrower kind too.
_COVERED_BY: dict[str, tuple[str, ...]] = {
    Restriction.Kind.MESSAGING: (Restriction.Kind.MESSAGING,),
    Restriction.Kind.PROACTIVE_MESSAGING: (Restriction.Kind.PROACTIVE_MESSAGING, Restriction.Kind.MESSAGING),
}


def is_restricted(
    *, seller: Seller | None = None, buyer: Buyer | None = None, kind: str, now: datetime
) -> Restriction | None:
    """The restriction of this seller or buyer that forbids ``kind`` at ``now`` (the longest one), or nothing."""
    if (seller is None) == (buyer is None):
        raise ValueError("say either a seller or a buyer")
    in_force = restrictions_in_force(kind=kind, now=now)
    return max(in_force.filter(seller=seller) if seller else in_force.filter(buyer=buyer), key=_end, default=None)


def restrictions_in_force(*, kind: str, now: datetime) -> QuerySet[Restriction]:
    """Every restriction that forbids ``kind`` at ``now``, to be asked about a party inside another query."""
    return Restriction.objects.filter(
        Q(ends_at__isnull=True) | Q(ends_at__gt=now),
        kind__in=_COVERED_BY[kind],
        starts_at__lte=now,
        lifted_at__isnull=True,
    )


def _end(restriction: Restriction) -> tuple[bool, datetime]:
    return restriction.ends_at is None, restriction.ends_at or restriction.starts_at

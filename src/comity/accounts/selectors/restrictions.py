"""What a seller or a buyer may not do now."""

from datetime import datetime
from functools import cache

from django.core.paginator import Page, Paginator
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from comity.accounts.models import Buyer, Marketplace, Restriction, Seller
from comity.common.crypto import lookup_digest
from comity.common.errors import NotFound
from comity.common.prepared import Prepared

PAGE_SIZE = 25

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
    party = {"seller": seller.pk} if seller else {"buyer": buyer.pk if buyer else 0}
    return max(_in_force(kind, *party)(now=now, **party), key=_end, default=None)


@cache
def _in_force(kind: str, party: str) -> Prepared[Restriction]:
    return Prepared(
        lambda now, **whose: restrictions_in_force(kind=kind, now=now).filter(**whose), now=datetime, **{party: int}
    )


def restrictions_in_force(*, kind: str, now: datetime) -> QuerySet[Restriction]:
    """Every restriction that forbids ``kind`` at ``now``, to be asked about a party inside another query."""
    return Restriction.objects.filter(
        Q(ends_at__isnull=True) | Q(ends_at__gt=now),
        kind__in=_COVERED_BY[kind],
        starts_at__lte=now,
        lifted_at__isnull=True,
    )


def restrictions_of(marketplace: Marketplace, page: int | str | None = 1) -> "Page[Restriction]":
    """Every restriction there, those not lifted first, then the latest. Two queries."""
    open_first = Case(When(lifted_at=None, then=Value(0)), default=Value(1), output_field=IntegerField())
    rows = Restriction.objects.filter(marketplace=marketplace).select_related("seller", "buyer")
    return Paginator(rows.order_by(open_first, "-starts_at", "-pk"), PAGE_SIZE).get_page(page)


def get_restriction(marketplace: Marketplace, key: int) -> Restriction:
    """A restriction of that marketplace. Raises ``NotFound``."""
    found = Restriction.objects.filter(marketplace=marketplace, pk=key).first()
    if found is None:
        raise NotFound(str(key))
    return found


def party_called(marketplace: Marketplace, called: str) -> Seller | Buyer | None:
    """The one shop or buyer there with this id, number in other systems, or (a buyer) e-mail address."""
    name = called.strip()
    if not name or not name.isprintable():
        return None
    known = Q(public_id=name) | Q(external_id=name)
    sellers = Seller.objects.select_related("marketplace").filter(known, marketplace=marketplace)[:2]
    buyers = Buyer.objects.select_related("marketplace").filter(
        known | Q(email_lookup=lookup_digest(name)), marketplace=marketplace
    )[:2]
    found: list[Seller | Buyer] = [*sellers, *buyers]
    return found[0] if len(found) == 1 else None


def _end(restriction: Restriction) -> tuple[bool, datetime]:
    return restriction.ends_at is None, restriction.ends_at or restriction.starts_at

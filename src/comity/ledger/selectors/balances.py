"""What the marketplace owes sellers, what it holds back, and since when."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import BigIntegerField, Exists, OuterRef, Q, QuerySet, Subquery, Sum, Value

from comity.accounts.models import Seller
from comity.common.counting import OpenEnded
from comity.common.errors import NotFound
from comity.common.many import many
from comity.ledger.models import Disbursement, Entry, Hold, Journal, Payment

PAGE_SIZE = 20
Account = Entry.Account
Balances = dict[tuple[int, str], int]


def balances(sellers: Collection[int], account: str = Account.SELLER) -> Balances:
    """By seller and currency, in minor units: what is owed to them; below zero, what they owe. One query."""
    rows = Entry.objects.filter(seller__in=sellers, account=account).values_list("seller", "journal__currency")
    return {(seller, currency): -total for seller, currency, total in rows.annotate(total=Sum("amount_minor"))}


def not_yet_taken(sellers: Collection[int]) -> Balances:
    """Of that, what the payment provider has not confirmed to have taken from buyers. One query.

    Of an order never more than its seller has of it: money that was not taken and is given back is owed to nobody.
    """
    held: Counter[tuple[int, str]] = Counter()
    for seller, currency, kept, untaken in _untaken(sellers):
        held[seller, currency] += max(min(untaken, kept), 0)
    return dict(held)


def to_pay_out(sellers: Collection[int]) -> Balances:
    """``balances`` less ``not_yet_taken``, both as they stood at one moment. One query.

    A charge or a refund that is booked between two queries would be in one of the sums and not in the other.
    """
    theirs = Entry.objects.filter(seller__in=many(sellers), account=Account.SELLER).order_by()
    owed = theirs.values_list("seller", "journal__currency")
    rows = owed.annotate(kept=-Sum("amount_minor"), untaken=Value(None, BigIntegerField()))
    found: Counter[tuple[int, str]] = Counter()
    for seller, currency, kept, untaken in rows.union(_untaken(sellers), all=True):
        found[seller, currency] += kept if untaken is None else -max(min(untaken, kept), 0)
    return dict(found)


def _untaken(sellers: Collection[int]) -> "QuerySet[Journal, tuple[int, str, int, int]]":
    """By order with such charges: its seller, currency, what the seller has of it, what of the charges is not taken."""
    theirs = Entry.objects.filter(account=Account.SELLER, journal__payable=OuterRef("payable")).order_by()
    kept = theirs.values("journal__payable").values_list(-Sum("amount_minor"))
    charges = Journal.objects.filter(kind=Journal.Kind.CAPTURE, payable__seller__in=many(sellers)).order_by()
    waiting = charges.filter(payment__state__in=[Payment.State.REQUESTED, Payment.State.FAILED])
    by_order = waiting.values("payable").annotate(kept=Subquery(kept), untaken=Sum("amount_minor"))
    return by_order.values_list("payable__seller", "currency", "kept", "untaken")


def holds_in_force(now: datetime) -> "QuerySet[Hold]":
    """The holds that keep money back at ``now``."""
    open_end = Q(ends_at__isnull=True) | Q(ends_at__gt=now)
    return Hold.objects.filter(open_end, starts_at__lte=now, lifted_at__isnull=True)


def payable_sellers(now: datetime) -> "QuerySet[Seller]":
    """Sellers without a hold."""
    return Seller.objects.filter(~Exists(holds_in_force(now).filter(seller=OuterRef("pk"))))


def disbursements_of(seller: Seller, page: int | str | None = 1) -> "Page[Any]":
    """A page of what was paid out to a seller, latest first."""
    rows = Disbursement.objects.filter(seller=seller).order_by("-due_on", "currency")
    return Paginator(rows, PAGE_SIZE).get_page(page)


def statement(
    seller: Seller, currency: str, *, payout: str = "", page: int | str | None = 1, size: int = PAGE_SIZE
) -> "tuple[Page[Any], int]":
    """A page of what moved the balance of a seller in one currency, booked last first, and the balance after its first.

    ``payout``: the list begins with that one. Journals and payables are loaded: 3 queries, one more for a payout.
    Raises ``NotFound`` for a payout that is not the seller's.
    """
    rows = Entry.objects.filter(seller=seller, account=Account.SELLER, journal__currency=currency)
    if payout:
        paid = rows.filter(journal__kind=Journal.Kind.DISBURSEMENT, journal__cause=payout)
        if not payout.isprintable() or (entry := paid.first()) is None:
            raise NotFound(payout)
        rows = rows.filter(pk__lte=entry.pk)
    latest = rows.select_related("journal__payable").order_by("-pk")
    found: Page[Any] = OpenEnded(latest, size, page).get_page(page)
    shown = list(found.object_list)
    found.object_list = shown
    total = rows.filter(pk__lte=shown[0].pk).aggregate(total=Sum("amount_minor"))["total"] if shown else 0
    return found, -total

"""What the marketplace owes sellers, what it holds back, and since when."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from comity.accounts.models import Seller
from comity.ledger.models import Disbursement, Entry, Hold, Journal, Payment

PAGE_SIZE = 20
Account = Entry.Account
Balances = dict[tuple[int, str], int]


def balances(sellers: Collection[int], account: str = Account.SELLER) -> Balances:
    """By seller and currency, in minor units: what is owed to them; below zero, what they owe. One query."""
    rows = Entry.objects.filter(seller__in=sellers, account=account).values_list("seller", "journal__currency")
    return {(seller, currency): -total for seller, currency, total in rows.annotate(total=Sum("amount_minor"))}


def not_yet_taken(sellers: Collection[int]) -> Balances:
    """Of that, what the payment provider has not confirmed to have taken from buyers. One query."""
    rows = Journal.objects.filter(kind=Journal.Kind.CAPTURE, payable__seller__in=sellers)
    rows = rows.filter(payment__state__in=[Payment.State.REQUESTED, Payment.State.FAILED])
    sums = rows.values_list("payable__seller", "currency").annotate(total=Sum("amount_minor"))
    return {(seller, currency): total for seller, currency, total in sums}


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

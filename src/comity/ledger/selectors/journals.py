"""What was booked about an order, for people to look at."""

from django.db.models import Sum

from comity.ledger.models import Entry, Journal, Payable


def journals_of(payable: Payable) -> list[Journal]:
    """Everything that moved money of it, first one first, with entries and payments loaded. Three queries."""
    rows = Journal.objects.filter(payable=payable).select_related("payment").prefetch_related("entries")
    return list(rows.order_by("id"))


def totals_of(payable: Payable) -> dict[str, int]:
    """The balance of every account as far as this order moved it; they sum to zero. One query."""
    rows = Entry.objects.filter(journal__payable=payable).values_list("account")
    return dict(rows.annotate(total=Sum("amount_minor")).order_by("account"))

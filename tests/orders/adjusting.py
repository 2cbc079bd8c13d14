"""Orders to adjust, adjustments of them, and what is refused.

run(shop, change(sent(shop), principal(500)))   # gives back 5.00 of the price of line 1
"""

from django.db.models import Sum

from comity.common.models import OutboxEvent
from comity.ledger.models import Entry, Journal
from comity.ledger.services.books import Move, book
from comity.orders.models import Adjustment, OrderLine
from comity.orders.services.adjusting import Change, Part, adjust
from tests.factories import NOW, buyer, listing, order, shipment


def ordered(shop, *, total=2_450, quantity=1, unit=2_450, **fields):
    """One line, external id "1"."""
    made = order(buyer(shop.marketplace), shop, listing(shop, price_minor=unit), total_minor=total, **fields)
    OrderLine.objects.filter(order=made).update(quantity=quantity)
    return made


def sent(shop, **fields):
    """All of it has left and was paid."""
    made = ordered(shop, **fields)
    shipment(made)
    book([Move(made.payable, Journal.Kind.CAPTURE, made.total_minor, f"shp_{made.pk}")], now=NOW)
    return made


def change(of, *parts, reason="GeneralAdjustment", reference="a-1", **fields):
    return Change(of.number, reason, tuple(parts), reference, **fields)


def principal(amount, line="1", quantity=None):
    return Part(line, "Principal", amount, quantity)


def run(shop, *changes, source="comity"):
    return adjust(shop, changes, source=source, actor="usr_1", now=NOW)


def fault(shop, *changes):
    *_, result = run(shop, *changes)
    return [(one.code, one.field) for one in result.faults]


def books():
    return Entry.objects.aggregate(all=Sum("amount_minor"))["all"] or 0


def nothing_happened(of):
    payable = type(of.payable).objects.get(pk=of.payable_id)
    assert not Adjustment.objects.exists()
    assert not OutboxEvent.objects.filter(name="adjustment.made").exists()
    assert (payable.refunded_minor, payable.released_minor) == (0, 0)

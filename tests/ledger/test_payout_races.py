"""Money moves while sellers are paid: at whatever statement, no more is paid out than was taken and is theirs."""

import threading

import pytest
from django.db import connection

from comity.common.transactions import write
from comity.ledger.models import Disbursement, Journal, Payment
from comity.ledger.services.books import Move, book
from comity.ledger.services.disbursements import disburse_due
from comity.ledger.services.payables import Owed, lock_payables, open_payables
from tests.factories import NOW, seller

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("os.environ['COMITY_TEST_DATABASE'] != 'postgres'", reason="on SQLite one writes at a time"),
]
Kind = Journal.Kind
STATEMENTS = 7  # of a payout


def paid(subject, *, shop, taken):
    """An order whose 50.00 were charged, and taken by the provider or not yet."""
    (payable,) = open_payables(
        [Owed(shop.marketplace_id, shop.pk, subject, "EUR", 5_000, authorisation=subject)], now=NOW
    )
    move(payable, Kind.CAPTURE, f"shp_{subject}")
    if taken:
        Payment.objects.filter(journal__payable=payable).update(state=Payment.State.DONE, settled_at=NOW)
    return payable


def move(payable, kind, cause):
    with write():
        locked = lock_payables([payable.pk])[payable.pk]
        book([Move(locked, kind, 5_000, cause)], now=NOW)


def meanwhile(deed):
    """Another connection does it all and commits."""

    def run():
        try:
            deed()
        finally:
            connection.close()

    other = threading.Thread(target=run)
    other.start()
    other.join()


class Before:
    """A wrapper of statements: ``deed`` happens before the one with this number."""

    def __init__(self, number, deed):
        self.left, self.deed = number, deed

    def __call__(self, execute, sql, params, many, context):
        if self.left == 0:
            meanwhile(self.deed)
        self.left -= 1
        return execute(sql, params, many, context)


@pytest.mark.parametrize("number", range(STATEMENTS))
def test_what_is_charged_meanwhile_is_not_paid_out_before_it_was_taken(settings, number):
    settings.PAYMENTS = "stripe"
    shop = seller()
    paid("ord_1", shop=shop, taken=True)
    before = Before(number, lambda: paid("ord_2", shop=shop, taken=False))
    with connection.execute_wrapper(before):
        assert disburse_due(NOW) == 1
    assert (before.left < 0, Disbursement.objects.get().amount_minor) == (True, 5_000)


@pytest.mark.parametrize("number", range(STATEMENTS))
def test_what_was_never_taken_and_is_given_back_meanwhile_is_not_paid_out(settings, number):
    settings.PAYMENTS = "stripe"
    shop = seller()
    paid("ord_1", shop=shop, taken=True)
    untaken = paid("ord_2", shop=shop, taken=False)
    before = Before(number, lambda: move(untaken, Kind.REFUND, "adj_1"))
    with connection.execute_wrapper(before):
        assert disburse_due(NOW) == 1
    assert (before.left < 0, Disbursement.objects.get().amount_minor) == (True, 5_000)

"""What is booked sums to zero, once, and never beyond what was paid."""

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Sum

from comity.common.errors import Refused
from comity.ledger.models import Entry, Journal, Payable, Payment
from comity.ledger.services.books import Move, book
from comity.ledger.services.payables import Owed, open_payables
from tests.factories import NOW, order, seller

pytestmark = pytest.mark.django_db
Kind = Journal.Kind


def owed(total=5_000, *, paid=0, subject="ord_1"):
    shop = seller()
    one = Owed(shop.marketplace_id, shop.pk, subject, "EUR", total, paid)
    return open_payables([one], now=NOW)[0]


def sums(payable):
    now = Payable.objects.get(pk=payable.pk)
    return now.captured_minor, now.released_minor, now.refunded_minor, now.reserved_minor


def balance(account):
    return Entry.objects.filter(account=account).aggregate(Sum("amount_minor"))["amount_minor__sum"] or 0


def test_a_capture_is_owed_to_the_seller():
    payable = owed()
    book([Move(payable, Kind.CAPTURE, 3_000, "shp_1")], now=NOW)
    assert sums(payable) == (3_000, 0, 0, 0)
    assert (balance("provider"), balance("seller")) == (3_000, -3_000)


def test_what_was_paid_before_is_no_debt_to_the_seller():
    payable = owed(paid=5_000)
    assert sums(payable) == (5_000, 0, 0, 0)
    assert (balance("before"), balance("seller")) == (-5_000, 0)


def test_every_kind_of_move_leaves_the_books_at_zero():
    payable = owed()
    kinds = (Kind.CAPTURE, Kind.RESERVE, Kind.UNRESERVE, Kind.REFUND, Kind.REIMBURSEMENT, Kind.CHARGEBACK)
    book([Move(payable, Kind.CAPTURE, 4_000, "shp_0")], now=NOW)
    book([Move(payable, kind, 100, f"cause_{kind}") for kind in kinds], now=NOW)
    assert Entry.objects.aggregate(Sum("amount_minor"))["amount_minor__sum"] == 0
    assert sums(payable) == (4_100, 0, 300, 0)


def test_more_than_is_left_is_refused_and_nothing_of_the_lot_is_booked():
    payable = owed()
    moves = [Move(payable, Kind.CAPTURE, 3_000, "shp_1"), Move(payable, Kind.CAPTURE, 2_001, "shp_2")]
    with pytest.raises(Refused) as refused:
        book(moves, now=NOW)
    assert (refused.value.code, payable.captured_minor) == ("more_than_paid", 0)
    assert not Journal.objects.exists()
    assert sums(payable) == (0, 0, 0, 0)


@pytest.mark.parametrize("amount", [0, -1])
def test_nothing_and_less_than_nothing_cannot_move(amount):
    with pytest.raises(Refused):
        book([Move(owed(), Kind.CAPTURE, amount, "shp_1")], now=NOW)
    assert not Journal.objects.exists()


def test_the_same_cause_is_booked_once():
    payable = owed()
    book([Move(payable, Kind.CAPTURE, 100, "shp_1")], now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        book([Move(payable, Kind.CAPTURE, 100, "shp_1")], now=NOW)
    assert sums(payable) == (100, 0, 0, 0)


def test_a_payment_is_asked_for_what_the_provider_must_do():
    payable = owed()
    book([Move(payable, Kind.CAPTURE, 900, "shp_1")], now=NOW)
    book([Move(payable, Kind.RESERVE, 100, "clm_1")], now=NOW)
    assert list(Payment.objects.values_list("journal__kind", "provider", "state")) == [("capture", "book", "done")]


def test_any_number_of_moves_takes_four_statements(django_assert_num_queries):
    payables = [owed(subject=f"ord_{n}") for n in range(3)]
    with django_assert_num_queries(4):
        book([Move(one, Kind.CAPTURE, 10, f"shp_{one.subject}") for one in payables], now=NOW)


def test_an_order_has_its_payable_from_the_start():
    made = order(total_minor=2_450)
    assert (made.payable.authorised_minor, made.payable.captured_minor) == (2_450, 0)
    delivered = order(status="delivered", delivered_at=NOW)
    assert delivered.payable.captured_minor == delivered.total_minor

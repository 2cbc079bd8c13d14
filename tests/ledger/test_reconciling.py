"""Books that do not agree are told of, each difference by its name."""

import json
from datetime import timedelta

import pytest

from comity.config.cli import main
from comity.ledger.models import Entry, Journal, Payable, Payment
from comity.ledger.selectors.reconciling import differences
from comity.ledger.services.books import Move, book
from tests.factories import NOW, order

pytestmark = pytest.mark.django_db


@pytest.fixture
def paid():
    made = order()
    book([Move(made.payable, Journal.Kind.CAPTURE, 2_000, "shp_1")], now=NOW)
    return made


def codes(now=NOW):
    return [(one.code, one.subject) for one in differences(now)]


def test_books_that_agree_have_no_difference(paid):
    assert codes() == []


def test_an_entry_that_is_not_as_booked_is_told_twice(paid):
    Entry.objects.filter(account="seller").update(amount_minor=-1_999)
    journal = Journal.objects.get().public_id
    assert codes() == [("books_not_zero", "EUR"), ("journal_not_zero", journal)]


def test_a_sum_that_its_journals_do_not_say_is_told(paid):
    Payable.objects.update(captured_minor=2_001)
    (one,) = differences(NOW)
    assert (one.code, one.subject, one.ours, one.theirs) == ("sums_differ", paid.public_id, 2_001, 2_000)


def test_a_payment_is_told_of_when_it_waits_for_long_or_has_failed(paid):
    Payment.objects.update(state="requested")
    payment = Payment.objects.get().public_id
    assert (codes(NOW + timedelta(hours=1)), codes(NOW + timedelta(minutes=61))) == (
        [],
        [("payment_waiting", payment)],
    )
    Payment.objects.update(state="failed", error="CardError")
    (one,) = differences(NOW)
    sentence = f"The capture of 20.00 EUR for {paid.public_id} has failed: CardError."
    assert (one.code, one.sentence) == ("payment_failed", sentence)


def test_the_command_says_yes_and_no(paid, capsys):
    assert main(["ledger", "reconcile"]) == 0
    assert capsys.readouterr().out == "Books, orders and payments: no difference.\n"
    Payable.objects.update(captured_minor=2_001)
    assert main(["ledger", "reconcile", "--json"]) == 1
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line)["code"] == "sums_differ"


def test_the_command_shows_what_was_booked(paid, capsys):
    assert main(["ledger", "show", paid.number]) == 0
    shown = capsys.readouterr().out
    assert "capture              20.00 EUR  provider +20.00  seller -20.00  (done)" in shown
    assert shown.splitlines()[-1].endswith("paid 20.00 EUR, given back 0.00 EUR, held 0.00 EUR, open 4.50 EUR.")
    assert main(["ledger", "show", paid.number, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["entries"] == {"provider": 2_000, "seller": -2_000}
    assert main(["ledger", "show", "305-0"]) == 1
    assert "there is no order “305-0”" in capsys.readouterr().err

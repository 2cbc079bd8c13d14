"""Money that cannot be had from a buyer is given up: the seller does not get it, and keeps what others paid."""

import threading

import pytest
from django.db import connection
from django.db.models import Sum

from comity.common.errors import Refused
from comity.common.models import OutboxEvent
from comity.config.cli import main
from comity.ledger.models import Disbursement, Entry, Journal, Payable, Payment
from comity.ledger.selectors.balances import balances, not_yet_taken
from comity.ledger.selectors.reconciling import differences, differences_with
from comity.ledger.services import writing_off
from comity.ledger.services.books import Move, book
from comity.ledger.services.disbursements import disburse_due
from comity.ledger.services.payables import Owed, open_payables
from comity.ledger.services.payments import ask_again, ask_due
from comity.ledger.services.writing_off import write_off
from tests.factories import NOW, order, seller

pytestmark = pytest.mark.django_db
Kind = Journal.Kind


@pytest.fixture
def shop():
    return seller()


def authorised(fake, shop, subject="ord_1"):
    one = Owed(shop.marketplace_id, shop.pk, subject, "EUR", 5_000, authorisation=fake.authorise(5_000))
    return open_payables([one], now=NOW)[0]


def run(payable, *moves):
    book([Move(payable, kind, amount, cause) for kind, amount, cause in moves], now=NOW)


def work():
    while ask_due(NOW):
        pass


@pytest.fixture
def lost(fake, shop):
    """An order of which 3,000 were taken; the other 2,000 not, since the authorisation is gone."""
    payable = authorised(fake, shop)
    run(payable, (Kind.CAPTURE, 3_000, "shp_1"))
    work()
    fake.intents["pi_1"]["status"] = "canceled"
    run(payable, (Kind.CAPTURE, 2_000, "shp_2"))
    work()
    return payable


def found(provider):
    return [one.code for one in [*differences(NOW), *differences_with(provider, since=NOW)]]


def owed(shop):
    mine = (shop.pk, "EUR")
    return balances([shop.pk]).get(mine, 0), not_yet_taken([shop.pk]).get(mine, 0)


def test_what_is_given_up_is_not_the_sellers_and_the_books_agree(provider, shop, lost):
    assert (owed(shop), found(provider)) == ((5_000, 2_000), ["payment_failed"])
    assert write_off(lost, by=None, now=NOW) == 2_000
    assert (owed(shop), found(provider)) == ((3_000, 0), [])
    assert Payable.objects.get().refundable_minor == 3_000
    event = OutboxEvent.objects.get(name="payment.written_off")
    assert (event.stream, event.data["order"]) == (shop.public_id, "ord_1")


@pytest.mark.parametrize(("refund", "given"), [(1_000, 1_000), (4_000, 3_000), (5_000, 3_000)])
def test_what_waited_behind_it_goes_on_and_no_more_is_given_back_than_was_taken(
    fake, provider, shop, lost, refund, given
):
    run(lost, (Kind.REFUND, refund, "adj_1"))
    write_off(lost, by=None, now=NOW)
    work()
    assert (fake.given("pi_1"), owed(shop), found(provider)) == (given, (3_000 - given, 0), [])


@pytest.mark.parametrize(("reimbursed", "given"), [(1_000, 1_000), (4_000, 3_000), (5_000, 3_000)])
def test_what_the_marketplace_was_to_give_of_it_is_not_the_sellers_either(
    fake, provider, shop, lost, reimbursed, given
):
    run(lost, (Kind.REIMBURSEMENT, reimbursed, "clm_1"))
    write_off(lost, by=None, now=NOW)
    work()
    borne = Entry.objects.filter(account="marketplace").aggregate(sum=Sum("amount_minor"))["sum"]
    assert (fake.given("pi_1"), borne, owed(shop), found(provider)) == (given, given, (3_000, 0), [])


def test_nothing_is_given_up_twice_or_without_a_failure(provider, lost):
    write_off(lost, by=None, now=NOW)
    with pytest.raises(Refused, match="has failed"):
        write_off(lost, by=None, now=NOW)
    assert Journal.objects.filter(kind="write_off").count() == 1


def test_what_was_taken_after_all_is_not_given_up(fake, provider, lost):
    fake.intents["pi_1"]["amount_received"] = 5_000
    with pytest.raises(Refused, match="after all"):
        write_off(lost, by=None, now=NOW)
    assert (Payment.objects.last().state, Journal.objects.filter(kind="write_off").exists()) == ("failed", False)


def test_while_a_claim_holds_of_it_nothing_is_given_up(lost):
    run(lost, (Kind.RESERVE, 4_000, "clm_1"), (Kind.REFUND, 500, "adj_1"))
    with pytest.raises(Refused, match="claim"):
        write_off(lost, by=None, now=NOW)
    assert set(Payment.objects.values_list("given_up_minor", flat=True)) == {0}
    assert Payable.objects.get().refunded_minor == 500


def test_money_never_taken_and_given_back_is_not_withheld_from_other_orders(fake, shop, lost):
    run(lost, (Kind.REFUND, 5_000, "adj_1"))
    run(authorised(fake, shop, "ord_2"), (Kind.CAPTURE, 5_000, "shp_3"))
    work()
    assert owed(shop) == (5_000, 0)
    disburse_due(NOW)
    assert list(Disbursement.objects.values_list("amount_minor", flat=True)) == [5_000]


def test_given_up_without_being_written_off_is_told(lost):
    Payment.objects.filter(state="failed").update(given_up_minor=2_000, state="done")
    (one,) = differences(NOW)
    assert (one.code, one.subject, one.ours, one.theirs) == ("given_up_differs", "ord_1", 0, 2_000)


def test_what_the_marketplace_did_not_get_back_is_told(lost):
    run(lost, (Kind.REIMBURSEMENT, 5_000, "clm_1"))
    write_off(lost, by=None, now=NOW)
    Entry.objects.filter(journal__kind="write_off").delete()
    told = [(one.code, one.subject, one.ours, one.theirs) for one in differences(NOW)]
    assert ("given_up_differs", "ord_1", 0, 2_000) in told


def test_the_command_gives_up_or_says_why_not(settings, capsys):
    made = order()
    book([Move(made.payable, Kind.CAPTURE, 2_000, "shp_1")], now=NOW)
    assert main(["ledger", "write-off", made.number]) == 1
    assert "No charge of this order has failed" in capsys.readouterr().err
    Payment.objects.update(state="failed")
    assert main(["ledger", "write-off", made.number]) == 0
    assert capsys.readouterr().out == f"Given up: 20.00 EUR of {made.number}.\n"
    assert main(["ledger", "reconcile"]) == 0
    assert main(["ledger", "write-off", "305-0"]) == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_what_is_asked_for_again_at_that_moment_is_not_taken_and_given_up_both(fake, provider, lost, monkeypatch):
    fake.intents["pi_1"]["status"] = "requires_capture"  # put right there
    failed, really = Payment.objects.get(state="failed"), writing_off._give_up_refunds

    def again():
        ask_again(failed, now=NOW)
        ask_due(NOW)
        connection.close()

    other = threading.Thread(target=again)

    def between(*args):
        other.start()
        other.join(0.5)  # it waits until the charge is given up
        return really(*args)

    monkeypatch.setattr(writing_off, "_give_up_refunds", between)
    write_off(lost, by=None, now=NOW)
    other.join()
    assert (provider.standing("pi_1").captured_minor, found(provider)) == (3_000, [])

"""A refund that the provider keeps refusing ends on record: the buyer is owed it otherwise, and the books agree."""

import pytest

from comity.common.errors import Refused
from comity.common.models import OutboxEvent
from comity.config.cli import main
from comity.ledger.models import Journal, Payable, Payment
from comity.ledger.selectors.balances import balances
from comity.ledger.selectors.journals import totals_of
from comity.ledger.selectors.reconciling import differences, differences_with
from comity.ledger.services.books import Move, book
from comity.ledger.services.payments import ask_again, ask_due
from comity.orders.selectors.life import record_of
from comity.orders.services import owing
from comity.orders.services.owing import pay_otherwise
from comity.web.order_story import story
from tests.factories import NOW, order

pytestmark = pytest.mark.django_db
Kind = Journal.Kind


def work():
    while ask_due(NOW):
        pass


@pytest.fixture
def refused(fake):
    """An order of 24.50, taken; of the two refunds behind it Stripe refuses the first."""
    made = order()
    Payable.objects.update(authorisation=fake.authorise(2_450))
    made.payable.refresh_from_db()
    moves = ((Kind.CAPTURE, 2_450, "shp_1"), (Kind.REFUND, 1_000, "adj_1"), (Kind.REFUND, 300, "adj_2"))
    fake.refund_status = "failed"
    book([Move(made.payable, kind, amount, cause) for kind, amount, cause in moves], now=NOW)
    work()
    fake.refund_status = "succeeded"
    return made


def found(provider):
    return [one.code for one in [*differences(NOW), *differences_with(provider, since=NOW)]]


def test_it_is_owed_to_the_buyer_and_what_waited_behind_it_goes_on(fake, provider, refused):
    assert found(provider) == ["payment_failed"]
    assert pay_otherwise(refused, "Card closed.", by=None, now=NOW) == 1_000
    assert found(provider) == []
    work()
    assert (fake.given("pi_1"), found(provider)) == (300, [])
    assert totals_of(refused.payable) == {"buyer": -1_000, "provider": 2_150, "seller": -1_150}
    assert balances([refused.seller_id]) == {(refused.seller_id, "EUR"): 1_150}
    assert (Payable.objects.get().refunded_minor, Payable.objects.get().refundable_minor) == (1_300, 1_150)


def test_it_stands_on_record_and_both_sides_read_it(refused):
    pay_otherwise(refused, " Card closed.\r\nPaid by transfer. ", by=None, now=NOW)
    (entry,) = record_of(refused)
    payment = Payment.objects.get(given_up_minor=1_000)
    assert (entry.what, entry.text) == ("refund.owed", " Card closed.\nPaid by transfer.")
    event = OutboxEvent.objects.get(name="refund.owed")
    assert event.data == {"payment": payment.public_id, "amount_minor": 1_000, "order": refused.public_id}
    refused.refresh_from_db()
    told = {side: story(refused, [], [], reader=side, now=NOW)[1] for side in ("seller", "buyer")}
    assert {side: (one["what"], one["detail"]) for side, one in told.items()} == {
        "seller": ("A refund was refused by the payment provider; the marketplace pays the buyer otherwise", "€10.00"),
        "buyer": ("A refund could not be paid the usual way; the marketplace pays it to you otherwise", "€10.00"),
    }


def nothing_changed():
    return not Journal.objects.filter(kind="owed").exists() and not OutboxEvent.objects.filter(name="refund.owed")


def test_nothing_is_owed_twice_or_without_a_failure(provider, refused):
    pay_otherwise(refused, "Card closed.", by=None, now=NOW)
    with pytest.raises(Refused, match="No refund of this order has failed"):
        pay_otherwise(refused, "Card closed.", by=None, now=NOW)
    assert Journal.objects.filter(kind="owed").count() == 1


def test_what_was_given_back_after_all_is_not_owed(fake, refused):
    next(iter(fake.refunds.values()))["status"] = "succeeded"
    with pytest.raises(Refused, match="after all"):
        pay_otherwise(refused, "Card closed.", by=None, now=NOW)
    assert nothing_changed()


@pytest.mark.parametrize(("reason", "code"), [(" ", "empty"), ("a" * 501, "too_long"), ("\0", "unsendable")])
def test_without_a_reason_nothing_is_owed(refused, reason, code):
    with pytest.raises(Refused, check=lambda one: (one.code, one.field) == (code, "reason")):
        pay_otherwise(refused, reason, by=None, now=NOW)
    assert nothing_changed()


def test_what_is_asked_for_again_at_that_moment_is_not_owed(refused, monkeypatch):
    really = owing.refused_refund

    def meanwhile(payable, *, provider):
        failed = really(payable, provider=provider)
        ask_again(failed, now=NOW)
        return failed

    monkeypatch.setattr(owing, "refused_refund", meanwhile)
    with pytest.raises(Refused, match="asked for again meanwhile"):
        pay_otherwise(refused, "Card closed.", by=None, now=NOW)
    assert nothing_changed()


def test_owed_without_being_given_up_is_told(refused):
    book([Move(refused.payable, Kind.OWED, 400, "pmt_1")], now=NOW)
    assert [(one.code, one.ours, one.theirs) for one in differences(NOW)][-1] == ("given_up_differs", -400, 0)


def test_the_command_says_what_is_owed_or_why_nothing(refused, capsys):
    assert main(["ledger", "pay-otherwise", refused.number, "Card closed."]) == 0
    said = f"Owed to the buyer of {refused.number}, to be paid otherwise: 10.00 EUR.\n"
    assert capsys.readouterr().out == said
    assert main(["ledger", "pay-otherwise", refused.number, "Card closed."]) == 1
    assert "No refund of this order has failed" in capsys.readouterr().err
    assert main(["ledger", "show", refused.number]) == 0
    assert "provider +10.00  buyer -10.00" in capsys.readouterr().out

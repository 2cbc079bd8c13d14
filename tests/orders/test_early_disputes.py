"""A dispute that is told before its order is imported is booked once it is."""

import pytest

from comity.integrations.payment import Notice
from comity.ledger.models import Dispute, EarlyNotice, Entry, Journal, Payable
from comity.ledger.selectors.reconciling import differences
from comity.ledger.services.notices import take_notice
from comity.orders.services.early_disputes import book_early_disputes
from tests.factories import NOW, marketplace
from tests.orders.importing import ORDER, SHIPMENT, bring, bring_shop

pytestmark = pytest.mark.django_db
PAID = {**ORDER, "status": "shipped", "payment": "pi_1", "shipments": [SHIPMENT]}


@pytest.fixture(autouse=True)
def shop():
    marketplace(slug="north")
    bring_shop()


def tell(kind="chargeback", amount=1_000, *, cause="dp_1", payment="pi_1", currency="EUR"):
    return take_notice(Notice(kind, payment, amount, cause, currency=currency), now=NOW)


def booked():
    return list(Journal.objects.exclude(kind="brought_forward").order_by("id").values_list("kind", "amount_minor"))


@pytest.mark.parametrize("live", [False, True])
def test_it_is_kept_and_booked_once_the_order_is_there(live):
    assert [tell(), tell(), book_early_disputes(NOW)] == [False, False, 0]
    bring("orders", [PAID], live=live)
    assert [book_early_disputes(NOW), book_early_disputes(NOW)] == [1, 0]
    assert booked()[-1] == ("chargeback", 1_000)
    assert (Payable.objects.get().refunded_minor, EarlyNotice.objects.count()) == (1_000, 0)
    assert (tell(), list(differences(NOW))) == (False, [])


def test_what_the_bank_gave_again_before_is_booked_too():
    tell()
    tell("reversal")
    bring("orders", [PAID])
    book_early_disputes(NOW)
    assert sorted(booked()) == [("chargeback", 1_000), ("reversal", 1_000)]
    assert (Payable.objects.get().refunded_minor, list(differences(NOW))) == (0, [])


def test_of_what_the_marketplace_ships_it_bears_it():
    tell()
    bring("orders", [{**PAID, "fulfilment": "marketplace"}])
    book_early_disputes(NOW)
    entries = Entry.objects.filter(journal__kind="chargeback").order_by("account")
    assert list(entries.values_list("account", "amount_minor")) == [("marketplace", 1_000), ("provider", -1_000)]


def test_one_in_another_currency_waits_for_a_person_as_always():
    tell(currency="USD")
    bring("orders", [PAID])
    assert book_early_disputes(NOW) == 0
    assert Dispute.objects.values_list("currency", "withdrawn_minor").get() == ("USD", 1_000)
    assert [one.code for one in differences(NOW)] == ["dispute_unbooked"]


def test_a_payment_that_never_becomes_known_stays_where_it_is():
    tell(payment="pi_of_another_shop")
    tell(payment="")
    bring("orders", [PAID])
    assert book_early_disputes(NOW) == 0
    assert (EarlyNotice.objects.get().authorisation, booked()) == ("pi_of_another_shop", [])


def test_a_refund_of_nobody_that_failed_is_not_kept():
    assert not take_notice(Notice("failed", "pi_9", 0, "re_1", "pmt_1"), now=NOW)
    assert EarlyNotice.objects.count() == 0

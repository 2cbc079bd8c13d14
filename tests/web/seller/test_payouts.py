"""A shop sees what it is owed and what it was paid."""

import re
from datetime import timedelta

import pytest

from comity.ledger.models import Disbursement, Journal, Payment
from comity.ledger.services.books import Move, book
from comity.ledger.services.disbursements import disburse_due
from comity.ledger.services.holds import hold
from tests import factories
from tests.factories import NOW


def sell(shop, amount=2_000):
    made = factories.order(factories.buyer(shop.market), shop.seller)
    book([Move(made.payable, Journal.Kind.CAPTURE, amount, f"shp_{made.pk}")], now=NOW)
    return made


def page(shop, client):
    return client.get(shop.at("payouts/")).content.decode()


def test_what_is_owed_held_back_waiting_and_paid(shop, client):
    assert "an order counts once it is confirmed" in page(shop, client)
    one = sell(shop)
    book([Move(one.payable, Journal.Kind.RESERVE, 500, "clm_1")], now=NOW)
    disburse_due(NOW)
    sell(shop, 700)
    Payment.objects.filter(journal__amount_minor=700).update(state="requested")
    shown = page(shop, client)
    for amount in ("€7.00", "€5.00", "€15.00"):
        assert amount in shown


def test_a_hold_is_shown_with_its_reason_while_it_lasts(shop, client):
    hold(seller=shop.seller, reason="We look into it.", by=None, now=NOW - timedelta(days=400))
    assert "We look into it." in page(shop, client)


def test_another_shops_payouts_are_missing(shop, client):
    address = shop.at("payouts/").replace(shop.seller.public_id, factories.seller(shop.market).public_id)
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_any_number_of_payouts_takes_the_same_queries(shop, client, count, django_assert_num_queries):
    for n in range(count):
        sell(shop)
        disburse_due(NOW + timedelta(days=14 * n))
    page(shop, client)
    with django_assert_num_queries(9):
        page(shop, client)


def account(shop, client, query=""):
    shown = client.get(shop.at(f"payouts/EUR/{query}")).content.decode()
    cells = re.findall(r'data-label="(?:amount|owed after it)">([^<]+)<', shown)
    return shown, list(zip(cells[::2], cells[1::2], strict=True))


def test_what_is_owed_is_told_by_order_with_the_balance_after_each(shop, client):
    one = sell(shop)
    disburse_due(NOW)
    book([Move(one.payable, Journal.Kind.REFUND, 500, "adj_1")], now=NOW)
    shown, rows = account(shop, client)
    assert rows == [
        ("\N{MINUS SIGN}€5.00", "\N{MINUS SIGN}€5.00"),
        ("\N{MINUS SIGN}€20.00", "€0.00"),
        ("€20.00", "€20.00"),
    ]
    assert shown.count(f"{one.number}</a>") == 2
    payout = Disbursement.objects.get().public_id
    assert f"payouts/EUR/?payout={payout}" in page(shop, client)
    assert account(shop, client, f"?payout={payout}")[1] == rows[1:]


def test_money_back_is_told_with_its_reason(shop, client):
    one = sell(shop)
    made = one.adjustments.create(
        public_id="adj_1", external_id="a1", reason="PriceError", amount_minor=500, made_at=NOW
    )
    book([Move(one.payable, Journal.Kind.REFUND, 500, made.public_id)], now=NOW)
    assert "Given back to the buyer: The price was wrong" in account(shop, client)[0]


@pytest.mark.parametrize("where", ["XYZ/", "EUR/?payout=dsb_1", "EUR/?payout=%00"])
def test_an_account_or_payout_that_is_not_there_is_missing(shop, client, where):
    assert client.get(shop.at(f"payouts/{where}")).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_an_account_takes_the_same_queries_however_long(shop, client, count, django_assert_num_queries):
    for _ in range(count):
        sell(shop)
    account(shop, client)
    with django_assert_num_queries(8):
        account(shop, client)

"""`comity ledger` in the hands of somebody new: what is wrong is said, and nothing happens."""

import pytest

from comity.accounts.models import Marketplace
from comity.config.cli import main
from comity.integrations.payment import Notice
from comity.ledger.models import Journal, Payable
from comity.ledger.services.books import Move, book
from comity.ledger.services.notices import take_notice
from comity.orders.models import Order
from tests.factories import NOW, marketplace, order, seller

pytestmark = pytest.mark.django_db


@pytest.fixture
def paid():
    made = order(number="305-0000001-9000001")
    Payable.objects.update(authorisation="pi_1")
    made.payable.refresh_from_db()
    book([Move(made.payable, Journal.Kind.CAPTURE, 2_000, "shp_1")], now=NOW)
    return made


def said(capsys, *words):
    """Exit code and what stands on standard error."""
    code = main(["ledger", *words])
    return code, capsys.readouterr().err


@pytest.mark.parametrize("deed", [["show"], ["write-off"], ["dispute"]])
def test_an_order_that_is_not_there_is_named(capsys, db, deed):
    rest = ["dp_1", "12.50"] if deed == ["dispute"] else []
    assert said(capsys, *deed, "305-0", *rest) == (1, "comity ledger: there is no order “305-0”.\n")


def test_a_number_on_two_marketplaces_asks_which_and_gives_up_neither(capsys, paid):
    other = order(shop=seller(marketplace()), number=paid.number)
    sentence = (
        f"comity ledger: “{paid.number}” is on more than one marketplace: add --marketplace, or name its public id.\n"
    )
    assert said(capsys, "write-off", paid.number) == (1, sentence)
    slug = Marketplace.objects.get(pk=other.marketplace_id).slug
    code, refused = said(capsys, "write-off", paid.number, "--marketplace", slug)
    assert (code, refused) == (1, "comity ledger: No charge of this order has failed: there is nothing to give up.\n")


def test_an_order_is_found_by_what_its_shop_calls_it(capsys, paid):
    Order.objects.update(external_id="W-17")
    assert main(["ledger", "show", "W-17"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith(f"{paid.number} ({paid.public_id}): paid 20.00 EUR")


def test_orders_that_their_shops_call_the_same_are_listed_and_nothing_is_given_up(capsys, paid):
    other = order(shop=seller(marketplace()))
    Order.objects.update(external_id="W-17")
    listed = "".join(
        f"\n  {one.public_id}  {one.number}  of {one.seller.name} on {one.marketplace.slug}, from {one.source}"
        for one in (paid, other)
    )
    sentence = "“W-17” is what more than one order is called in its shop. Name one by its public id:"
    for deed in ("show", "write-off"):
        assert said(capsys, deed, "W-17") == (1, f"comity ledger: {sentence}{listed}\n")
    assert main(["ledger", "show", "W-17", "--marketplace", other.marketplace.slug]) == 0
    assert other.number in capsys.readouterr().out


def test_of_many_that_are_called_the_same_some_are_listed(capsys, paid, monkeypatch):
    monkeypatch.setattr("comity.config.commands.ledger_command._MOST_LISTED", 1)
    order(shop=seller(marketplace()))
    Order.objects.update(external_id="W-17")
    assert said(capsys, "show", "W-17")[1].splitlines()[1:] == [
        f"  {paid.public_id}  {paid.number}  of {paid.seller.name} on {paid.marketplace.slug}, from {paid.source}",
        "  … and more",
    ]


def test_a_number_is_the_order_that_has_it_whatever_a_shop_calls_another(capsys, paid):
    other = order(shop=seller(marketplace()))
    Order.objects.filter(pk=other.pk).update(external_id=paid.number)
    assert main(["ledger", "show", paid.number]) == 0
    assert paid.public_id in capsys.readouterr().out


def test_a_marketplace_that_has_not_this_order_is_said(capsys, paid):
    assert said(capsys, "show", paid.number, "--marketplace", "south") == (
        1,
        f"comity ledger: there is no order “{paid.number}” on “south”.\n",
    )


def test_an_order_without_money_is_said(capsys, paid):
    Order.objects.update(payable=None)
    assert said(capsys, "show", paid.number) == (1, f"comity ledger: no money has moved for “{paid.number}”.\n")


@pytest.mark.parametrize("days", ["0", "-3", "many", "99999999999"])
def test_days_that_make_no_sense_are_refused(capsys, days):
    with pytest.raises(SystemExit, check=lambda end: end.code == 2):
        main(["ledger", "reconcile", f"--days={days}"])
    assert "a number of days, 1 to 3,650" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("typed", "reason"), [("1.212,50", "with a point"), ("-1", "below 0"), ("1.005", "2 decimals")]
)
def test_an_amount_that_is_none_is_refused(capsys, paid, typed, reason):
    code, refused = said(capsys, "dispute", "--", paid.number, "dp_1", typed)
    assert (code, "AMOUNT is" in refused, reason in refused) == (1, True, True)


def test_a_dispute_of_another_currency_is_booked_as_reconcile_says(capsys, paid):
    take_notice(Notice("chargeback", "pi_1", 1_300, "dp_1", "", "USD"), now=NOW)
    assert main(["ledger", "reconcile"]) == 1
    asked = capsys.readouterr().out.partition("comity ledger ")[2].partition(" AMOUNT")[0]
    assert asked == f"dispute {paid.public_id} dp_1"
    assert main(["ledger", *asked.split(), "12.00"]) == 0
    told = f"The buyer's bank has of {paid.number} by dp_1: 12.00 EUR, before 0.00 EUR.\n"
    assert (capsys.readouterr().out, main(["ledger", "reconcile"])) == (told, 0)


def test_of_what_the_marketplace_fulfilled_the_webhook_books_it_as_its_own(client, paid, settings, monkeypatch):
    from comity.common import clock
    from tests.integrations.stripe_server import signed

    monkeypatch.setattr(clock, "now", lambda: NOW)
    settings.PAYMENTS, settings.STRIPE = "stripe", {"key": "sk_test_1", "webhook_secret": "whsec_test", "url": ""}
    Order.objects.update(fulfilment="marketplace")
    about = {"id": "dp_1", "amount": 500, "currency": "eur", "payment_intent": "pi_1"}
    event = {"type": "charge.dispute.funds_withdrawn", "data": {"object": about}}
    body, signature = signed(event, "whsec_test", NOW)
    client.post("/hooks/payments/", body, content_type="application/json", headers={"Stripe-Signature": signature})
    entries = Journal.objects.get(cause="dp_1").entries.values_list("account", "amount_minor")
    assert dict(entries) == {"marketplace": 500, "provider": -500}

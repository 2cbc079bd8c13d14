"""What may come from Stripe, or as if from it: other accounts and modes, secrets that change, answers that are none."""

import hashlib
import hmac
from datetime import timedelta

import pytest

from comity.integrations.payment import BadNotice, Notice
from comity.integrations.payment.stripe import Stripe
from comity.ledger.models import Journal, Payment
from comity.ledger.services.books import Move, book
from comity.ledger.services.payables import Owed, open_payables
from comity.ledger.services.payments import ask_again, ask_due
from tests.factories import NOW, seller
from tests.integrations.stripe_server import signed
from tests.ledger.conftest import SECRET

pytestmark = pytest.mark.django_db


def event(**about):
    said = {"id": "dp_1", "amount": 1_200, "currency": "eur", "payment_intent": "pi_1", **about}
    return {"type": "charge.dispute.funds_withdrawn", "livemode": False, "data": {"object": said}}


def told(provider, said, now=NOW):
    return provider.read_notice(*signed(said, SECRET, NOW), now=now)


def captured(fake, amount=5_000):
    """The payment of an order that is to be charged."""
    shop = seller()
    owed = Owed(shop.marketplace_id, shop.pk, "ord_1", "EUR", amount, authorisation=fake.authorise(amount))
    book([Move(open_payables([owed], now=NOW)[0], Journal.Kind.CAPTURE, amount, "shp_1")], now=NOW)
    return Payment.objects.get()


def work(now=NOW):
    ask_due(now)
    return Payment.objects.get()


# Notices


def test_what_another_account_tells_is_of_no_concern(provider):
    assert told(provider, event()) == Notice("chargeback", "pi_1", 1_200, "dp_1", currency="EUR")
    assert told(provider, {**event(), "account": "acct_other"}) is None


@pytest.mark.parametrize(("key", "live"), [("sk_test_1", True), ("sk_live_1", False), ("rk_live_1", False)])
def test_what_is_told_of_the_other_mode_is_refused(key, live):
    provider = Stripe(key, SECRET)
    with pytest.raises(BadNotice, match="the other mode"):
        told(provider, {**event(), "livemode": live})
    assert told(provider, {**event(), "livemode": not live})


def test_while_the_secret_changes_either_signature_counts(provider):
    body, signature = signed(event(), "whsec_old", NOW)
    stamp = signature.partition(",")[0].removeprefix("t=")
    new = hmac.new(SECRET.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    assert provider.read_notice(body, f"{signature},v1={new}", now=NOW)
    for bad in (signature, f"t={stamp},v0={new}", f"t={stamp},v1=é", f"t={'9' * 5_000},v1={new}"):
        with pytest.raises(BadNotice, match="the signature does not fit"):
            provider.read_notice(body, bad, now=NOW)


@pytest.mark.parametrize("skew", [timedelta(minutes=-6), timedelta(minutes=6)])
def test_who_reads_the_answer_learns_that_a_clock_is_wrong(provider, skew):
    with pytest.raises(BadNotice, match="more than 5 minutes from this server's clock"):
        told(provider, event(), now=NOW + skew)


def test_what_is_signed_and_cannot_be_read_says_so(provider):
    for said in ([], {"type": "charge.dispute.funds_withdrawn"}, event(amount="many"), event(currency="xxx")):
        with pytest.raises(BadNotice, match="cannot be read"):
            told(provider, said)


def test_a_dispute_of_a_charge_without_an_intent_is_none_of_ours(provider):
    assert told(provider, event(payment_intent=None)) is None


@pytest.mark.parametrize(
    ("currency", "theirs", "ours"), [("jpy", 1_200, 1_200), ("kwd", 5_125, 5_125), ("isk", 500_000, 5_000)]
)
def test_amounts_of_disputes_are_read_as_stripe_counts_them(provider, currency, theirs, ours):
    notice = told(provider, event(amount=theirs, currency=currency))
    assert (notice.amount_minor, notice.currency) == (ours, currency.upper())


# Answers


def test_a_key_that_is_spent_on_an_error_is_given_up_and_the_money_moves_once(fake):
    captured(fake)
    fake.broken = 1
    assert work().state == "requested"
    spent = work(NOW + timedelta(minutes=5))
    assert (spent.state, spent.error, spent.round) == ("failed", "APIError 500, for good", 1)
    ask_again(spent, now=NOW + timedelta(hours=1))
    assert work(NOW + timedelta(hours=1)).state == "done"
    assert fake.intents["pi_1"]["amount_received"] == 5_000
    assert len({key for method, _, _, key in fake.requests if method == "POST"}) == 2


def test_an_answer_that_is_none_is_asked_for_again_with_the_same_key(fake):
    captured(fake, 2_000)
    fake.garbled = 1
    assert work().state == "requested"
    assert work(NOW + timedelta(minutes=5)).state == "done"
    assert fake.intents["pi_1"]["amount_received"] == 2_000
    assert len({key for *_, key in fake.requests}) == 1

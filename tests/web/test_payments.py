"""The payment provider tells what happened there: signed, about now, as often as it likes."""

from datetime import timedelta

import pytest

from comity.common import clock
from comity.ledger.models import Journal, Payable
from comity.ledger.services.books import Move, book
from tests.factories import NOW, order
from tests.integrations.stripe_server import signed

pytestmark = pytest.mark.django_db
SECRET = "whsec_test"


@pytest.fixture
def paid(settings, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    made = order()
    Payable.objects.update(authorisation="pi_1")
    made.payable.refresh_from_db()
    book([Move(made.payable, Journal.Kind.CAPTURE, 2_000, "shp_1")], now=NOW)
    settings.PAYMENTS = "stripe"
    settings.STRIPE = {"key": "sk_test_1", "webhook_secret": SECRET, "url": ""}
    return made


def push(client, *, secret=SECRET, at=NOW, kind="charge.dispute.funds_withdrawn"):
    about = {"id": "dp_1", "amount": 500, "currency": "eur", "payment_intent": "pi_1"}
    body, signature = signed({"type": kind, "data": {"object": about}}, secret, at)
    return client.post(
        "/hooks/payments/", body, content_type="application/json", headers={"Stripe-Signature": signature}
    )


def test_a_chargeback_is_booked_once(client, paid):
    first, again = push(client), push(client)
    assert (first.status_code, first.json(), again.json()) == (200, {"changed": True}, {"changed": False})
    assert Payable.objects.get().refunded_minor == 500


@pytest.mark.parametrize("bad", [{"secret": "whsec_other"}, {"at": NOW - timedelta(minutes=6)}])
def test_who_does_not_sign_as_of_now_changes_nothing(client, paid, bad):
    answer = push(client, **bad)
    assert (answer.status_code, Payable.objects.get().refunded_minor) == (401, 0)


def test_what_is_of_no_concern_is_taken_and_changes_nothing(client, paid):
    assert push(client, kind="invoice.paid").json() == {"changed": False}


def test_too_much_is_refused(client, paid, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    assert push(client).status_code == 413


def test_without_a_provider_that_writes_there_is_no_such_address(client, settings):
    settings.PAYMENTS = "book"
    assert push(client).status_code == 404
    assert client.get("/hooks/payments/").status_code == 405

"""Carriers push events: signed, about now, and as often as they like."""

import base64
import json
from datetime import timedelta

import pytest
from django.db import OperationalError, connection

from comity.accounts.models import CarrierKey
from comity.accounts.services.carrier_keys import renew_carrier_key
from comity.common import clock
from comity.integrations.carriers.signing import BadSignature, new_secret, read_secret, sign, signers
from comity.orders.models import CarrierEvent, Order
from comity.web import carriers
from tests import factories
from tests.factories import NOW
from tests.orders.shipping import UPS, parcel, purchase, ship

pytestmark = pytest.mark.django_db
SECRET, OLD = b"s" * 24, b"o" * 24
EVENT = {"carrier": "UPS", "tracking": UPS, "kind": "delivered", "occurred_at": "2026-11-02T12:00:00Z"}


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def order():
    made = purchase()
    ship(made.seller, parcel(made))
    key(made, "UPS", SECRET, OLD)
    return made


def key(order, carrier, secret, old=b"", until=NOW + timedelta(seconds=1)):
    """A carrier with a secret on the order's marketplace."""
    texts = [f"whsec_{base64.b64encode(one).decode()}" if one else "" for one in (secret, old)]
    home = {"marketplace": order.marketplace, "code": carrier.lower(), "carrier": carrier, "made_at": NOW}
    return CarrierKey.objects.create(secret=texts[0], old_secret=texts[1], old_until=until, **home)


def push(client, order, body, *, secret=SECRET, at=NOW, headers=(), **change):
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    signed = sign(change.get("signed", body), secret=secret, message="evt_1", now=at) | dict(headers)
    address = f"/{change.get('place', order.marketplace.slug)}/carriers/events/"
    return client.post(address, body, content_type="application/json", headers=signed)


@pytest.mark.parametrize("secret", [SECRET, OLD])
def test_a_signed_event_is_taken_and_again_is_known(client, order, secret):
    first = push(client, order, {"events": [EVENT]}, secret=secret)
    again = push(client, order, {"events": [EVENT]}, secret=secret)
    event = CarrierEvent.objects.get()
    assert (first.status_code, first.json()) == (200, {"results": [{"id": event.public_id, "repeated": False}]})
    assert again.json() == {"results": [{"id": event.public_id, "repeated": True}]}
    assert (Order.objects.get().status, event.source) == ("delivered", "push")


def test_what_the_database_cannot_take_now_is_asked_for_again(client, order, monkeypatch):
    def away(*_, **__):
        raise OperationalError("deadlock detected")

    with monkeypatch.context() as patched:
        patched.setattr(carriers, "take_pushed", away)
        answer = push(client, order, {"events": [EVENT]})
    assert (answer.status_code, answer["Retry-After"], "deadlock" in answer.json()["error"]) == (503, "5", False)
    assert push(client, order, {"events": [EVENT]}).status_code == 200


def test_each_event_is_answered_in_its_place(client, order):
    bad = [{**EVENT, "kind": "lost"}, "no object", {**EVENT, "colour": "blue"}, {**EVENT, "tracking": "none"}]
    results = push(client, order, {"events": [bad[0], EVENT, *bad[1:]]}).json()["results"]
    assert [[(e["field"], e["code"]) for e in one.get("errors", ())] for one in results] == [
        [("kind", "unknown_choice")],
        [],
        [("", "type")],
        [("colour", "unknown_field")],
        [("tracking", "bad_tracking")],
    ]
    assert CarrierEvent.objects.count() == 1


@pytest.mark.parametrize(
    "change",
    [
        {"secret": b"x" * 24},
        {"signed": b"{}"},
        {"at": NOW - timedelta(seconds=301)},
        {"at": NOW + timedelta(seconds=301)},
        {"headers": {"webhook-signature": ""}},
        {"headers": {"webhook-signature": "v1,%%%"}},
        {"headers": {"webhook-signature": "v2,AAAA"}},
        {"headers": {"webhook-timestamp": "soon"}},
        {"headers": {"webhook-timestamp": "9" * 400}},
        {"headers": {"webhook-id": ""}},
        {"headers": {"webhook-id": "evt_2"}},
    ],
)
def test_what_is_not_signed_about_now_is_not_taken(client, order, change):
    answer = push(client, order, {"events": [EVENT]}, **change)
    assert (answer.status_code, list(answer.json())) == (401, ["error"])
    assert not CarrierEvent.objects.exists()


@pytest.mark.parametrize("at", [NOW - timedelta(seconds=300), NOW + timedelta(seconds=300)])
def test_five_minutes_are_believed(client, order, at):
    assert push(client, order, {"events": [EVENT]}, at=at).status_code == 200


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b'{"events": []}', b'{"events": {}}', b"\xff", b"[" * 99_999, {"events": [EVENT] * 501}]
)
def test_what_is_no_list_of_events_is_refused_in_words(client, order, body):
    answer = push(client, order, body)
    assert (answer.status_code, "1 to 500 events" in answer.json()["error"]) == (422, True)
    assert not CarrierEvent.objects.exists()


def test_too_much_is_refused(client, order, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 50
    assert push(client, order, {"events": [EVENT]}).status_code == 413


def test_without_a_secret_or_a_marketplace_there_is_nothing(client, order):
    assert push(client, order, {"events": [EVENT]}, place="nowhere").status_code == 404
    CarrierKey.objects.all().delete()
    assert push(client, order, {"events": [EVENT]}).status_code == 404
    assert not CarrierEvent.objects.exists()


def faults(answer):
    return [[(e["field"], e["code"]) for e in one.get("errors", ())] for one in answer.json()["results"]]


def test_a_carrier_speaks_for_itself_alone(client, order):
    """Red without the check of who signed in ``scanning.take_pushed``: DHL would deliver a parcel of UPS."""
    dhl = b"d" * 24
    key(order, "DHL", dhl)
    own = {**EVENT, "carrier": "D.H.L.", "tracking": "JD014600006281230704"}
    answer = push(client, order, {"events": [EVENT, {**EVENT, "carrier": "u p s"}, own]}, secret=dhl)
    assert faults(answer) == [[("carrier", "not_signed")], [("carrier", "not_signed")], []]
    assert [one.carrier for one in CarrierEvent.objects.all()] == ["DHL"]
    assert Order.objects.get().status == "shipped"


def test_who_has_several_secrets_signs_with_each(client, order):
    dhl = b"d" * 24
    key(order, "DHL", dhl)
    body = json.dumps({"events": [EVENT, {**EVENT, "carrier": "DHL"}]}).encode()
    both = " ".join(sign(body, secret=one, message="evt_1", now=NOW)["webhook-signature"] for one in (SECRET, dhl))
    assert faults(push(client, order, body, headers={"webhook-signature": both})) == [[], []]


def test_a_secret_counts_on_its_own_marketplace(client, order):
    other = purchase()
    key(other, "UPS", b"n" * 24)
    assert push(client, order, {"events": [EVENT]}, secret=b"n" * 24).status_code == 401
    assert not CarrierEvent.objects.exists()


def test_an_old_secret_ends_with_its_time(client, order):
    CarrierKey.objects.update(old_until=NOW)
    assert push(client, order, {"events": [EVENT]}, secret=OLD).status_code == 401
    assert push(client, order, {"events": [EVENT]}).status_code == 200


def test_a_new_secret_leaves_the_old_one_a_week_and_no_older_one(order):
    admin = factories.operator(order.marketplace).user
    with_which = {"marketplace": order.marketplace, "carrier": "ups", "by": admin}
    for late in range(2):
        last = renew_carrier_key(**with_which, now=NOW + timedelta(hours=late))
    (one,) = CarrierKey.objects.all()
    assert (one.carrier, one.secret, one.old_until) == ("UPS", last, NOW + timedelta(days=7, hours=1))
    assert read_secret(one.old_secret) not in (SECRET, OLD)


def test_a_secret_lies_encrypted(order):
    secret = renew_carrier_key(
        marketplace=order.marketplace, carrier="DHL", by=factories.operator(order.marketplace).user, now=NOW
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret, old_secret FROM accounts_carrierkey WHERE carrier = 'DHL'")
        (stored,) = cursor.fetchall()
    assert secret not in stored[0]
    assert (stored[0][:7] != "whsec_", len(read_secret(secret)), secret != new_secret()) == (True, 32, True)


def test_a_known_signature_is_ours():
    secret = read_secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    body = b'{"test": 2432232314}'
    signed = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE= v1,bm9ldHU=",
    }
    moment = NOW.fromtimestamp(1614265330, NOW.tzinfo)
    secrets = {"ours": [b"x" * 24, secret], "another": [b"y" * 24]}
    assert signers(signed, body, secrets=secrets, now=moment) == {"ours"}
    with pytest.raises(BadSignature):
        signers(signed, body + b" ", secrets=secrets, now=moment)


@pytest.mark.parametrize("text", ["", "whsec_", "whsec_%%", base64.b64encode(SECRET).decode(), "whsec_c2hvcnQ="])
def test_a_secret_of_another_form_is_refused(text):
    with pytest.raises(ValueError, match="24"):
        read_secret(text)

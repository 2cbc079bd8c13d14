"""Carriers push events: signed, about now, and as often as they like."""

import base64
import json
from datetime import timedelta

import pytest

from comity.common import clock
from comity.integrations.carriers.signing import BadSignature, read_secret, require_signature, sign
from comity.orders.models import CarrierEvent, Order
from tests.factories import NOW
from tests.orders.shipping import UPS, parcel, purchase, ship

pytestmark = pytest.mark.django_db
SECRET, OLD = b"s" * 24, b"o" * 24
EVENT = {"carrier": "UPS", "tracking": UPS, "kind": "delivered", "occurred_at": "2026-11-02T12:00:00Z"}


@pytest.fixture(autouse=True)
def secrets(settings):
    settings.CARRIER_SECRETS = (SECRET, OLD)


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def order():
    made = purchase()
    ship(made.seller, parcel(made))
    return made


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


def test_without_a_secret_or_a_marketplace_there_is_nothing(client, order, settings):
    assert push(client, order, {"events": [EVENT]}, place="nowhere").status_code == 404
    settings.CARRIER_SECRETS = ()
    assert push(client, order, {"events": [EVENT]}).status_code == 404
    assert not CarrierEvent.objects.exists()


def test_a_known_signature_is_ours():
    secret = read_secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    body = b'{"test": 2432232314}'
    signed = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE= v1,bm9ldHU=",
    }
    moment = NOW.fromtimestamp(1614265330, NOW.tzinfo)
    require_signature(signed, body, secrets=[secret], now=moment)
    with pytest.raises(BadSignature):
        require_signature(signed, body + b" ", secrets=[secret], now=moment)


@pytest.mark.parametrize("text", ["", "whsec_", "whsec_%%", base64.b64encode(SECRET).decode(), "whsec_c2hvcnQ="])
def test_a_secret_of_another_form_is_refused(text):
    with pytest.raises(ValueError, match="24"):
        read_secret(text)

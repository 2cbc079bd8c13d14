"""Secrets of the shop and of carriers: an admin makes one, sees it once, and what it signs counts from then on."""

import re
from datetime import timedelta

import pytest

from comity.accounts.models import CarrierKey, Marketplace
from comity.common import clock
from comity.common.models import OutboxEvent
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client):
    seat = factories.operator(factories.marketplace(slug="north", hand_over_secret=""))
    client.force_login(seat.user)
    return client


def shown_secret(page):
    found = re.search(r"<dt>Secret</dt><dd><samp>([^<]+)</samp>", page.content.decode())
    return found[1] if found else None


def test_a_new_secret_is_shown_once_and_is_the_marketplaces(admin):
    assert "none yet" in admin.get("/north/operate/hand-over/").content.decode()

    made = admin.post("/north/operate/hand-over/")

    assert shown_secret(made) == Marketplace.objects.get(slug="north").hand_over_secret
    assert len(shown_secret(made)) >= 32
    assert "no-store" in made["Cache-Control"]
    assert shown_secret(admin.get("/north/operate/hand-over/")) is None
    assert OutboxEvent.objects.get().name == "hand_over.secret_renewed"


def test_each_press_makes_another_secret(admin):
    first, second = (shown_secret(admin.post("/north/operate/hand-over/")) for _ in range(2))

    assert first != second


def carriers(admin, **posted):
    page = admin.post("/north/operate/carriers/", posted) if posted else admin.get("/north/operate/carriers/")
    return page, re.findall(r"<samp>(whsec_[^<]+)</samp>", page.content.decode())


def test_a_carriers_secret_is_shown_once_and_is_on_the_trail(admin):
    assert "No carrier has a secret" in carriers(admin)[0].content.decode()

    made, shown = carriers(admin, carrier="dhl", key="k1")

    assert shown == [CarrierKey.objects.get(carrier="DHL").secret]
    assert "no-store" in made["Cache-Control"]
    assert carriers(admin)[1] == []
    event = OutboxEvent.objects.get()
    assert (event.name, event.data["carrier"], event.actor != "") == ("carrier.secret_renewed", "dhl", True)


def test_a_form_sent_twice_makes_one_secret_and_shows_it(admin):
    first, again = (carriers(admin, carrier="dhl", key="k1")[1] for _ in range(2))

    assert (first == again, CarrierKey.objects.get().secret, CarrierKey.objects.get().old_secret) == (True, *again, "")
    assert "the old one works until" in carriers(admin, carrier="DHL", key="k2")[0].content.decode()
    assert [CarrierKey.objects.get().old_secret] == first


def test_a_form_sent_again_later_says_that_its_secret_is_not_shown_any_more(admin, monkeypatch):
    carriers(admin, carrier="DHL", key="k1")
    later = clock.now() + timedelta(minutes=6)
    monkeypatch.setattr("comity.common.clock.now", lambda: later)

    page, shown = carriers(admin, carrier="DHL", key="k1")

    said = "This form made one before, which is not shown any more. If nobody has it, make another."
    assert (page.status_code, shown, said in page.content.decode()) == (200, [], True)


def test_a_form_whose_secret_is_replaced_shows_none(admin):
    carriers(admin, carrier="DHL", key="k1")
    carriers(admin, carrier="DHL", key="k2")

    assert carriers(admin, carrier="DHL", key="k1")[1] == []


def test_a_carriers_name_may_grow_as_it_is_compared(admin):
    page, shown = carriers(admin, carrier="ß" * 60, key="k1")

    assert (page.status_code, len(shown), CarrierKey.objects.get().code) == (200, 1, "ss" * 60)


@pytest.mark.parametrize("name", ["", "www.dhl.com", "x" * 61, "a\0b"])
def test_what_is_no_carriers_name_makes_nothing(admin, name):
    page, shown = carriers(admin, carrier=name, key="k1")

    assert (page.status_code, shown, CarrierKey.objects.exists()) == (422, [], False)
    assert not OutboxEvent.objects.exists()

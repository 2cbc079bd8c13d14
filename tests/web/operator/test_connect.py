"""The secret for the hand-over: an admin makes it, sees it once, and the shop's tokens count from then on."""

import re

import pytest

from comity.accounts.models import Marketplace
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

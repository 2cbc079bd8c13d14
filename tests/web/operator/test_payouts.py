"""An admin holds a shop's payouts back and lets them go."""

import re

import pytest

from comity.accounts.models import OperatorStaff
from comity.ledger.models import Hold, Journal
from comity.ledger.services.books import Move, book
from tests import factories
from tests.factories import NOW
from tests.web.desk.shop import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def market():
    return factories.marketplace(slug="north")


@pytest.fixture
def client(market):
    return signed_in(factories.operator(market).user)


@pytest.fixture
def seller(market):
    return factories.seller(market)


def at(seller):
    return f"/north/operate/sellers/{seller.public_id}/payouts/"


def typed_in(client, seller):
    """The form as it was opened: its own key."""
    return {"key": re.search('name="key" value="([^"]+)"', client.get(at(seller)).content.decode())[1]}


HELD = {"reason": "Three claims.", "ends_on": "2099-12-31", "key": "form_1"}


def test_payouts_are_held_with_a_reason_and_let_go(client, seller):
    assert client.post(at(seller), HELD).status_code == 302
    made = Hold.objects.get()
    assert (made.reason, made.ends_at.date().isoformat()) == ("Three claims.", "2100-01-01")
    assert "Three claims." in client.get(at(seller)).content.decode()
    assert client.post(at(seller), {"lift": made.public_id}).status_code == 302
    assert "Nothing is held back." in client.get(at(seller)).content.decode()


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"reason": " "}, "reason"),
        ({"reason": "x", "ends_on": "31.02."}, "ends_on"),
        ({"reason": "x", "ends_on": "2001-01-01"}, "ends_on"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_holds_nothing(client, seller, typed, field):
    answer = client.post(at(seller), {**typed, "key": "form_1"})
    assert (answer.status_code, Hold.objects.exists()) == (422, False)
    assert f'id="{field}_error"' in answer.content.decode()


def test_a_form_sent_twice_makes_one_hold_and_never_another(client, seller):
    form = {**HELD, **typed_in(client, seller)}
    assert [client.post(at(seller), form).status_code for _ in range(2)] == [302, 302]
    other = client.post(at(seller), {**form, "reason": "Four claims."})
    assert (other.status_code, "has already been sent with other content" in other.content.decode()) == (422, True)
    assert list(Hold.objects.values_list("reason", flat=True)) == ["Three claims."]
    assert client.post(at(seller), {**HELD, **typed_in(client, seller)}).status_code == 302
    assert Hold.objects.count() == 2


def test_a_form_without_its_key_holds_nothing(client, seller):
    answer = client.post(at(seller), {"reason": "Three claims."})
    assert (answer.status_code, Hold.objects.exists()) == (422, False)


def test_an_id_that_no_database_takes_is_of_no_hold(client, seller):
    assert client.post(at(seller), {"lift": "hld_\0"}).status_code == 404


def test_why_a_shop_was_paid_less_is_told_by_order(client, market, seller):
    one = factories.order(factories.buyer(market), seller)
    book([Move(one.payable, Journal.Kind.CAPTURE, 2_000, "shp_1")], now=NOW)
    book([Move(one.payable, Journal.Kind.REFUND, 500, "adj_1")], now=NOW)
    assert f'href="{at(seller)}EUR/">€15.00' in client.get(at(seller)).content.decode()
    shown = client.get(f"{at(seller)}EUR/").content.decode()
    assert re.findall(r'data-label="amount">([^<]+)<', shown) == ["\N{MINUS SIGN}€5.00", "€20.00"]
    assert shown.count(f'href="/north/operate/orders/{one.public_id}/">{one.number}</a>') == 2


def test_only_an_admin_of_this_marketplace(market, client, seller):
    moderator = signed_in(factories.operator(market, OperatorStaff.Role.MODERATOR).user)
    assert moderator.get(at(seller)).status_code == 404
    assert client.post(at(factories.seller()), {"reason": "x"}).status_code == 404
    assert not Hold.objects.exists()

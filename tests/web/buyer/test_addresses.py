"""A buyer has an order sent elsewhere, until something of it has left."""

import re
from urllib.parse import urlencode

import pytest

from comity.common import clock
from comity.common.models import OutboxEvent
from comity.orders.models import Order
from tests import factories
from tests.factories import NOW
from tests.orders.shipping import parcel, purchase, ship
from tests.web.buyer.shop import field, words
from tests.web.desk.shop import signed_in
from tests.web.pages import errors_of

KEPT = re.compile(r"readonly>\n([^<]*)</textarea>")
OLD, NEW = "Bea\n1 Elm Street\nCork", "Bea\n12 Mill Lane\nDublin"


@pytest.fixture
def order(shop, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return purchase(shop.seller, person=shop.buyer, ship_to=OLD)


def change(shop, order, address=NEW, key=None):
    place = f"orders/{order.public_id}/address/"
    return shop.post(place, key=key or field(shop.get(place), "key"), address=address)


def stored(order):
    return Order.objects.get(pk=order.pk).ship_to


def changes():
    return OutboxEvent.objects.filter(name="order.address_changed").count()


def test_nobody_waits_while_the_rules_read_and_they_read_once(shop, order, reading):
    for _ in range(2):
        assert change(shop, order, key="k").status_code == 302
    assert (stored(order), reading) == (NEW, [0])


def test_the_new_address_stands_on_both_sides_pages_and_on_the_slip(shop, order):
    place = f"orders/{order.public_id}/address/"
    shown = shop.get(place).content.decode()
    assert OLD in shown
    assert place in shop.get(f"orders/{order.public_id}/").content.decode()
    answer = change(shop, order, NEW.replace("\n", "\r\n"))
    assert (answer.status_code, stored(order), changes()) == (302, NEW, 1)
    assert answer.url.endswith(f"orders/{order.public_id}/?done=address")
    told = words(shop.get(f"orders/{order.public_id}/?done=address"))
    assert [part in told for part in ("The address is changed.", "You changed the address")] == [True, True]
    assert ("Delivery address Bea 12 Mill Lane Dublin" in told, "1 Elm Street" in told) == (True, False)
    seller = signed_in(factories.staff(shop.seller).user)
    base = f"/{order.marketplace.slug}/sell/{shop.seller.public_id}/orders/{order.public_id}/"
    for page in ("", "ship/", "packing-slip/"):
        shown = words(seller.get(base + page))
        assert ("12 Mill Lane" in shown, "1 Elm Street" in shown) == (True, False)
    assert "The buyer changed the address" in words(seller.get(base))


@pytest.mark.requirement("S36")
@pytest.mark.parametrize(("sends", "told"), [("seller", True), ("marketplace", False)])
def test_where_the_marketplace_ships_nobody_says_that_the_shop_is_told(shop, order, sends, told):
    Order.objects.filter(pk=order.pk).update(fulfilment=sends)
    before = words(shop.get(f"orders/{order.public_id}/address/"))
    assert (f"{shop.seller.name} is told by mail" in before, f"{shop.market.name} sends it there" in before) == (
        told,
        not told,
    )
    after = words(shop.client.get(change(shop, order).url))
    assert ("The address is changed." in after, "The shop is told by mail." in after) == (True, told)


def test_a_form_sent_twice_changes_it_once(shop, order):
    first, again = change(shop, order, key="one"), change(shop, order, key="one")
    assert (first.status_code, again.status_code, changes()) == (302, 302, 1)


def test_the_same_address_again_is_not_said_to_be_changed(shop, order):
    answer = change(shop, order, OLD)
    assert (answer.status_code, answer.url) == (302, shop.path(f"orders/{order.public_id}/"))
    assert (stored(order), changes()) == (OLD, 0)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        (" ", "Write where it should go"),
        ("x" * 1001, "Shorten it by 1"),
        ("a\0b", "cannot be sent"),
        ("x", "No parcel finds"),
        (f"{NEW}\nanna@shop.example", "anna@shop.example"),
    ],
)
def test_an_unusable_address_is_said_at_the_field_and_nothing_is_lost(shop, order, address, said):
    answer = change(shop, order, address)
    shown = answer.content.decode()
    assert (answer.status_code, said in errors_of(shown, "address")) == (422, True)
    assert (address.replace("\0", "\u2400") in shown, stored(order), changes()) == (True, OLD, 0)


def test_who_changes_it_while_the_seller_ships_reads_that_it_has_left(shop, order):
    key = field(shop.get(f"orders/{order.public_id}/address/"), "key")
    ship(shop.seller, parcel(order))
    answer = change(shop, order, key=key)
    shown = answer.content.decode()
    assert (answer.status_code, "This order has left or is over" in errors_of(shown, "address")) == (422, True)
    assert (NEW in shown, stored(order), changes()) == (True, OLD, 0)
    assert 'name="address"' not in shop.get(f"orders/{order.public_id}/address/").content.decode()
    assert "Change the address" not in words(shop.get(f"orders/{order.public_id}/"))


def test_who_was_signed_out_meanwhile_finds_the_address_above_the_form_once(shop, order):
    place = shop.path(f"orders/{order.public_id}/address/")
    shop.client.get(place)
    del shop.client.cookies["sessionid"]
    sent = shop.client.post(place, {"key": "k", "address": NEW}, headers={"Referer": f"http://testserver{place}"})
    assert sent.url == f"/sign-in/?{urlencode({'next': place})}"
    shop.client.force_login(shop.buyer.user)
    first, again = shop.client.get(place), shop.client.get(place)
    assert KEPT.findall(first.content.decode()) == [NEW]
    assert "You were signed out. What you had written is here, to be copied." in words(first)
    assert (KEPT.findall(again.content.decode()), stored(order)) == ([], OLD)


def test_another_buyers_order_is_not_there(shop, order):
    other = purchase(shop.seller, ship_to=OLD)
    assert change(shop, other, key="k").status_code == 404
    assert (stored(other), changes()) == (OLD, 0)

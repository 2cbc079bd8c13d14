"""A shop gives money back on the page of an order."""

import re

import pytest

from comity.accounts.models import Staff
from comity.orders.models import Adjustment, Order
from tests import factories
from tests.web.desk.shop import signed_in

GOOD = {"price-1": "10.00", "reason": "GeneralAdjustment", "note": "As agreed."}


@pytest.fixture
def order(shop):
    """One line of 24.50, shipped and paid."""
    return factories.order(factories.buyer(shop.market), shop.seller, status="shipped")


def at(shop, order):
    return shop.at(f"orders/{order.public_id}/refund/")


def post(client, shop, order, key="k1", **typed):
    return client.post(at(shop, order), {"key": key, **typed})


def page(client, shop, order):
    return client.get(at(shop, order)).content.decode()


@pytest.mark.requirement("S49", "S58")
def test_a_part_is_given_back_and_the_page_says_what_is_left(shop, client, order):
    assert "€24.50" in page(client, shop, order)
    answer = post(client, shop, order, **GOOD, **{"component-3": "RestockingFee", "other-3": "1.50"})

    made = Adjustment.objects.get()
    assert (answer.status_code, made.amount_minor, made.reason, made.note) == (
        302,
        850,
        "GeneralAdjustment",
        "As agreed.",
    )
    shown = client.get(answer["Location"]).content.decode()
    assert "Done." in shown
    assert "<b>€8.50</b>" in shown
    assert '<b class="strong">€16.00</b>' in shown
    assert "€8.50" in client.get(shop.at(f"orders/{order.public_id}/")).content.decode()


def test_the_same_form_twice_gives_back_once(shop, client, order):
    for _ in range(2):
        assert post(client, shop, order, **GOOD).status_code == 302
    assert post(client, shop, order, **GOOD | {"price-1": "11.00"}).status_code == 422
    assert Adjustment.objects.get().amount_minor == 1_000


def test_a_colleague_who_gives_back_meanwhile_is_seen(shop, client, order):
    seen = re.search(r'name="seen" value="(\d+)"', page(client, shop, order))[1]
    assert post(client, shop, order, seen=seen, **GOOD).status_code == 302
    answer = post(client, shop, order, key="k2", seen=seen, **GOOD)
    shown = answer.content.decode()
    assert (answer.status_code, Adjustment.objects.count()) == (422, 1)
    assert "€14.50 is left of this order, not €24.50 as when you opened this page" in shown
    assert 'name="price-1" value="10.00"' in shown
    now = re.search(r'name="seen" value="(\d+)"', shown)[1]
    assert post(client, shop, order, key="k3", seen=now, **GOOD).status_code == 302


def test_what_never_left_did_not_come_back_and_what_was_typed_stays(shop, client):
    one = factories.order(factories.buyer(shop.market), shop.seller)
    answer = post(client, shop, one, **GOOD | {"reason": "CustomerReturn"})
    shown = answer.content.decode()
    assert (answer.status_code, Adjustment.objects.count()) == (422, 0)
    assert "Nothing of this order has left, and this reason is for what has." in shown
    assert 'name="price-1" value="10.00"' in shown


@pytest.mark.parametrize("seen", ["", "all", "²", "9" * 30])
def test_a_form_that_does_not_say_what_was_left_is_taken_as_it_is(shop, client, order, seen):
    assert post(client, shop, order, seen=seen, **GOOD).status_code == 302


def test_one_button_gives_back_all_that_is_left(shop, client, order):
    post(client, shop, order, **GOOD)
    assert post(client, shop, order, key="k2", all="1", reason="CustomerReturn").status_code == 302
    assert [one.amount_minor for one in Adjustment.objects.order_by("id")] == [1_000, 1_450]
    assert "Nothing is left to give back." in page(client, shop, order)


def test_the_button_for_all_does_not_pass_over_amounts_that_were_typed(shop, client, order):
    answer = post(client, shop, order, **GOOD, all="1")
    shown = answer.content.decode()
    assert (answer.status_code, Adjustment.objects.exists()) == (422, False)
    assert ("Amounts are filled in." in shown, 'value="10.00"' in shown) == (True, True)


def test_the_page_says_why_less_is_left_than_the_lines_say(shop, client, order):
    assert "Together no more than" not in page(client, shop, order)
    post(client, shop, order, reason="GeneralAdjustment", **{"component-1": "Shipping", "other-1": "5.00"})
    shown = page(client, shop, order)
    assert "The buyer paid for the items and for nothing besides" in shown
    assert "Together no more than €19.50: the rest was given back for other things" in shown


@pytest.mark.requirement("S43")
def test_what_is_out_of_stock_ends_the_order(shop, client):
    order = factories.order(factories.buyer(shop.market), shop.seller)
    post(client, shop, order, all="1", reason="NoInventory")
    assert Order.objects.get(pk=order.pk).status == "unfulfillable"


@pytest.mark.parametrize(
    ("typed", "field", "says"),
    [
        ({"price-1": "0"}, "price-1", "more than 0"),
        ({"price-1": "-1"}, "price-1", "cannot be below 0"),
        ({"price-1": "1000000000"}, "price-1", "is more than the"),
        ({"price-1": "0.001"}, "price-1", "EUR has 2 decimals"),
        ({"price-1": "1.212,50"}, "price-1", "write decimals with a point"),
        ({"price-1": "ten"}, "price-1", "expected is an amount"),
        ({"price-1": "24.51"}, "price-1", "€24.51 is more than the €24.50 left of the price"),
        (
            {"component-1": "Shipping", "other-1": "24.51", "price-1": ""},
            "",
            "€24.51 is more than the €24.50 left of this order",
        ),
        ({"component-1": "Price", "other-1": "1"}, "other-1", "is no component"),
        ({"price-1": ""}, "", "Enter at least one amount"),
        ({"reason": ""}, "reason", "Choose a reason"),
        ({"reason": "Because"}, "reason", "Choose a reason"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(shop, client, order, typed, field, says):
    answer = post(client, shop, order, **{**GOOD, **typed})
    shown = answer.content.decode()
    assert (answer.status_code, Adjustment.objects.exists()) == (422, False)
    assert says in shown
    assert "As agreed." in shown
    assert f'id="{field}_error"' in shown or not field


def test_the_second_of_two_sees_what_changed(shop, client, order):
    post(client, shop, order, **GOOD | {"price-1": "20.00"})
    answer = post(client, shop, order, key="k2", **GOOD)
    assert (answer.status_code, Adjustment.objects.count()) == (422, 1)
    assert "€4.50 left" in answer.content.decode()


@pytest.mark.requirement("S36")
def test_what_the_marketplace_sends_it_gives_back_itself(shop, client):
    order = factories.order(factories.buyer(shop.market), shop.seller, status="shipped", fulfilment="marketplace")
    assert "The marketplace sends this order" in page(client, shop, order)
    answer = post(client, shop, order, **GOOD)
    assert (answer.status_code, Adjustment.objects.exists()) == (422, False)
    assert "ask the marketplace" in answer.content.decode()


def test_who_reads_only_gives_nothing_back(shop, order):
    client = signed_in(factories.staff(shop.seller, role=Staff.Role.READ_ONLY).user)
    assert "Give back all" not in page(client, shop, order)
    assert (post(client, shop, order, **GOOD).status_code, Adjustment.objects.exists()) == (422, False)


@pytest.mark.parametrize("count", [1, 3])
def test_any_number_of_adjustments_takes_the_same_queries(shop, client, order, count, django_assert_num_queries):
    for n in range(count):
        post(client, shop, order, key=f"k{n}", **GOOD | {"price-1": "1.00"})
    page(client, shop, order)
    with django_assert_num_queries(10):
        page(client, shop, order)

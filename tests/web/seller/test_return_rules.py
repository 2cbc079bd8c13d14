"""The page of a shop's standing rules about returns."""

import pytest

from comity.orders.models import ReturnRule
from tests.orders.returns import HOME, again, arrived, wanted
from tests.web.buyer.test_returns import words
from tests.web.desk.shop import reader_of, signed_in
from tests.web.pages import errors_of, untied


@pytest.fixture
def press(client, shop):
    return lambda key="k1", **typed: client.post(shop.at("returns/rules/"), {"key": key, **typed})


def test_a_rule_is_made_once_answers_and_is_ended(client, shop, press):
    for _ in range(2):
        assert press(does="accept", address=HOME, reasons=["better_price"], most="25.00").status_code == 302
    rule = ReturnRule.objects.get()
    assert (rule.most_minor, rule.currency, rule.reasons) == (2_500, "EUR", ["better_price"])
    assert "Found a better price" in words(client.get(shop.at("returns/rules/")))
    assert again(wanted(arrived(shop=shop.seller), reason="better_price")).state == "authorised"
    press(key="k2", end=rule.public_id)
    assert again(wanted(arrived(shop=shop.seller), reason="better_price")).state == "requested"


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"does": "accept", "address": " "}, "address"),
        ({"does": "refund", "most": "0"}, "most"),
        ({"does": "refund", "most": "-1"}, "most"),
        ({"does": "refund", "most": "1,500"}, "most"),
    ],
)
def test_a_rule_that_cannot_be_comes_back_with_what_was_typed(press, typed, field):
    answer = press(**typed, reasons=["better_price"])
    page = answer.content.decode()
    assert (answer.status_code, untied(page), bool(errors_of(page, field))) == (422, [], True)
    assert 'value="better_price" checked' in page
    assert not ReturnRule.objects.exists()


def test_a_reason_that_is_none_is_refused(press):
    assert "Choose reasons from the list" in words(press(does="refund", reasons=["rain"]))


def test_who_does_not_own_the_shop_reads(shop):
    shown = words(signed_in(reader_of(shop).user).get(shop.at("returns/rules/")))
    assert "An owner of the shop can change them." in shown
    assert "Put it in force" not in shown


def test_a_rule_that_is_gone_cannot_be_ended(press):
    assert press(end="rrl_unknown").status_code == 404

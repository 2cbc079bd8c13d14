"""Everybody can read what is checked, what follows, and how to do better."""

import pytest

from comity.common import clock
from comity.web.buyer.rule_view import rules_shown
from tests import factories
from tests.web.buyer.shop import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def market():
    return factories.marketplace(slug="lanternhall", rulebook="amazon-2018-10")


def read(client, rest=""):
    return client.get(f"/lanternhall/rules/{rest}")


def test_the_list_says_what_follows_for_each_side(client, market):
    shown = words(read(client))

    assert "Telephone number holds the message until a person has read it" in shown
    assert "Marketing and promotion holds the message until a person has read it not checked" in shown


def test_rules_on_trial_and_rules_that_are_off_are_not_listed(client, market):
    listed = {rule.id for rule in rules_shown(market, now=clock.now())}

    assert "contact.phone" in listed
    assert not listed & {"form.language", "order.cancel_request"}
    assert read(client, "form.language/").status_code == read(client, "gone/").status_code == 404


@pytest.mark.parametrize(("rule", "has_examples"), [("contact.phone", True), ("form.repetition", False)])
def test_each_rule_has_a_page_with_why_fix_and_examples(client, market, rule, has_examples):
    (known,) = [one for one in rules_shown(market, now=clock.now()) if one.id == rule]
    shown = words(read(client, f"{rule}/"))

    assert known.why in shown
    assert known.advice in shown
    assert all(reason in shown for reason in known.reasons)
    assert ("This is found" in shown) == has_examples


def test_examples_mark_the_words_and_need_no_more_than_them(client, market):
    (phone,) = [one for one in rules_shown(market, now=clock.now()) if one.id == "contact.phone"]
    sample = phone.caught[0]

    assert sample.text == "Call me on +44 7700 900 562 tonight."
    assert [(one.start, one.end) for one in sample.marks] == [(11, 27)]
    assert "<mark>+44 7700 900 562<sup" in read(client, "contact.phone/").content.decode()


def test_a_finding_leads_to_the_page_of_its_rule(shop):
    answer = shop.contact("Write to ann@lind.de")

    assert f'href="/{shop.market.slug}/rules/contact.email/"' in answer.content.decode()

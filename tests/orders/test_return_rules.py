"""Standing rules answer what fits them, and leave the rest to a person."""

import pytest

from comity.common.errors import NotFound, Refused
from comity.orders.models import ReturnRule
from comity.orders.services.adjusting import Change, Part, adjust
from comity.orders.services.returning.requests import close
from comity.orders.services.returning.rules import StandingRule, end_rule, make_rule
from tests.factories import NOW, marketplace, seller, staff
from tests.orders.returns import HOME, again, arrived, given_back, refused, wanted

pytestmark = pytest.mark.django_db
ACCEPT = StandingRule(address=HOME)
CHEAP = StandingRule(most_minor=1_000, currency="EUR", returnless=True)


def answered(*rules, **case):
    """The state of a new request to a shop with these rules."""
    shop = seller(marketplace())
    owner = staff(shop)
    for rule in rules:
        make_rule(owner, rule, now=NOW)
    reason = case.pop("reason", "no_longer_wanted")
    made = again(wanted(arrived(shop=shop, **case), reason=reason))
    return made.state, made.automatic


@pytest.mark.parametrize(
    ("rules", "case", "answer"),
    [
        ([], {}, ("requested", False)),
        ([ACCEPT], {}, ("authorised", True)),
        ([ACCEPT], {"reason": "defective"}, ("requested", False)),
        ([StandingRule(("better_price",), address=HOME)], {}, ("requested", False)),
        ([StandingRule(("better_price",), address=HOME)], {"reason": "better_price"}, ("authorised", True)),
        ([CHEAP], {"reason": "defective"}, ("refunded", True)),
        ([CHEAP], {"unit": 1_001}, ("requested", False)),
        ([CHEAP], {"currency": "USD"}, ("requested", False)),
        ([CHEAP, ACCEPT], {"unit": 1_001}, ("authorised", True)),
        ([ACCEPT, CHEAP], {}, ("authorised", True)),
        ([ACCEPT, CHEAP], {"fulfilment": "marketplace"}, ("requested", False)),
    ],
)
def test_the_oldest_rule_that_fits_answers(rules, case, answer):
    assert answered(*rules, **case) == answer


KEEPS = StandingRule(returnless=True)


@pytest.mark.requirement("S78")
@pytest.mark.parametrize(
    ("rule", "days", "opened", "answer"),
    [
        (KEEPS, 30, False, ("refunded", 1_000)),
        (KEEPS, 3, True, ("requested", 0)),
        (KEEPS, 31, False, ("requested", 0)),
        (KEEPS, 700, True, ("requested", 0)),
        (ACCEPT, 30, True, ("authorised", 0)),
        (ACCEPT, 31, False, ("requested", 0)),
        (ACCEPT, 700, True, ("requested", 0)),
    ],
)
def test_a_rule_answers_only_what_the_table_says_must_be_taken_back(rule, days, opened, answer):
    shop = seller(marketplace())
    make_rule(staff(shop), rule, now=NOW)
    one = arrived(shop=shop, days=days)
    made = again(wanted(one, opened=opened))
    assert (made.state, given_back(one)) == answer
    assert made.deadlines.filter(ended_at=None).exists() == (answer[0] == "requested")


def test_a_limit_counts_over_all_that_rules_refunded_of_the_order():
    shop = seller(marketplace())
    make_rule(staff(shop), StandingRule(most_minor=2_000, currency="EUR", returnless=True), now=NOW)
    one, other = arrived(shop=shop, quantity=4), arrived(shop=shop)
    states = [again(wanted(one)).state for _ in range(4)]
    assert states == ["refunded", "refunded", "requested", "requested"]
    assert given_back(one) == 2_000
    assert again(wanted(other)).state == "refunded"


def test_a_limit_counts_over_what_rules_accepted_and_the_buyer_did_not_call_off():
    shop = seller(marketplace())
    make_rule(staff(shop), StandingRule(most_minor=1_000, currency="EUR", address=HOME), now=NOW)
    one = arrived(shop=shop, quantity=2)
    close(wanted(one), actor="", now=NOW)
    assert [again(wanted(one)).state for _ in range(2)] == ["authorised", "requested"]


def test_an_answer_by_rule_ends_the_clock_and_says_where_to():
    shop = seller(marketplace())
    make_rule(staff(shop), ACCEPT, now=NOW)
    made = again(wanted(arrived(shop=shop)))
    assert (made.address, made.answered_at, made.deadlines.get().ended_at) == (HOME, NOW, NOW)


def test_money_that_is_gone_is_not_given_back_by_a_rule():
    shop = seller(marketplace())
    make_rule(staff(shop), CHEAP, now=NOW)
    one = arrived(shop=shop)
    parts = (Part("1", "Principal", 1_000, 1),)
    adjust(shop, [Change(one.public_id, "GeneralAdjustment", parts, "g1")], source="page", actor="", now=NOW)
    assert (refused(wanted, one), given_back(one)) == (("paid_back", "lines"), 1_000)


def test_a_rule_gives_nothing_back_where_less_than_all_is_left():
    shop = seller(marketplace())
    make_rule(staff(shop), CHEAP, now=NOW)
    one = arrived(shop=shop)
    parts = (Part("", "Goodwill", 1),)
    adjust(shop, [Change(one.public_id, "GeneralAdjustment", parts, "g1")], source="page", actor="", now=NOW)
    assert (again(wanted(one)).state, given_back(one)) == ("requested", 1)


def test_an_ended_rule_answers_nothing_more():
    shop = seller(marketplace())
    owner = staff(shop)
    rule = make_rule(owner, ACCEPT, now=NOW)
    one = arrived(shop=shop)
    close(wanted(one), actor="", now=NOW)
    end_rule(owner, rule.public_id, now=NOW)
    assert wanted(one).state == "requested"
    with pytest.raises(NotFound):
        end_rule(owner, rule.public_id, now=NOW)


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        (StandingRule(("because",), address=HOME), "reasons"),
        (StandingRule(most_minor=0, currency="EUR", address=HOME), "most"),
        (StandingRule(most_minor=100, address=HOME), "most"),
        (StandingRule(most_minor=10**15, currency="EUR", address=HOME), "most"),
        (StandingRule(), "empty"),
        (StandingRule(address="Write to refunds@evil.example, call +49 170 1234567"), "findings"),
    ],
)
def test_a_rule_that_cannot_be_is_refused(rule, code):
    with pytest.raises(Refused) as error:
        make_rule(staff(), rule, now=NOW)
    assert (error.value.code, ReturnRule.objects.exists()) == (code, False)


@pytest.mark.parametrize("role", ["agent", "read_only"])
def test_rules_are_the_owners(role):
    shop = seller()
    rule = make_rule(staff(shop), ACCEPT, now=NOW)
    for call in (lambda who: make_rule(who, ACCEPT, now=NOW), lambda who: end_rule(who, rule.public_id, now=NOW)):
        with pytest.raises(Refused, match="role"):
            call(staff(shop, role))
    assert ReturnRule.objects.filter(ended_at=None).count() == 1


def test_another_shops_rule_looks_like_a_missing_one():
    rule = make_rule(staff(), ACCEPT, now=NOW)
    with pytest.raises(NotFound):
        end_rule(staff(), rule.public_id, now=NOW)

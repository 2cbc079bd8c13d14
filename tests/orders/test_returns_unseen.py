"""Returns that have arrived and nobody looks at are refunded in full by themselves (rules §5)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from comity.accounts.models import Marketplace
from comity.common.models import OutboxEvent
from comity.ledger.services.moving import move
from comity.messaging.models import OrderNotice
from comity.messaging.services.order_notices import tell
from comity.orders.models import Adjustment
from comity.orders.services.adjusting import Change, Part, adjust
from comity.orders.services.returning import unseen
from comity.orders.services.returning.arrivals import Graded, grade
from comity.orders.services.returning.refunds import refuse
from comity.orders.services.returning.unseen import refund_unseen
from tests.factories import NOW, marketplace, seller
from tests.orders.returns import LATER, SELLER, again, arrived, back, given_back, graded, told

pytestmark = pytest.mark.django_db
RULES = "amazon-2026-01"  # has the duty; the rules of before have none
LAST = datetime(2026, 11, 6, 23, 59, tzinfo=UTC)  # the fourth day after Monday, the day of the arrival
OVER = LAST + timedelta(minutes=1)


def shop(**fields):
    return seller(marketplace(rulebook=RULES, **fields))


@pytest.mark.requirement("S28")
def test_it_is_refunded_in_full_once_the_days_are_over_and_only_once():
    made = back(arrived(quantity=2, postage=390, shop=shop()), 2, reason="defective")
    assert (refund_unseen(LAST), again(made).state, given_back(made.order)) == (0, "received", 0)
    assert [refund_unseen(OVER), refund_unseen(OVER)] == [1, 0]

    found = again(made)
    assert (found.state, found.overdue_at, given_back(made.order)) == ("refunded", OVER, 2_390)
    assert told(made.order)[-3:] == ["return.look_missed", "adjustment.made", "return.refunded"]
    adjustment = Adjustment.objects.get()
    assert (adjustment.reason, adjustment.external_id, adjustment.made_by) == ("CustomerReturn", made.public_id, "")


def test_what_a_claim_holds_is_not_lost_to_the_buyer_but_waited_for():
    made = back(arrived(shop=shop()))
    move(made.order.public_id, "reserve", 400, cause="clm_1", now=NOW)
    assert (refund_unseen(OVER), again(made).state, given_back(made.order)) == (0, "received", 0)
    move(made.order.public_id, "unreserve", 400, cause="clm_1", now=NOW)
    assert (refund_unseen(OVER), again(made).state, given_back(made.order)) == (1, "refunded", 1_000)


def test_the_buyer_is_told_of_the_refund():
    back(arrived(shop=shop()))
    refund_unseen(OVER)
    tell(OutboxEvent.objects.get(name="return.refunded"), now=OVER)
    assert "What you sent back" in OrderNotice.objects.get(kind="return_confirmation").message.text


def test_the_day_is_that_of_the_marketplace():
    back(arrived(shop=shop(time_zone="Pacific/Auckland")))  # there it arrived on Tuesday, and Saturday ends earlier
    there = datetime(2026, 11, 7, 11, 0, tzinfo=UTC)
    assert [refund_unseen(there - timedelta(seconds=1)), refund_unseen(there)] == [0, 1]


def test_what_was_looked_at_waits_for_the_seller():
    made = graded(arrived(shop=shop()))
    assert (refund_unseen(OVER), again(made).state, given_back(made.order)) == (0, "graded", 0)


@pytest.mark.parametrize("where", ["profile", "rulebook"])
def test_there_is_no_such_duty_where_profile_or_rulebook_has_no_days(where, monkeypatch):
    made = back(arrived(shop=shop()))
    if where == "rulebook":
        Marketplace.objects.update(rulebook="amazon-2018-10")
    else:
        terms = unseen.profile_by_digest(made.profile_digest)
        none = replace(terms, returns=replace(terms.returns, refund_days=0))
        monkeypatch.setattr(unseen, "profile_by_digest", lambda _: none)
    assert (refund_unseen(OVER), again(made).state, given_back(made.order)) == (0, "received", 0)


def test_where_nothing_is_left_the_miss_is_on_record_and_the_seller_says_what_becomes_of_it():
    made = back(arrived(shop=shop()))
    change = Change(made.order.public_id, "GeneralAdjustment", (Part("", "Goodwill", 1_000),), "all")
    adjust(made.order.seller, [change], source="page", actor=SELLER, now=LATER)

    assert [refund_unseen(OVER), refund_unseen(OVER)] == [1, 0]
    assert (again(made).state, told(made.order)[-1]) == ("received", "return.look_missed")
    grade(again(made), [Graded("1", "new")], side="seller", actor=SELLER, now=OVER)
    refuse(again(made), side="seller", reason="It was refunded before.", actor=SELLER, now=OVER)
    assert given_back(made.order) == 1_000


def test_one_that_cannot_be_refunded_keeps_none_back_however_few_a_run_takes(monkeypatch, caplog):
    place = shop()
    bad, good = back(arrived(shop=place)), back(arrived(shop=place))
    terms = unseen.profile_in_force(place.marketplace, OVER)
    one_each = replace(terms, returns=replace(terms.returns, batch=1))
    monkeypatch.setattr(unseen, "profile_in_force", lambda *_: one_each)
    pay = unseen.pay_back

    def breaks(returned, **named):
        if returned.pk == bad.pk:
            raise ValueError("words of a person")
        pay(returned, **named)

    monkeypatch.setattr(unseen, "pay_back", breaks)
    assert [refund_unseen(OVER), refund_unseen(OVER)] == [1, 0]
    assert (again(good).state, again(bad).state, again(bad).overdue_at) == ("refunded", "received", None)
    assert "ValueError at test_returns_unseen.py" in caplog.text
    assert "words of a person" not in caplog.text

"""Where the payment provider moves whole steps only, of 0.010 KWD say, nothing finer is promised or taken."""

import pytest

from comity.common.errors import Refused
from comity.ledger.models import Journal, Payable
from comity.ledger.services.books import Move, book
from comity.messaging.services.carrying_out import require_amount, worth_of
from comity.orders.models import Adjustment
from comity.orders.services.adjusting import Change, Part, adjust
from comity.orders.services.returning.refunds import refund
from tests import factories
from tests.factories import NOW
from tests.orders.returns import SELLER, again, graded, refused
from tests.orders.shipping import charged, parcel, ship

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def stripe(settings):
    settings.PAYMENTS = "stripe"


def ordered(*, quantity=1, total=1_010, unit=1_010, **fields):
    shop = factories.seller()
    offer = factories.listing(shop, currency="KWD", price_minor=unit)
    one = factories.order(shop=shop, offer=offer, total_minor=total, **fields)
    one.lines.update(quantity=quantity)
    Payable.objects.filter(order=one).update(authorisation=f"pi_{one.pk}")
    one.payable.refresh_from_db()
    return one


def change(one, *parts, reason="GeneralAdjustment"):
    (done,) = adjust(one.seller, [Change(one.number, reason, parts, "a-1")], source="comity", actor="", now=NOW)
    return [(fault.code, fault.field, fault.sentence) for fault in done.faults]


SENTENCE = "The payment provider moves nothing finer than KWD\xa00.010. Enter a multiple of KWD\xa00.010."


def test_a_refund_that_cannot_be_made_is_refused_and_says_what_can_be():
    one = ordered()
    book([Move(one.payable, Journal.Kind.CAPTURE, 1_010, "shp_1")], now=NOW)
    wrong = change(one, Part("", "Shipping", 10), Part("1", "Principal", 505))
    assert (wrong, Adjustment.objects.count()) == ([("payment_step", "parts[1].amount", SENTENCE)], 0)
    assert change(one, Part("1", "Principal", 510)) == []


def test_of_what_is_adjusted_in_part_before_it_leaves_both_parts_can_be_moved():
    one = ordered(quantity=2, total=2_020)
    ship(one.seller, parcel(one, ("1", 1)))
    parts = Part("1", "Principal", 505), Part("", "Goodwill", 1_005)
    assert change(one, *parts) == []
    assert charged(one) == [("capture", 1_010), ("release", 500), ("refund", 1_010)]


def test_a_share_of_a_discount_is_rounded_for_the_buyer():
    one = ordered(quantity=3, total=1_000, unit=1_000)
    ship(one.seller, parcel(one, ("1", 1)))
    ship(one.seller, parcel(one, reference="P-2"))
    assert charged(one) == [("capture", 330), ("capture", 670)]


def test_an_offer_of_a_finer_amount_is_refused():
    one = ordered()
    with pytest.raises(Refused, match="nothing finer") as refusal:
        require_amount(505, 1_010, one)
    assert (refusal.value.code, refusal.value.field) == ("payment_step", "amount")
    assert worth_of({"1": 1}, ordered(quantity=3, total=1_000, unit=1_000)) == 340


def returned(**condition):
    one = ordered(status="delivered", delivered_at=NOW)
    Payable.objects.filter(order=one).update(authorisation=f"pi_{one.pk}")
    return graded(one, **condition)


def test_what_a_condition_takes_off_is_rounded_for_the_buyer():
    made = returned(as_="used", why="worn")
    refund(made, side="seller", actor=SELLER, now=NOW)
    assert charged(made.order)[-1] == ("refund", 510)


def test_what_a_label_cost_is_typed_as_it_can_be_taken_off():
    made = returned(as_="new")
    assert refused(refund, made, side="seller", postage_minor=5, actor=SELLER, now=NOW) == ("postage", "postage")
    assert again(made).state == "graded"
